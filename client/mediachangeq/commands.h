/* SPDX-License-Identifier: ISC */
/* The sub-commands of mediachangeq: one row each.  A command returns OP_OK or the error that ended
 * it, already said on standard error. */
#ifndef OPDESK_CLIENT_MEDIACHANGEQ_COMMANDS_H
#define OPDESK_CLIENT_MEDIACHANGEQ_COMMANDS_H

#include "client/common/query.h"
#include "lib/uuid.h"

struct mediachangeq {
	const char *server, *note, *since, *until, *host, *text; /* as given; NULL: not */
	bool json;
	int64_t since_at, until_at; /* of --since and --until; 0: not given */
	char answer_id[UUID_SIZE];  /* of this run: answering twice is the same as once */
};

static inline const struct mediachangeq *
settings_of(const struct query *q)
{
	return q->settings;
}

/* Options that only some commands take. */
enum { TAKES_NOTE = 1, TAKES_SINCE = 2, TAKES_HOST = 4, TAKES_TEXT = 8, TAKES_UNTIL = 16 };

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
