/* SPDX-License-Identifier: ISC */
/*
 * The peer for durable questions: SQLite with one synced commit for each row (WAL, FULL), in one
 * process and with nothing round it: sqlite_commit FILE SECONDS.
 */
#include <err.h>
#include <sqlite3.h>
#include <stdio.h>
#include <string.h>
#include "bench/common.h"
#include "lib/uuid.h"

#define WARM_UP 1.0 /* seconds */

static void
sql(sqlite3 *db, const char *text)
{
	if (sqlite3_exec(db, text, NULL, NULL, NULL) != SQLITE_OK)
		errx(1, "%s: %s", text, sqlite3_errmsg(db));
}

static long
commit_rows(sqlite3_stmt *insert, double end)
{
	static int64_t seq;
	char id[UUID_SIZE], text[200];
	long rows = 0;

	memset(text, 'x', sizeof text);
	for (; bench_now() < end; rows++) {
		uuid_new(id);
		sqlite3_bind_text(insert, 1, id, -1, SQLITE_STATIC);
		sqlite3_bind_int64(insert, 2, ++seq);
		sqlite3_bind_text(insert, 3, text, sizeof text, SQLITE_STATIC);
		if (sqlite3_step(insert) != SQLITE_DONE)
			errx(1, "%s", sqlite3_errmsg(sqlite3_db_handle(insert)));
		sqlite3_reset(insert);
	}
	return rows;
}

int
main(int argc, char **argv)
{
	sqlite3 *db;
	sqlite3_stmt *insert;

	if (argc != 3)
		errx(64, "usage: sqlite_commit FILE SECONDS");
	if (sqlite3_open(argv[1], &db) != SQLITE_OK)
		errx(1, "%s", argv[1]);
	sql(db, "PRAGMA journal_mode = WAL");
	sql(db, "PRAGMA synchronous = FULL");
	sql(db,
	    "CREATE TABLE question (id TEXT PRIMARY KEY, seq INTEGER, state INTEGER, text TEXT)");
	if (sqlite3_prepare_v2(db, "INSERT INTO question VALUES (?, ?, 0, ?)", -1, &insert, NULL))
		errx(1, "%s", sqlite3_errmsg(db));
	/* Until its log is written over: a commit that makes it longer takes twice as long. */
	commit_rows(insert, bench_now() + WARM_UP);
	double began = bench_now();
	long rows = commit_rows(insert, began + bench_count(argv[2]));

	printf("commits %.1f\n", (double)rows / (bench_now() - began));
	sqlite3_finalize(insert);
	sqlite3_close(db);
	return 0;
}
