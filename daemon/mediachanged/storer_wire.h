/* SPDX-License-Identifier: ISC */
/*
 * What engine and storer say to each other: each frame is an array [kind, op, …].  Both ends are
 * the same program, so a message that makes no sense is a bug: the storer ends, and the engine ends
 * the storer.
 */
#ifndef OPDESK_DAEMON_MEDIACHANGED_STORER_WIRE_H
#define OPDESK_DAEMON_MEDIACHANGED_STORER_WIRE_H

#include "daemon/mediachanged/store.h"

enum storer_request {
	STORER_STORE,   /* row, at, what, by, note (what nil: no line of life) */
	STORER_LOOKUP,  /* id, asker, key (nil: by id only) */
	STORER_LOAD,    /* closed_since, max_closed */
	STORER_PRUNE,   /* before, keep, limit */
	STORER_HISTORY, /* since_at, until_at, before_seq, host, text, id prefix, limit,
			 * by_end, before_at */
	STORER_SHOW,    /* id */
	STORER_STATS,   /* since_at */
	STORER_CANCEL,  /* –: the request with that op is given up; one that reads ends soon */
	STORER_REQUESTS,
};

enum storer_reply {
	STORER_OPEN,   /* – */
	STORER_FAILED, /* why: the store cannot be opened */
	STORER_STORED, /* row or nil */
	STORER_FOUND,  /* row or nil */
	STORER_SHOWN,  /* row or nil: the first part of what is shown */
	STORER_ROW,    /* row */
	STORER_LIFE,   /* at, what, by, note */
	STORER_STAT,   /* asker, asked, answered, expired, withdrawn, median_ms, slowest_ms */
	STORER_DONE,   /* err, value */
	STORER_BROKEN, /* why: the last word of a process that gives up */
	STORER_REPLIES,
};

/* The process itself (storer_child.c): its exit status. */
struct storer_job {
	const struct store_ops *ops;
	const char *place;
	bool read_only;
};
int storer_run(int fd, int lifeline_fd, const struct storer_job *what);

/* A text goes with its final NUL, so that it can be used where it stands; NULL packs nil. */
void storer_pack_text(struct mp_out *o, const char *s);

/* The whole of a STORER_CANCEL, always the same bytes. */
void storer_pack_cancel(struct mp_out *o, uint64_t op);

/* Arguments of a message: item `i` as a number (0 when it is none), as a text (NULL when it is
 * none; borrowed from the payload). */
int64_t storer_int(const msgpack_object *message, size_t i);
const char *storer_text(const msgpack_object *message, size_t i);
/* Does it have the form [kind < kinds, op, …]? */
bool storer_message(const msgpack_object *message, int kinds, int *kind, uint64_t *op);

#endif
