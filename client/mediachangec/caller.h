/* SPDX-License-Identifier: ISC */
/*
 * The programs that run mediachangec as their hook (--for): what they pass, what they want to hear,
 * and how to stop them cleanly.  Each caller is one row; examples/ has the recipe of each.
 */
#ifndef OPDESK_CLIENT_MEDIACHANGEC_CALLER_H
#define OPDESK_CLIENT_MEDIACHANGEC_CALLER_H

#include <stdbool.h>
#include <stddef.h>
#include "lib/buf.h"

struct caller_question {
	struct buf text; /* empty: nothing has to be asked now */
	char volume[64]; /* which volume, as the caller counts */
};

struct caller {
	const char *name;      /* "tar" */
	const char *arguments; /* what it appends to the command: "DEVICE VOLUME"; "" for none */
	int argument_count;
	const char *const *processes; /* its possible process names, NULL-terminated */
	int refuse_status;            /* of every outcome but yes; -1: the contract's */
	bool stop_by_term;            /* every outcome but yes: send it TERM as well */
	/* OP_OK; OP_BAD_REQUEST with *why (static); OP_NO_MEMORY. */
	int (*describe)(char *const *args, struct caller_question *q, const char **why);
};

/* NULL for an unknown name.  caller_names: all of them, NULL-terminated. */
const struct caller *caller_find(const char *name);
extern const char *const caller_names[];

/*
 * A key under which all questions of this run of the caller about this volume belong together, so
 * that a wrong volume is asked for again as attempt 2: made of the calling process and when it
 * started, because an answer meant for last week's run must not reach this one's.  Left empty when
 * no such process is among our ancestors.
 */
int caller_key(const struct caller *c, const char *volume, struct buf *key);

/* Send TERM to the calling process.  OP_NOT_FOUND: there is none among our ancestors; OP_SYSTEM. */
int caller_stop(const struct caller *c);

#endif
