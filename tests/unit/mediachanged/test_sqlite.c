/* SPDX-License-Identifier: ISC */
/* The SQLite store: rows, what the book loads, readers beside the writer, and files of other
 * versions. */
#include "tests/unit/mediachanged/sqlite.h"

#include <sqlite3.h>

static void
sqlite_finds_the_question_that_an_ask_had_joined(void **state)
{
	struct place *p = *state;
	struct alert *found;

	for (unsigned i = 1; i <= 3; i++) {
		struct alert *a = make(i, i);

		alert_set(&a->key, i < 3 ? "k" : "other");
		alert_set(&a->joined, "00000009-0000-4000-8000-000000000000\n"
				      "0000000a-0000-4000-8000-000000000000\n");
		put(p, a);
		alert_free(a);
	}
	assert_int_equal(ops->find_joined(p->store, "joe@local", "k", world_id(10), &found), OP_OK);
	assert_string_equal(found->id, world_id(2));
	alert_free(found);
	assert_int_equal(
	    ops->find_joined(p->store, "ann@local", "k", world_id(10), &found), OP_NOT_FOUND);
	assert_int_equal(
	    ops->find_joined(p->store, "joe@local", "k", world_id(1), &found), OP_NOT_FOUND);
}

static void
sqlite_row_comes_back_whole(void **state)
{
	struct place *p = *state;
	struct alert *a = make(1, 1), *b;

	for (size_t i = 0; i < ALERT_FIELDS; i++) {
		const struct alert_field *f = &alert_fields[i];

		if (f->type == ALERT_TEXT)
			alert_set(alert_string(a, f), f->name);
		else if (f->type == ALERT_INT)
			alert_set_number(a, f, (int64_t)i + 1);
		else if (f->type != ALERT_ID)
			alert_set_number(a, f, 1);
	}
	put(p, a);
	assert_int_equal(ops->find(p->store, a->id, &b), OP_OK);
	assert_true(alert_equal(a, b));
	assert_int_equal(ops->find(p->store, world_id(2), &b), OP_NOT_FOUND);
	alert_free(a);
	alert_free(b);
}

static void
sqlite_put_again_is_harmless_and_other_content_a_conflict(void **state)
{
	struct place *p = *state;
	struct alert *a = make(1, 1), *current = NULL;

	put(p, a);
	put(p, a);
	close_it(a, 5000, false);
	put(p, a);
	a->version = 1;
	ops->begin(p->store);
	assert_int_equal(ops->put(p->store, a, &current), OP_CONFLICT);
	assert_int_equal(current->version, 2);
	alert_free(current);
	a->version = 2;
	alert_set(&a->answer, "Cancel");
	assert_int_equal(ops->put(p->store, a, &current), OP_CONFLICT);
	assert_string_equal(current->answer, "Ok");
	ops->commit(p->store);
	alert_free(current);
	alert_free(a);
}

static void
expect(struct place *p, const struct alert *a)
{
	struct alert *found;

	assert_int_equal(ops->find(p->store, a->id, &found), OP_OK);
	assert_true(alert_equal(a, found));
	alert_free(found);
}

static void
sqlite_confirmed_row_is_written_whether_it_was_closed_before_or_not(void **state)
{
	struct place *p = *state;
	struct alert *late = make(1, 1), *at_once = make(2, 2);
	int removed;

	put(p, late);
	put(p, at_once);
	close_it(late, 5000, false);
	put(p, late);
	close_it(late, 5000, true);
	put(p, late);
	expect(p, late);
	put(p, late); /* replayed */
	close_it(at_once, 6000, true);
	put(p, at_once);
	expect(p, at_once);
	/* The index by closing has both, once. */
	assert_int_equal(ops->begin(p->store), OP_OK);
	assert_int_equal(ops->prune(p->store, 5500, 0, 9, &removed), OP_OK);
	assert_int_equal(removed, 1);
	assert_int_equal(ops->prune(p->store, 6500, 0, 9, &removed), OP_OK);
	assert_int_equal(removed, 1);
	assert_int_equal(ops->commit(p->store), OP_OK);
	alert_free(late);
	alert_free(at_once);
}

static void
sqlite_load_gives_what_the_book_needs(void **state)
{
	struct place *p = *state;
	/* pending; unconfirmed; confirmed; confirmed older and newer of one key; unconfirmed, old
	 */
	static const struct {
		const char *key;
		int64_t closed_at;
		bool confirmed;
	} rows[] = {{NULL, 0, false}, {NULL, 9000, false}, {NULL, 9100, true}, {"k", 9200, true},
	    {"k", 9300, true}, {NULL, 100, false}, {NULL, 0, false}};
	static const struct {
		int64_t closed_since, max_closed;
		size_t count;
		int64_t seqs[5];
	} loads[] = {
	    {5000, 100, 5, {1, 7, 6, 2, 5}},
	    {5000, 2, 4, {1, 7, 2, 5}},
	    /* whatever the clock says, of the newest */
	    {INT64_MAX, 100, 4, {1, 7, 6, 2}},
	    {INT64_MAX, 5, 3, {1, 7, 6}},
	};
	int64_t last;

	for (unsigned i = 0; i < 7; i++) {
		struct alert *a = make(i + 1, i + 1);

		alert_set(&a->key, rows[i].key);
		if (rows[i].closed_at)
			close_it(a, rows[i].closed_at, rows[i].confirmed);
		put(p, a);
		alert_free(a);
	}
	for (size_t n = 0; n < sizeof(loads) / sizeof(loads[0]); n++) {
		assert_int_equal(
		    ops->load(p->store, loads[n].closed_since, loads[n].max_closed, see, p), OP_OK);
		assert_int_equal(p->count, loads[n].count);
		for (size_t i = 0; i < p->count; i++)
			assert_int_equal(p->seen[i]->seq, loads[n].seqs[i]);
		forget(p);
	}
	assert_int_equal(ops->last_seq(p->store, &last), OP_OK);
	assert_int_equal(last, 7);
}

static void
sqlite_reader_sees_what_was_committed_and_cannot_write(void **state)
{
	struct place *p = *state;
	struct store *reader;
	struct alert *a = make(1, 1), *b, *current;
	char why[256];

	put(p, a);
	assert_int_equal(ops->open(p->dir, true, &reader, why, sizeof(why)), OP_OK);
	assert_int_equal(ops->find(reader, a->id, &b), OP_OK);
	alert_free(b);
	close_it(a, 2000, false);
	put(p, a);
	assert_int_equal(ops->find(reader, a->id, &b), OP_OK);
	assert_int_equal(b->version, 2);
	a->version = 3;
	assert_int_equal(ops->put(reader, a, &current), OP_SYSTEM);
	ops->close(reader);
	alert_free(a);
	alert_free(b);
}

static char *
file_text(const char *path)
{
	FILE *f = fopen(path, "r");
	char *text = calloc(1, 16384);

	assert_non_null(f);
	assert_non_null(text);
	assert_true(fread(text, 1, 16383, f) > 0);
	fclose(f);
	return text;
}

/* Instead of the store that set_up() made: the file of an older program. */
static void
put_old_file(struct place *p, const char *name)
{
	char path[160];
	char *script;
	sqlite3 *db;

	ops->close(p->store);
	snprintf(path, sizeof(path), "%s/alerts.db", p->dir);
	unlink(path);
	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	snprintf(path, sizeof(path), "%s/tests/data/%s", OPDESK_SOURCE, name);
	script = file_text(path);
	assert_int_equal(sqlite3_exec(db, script, NULL, NULL, NULL), SQLITE_OK);
	sqlite3_close(db);
	free(script);
}

static void
sqlite_file_of_version_1_is_taken_over_whole(void **state)
{
	struct place *p = *state;
	char why[256] = "";

	put_old_file(p, "alerts-version-1.sql");
	for (int times = 0; times < 2; times++) {
		if (times > 0)
			ops->close(p->store);
		forget(p);
		assert_int_equal(ops->open(p->dir, false, &p->store, why, sizeof(why)), OP_OK);
		assert_int_equal(ops->load(p->store, 0, 100, see, p), OP_OK);
		assert_int_equal(p->count, 1);
		assert_string_equal(p->seen[0]->id, world_id(2));
		assert_int_equal(p->seen[0]->deadline_at, 63000);
		assert_int_equal(p->seen[0]->boot_id, 0);
		assert_string_equal(p->seen[0]->claimed_by, "ann@local");
		assert_int_equal(p->seen[0]->escalated, times);
		/* and it can be written */
		p->seen[0]->version++;
		p->seen[0]->escalated = 1;
		put(p, p->seen[0]);
	}
	struct alert *a;

	assert_int_equal(ops->find(p->store, world_id(1), &a), OP_OK);
	assert_string_equal(a->note, "in the left drive");
	assert_false(a->escalating);
	assert_null(a->escalation_error);
	alert_free(a);
	assert_int_equal(ops->life_of(p->store, world_id(2), live, p), OP_OK);
	assert_string_equal(p->life, "asked:joe@local: claimed:ann@local: ");
}

static void
sqlite_newer_schema_is_refused(void **state)
{
	struct place *p = *state;
	struct store *s;
	sqlite3 *db;
	char path[128], why[256];

	snprintf(path, sizeof(path), "%s/alerts.db", p->dir);
	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	assert_int_equal(sqlite3_exec(db, "PRAGMA user_version = 99", NULL, NULL, NULL), SQLITE_OK);
	sqlite3_close(db);
	assert_int_equal(ops->open(p->dir, false, &s, why, sizeof(why)), OP_CONFLICT);
	assert_non_null(strstr(why, "99"));
}

static void
sqlite_place_that_is_not_there_says_so(void **state)
{
	struct store *s;
	char why[256] = "";

	(void)state;
	assert_int_equal(ops->open("/nonexistent/opdesk", false, &s, why, sizeof(why)), OP_SYSTEM);
	assert_non_null(strstr(why, "/nonexistent/opdesk/alerts.db"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    STORE(sqlite_finds_the_question_that_an_ask_had_joined),
	    STORE(sqlite_row_comes_back_whole),
	    STORE(sqlite_put_again_is_harmless_and_other_content_a_conflict),
	    STORE(sqlite_confirmed_row_is_written_whether_it_was_closed_before_or_not),
	    STORE(sqlite_load_gives_what_the_book_needs),
	    STORE(sqlite_reader_sees_what_was_committed_and_cannot_write),
	    STORE(sqlite_file_of_version_1_is_taken_over_whole),
	    STORE(sqlite_newer_schema_is_refused),
	    STORE(sqlite_place_that_is_not_there_says_so),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
