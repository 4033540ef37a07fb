/* SPDX-License-Identifier: ISC */
/*
 * The exit contract of mediachangec: what can become of a question, and the exit status of each.
 * --for and --exit-map change statuses, never what an outcome means.  Pure.
 */
#ifndef OPDESK_CLIENT_MEDIACHANGEC_EXITMAP_H
#define OPDESK_CLIENT_MEDIACHANGEC_EXITMAP_H

#include <stddef.h>

enum outcome {
	OUTCOME_YES,         /* ok, yes, retry, the first label, a text */
	OUTCOME_NO,          /* no, abort, the second label, cancel of two buttons and of a text */
	OUTCOME_OTHER,       /* the third label and later */
	OUTCOME_TIMEOUT,     /* the deadline passed */
	OUTCOME_UNREACHABLE, /* no daemon, or with --require-desk no desk */
	OUTCOME_WITHDRAWN,
	OUTCOME_REFUSED, /* not allowed, or in conflict with another question */
	OUTCOME_COUNT
};

struct exitmap {
	unsigned char status[OUTCOME_COUNT];
};

#define EXITMAP_KEYS "yes, no, other, timeout, unreachable, withdrawn or refused"

/* The contract: 0 1 2 3 4 5 77. */
void exitmap_init(struct exitmap *m);

/* Every outcome but yes becomes `status`. */
void exitmap_refuse_with(struct exitmap *m, unsigned char status);

/* "no=2,timeout=0": each key one of EXITMAP_KEYS, each status 0 … 255.  OP_BAD_REQUEST: nothing is
 * changed and *bad points at the item that is wrong. */
int exitmap_parse(struct exitmap *m, const char *text, const char **bad);

/* What the answer number `position` (from 0) of a question of this kind means. */
enum outcome exitmap_outcome(const char *kind, size_t kind_len, size_t position);

#endif
