/* SPDX-License-Identifier: ISC */
/*
 * What became of a question, as mediachangec reports it: the outcome, what goes to standard output,
 * what is worth a line on standard error.  Pure.
 */
#ifndef OPDESK_CLIENT_MEDIACHANGEC_ANSWER_H
#define OPDESK_CLIENT_MEDIACHANGEC_ANSWER_H

#include "client/mediachangec/exitmap.h"
#include "lib/buf.h"
#include "lib/mp.h"
#include "lib/uuid.h"

struct answer {
	enum outcome outcome;
	char id[UUID_SIZE]; /* the alert to confirm; empty: none */
	struct buf label;   /* for standard output: one plain line without its end, or empty */
	struct buf json;    /* the whole alert, or empty */
	struct buf remark;  /* for standard error, or empty */
};

void answer_init(struct answer *a);
void answer_fini(struct answer *a);
/* All but the outcome: nothing is known. */
void answer_clear(struct answer *a);

/* From an alert as docs/protocol.md has it.  OP_PROTOCOL: what must be there is not; OP_NO_MEMORY.
 */
int answer_from_alert(struct answer *a, const msgpack_object *alert);

/* From the reply of a one-line daemon, without its line end: Ok or Cancel, in any case of letters.
 * OP_PROTOCOL: anything else, which is no answer. */
int answer_from_line(struct answer *a, const char *line, size_t len);

#endif
