/* SPDX-License-Identifier: ISC */
/*
 * Programs that a clerk runs and waits for: checkers, filters, reload commands.  An argument list,
 * no shell; a fixed PATH, an environment of ours, /dev/null as input, no other descriptors; a time
 * limit, after which the whole process group is killed; the end of what it says is kept.  Blocking:
 * in children of the engine only.
 */
#ifndef OPDESK_DAEMON_IPADMD_COMMAND_H
#define OPDESK_DAEMON_IPADMD_COMMAND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* --- as the configuration says it: "bind: rndc reload" --- */

#define COMMAND_WORDS 32
#define COMMAND_MORE 4 /* room for arguments that are added */

struct command_line {
	char *text;                                   /* owned: all words */
	char *label;                                  /* what it is for: "bind"; "": anything */
	char *argv[COMMAND_WORDS + COMMAND_MORE + 1]; /* ended by NULL */
	size_t argc;                                  /* 0: only a label */
};

/* Words are parted by blanks; there is no quoting (write a script).  A first word that ends in a
 * colon is the label.  OP_BAD_REQUEST: too many words, or none at all; OP_NO_MEMORY. */
int command_line_parse(const char *text, struct command_line *out);
void command_line_fini(struct command_line *c);
/* One more argument (borrowed).  OP_TOO_LARGE. */
int command_line_add(struct command_line *c, const char *argument);

/* --- running --- */

#define COMMAND_OUTPUT 4000u /* bytes, the last ones */

struct command_result {
	int status; /* of exit; 128 + the signal; -1: not started, or killed as too slow */
	char output[COMMAND_OUTPUT + 200]; /* plain text; with a line of ours where status is -1 */
};

struct command_run {
	char *const *argv;
	char *const *env;      /* NAME=VALUE, besides PATH and LANG; ended by NULL; may be NULL */
	const char *directory; /* to run in; NULL: / */
	int64_t limit_ms;
	int stop_fd[2]; /* end of file on one of them: kill it, OP_CLOSED; -1: none */
	/* Asked ten times a second: true: kill it, OP_CANCELLED.  NULL: nobody gives it up. */
	bool (*given_up)(void *arg);
	void *given_up_arg;
};

/* OP_OK: *out says what became of it, whatever that is.  OP_CLOSED, OP_CANCELLED: its end is known.
 */
int command_run(const struct command_run *run, struct command_result *out);

/* Is there such a program, by its path or on our PATH? */
bool command_exists(const char *program);

#endif
