/* SPDX-License-Identifier: ISC */
/*
 * Looking into the SQLite store: single rows, what the book needs at start, history, statistics.
 */
#include "daemon/mediachanged/sqlite_int.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/buf.h"
#include "lib/clock.h"
#include "lib/err.h"
#include "lib/log.h"

static int
read_text(struct alert *a, const struct alert_field *f, sqlite3_stmt *st, int column)
{
	const char *text = (const char *)sqlite3_column_text(st, column);

	if (f->type == ALERT_ID) {
		if (!text || !uuid_valid(text, strlen(text)))
			return OP_INTERNAL;
		memcpy(a->id, text, UUID_SIZE);
		return OP_OK;
	}
	return alert_set(alert_string(a, f), text);
}

static int
read_field(struct alert *a, const struct alert_field *f, sqlite3_stmt *st, int column)
{
	if (f->type == ALERT_TEXT || f->type == ALERT_ID)
		return read_text(a, f, st, column);
	int64_t n = sqlite3_column_int64(st, column);

	if (f->type == ALERT_STATE && (n < ALERT_PENDING || n > ALERT_WITHDRAWN))
		return OP_INTERNAL;
	alert_set_number(a, f, n);
	return OP_OK;
}

/* What the rest of the daemon takes for granted of a row. */
static bool
makes_sense(const struct alert *a)
{
	return a->asker && a->from && a->host && a->text && a->kind && a->labels && a->severity &&
	       a->seq > 0 && a->version > 0 && a->timeout_ms >= 0 && a->escalated >= 0 &&
	       (a->closed_at > 0) == (a->state != ALERT_PENDING);
}

int
sqlite_row(struct store *s, sqlite3_stmt *st, struct alert **out)
{
	struct alert *a = alert_new();
	int err = a ? OP_OK : OP_NO_MEMORY;

	for (int i = 0; i < ALERT_FIELDS && err == OP_OK; i++)
		err = read_field(a, &alert_fields[i], st, i);
	if (err == OP_OK && !makes_sense(a))
		err = OP_INTERNAL;
	if (err == OP_INTERNAL) {
		snprintf(s->why, sizeof(s->why), "%s: question %lld makes no sense: " SQLITE_REMEDY,
		    sqlite3_db_filename(s->db, NULL), sqlite3_column_int64(st, 0));
		if (s->read_only) /* it goes on with the next one; a storer ends with this as its
				     last word */
			log_error("store: %s", s->why);
		sqlite_leave(s);
	}
	if (err) {
		alert_free(a);
		return err;
	}
	*out = a;
	return OP_OK;
}

int
sqlite_last_seq(struct store *s, int64_t *seq)
{
	sqlite3_stmt *st = sqlite_statement(s, SQL_LAST_SEQ);

	if (!st)
		return OP_SYSTEM;
	if (sqlite3_step(st) != SQLITE_ROW)
		return sqlite_failed(s, "last seq");
	*seq = sqlite3_column_int64(st, 0);
	sqlite3_reset(st);
	return OP_OK;
}

static int
find_one(struct store *s, sqlite3_stmt *st, struct alert **out)
{
	int rc = sqlite3_step(st);
	int err = rc == SQLITE_ROW    ? sqlite_row(s, st, out)
		  : rc == SQLITE_DONE ? OP_NOT_FOUND
				      : sqlite_failed(s, "find");

	sqlite3_reset(st);
	return err;
}

int
sqlite_find(struct store *s, const char *id, struct alert **out)
{
	sqlite3_stmt *st = sqlite_statement(s, SQL_FIND);

	if (!st)
		return OP_SYSTEM;
	sqlite3_bind_text(st, 1, id, -1, SQLITE_STATIC);
	return find_one(s, st, out);
}

int
sqlite_find_joined(
    struct store *s, const char *asker, const char *key, const char *id, struct alert **out)
{
	sqlite3_stmt *st = sqlite_statement(s, SQL_FIND_JOINED);

	if (!st)
		return OP_SYSTEM;
	sqlite3_bind_text(st, 1, asker, -1, SQLITE_STATIC);
	sqlite3_bind_text(st, 2, key, -1, SQLITE_STATIC);
	sqlite3_bind_text(st, 3, id, -1, SQLITE_STATIC);
	return find_one(s, st, out);
}

static int
walk(struct store *s, sqlite3_stmt *st, store_row_fn *fn, void *arg)
{
	int err = OP_OK, rc = SQLITE_DONE;
	struct alert *a;

	while (err == OP_OK && (rc = sqlite3_step(st)) == SQLITE_ROW) {
		err = sqlite_row(s, st, &a);
		if (err == OP_INTERNAL && s->read_only) { /* the others can be shown */
			err = OP_OK;
			continue;
		}
		if (err)
			break;
		err = fn(a, arg);
		alert_free(a);
	}
	if (err == OP_OK && rc != SQLITE_DONE)
		err = sqlite_failed(s, "reading");
	sqlite3_reset(st);
	return err;
}

int
sqlite_load(struct store *s, int64_t closed_since, int64_t max_closed, store_row_fn *fn, void *arg)
{
	sqlite3_stmt *st = sqlite_statement(s, SQL_PENDING);
	int err = st ? walk(s, st, fn, arg) : OP_SYSTEM;

	if (err)
		return err;
	if (!(st = sqlite_statement(s, SQL_CLOSED)))
		return OP_SYSTEM;
	sqlite3_bind_int64(st, 1, closed_since);
	sqlite3_bind_int64(st, 2, max_closed);
	return walk(s, st, fn, arg);
}

/* A LIKE pattern for text that contains (or begins with) `part`; NULL binds "any". */
static int
bind_pattern(sqlite3_stmt *st, int column, const char *part, bool begins)
{
	struct buf pattern;
	int err = OP_OK;

	if (!part) {
		sqlite3_bind_null(st, column);
		return OP_OK;
	}
	buf_init(&pattern);
	if (!begins)
		err = buf_append(&pattern, "%", 1);
	for (const char *p = part; *p && err == OP_OK; p++) {
		if (strchr("%_\\", *p))
			err = buf_append(&pattern, "\\", 1);
		if (err == OP_OK)
			err = buf_append(&pattern, p, 1);
	}
	if (err == OP_OK)
		err = buf_append(&pattern, "%", 1);
	if (err == OP_OK)
		sqlite3_bind_text(st, column, (const char *)buf_bytes(&pattern),
		    (int)buf_len(&pattern), SQLITE_TRANSIENT);
	buf_fini(&pattern);
	return err;
}

static sqlite3_stmt *
history_by_end(struct store *s, const struct store_filter *f)
{
	sqlite3_stmt *st = sqlite_statement(s, SQL_HISTORY_BY_END);
	int64_t before_at = f->before_at ? f->before_at : INT64_MAX;
	int64_t last = f->until_at ? f->until_at - 1 : INT64_MAX;

	if (!st)
		return NULL;
	sqlite3_bind_int64(st, 7, last < before_at ? last : before_at);
	sqlite3_bind_int64(st, 8, before_at);
	return st;
}

static sqlite3_stmt *
history_by_seq(struct store *s, const struct store_filter *f)
{
	sqlite3_stmt *st = sqlite_statement(s, f->until_at ? SQL_HISTORY_UNTIL : SQL_HISTORY);

	if (st && f->until_at)
		sqlite3_bind_int64(st, 7, f->until_at);
	return st;
}

int
sqlite_history(struct store *s, const struct store_filter *f, store_row_fn *fn, void *arg)
{
	sqlite3_stmt *st = f->by_end ? history_by_end(s, f) : history_by_seq(s, f);

	if (!st)
		return OP_SYSTEM;
	sqlite3_bind_int64(st, 1, f->before_seq ? f->before_seq : INT64_MAX);
	sqlite3_bind_int64(st, 2, f->since_at);
	sqlite3_bind_int(st, 6, f->limit);
	int err = bind_pattern(st, 3, f->host, false);

	if (err == OP_OK)
		err = bind_pattern(st, 4, f->text, false);
	if (err == OP_OK)
		err = bind_pattern(st, 5, f->id_prefix, true);
	return err ? err : walk(s, st, fn, arg);
}

int
sqlite_life_of(struct store *s, const char *id, store_life_fn *fn, void *arg)
{
	sqlite3_stmt *st = sqlite_statement(s, SQL_LIFE_OF);
	int rc = SQLITE_DONE, err = OP_OK;

	if (!st)
		return OP_SYSTEM;
	sqlite3_bind_text(st, 1, id, -1, SQLITE_STATIC);
	while (err == OP_OK && (rc = sqlite3_step(st)) == SQLITE_ROW) {
		struct store_life line = {
		    .at = sqlite3_column_int64(st, 0),
		    .what = (const char *)sqlite3_column_text(st, 1),
		    .by = (const char *)sqlite3_column_text(st, 2),
		    .note = (const char *)sqlite3_column_text(st, 3),
		};

		err = fn(&line, arg);
	}
	if (err == OP_OK && rc != SQLITE_DONE)
		err = sqlite_failed(s, "life");
	sqlite3_reset(st);
	return err;
}

static int
walk_stats(struct store *s, sqlite3_stmt *st, store_stat_fn *fn, void *arg)
{
	int rc = SQLITE_DONE, err = OP_OK;

	while (err == OP_OK && (rc = sqlite3_step(st)) == SQLITE_ROW) {
		struct store_stat stat = {
		    .asker = (const char *)sqlite3_column_text(st, 0),
		    .asked = sqlite3_column_int64(st, 1),
		    .answered = sqlite3_column_int64(st, 2),
		    .expired = sqlite3_column_int64(st, 3),
		    .withdrawn = sqlite3_column_int64(st, 4),
		    .median_ms = sqlite3_column_int64(st, 5),
		    .slowest_ms = sqlite3_column_int64(st, 6),
		};

		err = fn(&stat, arg);
	}
	if (err == OP_OK && rc != SQLITE_DONE)
		err = sqlite_failed(s, "statistics");
	sqlite3_reset(st);
	return err;
}

int
sqlite_stats(struct store *s, int64_t since_at, store_stat_fn *fn, void *arg)
{
	int64_t until = clock_boot_ms() + STORE_READ_MS; /* for both */

	for (int together = 0; together < 2; together++) {
		sqlite3_stmt *st = sqlite_statement(s, SQL_STATS);

		if (!st)
			return OP_SYSTEM;
		s->read_until = until;
		sqlite3_bind_int64(st, 1, since_at);
		sqlite3_bind_int(st, 2, together);
		int err = walk_stats(s, st, fn, arg);

		if (err)
			return err;
	}
	return OP_OK;
}
