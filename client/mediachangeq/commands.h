/* SPDX-License-Identifier: ISC */
/* The sub-commands of mediachangeq: one row each.  A command returns OP_OK or the error that ended
 * it, already said on standard error. */
#ifndef OPDESK_CLIENT_MEDIACHANGEQ_COMMANDS_H
#define OPDESK_CLIENT_MEDIACHANGEQ_COMMANDS_H

#include "client/mediachangeq/query.h"

/* Options that only some commands take. */
enum { TAKES_NOTE = 1, TAKES_SINCE = 2, TAKES_HOST = 4, TAKES_TEXT = 8 };

struct command {
	const char *name;      /* NULL ends the table */
	const char *arguments; /* "ID LABEL [TEXT]" */
	int min, max;          /* number of operands */
	unsigned takes;        /* TAKES_… */
	int (*run)(struct query *q);
	const char *help;
};

extern const struct command commands[];

const struct command *commands_find(const char *name); /* NULL */

/* show.c */
int command_list(struct query *q);
int command_show(struct query *q);
/* history.c */
int command_history(struct query *q);
int command_stats(struct query *q);
/* operate.c */
int command_answer(struct query *q);
int command_withdraw(struct query *q);
int command_claim(struct query *q);
int command_snooze(struct query *q);
/* follow.c */
int command_follow(struct query *q);

#endif
