/* SPDX-License-Identifier: ISC */
/*
 * Keeping alerts on disk: a table of functions that a back end fills in (sqlite.c; PostgreSQL
 * later). Plain blocking code; called by the storer process only (storer.h).
 */
#ifndef OPDESK_DAEMON_MEDIACHANGED_STORE_H
#define OPDESK_DAEMON_MEDIACHANGED_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "daemon/mediachanged/alert.h"

struct store;

#define STORE_READ_MS 10000

struct store_filter {
	int64_t since_at;   /* closed at or after; 0 = any */
	int64_t until_at;   /* closed before; 0 = any */
	int64_t before_seq; /* 0 = any */
	bool by_end;        /* the last to be closed first, not the last to be asked */
	int64_t
	    before_at; /* by_end: closed before it, or then with a seq before before_seq; 0 = any */
	const char *host; /* part of host, from or asker, without case; NULL = any */
	const char *text; /* part of title, text, answer, note or key, without case; NULL = any */
	const char *id_prefix; /* NULL = any */
	int limit;
};

/* One asker's line in the statistics; asker NULL: all together. */
struct store_stat {
	const char *asker;
	int64_t asked, answered, expired, withdrawn, median_ms, slowest_ms;
};

struct store_life {
	int64_t at;
	const char *what;
	const char *by, *note; /* or NULL */
};

/* Return 0 to go on; else the walk ends with that value. */
typedef int store_row_fn(const struct alert *a, void *arg);
typedef int store_life_fn(const struct store_life *line, void *arg);
typedef int store_stat_fn(const struct store_stat *s, void *arg);

struct store_ops {
	const char *name;
	/* place: the state directory.  Makes or migrates the schema unless read_only.  What is
	 * damaged, or not ours, is refused and left as it is.  OP_SYSTEM, OP_CONFLICT (not ours, or
	 * its schema newer than this program); `why` for people: the file, what is wrong, what to
	 * do. */
	int (*open)(
	    const char *place, bool read_only, struct store **out, char *why, size_t why_size);
	void (*close)(struct store *s);
	/* Of a read-only store: `asked` is called every few milliseconds of a long read, which ends
	 * with OP_CANCELLED once it says true. */
	void (*set_cancel)(struct store *s, bool (*asked)(void *arg), void *arg);
	/* What failed last, and where; for people; borrowed until the next call. */
	const char *(*why)(const struct store *s);

	/* One transaction; nothing counts before commit returned 0.  After any error the outcome is
	 * unknown: close, exit, start anew. */
	int (*begin)(struct store *s);
	/* Insert, or update when the stored version is lower.  OP_OK; OP_CONFLICT: the id is there
	 * with this version or a higher one and another content: *current is that row, owned by the
	 * caller (the same content again is OP_OK: replaying is harmless). */
	int (*put)(struct store *s, const struct alert *a, struct alert **current);
	/* One line of the alert's life that its row does not tell, in the same transaction.  A
	 * `shown` that is there already is not written again. */
	int (*life)(struct store *s, const struct alert *a, const struct store_life *line);
	int (*commit)(struct store *s);

	int (*last_seq)(struct store *s, int64_t *seq);
	/* Pending ones by seq; then, by closing, at most the last `max_closed` of those that are
	 * not confirmed or the newest of their key, and were closed at or after `closed_since`.  Of
	 * the newest `max_closed` questions, by seq, those that are not confirmed come whenever
	 * they were closed: a wrong clock must not lose an answer. */
	int (*load)(
	    struct store *s, int64_t closed_since, int64_t max_closed, store_row_fn *fn, void *arg);
	int (*find)(struct store *s, const char *id, struct alert **out); /* OP_NOT_FOUND */
	/* The newest question under the asker's key that this ask has joined.  OP_NOT_FOUND. */
	int (*find_joined)(struct store *s, const char *asker, const char *key, const char *id,
	    struct alert **out);
	/* Closed ones, newest first, as by_end has it. */
	int (*history)(struct store *s, const struct store_filter *f, store_row_fn *fn, void *arg);
	/* All that happened to it, in order; asking and closing come from the row. */
	int (*life_of)(struct store *s, const char *id, store_life_fn *fn, void *arg);
	/* Every asker, busiest first (at most 100), then all together (if there is any). */
	int (*stats)(struct store *s, int64_t since_at, store_stat_fn *fn, void *arg);
	/* Remove what was closed before `before`, confirmed or not, but none of the newest `keep`
	 * questions, by seq: a wrong clock must not empty the history.  At most `limit`, the oldest
	 * first; their number out. */
	int (*prune)(struct store *s, int64_t before, int64_t keep, int limit, int *removed);
};

extern const struct store_ops store_sqlite;

#endif
