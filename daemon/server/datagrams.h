/* SPDX-License-Identifier: ISC */
/*
 * The framework's side of datagrams: the acceptor opens the sockets, which are listeners that it
 * never polls (datagrams.c), and keeps a process for each (datagram.c).
 */
#ifndef OPDESK_DAEMON_SERVER_DATAGRAMS_H
#define OPDESK_DAEMON_SERVER_DATAGRAMS_H

#include <stdbool.h>
#include "daemon/server/tree.h"
#include "lib/ev/listen.h"

struct acceptor;

struct datagram_life {
	pid_t pid; /* 0: none runs */
	int64_t started_ms, due_ms, pause_ms;
};

bool datagrams_are(const struct listener *l); /* is it such a socket? */

/* udp:ADDRESS:PORT or unixgram:PATH; OP_NOT_FOUND: it begins otherwise.  OP_BAD_REQUEST with `why`.
 */
int datagrams_parse(const char *text, struct endpoint *out, const char **why);
/* Bound, non-blocking, close-on-exec: the descriptor, or an error as listen_open() has them. */
int datagrams_open(
    const struct endpoint *e, const struct listen_options *options, char *why, size_t why_size);
/* What its listener is called, the bound port in it.  OP_SYSTEM. */
int datagrams_name(int fd, char *dst, size_t size);
/* As it has to be for our processes; also one that a service manager has made. */
void datagrams_prepare(int fd);
void datagrams_close(int fd); /* removes the file of a UNIX one */

/* Start those that are missing. */
void datagrams_look(struct acceptor *a, int64_t now_ms);
int64_t datagrams_next_ms(const struct acceptor *a); /* INT64_MAX: never */
/* False: it is none of them. */
bool datagrams_reaped(struct acceptor *a, pid_t pid, int status);
bool datagrams_run(const struct acceptor *a); /* does one? */
void datagrams_kill(const struct acceptor *a, int signal);

/* The process. */
void datagram_main(struct tree *t, const struct listener *l) __attribute__((noreturn));

#endif
