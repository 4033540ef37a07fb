/* SPDX-License-Identifier: ISC */
/*
 * Opening the SQLite store: is it there, is it ours, is it whole, is it of this version?  A file
 * that is damaged or strange is refused and left as it is: whoever restores it needs every byte.  A
 * new one gets its schema under another name first, so that no file of that name is ever empty, and
 * one that is has lost what was in it.
 *
 * Whole: SQLite itself refuses a file that was cut, but looks at other pages only when it needs
 * them.  So a file of up to CHECK_BYTES is read through (some 70,000 questions, a quarter of a
 * second), and pending questions are counted without the index that finds them.  What it cannot see
 * is a changed letter inside a text: pages have no check sums.
 */
#include "daemon/mediachanged/sqlite_int.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "daemon/mediachanged/sqlite_wal.h"
#include "lib/clock.h"
#include "lib/err.h"

#define APPLICATION_ID 0x6f70646b /* "opdk", for file(1) */
#define CHECK_BYTES (64 << 20)
#define PAGE_MIN_BYTES 512
#define PATH_MAX_BYTES 4096
#define PROGRESS_STEPS 10000

static const char *const migrations[] = {
    "CREATE TABLE alert ("
    " seq INTEGER PRIMARY KEY,"
    " id TEXT NOT NULL UNIQUE,"
    " version INTEGER NOT NULL,"
    " key TEXT,"
    " asker TEXT NOT NULL,"
    " \"from\" TEXT NOT NULL,"
    " host TEXT NOT NULL,"
    " title TEXT,"
    " text TEXT NOT NULL,"
    " kind TEXT NOT NULL,"
    " labels TEXT NOT NULL,"
    " severity TEXT NOT NULL,"
    " tags TEXT,"
    " default_label TEXT,"
    " timeout_ms INTEGER NOT NULL,"
    " created_at INTEGER NOT NULL,"
    " deadline_at INTEGER NOT NULL,"
    " attempt INTEGER NOT NULL,"
    " wait INTEGER NOT NULL,"
    " line INTEGER NOT NULL,"
    " state INTEGER NOT NULL CHECK (state BETWEEN 0 AND 3),"
    " joined TEXT,"
    " answer TEXT,"
    " text_answer TEXT,"
    " answer_id TEXT,"
    " by TEXT,"
    " desk TEXT,"
    " note TEXT,"
    " reason TEXT,"
    " closed_at INTEGER NOT NULL CHECK ((closed_at > 0) = (state > 0)),"
    " confirmed INTEGER NOT NULL,"
    " claimed_by TEXT,"
    " claimed_until INTEGER NOT NULL,"
    " snoozed_until INTEGER NOT NULL);"
    "CREATE INDEX alert_pending ON alert (seq) WHERE state = 0;"
    "CREATE INDEX alert_closed ON alert (closed_at) WHERE closed_at > 0;"
    "CREATE INDEX alert_key ON alert (asker, key, seq) WHERE key IS NOT NULL;"
    "CREATE TABLE life ("
    " seq INTEGER NOT NULL REFERENCES alert,"
    " at INTEGER NOT NULL,"
    " what TEXT NOT NULL,"
    " by TEXT,"
    " note TEXT);"
    "CREATE INDEX life_seq ON life (seq);"
    "PRAGMA application_id = 0x6f70646b;",

    "ALTER TABLE alert ADD COLUMN escalated INTEGER NOT NULL DEFAULT 0;"
    "ALTER TABLE alert ADD COLUMN escalating INTEGER NOT NULL DEFAULT 0;"
    "ALTER TABLE alert ADD COLUMN escalation_error TEXT;",

    "ALTER TABLE alert ADD COLUMN boot_id INTEGER NOT NULL DEFAULT 0;"
    "ALTER TABLE alert ADD COLUMN boot_ms INTEGER NOT NULL DEFAULT 0;",
};

#define SCHEMA_VERSION (int)(sizeof(migrations) / sizeof(migrations[0]))

/* --- what people are told --- */

struct opening {
	struct store *store;
	const char *place;
	char path[PATH_MAX_BYTES];
	bool read_only;
	char *why;
	size_t why_size;
};

static int __attribute__((format(printf, 3, 4)))
refuse(const struct opening *o, int err, const char *fmt, ...)
{
	int n = snprintf(o->why, o->why_size, "%s: ", o->path);
	va_list ap;

	va_start(ap, fmt);
	if (n > 0 && (size_t)n < o->why_size)
		vsnprintf(o->why + n, o->why_size - (size_t)n, fmt, ap);
	va_end(ap);
	return err;
}

static int
refuse_damaged(const struct opening *o, const char *how)
{
	return refuse(o, OP_SYSTEM, "damaged: %s: " SQLITE_REMEDY, how);
}

/* What SQLite says. */
static int
refuse_failed(const struct opening *o)
{
	sqlite3 *db = o->store->db;
	int code = sqlite3_errcode(db), reason = sqlite3_system_errno(db);

	if (code == SQLITE_CORRUPT || code == SQLITE_NOTADB || code == SQLITE_ERROR)
		return refuse_damaged(o, sqlite3_errmsg(db));
	return refuse(o, OP_SYSTEM, "%s%s%s", sqlite3_errmsg(db), reason ? ": " : "",
	    reason ? strerror(reason) : "");
}

/* --- the file --- */

/* One of the files of the store, looked at without SQLite: its size, or -1 and why not. */
static int64_t
look_at(struct opening *o, const char *suffix)
{
	char path[PATH_MAX_BYTES + 8];
	struct stat st;
	int fd;

	snprintf(path, sizeof(path), "%s%s", o->path, suffix);
	fd = open(path, O_RDWR | O_CLOEXEC | O_NONBLOCK);
	if (fd == -1 && errno == ENOENT)
		return 0;
	if (fd == -1) {
		int reason = errno;

		snprintf(
		    o->path + strlen(o->path), sizeof(o->path) - strlen(o->path), "%s", suffix);
		refuse(o, OP_SYSTEM,
		    "%s; the files of the state directory must belong to the user that the daemon "
		    "runs as, on a disk that can be written to",
		    strerror(reason));
		return -1;
	}
	bool is_file = fstat(fd, &st) == 0 && S_ISREG(st.st_mode);

	close(fd);
	if (is_file)
		return st.st_size;
	refuse(o, OP_SYSTEM, "not a file");
	return -1;
}

/* Read, not mapped: of a bad sector read(2) tells, a mapping dies.  False: errno. */
static bool
read_whole(const char *path, unsigned char *dst, size_t size)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	size_t got = 0;
	ssize_t n = -1;

	while (fd != -1 && got < size) {
		n = read(fd, dst + got, size - got);
		if (n > 0)
			got += (size_t)n;
		else if (n == 0)
			errno = ENODATA;
		if (n == 0 || (n == -1 && errno != EINTR))
			break;
	}
	int reason = errno;

	if (fd != -1)
		close(fd);
	errno = reason;
	return got == size;
}

/* The newest commits are in the log alone.  Nobody writes there now. */
static int
check_log(struct opening *o, size_t size)
{
	char path[PATH_MAX_BYTES + 8];
	size_t frame = 0;

	if (size == 0)
		return OP_OK;
	snprintf(path, sizeof(path), "%s-wal", o->path);
	unsigned char *bytes = malloc(size);

	if (!bytes || !read_whole(path, bytes, size)) {
		int reason = errno;

		free(bytes);
		return refuse(o, OP_SYSTEM, "its log cannot be read: %s", strerror(reason));
	}
	enum sqlite_wal state = sqlite_wal_look(bytes, size, &frame);

	free(bytes);
	if (state == SQLITE_WAL_BAD_HEADER)
		return refuse_damaged(o, "the beginning of its log, alerts.db-wal");
	if (state == SQLITE_WAL_WHOLE)
		return OP_OK;
	snprintf(path, sizeof(path), "frame %zu of its log, alerts.db-wal", frame);
	return refuse_damaged(o, path);
}

/* A storer or reader has one thread: no locks, and nothing that counts memory under them.  No
 * effect (and no harm) once SQLite has begun. */
static void
no_threads(void)
{
	sqlite3_config(SQLITE_CONFIG_SINGLETHREAD);
	sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
}

static int
open_file(struct opening *o, const char *path, int flags)
{
	const char *vfs = NULL;

#ifdef OPDESK_TEST_BUILD
	if (!o->read_only)
		vfs = sqlite_fault_vfs();
#endif
	if (sqlite3_open_v2(path, &o->store->db, flags | SQLITE_OPEN_NOMUTEX, vfs) != SQLITE_OK)
		return refuse_failed(o);
	sqlite3_busy_timeout(o->store->db, 5000);
	return OP_OK;
}

static int
migrate(struct opening *o, int version)
{
	sqlite3 *db = o->store->db;
	char set_version[64];

	if (sqlite3_exec(db, "BEGIN IMMEDIATE", NULL, NULL, NULL) != SQLITE_OK)
		return refuse_failed(o);
	for (; version < SCHEMA_VERSION; version++) {
		if (sqlite3_exec(db, migrations[version], NULL, NULL, NULL) != SQLITE_OK)
			return refuse_failed(o);
	}
	snprintf(set_version, sizeof(set_version), "PRAGMA user_version = %d", SCHEMA_VERSION);
	if (sqlite3_exec(db, set_version, NULL, NULL, NULL) != SQLITE_OK ||
	    sqlite3_exec(db, "COMMIT", NULL, NULL, NULL) != SQLITE_OK)
		return refuse_failed(o);
	return OP_OK;
}

static int
take_its_name(const struct opening *o, const char *made)
{
	int dir = open(o->place, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int err = OP_OK;

	if (dir == -1 || rename(made, o->path) == -1 || fsync(dir) == -1)
		err = refuse(o, OP_SYSTEM, "cannot be made: %s", strerror(errno));
	if (dir != -1)
		close(dir);
	return err;
}

/* With a rollback journal, which leaves nothing beside the file when it is closed. */
static int
make_file(struct opening *o)
{
	char made[PATH_MAX_BYTES + 8], journal[PATH_MAX_BYTES + 16];

	snprintf(made, sizeof(made), "%s-new", o->path);
	snprintf(journal, sizeof(journal), "%s-journal", made);
	unlink(made); /* by a start that was interrupted: nothing was in it yet */
	unlink(journal);
	int err = open_file(o, made, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE);

	if (err == OP_OK)
		err = migrate(o, 0);
	if (err == OP_OK && sqlite3_close(o->store->db) != SQLITE_OK)
		err = refuse_failed(o);
	if (err == OP_OK)
		o->store->db = NULL;
	return err ? err : take_its_name(o, made);
}

/* --- what is in it --- */

static int
number_of(const struct opening *o, const char *question, int64_t *out)
{
	sqlite3_stmt *st;

	if (sqlite3_prepare_v2(o->store->db, question, -1, &st, NULL) != SQLITE_OK)
		return refuse_failed(o);
	int err = sqlite3_step(st) == SQLITE_ROW ? OP_OK : refuse_failed(o);

	if (err == OP_OK)
		*out = sqlite3_column_int64(st, 0);
	sqlite3_finalize(st);
	return err;
}

static int
check_version(const struct opening *o, int *version)
{
	int64_t application = 0, n = 0;
	int err = number_of(o, "PRAGMA application_id", &application);

	if (err == OP_OK)
		err = number_of(o, "PRAGMA user_version", &n);
	if (err)
		return err;
	if (application != APPLICATION_ID || n < 1)
		return refuse(o, OP_CONFLICT,
		    "not a store of mediachanged, or an empty one: put back a copy, or give "
		    "another --state");
	if (n > SCHEMA_VERSION)
		return refuse(o, OP_CONFLICT,
		    "written by a newer mediachanged (schema %lld, this one knows %d): start "
		    "that one, or give another --state",
		    (long long)n, SCHEMA_VERSION);
	*version = (int)n;
	return OP_OK;
}

/* What quick_check says, without the heading "*** in database main ***". */
static const char *
finding(const char *text)
{
	const char *end = strncmp(text, "***", 3) == 0 ? strchr(text, '\n') : NULL;

	return end ? end + 1 : text;
}

static int
check_pages(const struct opening *o)
{
	sqlite3_stmt *st;
	int64_t hidden = 0;

	if (sqlite3_prepare_v2(o->store->db, "PRAGMA quick_check(1)", -1, &st, NULL) != SQLITE_OK)
		return refuse_failed(o);
	int err = sqlite3_step(st) == SQLITE_ROW ? OP_OK : refuse_failed(o);

	if (err == OP_OK && strcmp((const char *)sqlite3_column_text(st, 0), "ok") != 0)
		err = refuse_damaged(o, finding((const char *)sqlite3_column_text(st, 0)));
	sqlite3_finalize(st);
	if (err == OP_OK)
		err = number_of(o,
		    "SELECT (SELECT count(*) FROM alert NOT INDEXED WHERE state = 0)"
		    " <> (SELECT count(*) FROM alert WHERE state = 0)",
		    &hidden);
	return err == OP_OK && hidden ? refuse_damaged(o, "index alert_pending") : err;
}

/* A table or a column that is not there. */
static int
check_statements(const struct opening *o)
{
	for (int i = 0; i < SQL_COUNT; i++)
		if (!sqlite_statement(o->store, (enum sqlite_statement)i))
			return refuse_failed(o);
	return OP_OK;
}

static int
take_settings(const struct opening *o)
{
	/* A larger log between checkpoints: fewer syncs under load. */
	static const char settings[] =
	    "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;"
	    "PRAGMA wal_autocheckpoint = 4000; PRAGMA cache_size = -32768;"
	    "PRAGMA journal_size_limit = 67108864;"
	    "PRAGMA trusted_schema = OFF;";

	return sqlite3_exec(o->store->db, settings, NULL, NULL, NULL) == SQLITE_OK
		   ? OP_OK
		   : refuse_failed(o);
}

static int
open_reader(struct opening *o)
{
	int version;
	int err = open_file(o, o->path, SQLITE_OPEN_READONLY);

	return err ? err : check_version(o, &version);
}

/* The file and its log are as they should be; a new store is made. */
static int
prepare_files(struct opening *o, int64_t *size)
{
	int64_t log_size = -1;
	struct stat st;

	if ((*size = look_at(o, "")) >= 0)
		log_size = look_at(o, "-wal");
	if (log_size < 0)
		return OP_SYSTEM;
	if (*size >= PAGE_MIN_BYTES)
		return check_log(o, (size_t)log_size);
	if (lstat(o->path, &st) == 0 && S_ISLNK(st.st_mode) && stat(o->path, &st) == -1)
		return refuse(o, OP_SYSTEM, "a link that leads nowhere: is its disk mounted?");
	if (stat(o->path, &st) == 0)
		return refuse_damaged(o, *size > 0 ? "it was cut short" : "it is empty");
	if (log_size > 0)
		return refuse_damaged(o, "only its log, alerts.db-wal, is left");
	return make_file(o);
}

static int
open_writer(struct opening *o)
{
	int64_t size;
	int version, err = prepare_files(o, &size);

	if (err == OP_OK)
		err = open_file(o, o->path, SQLITE_OPEN_READWRITE);
	if (err == OP_OK)
		err = check_version(o, &version);
	if (err == OP_OK)
		err = take_settings(o);
	if (err == OP_OK && size <= CHECK_BYTES)
		err = check_pages(o);
	if (err == OP_OK && version < SCHEMA_VERSION)
		err = migrate(o, version);
	return err ? err : check_statements(o);
}

/* SQLite asks every PROGRESS_STEPS instructions, a millisecond or so. */
static int
is_to_end(void *arg)
{
	struct store *s = arg;

	s->cancelled = s->asked && s->asked(s->asked_arg);
	return s->cancelled || clock_boot_ms() > s->read_until;
}

void
sqlite_set_cancel(struct store *s, bool (*asked)(void *arg), void *arg)
{
	s->asked = asked;
	s->asked_arg = arg;
}

/* Closing would write the log into the file, and remove it. */
void
sqlite_leave(struct store *s)
{
	if (s->db)
		sqlite3_db_config(s->db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, (int *)NULL);
}

void
sqlite_close(struct store *s)
{
	if (!s)
		return;
	for (size_t i = 0; i < SQL_COUNT; i++)
		sqlite3_finalize(s->statements[i]);
	sqlite3_close(s->db);
	free(s);
}

int
sqlite_open(const char *place, bool read_only, struct store **out, char *why, size_t why_size)
{
	struct opening o = {
	    .place = place, .read_only = read_only, .why = why, .why_size = why_size};
	int n = snprintf(o.path, sizeof(o.path), "%s/alerts.db", place);
	int err;

	if (n < 0 || (size_t)n >= sizeof(o.path) - 8) {
		snprintf(why, why_size, "%s: the path is too long", place);
		return OP_TOO_LARGE;
	}
	o.store = calloc(1, sizeof(*o.store));
	if (!o.store)
		return refuse(&o, OP_NO_MEMORY, "out of memory");
	o.store->read_only = read_only;
	no_threads();
	if ((err = read_only ? open_reader(&o) : open_writer(&o))) {
		sqlite_leave(o.store);
		sqlite_close(o.store);
		return err;
	}
	if (read_only)
		sqlite3_progress_handler(o.store->db, PROGRESS_STEPS, is_to_end, o.store);
	*out = o.store;
	return OP_OK;
}
