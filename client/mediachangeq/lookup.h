/* SPDX-License-Identifier: ISC */
/* From what an operator typed for an id or a label to the one that is meant. */
#ifndef OPDESK_CLIENT_MEDIACHANGEQ_LOOKUP_H
#define OPDESK_CLIENT_MEDIACHANGEQ_LOOKUP_H

#include "client/common/query.h"
#include "lib/alertkind.h"
#include "lib/uuid.h"

struct lookup {
	char id[UUID_SIZE];
	bool is_text; /* kind "text" */
	size_t label_count;
	char labels[ALERTKIND_LABELS_MAX][ALERTKIND_LABEL_BYTES + 1];
};

/* Find the question whose id begins with `prefix`: first among those that wait, then in the
 * history. OP_NOT_FOUND, OP_CONFLICT (several; they are listed), and what query_call() gives; all
 * said. */
int lookup_alert(struct query *q, const char *prefix, struct lookup *out);

/* How many of the alerts have an id that begins with `prefix`; *first is the first of them. */
size_t lookup_matches(
    const msgpack_object_array *alerts, const char *prefix, const msgpack_object **first);

/* The label that `typed` means: itself, or the only one that differs in case alone; else NULL. */
const char *lookup_label(const struct lookup *l, const char *typed);

#endif
