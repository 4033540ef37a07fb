/* SPDX-License-Identifier: ISC */
/* The SQLite store and what is over: history, lives, statistics, and the removal of what is old. */
#include "tests/unit/mediachanged/sqlite.h"

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

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    STORE(sqlite_history_filters_and_escapes),
	    STORE(sqlite_history_by_end_pages_through_all),
	    STORE(sqlite_a_long_read_that_is_given_up_ends),
	    STORE(sqlite_life_is_told_in_order),
	    STORE(sqlite_stats_count_and_find_the_median),
	    STORE(sqlite_prune_removes_old_closed_ones_in_steps),
	    STORE(sqlite_prune_with_a_wrong_clock_keeps_the_newest_questions),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
