/* SPDX-License-Identifier: ISC */
/*
 * The peer for durable questions: SQLite with one synced commit for each row (WAL, FULL), in one
 * process and with nothing round it: sqlite_commit FILE SECONDS.
 */
#include <err.h>
#include <sqlite3.h>
#include <stdio.h>
#include "bench/common.h"
#include "lib/uuid.h"

static void
sql(sqlite3 *db, const char *text)
{
	if (sqlite3_exec(db, text, NULL, NULL, NULL) != SQLITE_OK)
		errx(1, "%s: %s", text, sqlite3_errmsg(db));
}

int
main(int argc, char **argv)
{
	char id[UUID_SIZE], text[200];
	sqlite3 *db;
	sqlite3_stmt *insert;
	long rows = 0;

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
	for (size_t i = 0; i < sizeof text; i++)
		text[i] = 'x';
	double began = bench_now(), end = began + bench_count(argv[2]);
	while (bench_now() < end) {
		uuid_new(id);
		sqlite3_bind_text(insert, 1, id, -1, SQLITE_STATIC);
		sqlite3_bind_int64(insert, 2, ++rows);
		sqlite3_bind_text(insert, 3, text, sizeof text, SQLITE_STATIC);
		if (sqlite3_step(insert) != SQLITE_DONE)
			errx(1, "%s", sqlite3_errmsg(db));
		sqlite3_reset(insert);
	}
	printf("commits %.1f\n", (double)rows / (bench_now() - began));
	sqlite3_finalize(insert);
	sqlite3_close(db);
	return 0;
}
