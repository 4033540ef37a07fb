/* SPDX-License-Identifier: ISC */
/*
 * The sub-commands of ipadmc and what they share.  A command returns OP_OK or the error that ended
 * it, already said on standard error; main.c makes the exit status of it.  Blocking, one
 * conversation; but for `edit` no signal is caught: ^C ends the program.
 */
#ifndef OPDESK_CLIENT_IPADMC_IPADMC_H
#define OPDESK_CLIENT_IPADMC_IPADMC_H

#include <stdbool.h>
#include <stdint.h>
#include "client/common/query.h"
#include "lib/uuid.h"

/* Beside the numbers of lib/err.h, for an exit status of their own (main.c). */
enum ipadmc_error {
	IPADMC_UNREADABLE = -1000, /* a file of the user's */
	IPADMC_USAGE = -1001,
	IPADMC_NO_EDITOR = -1002,
};

/* Options that only some commands take; in the order of the rows in main.c. */
enum ipadmc_option {
	TAKES_MESSAGE = 1 << 0,
	TAKES_NAME = 1 << 1,
	TAKES_ADDRESS = 1 << 2,
	TAKES_MAC = 1 << 3,
	TAKES_ALIAS = 1 << 4,
	TAKES_MX = 1 << 5,
	TAKES_COMMENT = 1 << 6,
	TAKES_COUNT = 1 << 7,
	TAKES_LIMIT = 1 << 8,
	TAKES_FORCE = 1 << 9,
	TAKES_BASE = 1 << 10,
	TAKES_RESTORE = 1 << 11,
	TAKES_FORMAT = 1 << 12,
	TAKES_BY = 1 << 13,
	TAKES_ORIGIN = 1 << 14,
	TAKES_WRITE = 1 << 15,
	TAKES_CONFIRM = 1 << 16,
};

struct ipadmc {
	/* as given; NULL: not */
	const char *server, *message, *name, *address, *mac, *alias, *mx, *comment, *base;
	const char *format, *by, *origin;
	int64_t count, limit; /* 0: not given */
	bool json, force, restore, write, confirm;
	char session[UUID_SIZE]; /* of this run: keeps its lock through reconnecting */
	char id[UUID_SIZE];      /* of this run's change: twice is the same as once */
};

static inline const struct ipadmc *
settings_of(const struct query *q)
{
	return q->settings;
}

struct command {
	const char *name;      /* NULL ends the table */
	const char *arguments; /* "SUBNET NAME [ADDRESS]" */
	int min, max;          /* number of operands */
	unsigned takes;        /* enum ipadmc_option */
	bool is_local;         /* needs no daemon */
	int (*run)(struct query *q);
	const char *help; /* one line, for the list */
	const char *more; /* sentences for the command's own --help; NULL: none */
};

extern const struct command ipadmc_commands[];
const struct command *ipadmc_find_command(const char *name); /* NULL */

/* Errors of the daemon that have more to tell than their message: findings, conflicts, locks. */
bool ipadmc_explain(const struct query *q, const struct rpc_error *e);

/* look.c */
int ipadmc_list(struct query *q);
int ipadmc_get(struct query *q);
int ipadmc_check(struct query *q);
int ipadmc_free(struct query *q);
int ipadmc_search(struct query *q);
/* past.c */
int ipadmc_log(struct query *q);
int ipadmc_show(struct query *q);
int ipadmc_diff(struct query *q);
int ipadmc_blame(struct query *q);
/* change.c */
int ipadmc_add(struct query *q);
int ipadmc_change(struct query *q);
int ipadmc_remove(struct query *q);
int ipadmc_allocate(struct query *q);
int ipadmc_put(struct query *q);
int ipadmc_revert(struct query *q);
/* lock.c */
int ipadmc_lock(struct query *q);
int ipadmc_unlock(struct query *q);
/* edit.c */
int ipadmc_edit(struct query *q);
/* exchange.c */
int ipadmc_import(struct query *q);
int ipadmc_export(struct query *q);
/* init.c */
int ipadmc_init(struct query *q);
/* publish.c */
int ipadmc_preview(struct query *q);
int ipadmc_publish(struct query *q);
int ipadmc_status(struct query *q);
/* watch.c */
int ipadmc_watch(struct query *q);

#endif
