/* SPDX-License-Identifier: ISC */
/* Shared by sqlite.c (statements, writing), sqlite_open.c (the file, the schema) and sqlite_read.c
 * (looking). */
#ifndef OPDESK_DAEMON_MEDIACHANGED_SQLITE_INT_H
#define OPDESK_DAEMON_MEDIACHANGED_SQLITE_INT_H

#include <sqlite3.h>
#include "daemon/mediachanged/store.h"

/* Every statement, prepared when first used. */
enum sqlite_statement {
	SQL_BEGIN,
	SQL_COMMIT,
	SQL_PUT,
	SQL_CHANGE,
	SQL_CHANGE_CLOSED,
	SQL_LIFE,
	SQL_FIND,
	SQL_FIND_JOINED,
	SQL_LAST_SEQ,
	SQL_PENDING,
	SQL_CLOSED,
	SQL_HISTORY,
	SQL_HISTORY_UNTIL,
	SQL_HISTORY_BY_END,
	SQL_LIFE_OF,
	SQL_STATS,
	SQL_PRUNE_LIFE,
	SQL_PRUNE,
	SQL_COUNT,
};

/* For people who must mend a damaged file. */
#define SQLITE_REMEDY \
	"nothing was changed; put back a copy, or see \"A damaged store\" in mediachanged(8)"

struct store {
	sqlite3 *db;
	bool read_only;
	sqlite3_stmt *statements[SQL_COUNT];
	int64_t read_until;       /* boot clock; read-only stores */
	bool (*asked)(void *arg); /* to give the read up; or NULL */
	void *asked_arg;
	bool cancelled; /* it was, for that reason */
	char why[512];  /* the last failure */
};

/* The statement, reset and ready to bind; NULL: sqlite_failed() was called. */
sqlite3_stmt *sqlite_statement(struct store *s, enum sqlite_statement which);
/* Step to its end; OP_OK or sqlite_failed(). */
int sqlite_finish(struct store *s, sqlite3_stmt *st);
/* Keep what SQLite says as store.why; OP_SYSTEM; OP_TIMEOUT or OP_CANCELLED for an interrupted
 * read. */
int sqlite_failed(struct store *s, const char *what);
/* The row that the statement stands on; OP_NO_MEMORY, OP_INTERNAL for one that makes no sense,
 * which is logged. */
int sqlite_row(struct store *s, sqlite3_stmt *st, struct alert **out);

/* The store has failed: closing it is to change nothing in its files. */
void sqlite_leave(struct store *s);

/* store_ops.open, close, set_cancel. */
int sqlite_open(const char *place, bool read_only, struct store **out, char *why, size_t why_size);
void sqlite_close(struct store *s);
void sqlite_set_cancel(struct store *s, bool (*asked)(void *arg), void *arg);

int sqlite_last_seq(struct store *s, int64_t *seq);
int sqlite_load(
    struct store *s, int64_t closed_since, int64_t max_closed, store_row_fn *fn, void *arg);
int sqlite_find(struct store *s, const char *id, struct alert **out);
int sqlite_find_joined(
    struct store *s, const char *asker, const char *key, const char *id, struct alert **out);
int sqlite_history(struct store *s, const struct store_filter *f, store_row_fn *fn, void *arg);
int sqlite_life_of(struct store *s, const char *id, store_life_fn *fn, void *arg);
int sqlite_stats(struct store *s, int64_t since_at, store_stat_fn *fn, void *arg);

#ifdef OPDESK_TEST_BUILD
/* A VFS that fails when told to (docs/testing.md); its name, registered once. */
const char *sqlite_fault_vfs(void);
#endif

#endif
