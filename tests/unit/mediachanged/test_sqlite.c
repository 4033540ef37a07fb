/* SPDX-License-Identifier: ISC */
/*
 * The SQLite store, through its table of functions, in a temporary folder of its own.
 */
#include "tests/unit/mediachanged/world.h"

#include <sqlite3.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "daemon/mediachanged/store.h"

struct place {
	char dir[64];
	struct store *store;
	struct alert *seen[16];
	size_t count;
	char life[256];
	struct store_stat total;
};

static const struct store_ops *const ops = &store_sqlite;

static int
set_up(void **state)
{
	struct place *p = calloc(1, sizeof(*p));
	char why[256];

	snprintf(p->dir, sizeof(p->dir), "/tmp/opdesk-sqlite.XXXXXX");
	if (!mkdtemp(p->dir) || ops->open(p->dir, false, &p->store, why, sizeof(why)))
		return -1;
	*state = p;
	return 0;
}

static void
forget(struct place *p)
{
	while (p->count > 0)
		alert_free(p->seen[--p->count]);
}

static int
tear_down(void **state)
{
	static const char *const names[] = {"alerts.db", "alerts.db-wal", "alerts.db-shm"};
	struct place *p = *state;
	char path[128];

	forget(p);
	ops->close(p->store);
	for (size_t i = 0; i < 3; i++) {
		snprintf(path, sizeof(path), "%s/%s", p->dir, names[i]);
		unlink(path);
	}
	rmdir(p->dir);
	free(p);
	return 0;
}

static struct alert *
make(unsigned id, int64_t seq)
{
	struct alert *a = alert_new();

	assert_non_null(a);
	memcpy(a->id, world_id(id), UUID_SIZE);
	a->seq = seq;
	a->version = 1;
	a->attempt = 1;
	a->wait = true;
	a->created_at = 1000 * seq;
	alert_set(&a->asker, "joe@local");
	alert_set(&a->from, "joe (local)");
	alert_set(&a->host, "alpha");
	alert_set(&a->text, "Insert volume 2");
	alert_set(&a->kind, "okcancel");
	alert_set(&a->labels, "Ok\nCancel");
	alert_set(&a->severity, "warning");
	return a;
}

static void
close_it(struct alert *a, int64_t at, bool confirmed)
{
	a->version++;
	a->state = ALERT_ANSWERED;
	a->closed_at = at;
	a->confirmed = confirmed;
	alert_set(&a->answer, "Ok");
}

static void
put(struct place *p, const struct alert *a)
{
	struct alert *current = NULL;

	assert_int_equal(ops->begin(p->store), OP_OK);
	assert_int_equal(ops->put(p->store, a, &current), OP_OK);
	assert_int_equal(ops->commit(p->store), OP_OK);
}

static int
see(const struct alert *a, void *arg)
{
	struct place *p = arg;

	assert_true(p->count < 16);
	assert_non_null(p->seen[p->count++] = alert_copy(a));
	return OP_OK;
}

static int
live(const struct store_life *line, void *arg)
{
	struct place *p = arg;
	size_t len = strlen(p->life);

	snprintf(p->life + len, sizeof(p->life) - len, "%s:%s:%s ", line->what,
	    line->by ? line->by : "", line->note ? line->note : "");
	return OP_OK;
}

static int
count(const struct store_stat *s, void *arg)
{
	struct place *p = arg;

	if (!s->asker)
		p->total = *s;
	return OP_OK;
}

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
sqlite_history_filters_and_escapes(void **state)
{
	struct place *p = *state;
	struct store_filter f = {.limit = 10};

	for (unsigned i = 1; i <= 4; i++) {
		struct alert *a = make(i, i);

		alert_set(&a->text, i == 2 ? "100% full" : "100 tapes");
		alert_set(&a->host, i == 3 ? "Beta" : "alpha");
		if (i < 4)
			close_it(a, 1000 * i, true);
		put(p, a);
		alert_free(a);
	}
	assert_int_equal(ops->history(p->store, &f, see, p), OP_OK);
	assert_int_equal(p->count, 3);
	assert_int_equal(p->seen[0]->seq, 3);
	forget(p);
	f.text = "0%";
	ops->history(p->store, &f, see, p);
	assert_int_equal(p->count, 1);
	forget(p);
	f = (struct store_filter){.limit = 10, .host = "bet"};
	ops->history(p->store, &f, see, p);
	assert_int_equal(p->count, 1);
	forget(p);
	f = (struct store_filter){.limit = 10, .id_prefix = "00000001"};
	ops->history(p->store, &f, see, p);
	assert_int_equal(p->count, 1);
	forget(p);
	f = (struct store_filter){.limit = 10, .since_at = 2000, .until_at = 3000};
	ops->history(p->store, &f, see, p);
	assert_int_equal(p->count, 1);
	assert_int_equal(p->seen[0]->seq, 2);
	forget(p);
	f = (struct store_filter){.limit = 10, .until_at = 3000};
	ops->history(p->store, &f, see, p);
	assert_int_equal(p->count, 2);
	assert_int_equal(p->seen[0]->seq, 2);
	forget(p);
	f = (struct store_filter){.limit = 1, .before_seq = 3, .since_at = 2000};
	ops->history(p->store, &f, see, p);
	assert_int_equal(p->count, 1);
	assert_int_equal(p->seen[0]->seq, 2);
}

/* Asked as 1 … 6; the second was open longest, two ended at the same moment. */
static void
sqlite_history_by_end_pages_through_all(void **state)
{
	static const int64_t ends[] = {1500, 9000, 3500, 4500, 4500, 0};
	static const int64_t order[] = {2, 5, 4, 3, 1};
	struct place *p = *state;
	struct store_filter f = {.limit = 2, .by_end = true};
	size_t met = 0;

	for (int64_t seq = 1; seq <= 6; seq++) {
		struct alert *a = make((unsigned)seq, seq);

		a->state = ends[seq - 1] ? ALERT_ANSWERED : ALERT_PENDING;
		a->closed_at = ends[seq - 1];
		put(p, a);
		alert_free(a);
	}
	do {
		forget(p);
		assert_int_equal(ops->history(p->store, &f, see, p), OP_OK);
		for (size_t i = 0; i < p->count; i++)
			assert_int_equal(p->seen[i]->seq, order[met++]);
		if (p->count > 0) {
			f.before_at = p->seen[p->count - 1]->closed_at;
			f.before_seq = p->seen[p->count - 1]->seq;
		}
	} while (p->count > 0);
	assert_int_equal(met, 5);
	/* within a time: what ended at its end is not of it, and a page may begin there */
	f = (struct store_filter){.limit = 9, .by_end = true, .since_at = 3500, .until_at = 9000};
	forget(p);
	ops->history(p->store, &f, see, p);
	assert_int_equal(p->count, 3);
	assert_int_equal(p->seen[0]->seq, 5);
	assert_int_equal(p->seen[2]->seq, 3);
	f.before_at = 4500;
	f.before_seq = 5;
	forget(p);
	ops->history(p->store, &f, see, p);
	assert_int_equal(p->count, 2);
	assert_int_equal(p->seen[0]->seq, 4);
}

static bool
count_and_end(void *arg)
{
	size_t *asked = arg;

	++*asked;
	return true;
}

static void
sqlite_a_long_read_that_is_given_up_ends(void **state)
{
	struct place *p = *state;
	struct store_filter none = {.limit = 10, .text = "not there"}, newest = {.limit = 1};
	struct store *reader;
	char why[256];
	size_t asked = 0;

	assert_int_equal(ops->begin(p->store), OP_OK);
	for (unsigned i = 1; i <= 2000; i++) {
		struct alert *a = make(i, i), *current = NULL;

		close_it(a, 1000 * i, true);
		assert_int_equal(ops->put(p->store, a, &current), OP_OK);
		alert_free(a);
	}
	assert_int_equal(ops->commit(p->store), OP_OK);
	assert_int_equal(ops->open(p->dir, true, &reader, why, sizeof(why)), OP_OK);
	assert_int_equal(ops->history(reader, &none, see, p), OP_OK);
	ops->set_cancel(reader, count_and_end, &asked);
	assert_int_equal(ops->history(reader, &none, see, p), OP_CANCELLED);
	assert_int_equal(asked, 1);
	assert_int_equal(ops->stats(reader, 0, NULL, p), OP_CANCELLED);
	/* a short one does not ask, and nothing is left of the long one */
	assert_int_equal(ops->history(reader, &newest, see, p), OP_OK);
	assert_int_equal(asked, 2);
	assert_int_equal(p->count, 1);
	ops->close(reader);
}

static void
sqlite_life_is_told_in_order(void **state)
{
	struct place *p = *state;
	struct alert *a = make(1, 1);

	put(p, a);
	ops->begin(p->store);
	ops->life(p->store, a, &(struct store_life){2000, "claimed", "root@local", NULL});
	/* once for a desk, whatever was restarted between */
	for (int i = 0; i < 2; i++) {
		ops->life(p->store, a, &(struct store_life){2001 + i, "shown", "a", "lamp:0"});
		ops->life(p->store, a, &(struct store_life){2003 + i, "shown", "a", "lamp:1"});
		ops->life(p->store, a, &(struct store_life){2005 + i, "note", "a", "x"});
	}
	ops->commit(p->store);
	close_it(a, 3000, false);
	alert_set(&a->by, "root@local");
	put(p, a);
	assert_int_equal(ops->life_of(p->store, a->id, live, p), OP_OK);
	assert_string_equal(p->life,
	    "asked:joe@local: claimed:root@local: shown:a:lamp:0 shown:a:lamp:1 note:a:x "
	    "note:a:x answered:root@local:Ok ");
	alert_free(a);
}

static void
sqlite_stats_count_and_find_the_median(void **state)
{
	struct place *p = *state;

	for (unsigned i = 1; i <= 5; i++) {
		struct alert *a = make(i, i);

		if (i <= 3)
			close_it(a, a->created_at + i * i * 100, true);
		put(p, a);
		alert_free(a);
	}
	assert_int_equal(ops->stats(p->store, 0, count, p), OP_OK);
	assert_int_equal(p->total.asked, 5);
	assert_int_equal(p->total.answered, 3);
	assert_int_equal(p->total.median_ms, 400);
	assert_int_equal(p->total.slowest_ms, 900);
}

static void
sqlite_prune_removes_old_closed_ones_in_steps(void **state)
{
	struct place *p = *state;
	int removed, total = 0;

	for (unsigned i = 1; i <= 6; i++) {
		struct alert *a = make(i, i);

		if (i != 1)
			close_it(a, 1000 * i, true);
		put(p, a);
		ops->begin(p->store);
		ops->life(p->store, a, &(struct store_life){1, "note", NULL, "x"});
		ops->commit(p->store);
		alert_free(a);
	}
	do {
		ops->begin(p->store);
		assert_int_equal(ops->prune(p->store, 5000, 0, 2, &removed), OP_OK);
		ops->commit(p->store);
		assert_true(removed <= 2);
		total += removed;
	} while (removed == 2);
	assert_int_equal(total, 3);
	ops->load(p->store, 0, 100, see, p);
	assert_int_equal(p->seen[0]->seq, 1);
	ops->life_of(p->store, world_id(2), live, p);
	assert_string_equal(p->life, "");
}

/* A host that boots with its clock ahead, then one that closes questions in 1970. */
static void
sqlite_prune_with_a_wrong_clock_keeps_the_newest_questions(void **state)
{
	struct place *p = *state;
	int removed;

	for (unsigned i = 1; i <= 6; i++) {
		struct alert *a = make(i, i);

		close_it(a, i == 6 ? 1 : 1000 * i, i % 2);
		put(p, a);
		alert_free(a);
	}
	ops->begin(p->store);
	assert_int_equal(ops->prune(p->store, INT64_MAX, 4, 100, &removed), OP_OK);
	ops->commit(p->store);
	assert_int_equal(removed, 2);
	ops->history(p->store, &(struct store_filter){.limit = 10}, see, p);
	assert_int_equal(p->count, 4);
	for (size_t i = 0; i < 4; i++)
		assert_int_equal(p->seen[i]->seq, 6 - (int64_t)i);
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
#define STORE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
	    STORE(sqlite_finds_the_question_that_an_ask_had_joined),
	    STORE(sqlite_row_comes_back_whole),
	    STORE(sqlite_put_again_is_harmless_and_other_content_a_conflict),
	    STORE(sqlite_confirmed_row_is_written_whether_it_was_closed_before_or_not),
	    STORE(sqlite_load_gives_what_the_book_needs),
	    STORE(sqlite_history_filters_and_escapes),
	    STORE(sqlite_history_by_end_pages_through_all),
	    STORE(sqlite_a_long_read_that_is_given_up_ends),
	    STORE(sqlite_life_is_told_in_order),
	    STORE(sqlite_stats_count_and_find_the_median),
	    STORE(sqlite_prune_removes_old_closed_ones_in_steps),
	    STORE(sqlite_prune_with_a_wrong_clock_keeps_the_newest_questions),
	    STORE(sqlite_reader_sees_what_was_committed_and_cannot_write),
	    STORE(sqlite_file_of_version_1_is_taken_over_whole),
	    STORE(sqlite_newer_schema_is_refused),
	    STORE(sqlite_place_that_is_not_there_says_so),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
