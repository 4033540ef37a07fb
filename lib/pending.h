/* SPDX-License-Identifier: ISC */
/*
 * The calls of one connection that wait for their response: msgid, deadline, what the caller wants
 * back.  Ids count up and are never given twice in the life of a table, so a late answer is never
 * taken for another call's.  Pure: the time comes from outside, in milliseconds of any clock that
 * does not step.
 */
#ifndef OPDESK_LIB_PENDING_H
#define OPDESK_LIB_PENDING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PENDING_FOREVER INT64_MAX

struct pending;

/* first_id: GUI and clients 1, the helper's own calls 0x80000000.  max_calls bounds the table. */
struct pending *pending_new(uint32_t first_id, size_t max_calls);
void pending_free(struct pending *p);

/* A new call.  `arg` is the caller's, given back once.  OP_UNAVAILABLE: max_calls wait already, or
 * the ids are used up; OP_NO_MEMORY. */
int pending_add(struct pending *p, int64_t deadline_ms, void *arg, uint32_t *msgid);

/* Take a call out: its response came, or it is cancelled.  OP_NOT_FOUND for one that is not there
 * (any more). */
int pending_take(struct pending *p, uint32_t msgid, void **arg);

/* Take out one call whose deadline is at or before now_ms; false when there is none. */
bool pending_take_expired(struct pending *p, int64_t now_ms, uint32_t *msgid, void **arg);

/* Take out any call (used when the connection ends), oldest first; false when empty. */
bool pending_take_any(struct pending *p, uint32_t *msgid, void **arg);

int64_t pending_next_deadline(const struct pending *p); /* PENDING_FOREVER when none */
size_t pending_count(const struct pending *p);

#endif
