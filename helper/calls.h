/* SPDX-License-Identifier: ISC */
/*
 * The GUI's calls that wait for a daemon's answer: (link, msgid) with a deadline.  A call leaves
 * the table exactly once, so that it gets exactly one answer: the daemon's, or one of ours.  Pure:
 * the time comes from outside.  Typically a handful, at most CALLS_MAX.
 */
#ifndef OPDESK_HELPER_CALLS_H
#define OPDESK_HELPER_CALLS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CALLS_MAX 10000u
#define CALLS_NEVER INT64_MAX

struct calls;

struct calls *calls_new(void); /* NULL: no memory */
void calls_free(struct calls *c);

/* OP_CONFLICT: this msgid waits on this link already; OP_UNAVAILABLE: CALLS_MAX wait; OP_NO_MEMORY.
 */
int calls_add(struct calls *c, int64_t link, uint32_t msgid, int64_t deadline_ms);

/* Take one out; false when it is not there (any more). */
bool calls_take(struct calls *c, int64_t link, uint32_t msgid);

/* Take out all of one link, or all whose deadline is at or before now_ms, telling `taken` about
 * each, which must not touch the table. */
typedef void calls_fn(int64_t link, uint32_t msgid, void *arg);
void calls_take_link(struct calls *c, int64_t link, calls_fn *taken, void *arg);
void calls_take_expired(struct calls *c, int64_t now_ms, calls_fn *taken, void *arg);

/* No deadline is before this one; CALLS_NEVER when the table is empty. */
int64_t calls_next_deadline(const struct calls *c);
size_t calls_count(const struct calls *c);

#endif
