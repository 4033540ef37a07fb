/* SPDX-License-Identifier: ISC */
/*
 * Alerts in an SQLite file, STATE/alerts.db: write-ahead log, synchronous FULL, one writer (the
 * storer) and read-only readers.  The columns of table alert are alert_fields[]; table life holds
 * what the row does not tell (claims, notes).  Here are the statements, and writing.
 */
#include "daemon/mediachanged/sqlite_int.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/buf.h"
#include "lib/clock.h"
#include "lib/err.h"
#include "lib/log.h"

#define MATCHES                                                                        \
	" AND (?3 IS NULL OR host LIKE ?3 ESCAPE '\\' OR \"from\" LIKE ?3 ESCAPE '\\'" \
	" OR asker LIKE ?3 ESCAPE '\\')"                                               \
	" AND (?4 IS NULL OR title LIKE ?4 ESCAPE '\\' OR text LIKE ?4 ESCAPE '\\'"    \
	" OR answer LIKE ?4 ESCAPE '\\' OR text_answer LIKE ?4 ESCAPE '\\'"            \
	" OR note LIKE ?4 ESCAPE '\\' OR key LIKE ?4 ESCAPE '\\')"                     \
	" AND (?5 IS NULL OR id LIKE ?5 ESCAPE '\\')"
#define BY_SEQ " ORDER BY seq DESC LIMIT ?6"

#define PRUNED                                                         \
	"SELECT seq FROM alert WHERE closed_at > 0 AND closed_at < ?1" \
	" AND seq <= (SELECT max(seq) FROM alert) - ?3 ORDER BY closed_at LIMIT ?2"

/* Lists made from alert_fields[]: @C columns, @V their parameters, @S what an update sets, @K the
 * same without what indexes hold, @I what these are.  The first three fields are seq, id and
 * version. */
static const char *const sql[SQL_COUNT] = {
    [SQL_BEGIN] = "BEGIN IMMEDIATE",
    [SQL_COMMIT] = "COMMIT",
    [SQL_PUT] = "INSERT INTO alert (@C) VALUES (@V)"
		" ON CONFLICT (id) DO UPDATE SET @S WHERE excluded.version > version",
    [SQL_CHANGE] = "UPDATE alert SET @S WHERE seq = ?1 AND id = ?2 AND version < ?3",
    /* The same without what indexes hold: for a row that was closed before. */
    [SQL_CHANGE_CLOSED] = "UPDATE alert SET @K WHERE seq = ?1 AND id = ?2 AND version < ?3 AND @I",
    /* That a desk has shown it is told once, whatever was restarted meanwhile. */
    [SQL_LIFE] = "INSERT INTO life (seq, at, what, by, note) SELECT ?1, ?2, ?3, ?4, ?5"
		 " WHERE ?3 <> 'shown' OR NOT EXISTS (SELECT 1 FROM life"
		 " WHERE seq = ?1 AND what = ?3 AND by IS ?4 AND note IS ?5)",
    [SQL_FIND] = "SELECT @C FROM alert WHERE id = ?",
    [SQL_FIND_JOINED] = "SELECT @C FROM alert WHERE asker = ?1 AND key = ?2"
			" AND instr(joined, ?3) > 0 ORDER BY seq DESC LIMIT 1",
    [SQL_LAST_SEQ] = "SELECT ifnull(max(seq), 0) FROM alert",
    [SQL_PENDING] = "SELECT @C FROM alert WHERE state = 0 ORDER BY seq",
    [SQL_CLOSED] = "SELECT @C FROM alert WHERE seq IN (SELECT seq FROM alert WHERE seq IN ("
		   "SELECT seq FROM alert AS a"
		   " WHERE closed_at > 0 AND closed_at >= ?1 AND (confirmed = 0 OR (key IS NOT NULL"
		   " AND seq = (SELECT max(b.seq) FROM alert AS b"
		   " WHERE b.asker = a.asker AND b.key = a.key)))"
		   " UNION SELECT seq FROM alert WHERE seq > (SELECT max(seq) FROM alert) - ?2"
		   " AND state > 0 AND confirmed = 0)"
		   " ORDER BY closed_at DESC LIMIT ?2) ORDER BY closed_at",
    [SQL_HISTORY] =
	"SELECT @C FROM alert WHERE state > 0 AND seq < ?1 AND closed_at >= ?2" MATCHES BY_SEQ,
    /* The index knows which rows these are: the newer ones are not read. */
    [SQL_HISTORY_UNTIL] =
	"SELECT @C FROM alert WHERE seq IN (SELECT seq FROM alert WHERE closed_at > 0"
	" AND closed_at >= ?2 AND closed_at < ?7 AND seq < ?1)" MATCHES BY_SEQ,
    /* In the order of the index; ?7: the last moment, ?8: the one in which ?1 counts. */
    [SQL_HISTORY_BY_END] =
	"SELECT @C FROM alert WHERE closed_at > 0 AND closed_at >= ?2 AND closed_at <= ?7"
	" AND (closed_at < ?8 OR seq < ?1)" MATCHES " ORDER BY closed_at DESC, seq DESC LIMIT ?6",
    [SQL_LIFE_OF] = "SELECT at, what, by, note FROM ("
		    "SELECT created_at AS at, 0 AS part, 'asked' AS what, asker AS by, NULL AS note"
		    " FROM alert WHERE id = ?1"
		    " UNION ALL SELECT l.at, 1, l.what, l.by, l.note FROM life AS l"
		    " JOIN alert AS a ON a.seq = l.seq WHERE a.id = ?1"
		    " UNION ALL SELECT closed_at, 2, CASE state WHEN 1 THEN 'answered'"
		    " WHEN 2 THEN 'expired' ELSE 'withdrawn' END, by, ifnull(answer, reason)"
		    " FROM alert WHERE id = ?1 AND state > 0) ORDER BY at, part",
    [SQL_STATS] =
	"WITH asked AS (SELECT iif(?2, NULL, asker) AS who, state,"
	" closed_at - created_at AS ms FROM alert WHERE created_at >= ?1),"
	" ranked AS (SELECT *, row_number() OVER w AS n,"
	" count(*) OVER (PARTITION BY who, state) AS of FROM asked"
	" WINDOW w AS (PARTITION BY who, state ORDER BY ms))"
	" SELECT who, count(*), sum(state = 1), sum(state = 2), sum(state = 3),"
	" max(iif(state = 1 AND n = (of + 1) / 2, ms, NULL)), max(iif(state = 1, ms, NULL))"
	" FROM ranked GROUP BY who ORDER BY 2 DESC LIMIT 100",
    [SQL_PRUNE_LIFE] = "DELETE FROM life WHERE seq IN (" PRUNED ")",
    [SQL_PRUNE] = "DELETE FROM alert WHERE seq IN (" PRUNED ")",
};

/* --- statements --- */

int
sqlite_failed(struct store *s, const char *what)
{
	int code = sqlite3_extended_errcode(s->db);
	const char *path = sqlite3_db_filename(s->db, NULL);
	char number[32] = "";

	if ((code & 0xff) == SQLITE_INTERRUPT)
		return s->cancelled ? OP_CANCELLED : OP_TIMEOUT;
	if ((code & 0xff) == SQLITE_IOERR) /* which call it was, in sqlite3.h */
		snprintf(number, sizeof(number), " (SQLite's error %d)", code);
	snprintf(s->why, sizeof(s->why), "%s: %s%s%s", path ? path : "?", sqlite3_errmsg(s->db),
	    number, (code & 0xff) == SQLITE_CORRUPT ? ": " SQLITE_REMEDY : "");
	log_debug("store: %.32s: %s", what, s->why);
	sqlite_leave(s);
	return OP_SYSTEM;
}

static const char *
sqlite_why(const struct store *s)
{
	return s->why;
}

static bool
is_changing(const struct alert_field *f)
{
	return f->offset >= offsetof(struct alert, state) || strcmp(f->name, "version") == 0;
}

static bool
is_indexed(const struct alert_field *f)
{
	return f->offset == offsetof(struct alert, state) ||
	       f->offset == offsetof(struct alert, closed_at);
}

static bool
is_listed(const struct alert_field *f, char list)
{
	switch (list) {
	case 'S':
		return is_changing(f);
	case 'K':
		return is_changing(f) && !is_indexed(f);
	case 'I':
		return is_indexed(f);
	default:
		return true;
	}
}

static int
append_list(struct buf *out, char list)
{
	const char *comma = "";
	int err = OP_OK;

	for (size_t i = 0; i < ALERT_FIELDS && err == OP_OK; i++) {
		const struct alert_field *f = &alert_fields[i];

		if (!is_listed(f, list))
			continue;
		if (list == 'C')
			err = buf_printf(out, "%s\"%s\"", comma, f->name);
		else if (list == 'V')
			err = buf_printf(out, "%s?%zu", comma, i + 1);
		else
			err = buf_printf(out, "%s\"%s\" = ?%zu", comma, f->name, i + 1);
		comma = list == 'I' ? " AND " : ", ";
	}
	return err;
}

static int
expand(struct buf *out, const char *text)
{
	int err = OP_OK;

	while (*text && err == OP_OK) {
		size_t plain = strcspn(text, "@");

		err = buf_append(out, text, plain);
		text += plain;
		if (err == OP_OK && *text) {
			err = append_list(out, text[1]);
			text += 2;
		}
	}
	return err ? err : buf_append(out, "", 1);
}

sqlite3_stmt *
sqlite_statement(struct store *s, enum sqlite_statement which)
{
	sqlite3_stmt **st = &s->statements[which];
	struct buf text;

	s->read_until = clock_boot_ms() + STORE_READ_MS;
	s->cancelled = false;
	if (*st) {
		sqlite3_reset(*st);
		return *st;
	}
	buf_init(&text);
	if (expand(&text, sql[which]) == OP_OK &&
	    sqlite3_prepare_v3(s->db, (const char *)buf_bytes(&text), -1, SQLITE_PREPARE_PERSISTENT,
		st, NULL) != SQLITE_OK)
		sqlite_failed(s, sql[which]);
	buf_fini(&text);
	return *st;
}

int
sqlite_finish(struct store *s, sqlite3_stmt *st)
{
	int rc;

	while ((rc = sqlite3_step(st)) == SQLITE_ROW)
		;
	/* before the reset, which may say something else */
	int err = rc == SQLITE_DONE ? OP_OK : sqlite_failed(s, sqlite3_sql(st));

	sqlite3_reset(st);
	return err;
}

/* --- writing --- */

static int
run(struct store *s, enum sqlite_statement which)
{
	sqlite3_stmt *st = sqlite_statement(s, which);

	return st ? sqlite_finish(s, st) : OP_SYSTEM;
}

static int
sqlite_begin(struct store *s)
{
	return run(s, SQL_BEGIN);
}

static int
sqlite_commit(struct store *s)
{
	return run(s, SQL_COMMIT);
}

static void
bind_text(sqlite3_stmt *st, int column, const char *text)
{
	if (text)
		sqlite3_bind_text(st, column, text, -1, SQLITE_STATIC);
	else
		sqlite3_bind_null(st, column);
}

/* All of it, or seq, id and what changes. */
static void
bind_row(sqlite3_stmt *st, const struct alert *a, bool all)
{
	for (int i = 0; i < ALERT_FIELDS; i++) {
		const struct alert_field *f = &alert_fields[i];

		if (!all && i > 1 && !is_changing(f))
			continue;
		if (f->type == ALERT_ID)
			bind_text(st, i + 1, a->id);
		else if (f->type == ALERT_TEXT)
			bind_text(st, i + 1, *(char *const *)((const char *)a + f->offset));
		else
			sqlite3_bind_int64(st, i + 1, alert_number(a, f));
	}
}

/* OP_AGAIN: no row was changed. */
static int
write_row(struct store *s, enum sqlite_statement which, const struct alert *a)
{
	sqlite3_stmt *st = sqlite_statement(s, which);

	if (!st)
		return OP_SYSTEM;
	bind_row(st, a, which == SQL_PUT);
	int err = sqlite_finish(s, st);

	return err || sqlite3_changes(s->db) > 0 ? err : OP_AGAIN;
}

static int
sqlite_put(struct store *s, const struct alert *a, struct alert **current)
{
	struct alert *there;
	int err = OP_AGAIN;

	/* The short ways for a row that is there: by its number. */
	if (a->version > 1 && a->confirmed)
		err = write_row(s, SQL_CHANGE_CLOSED, a);
	if (err == OP_AGAIN && a->version > 1)
		err = write_row(s, SQL_CHANGE, a);
	if (err == OP_AGAIN)
		err = write_row(s, SQL_PUT, a);
	if (err != OP_AGAIN)
		return err;
	if ((err = sqlite_find(s, a->id, &there)))
		return err;
	if (alert_equal(a, there)) {
		alert_free(there);
		return OP_OK;
	}
	*current = there;
	return OP_CONFLICT;
}

static int
sqlite_life(struct store *s, const struct alert *a, const struct store_life *line)
{
	sqlite3_stmt *st = sqlite_statement(s, SQL_LIFE);

	if (!st)
		return OP_SYSTEM;
	sqlite3_bind_int64(st, 1, a->seq);
	sqlite3_bind_int64(st, 2, line->at);
	bind_text(st, 3, line->what);
	bind_text(st, 4, line->by);
	bind_text(st, 5, line->note);
	return sqlite_finish(s, st);
}

static int
prune_from(struct store *s, enum sqlite_statement which, int64_t before, int64_t keep, int limit)
{
	sqlite3_stmt *st = sqlite_statement(s, which);

	if (!st)
		return OP_SYSTEM;
	sqlite3_bind_int64(st, 1, before);
	sqlite3_bind_int(st, 2, limit);
	sqlite3_bind_int64(st, 3, keep);
	return sqlite_finish(s, st);
}

static int
sqlite_prune(struct store *s, int64_t before, int64_t keep, int limit, int *removed)
{
	int err = prune_from(s, SQL_PRUNE_LIFE, before, keep, limit);

	if (err == OP_OK)
		err = prune_from(s, SQL_PRUNE, before, keep, limit);
	if (err == OP_OK)
		*removed = sqlite3_changes(s->db);
	return err;
}

const struct store_ops store_sqlite = {
    .name = "sqlite",
    .open = sqlite_open,
    .close = sqlite_close,
    .set_cancel = sqlite_set_cancel,
    .why = sqlite_why,
    .begin = sqlite_begin,
    .put = sqlite_put,
    .life = sqlite_life,
    .commit = sqlite_commit,
    .last_seq = sqlite_last_seq,
    .load = sqlite_load,
    .find = sqlite_find,
    .find_joined = sqlite_find_joined,
    .history = sqlite_history,
    .life_of = sqlite_life_of,
    .stats = sqlite_stats,
    .prune = sqlite_prune,
};
