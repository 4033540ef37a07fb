/* SPDX-License-Identifier: ISC */
/*
 * The log: the only global of lib/.  Form of a message: "<noun>: <problem>: <value>".  error = the
 * process ends or a bug; warn = something was lost; notice = the operator wants to know; info;
 * debug.  Bytes from outside go through text_log() first; a line is cut at 2 KiB.  Children of a
 * fork inherit the sink.
 */
#ifndef OPDESK_LIB_LOG_H
#define OPDESK_LIB_LOG_H

#include <stdarg.h>
#include <stdbool.h>

enum log_level {
	LOG_LEVEL_ERROR,
	LOG_LEVEL_WARN,
	LOG_LEVEL_NOTICE,
	LOG_LEVEL_INFO,
	LOG_LEVEL_DEBUG
};

/* The program's name and, for a process of a tree, its part ("engine"); both borrowed for ever. */
void log_ident(const char *program, const char *part);
void log_set_level(enum log_level level);
/* "error", "warn", "notice", "info", "debug"; OP_BAD_REQUEST. */
int log_parse_level(const char *name, enum log_level *level);

/* Sinks.  Default: standard error, "program[pid] part: level: message" (with the local time in
 * front when stamp).  A file is opened O_APPEND, one write(2) a line; log_reopen() opens it again
 * by its name (rotation), and so do all processes that were forked after log_to_file(), each
 * before its next line.  OP_SYSTEM with errno.  The system's logger (devlog.h) is waited for a
 * moment at most.  Lines that a full disk or a logger that hangs do not take are counted over all
 * these processes, and the next one that is taken is told how many: "log: 7 lines were lost: …". */
void log_to_stderr(bool stamp);
int log_to_file(const char *path);
int log_reopen(void);
void log_to_syslog(void);
/* The descriptor of the file or of the socket to the system's logger, or -1: a process that closes
 * what it does not know keeps this one. */
int log_fd(void);
/* How often the file was opened again is known to all in memory of theirs: its descriptor, of this
 * process and close-on-exec, or -1; and, for a program that is run in the place of this one, that
 * it has it from now on (given away), so that children of both follow its log_reopen(). */
int log_shared_fd(void);
void log_share(int fd);

void log_error(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void log_warn(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void log_notice(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void log_info(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void log_debug(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
bool log_wants(enum log_level level);

#endif
