/* SPDX-License-Identifier: ISC */
/*
 * Levels of escalation: begun once for a question, durable before the command runs, silent while
 * somebody is on it.  Levels at 10 s and 60 s, three commands at a time (world.h).
 */
#include "lib/log.h"
#include "tests/unit/mediachanged/rules.h"

static int
set_up_levels(void **state)
{
	struct world *w;

	if (set_up(state))
		return -1;
	w = *state;
	w->limits.levels = 2;
	w->limits.escalate_after_ms[0] = 10000;
	w->limits.escalate_after_ms[1] = 60000;
	book_set_limits(w->book, &w->limits);
	return 0;
}

static void
ask(struct world *w, unsigned id)
{
	world_ask(w, (struct world_ask){.id = id, .client = 1, .msgid = id});
	world_store(w);
}

static const struct alert *
row(const struct world *w, unsigned id)
{
	const struct alert *a = world_row(w, world_id(id));

	assert_non_null(a);
	return a;
}

static const struct book_caller operator= {.client = 9, .who = OPERATOR, .is_operator = true};

static void
claim(struct world *w, unsigned id, int64_t for_ms)
{
	book_claim(w->book, &operator, world_id(id), for_ms, &w->now);
	world_hear(w);
	world_store(w);
}

static void
level_begins_when_it_is_due_and_its_result_is_kept(void **state)
{
	struct world *w = *state;

	ask(w, 1);
	assert_int_equal(book_next_timer(w->book), w->now.ms + 10000);
	world_live(w, 9999);
	assert_int_equal(w->errand_count, 0);
	world_pass(w, 1);
	assert_int_equal(w->errand_count, 0); /* decided, and not on disk */
	world_store(w);
	assert_int_equal(w->errand_count, 1);
	assert_int_equal(w->errands[0].level, 1);
	assert_int_equal(row(w, 1)->escalated, 1);
	world_end(w, 0, "exit status 3");
	assert_string_equal(w->life, "escalated");
	world_store(w);
	assert_string_equal(row(w, 1)->escalation_error, "exit status 3");
	assert_false(row(w, 1)->escalating);
	/* once */
	world_live(w, 49999);
	assert_int_equal(w->errand_count, 0);
	world_live(w, 1);
	assert_int_equal(w->errands[0].level, 2);
	world_end(w, 0, NULL);
	world_store(w);
	assert_null(row(w, 1)->escalation_error);
	world_live(w, 10000000);
	assert_int_equal(w->errand_count, 0);
	assert_int_equal(row(w, 1)->escalated, 2);
}

static void
level_does_not_begin_for_a_question_that_is_closed(void **state)
{
	struct world *w = *state;

	ask(w, 1);
	world_live(w, 9999);
	world_answer(w, 1, 1, 101, "Ok");
	world_live(w, 10000000);
	assert_int_equal(row(w, 1)->escalated, 0);
}

static void
level_waits_for_the_end_of_a_claim_or_a_snooze(void **state)
{
	struct world *w = *state;

	ask(w, 1);
	claim(w, 1, 30000);
	ask(w, 2);
	book_snooze(w->book, &operator, world_id(2), 40000, &w->now);
	world_hear(w);
	ask(w, 3);
	claim(w, 3, 3600000);
	world_live(w, 29999);
	assert_int_equal(w->errand_count, 0);
	world_live(w, 1);
	assert_int_equal(w->errand_count, 1);
	assert_string_equal(w->errands[0].id, world_id(1));
	world_live(w, 10000);
	assert_int_equal(w->errand_count, 2);
	/* released early */
	claim(w, 3, 0);
	world_live(w, 1);
	assert_int_equal(w->errand_count, 3);
	assert_int_equal(w->errands[2].level, 1);
}

static void
levels_that_came_due_during_a_claim_follow_one_another(void **state)
{
	struct world *w = *state;

	ask(w, 1);
	claim(w, 1, 100000);
	world_live(w, 100000);
	assert_int_equal(w->errand_count, 1);
	assert_int_equal(w->errands[0].level, 1);
	world_live(w, 100000);
	assert_int_equal(w->errand_count, 1); /* not beside the first */
	world_end(w, 0, NULL);
	world_store(w);
	world_live(w, 1);
	assert_int_equal(w->errands[0].level, 2);
}

static void
level_does_not_begin_for_an_orphan_until_its_asker_is_back(void **state)
{
	struct world *w = *state;

	w->limits.escalate_after_ms[0] = 60000;
	book_set_limits(w->book, &w->limits);
	ask(w, 1);
	book_client_gone(w->book, 1, &w->now);
	world_hear(w);
	world_live(w, 3600000);
	assert_int_equal(w->errand_count, 0);
	world_ask(w, (struct world_ask){.id = 1, .client = 2, .msgid = 1});
	world_live(w, 1);
	assert_int_equal(w->errand_count, 1);
}

static void
level_is_not_begun_again_after_a_restart(void **state)
{
	struct world *w = *state;

	ask(w, 1);
	world_live(w, 10000);
	world_end(w, 0, NULL);
	world_store(w);
	ask(w, 2);
	world_live(w, 10000);
	assert_int_equal(w->errand_count, 1); /* of 2, and its result is never heard of */
	ask(w, 3);
	world_pass(w, 10000); /* of 3: decided, and on disk before the end */
	world_restart(w, 1);
	world_store(w);
	assert_int_equal(w->errand_count, 0);
	assert_null(row(w, 1)->escalation_error);
	for (unsigned id = 2; id <= 3; id++) {
		assert_int_equal(row(w, id)->escalated, 1);
		assert_false(row(w, id)->escalating);
		assert_non_null(strstr(row(w, id)->escalation_error, "result unknown"));
	}
	/* the second level has its time from when it was asked */
	world_ask(w, (struct world_ask){.id = 1, .client = 5, .msgid = 1});
	world_live(w, 29999);
	assert_int_equal(w->errand_count, 0);
	world_live(w, 1);
	assert_int_equal(w->errand_count, 1);
	assert_string_equal(w->errands[0].id, world_id(1));
	assert_int_equal(w->errands[0].level, 2);
}

static void
level_that_came_due_while_the_daemon_was_down_begins_at_start(void **state)
{
	struct world *w = *state;

	ask(w, 1);
	w->now.ms += 3600000;
	w->now.wall += 3600000;
	world_restart(w, 0);
	world_live(w, 1);
	assert_int_equal(w->errand_count, 1);
}

/* The write that begins a level is lost, or was there after all: it runs once, in either case. */
static void
level_whose_beginning_is_lost_with_the_store_begins_once(void **state)
{
	struct world *w = *state;

	for (size_t durable = 0; durable < 2; durable++) {
		unsigned id = (unsigned)durable + 1;

		ask(w, id);
		world_pass(w, 10000);
		world_lose(w, durable);
		book_store_lost(w->book, NULL, &w->now);
		world_hear(w);
		assert_int_equal(w->errand_count, 0);
		world_load(w);
		world_live(w, 1);
		assert_int_equal(w->errand_count, 1);
		world_end(w, 0, NULL);
		world_store(w);
		assert_int_equal(row(w, id)->escalated, 1);
		claim(w, id, 1000000); /* out of the way */
	}
}

static void
result_is_written_when_the_store_is_back_and_after_the_end(void **state)
{
	struct world *w = *state;

	ask(w, 1);
	world_live(w, 10000);
	world_lose(w, 0);
	book_store_lost(w->book, NULL, &w->now);
	world_hear(w);
	world_end(w, 0, "exit status 1");
	world_load(w);
	world_lose(w, 0); /* lost once more */
	book_store_lost(w->book, NULL, &w->now);
	world_hear(w);
	world_load(w);
	world_store(w);
	assert_string_equal(row(w, 1)->escalation_error, "exit status 1");
	/* answered, confirmed and forgotten while its command runs */
	world_live(w, 50000);
	assert_int_equal(w->errand_count, 1);
	world_answer(w, 7, 1, 101, "Ok");
	world_store(w);
	struct book_caller joe = world_caller(1, 8, JOE);

	book_confirm(w->book, &joe, world_id(1), &w->now);
	world_hear(w);
	world_store(w);
	size_t changed = w->changed;

	world_end(w, 0, "exit status 2");
	world_store(w);
	assert_string_equal(row(w, 1)->escalation_error, "exit status 2");
	assert_string_equal(row(w, 1)->answer, "Ok");
	assert_int_equal(w->changed, changed); /* desks have closed it */
	assert_null(book_find(w->book, world_id(1)));
}

static void
commands_are_bounded_and_the_rest_waits_its_turn(void **state)
{
	struct world *w = *state;

	for (unsigned id = 1; id <= 6; id++) {
		ask(w, id);
		world_pass(w, 1);
	}
	world_live(w, 10000);
	assert_int_equal(w->errand_count, 3);
	world_answer(w, 1, 4, 101, "Ok"); /* waits, and needs no command any more */
	world_store(w);
	world_end(w, 0, NULL);
	world_store(w);
	assert_int_equal(w->errand_count, 3);
	assert_string_equal(w->errands[2].id, world_id(5));
	while (w->errand_count > 0) {
		world_end(w, 0, NULL);
		world_store(w);
		world_live(w, 1);
	}
	for (unsigned id = 1; id <= 6; id++)
		assert_int_equal(row(w, id)->escalated, id != 4);
}

static void
levels_that_are_added_later_count_for_waiting_questions(void **state)
{
	struct world *w = *state;

	w->limits.levels = 0;
	book_set_limits(w->book, &w->limits);
	ask(w, 1);
	world_live(w, 100000);
	assert_int_equal(w->errand_count, 0);
	w->limits.levels = 1;
	book_set_limits(w->book, &w->limits);
	assert_true(book_next_timer(w->book) <= w->now.ms);
	world_live(w, 1);
	assert_int_equal(w->errand_count, 1);
}

#define T(name) cmocka_unit_test_setup_teardown(name, set_up_levels, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    T(level_begins_when_it_is_due_and_its_result_is_kept),
	    T(level_does_not_begin_for_a_question_that_is_closed),
	    T(level_waits_for_the_end_of_a_claim_or_a_snooze),
	    T(levels_that_came_due_during_a_claim_follow_one_another),
	    T(level_does_not_begin_for_an_orphan_until_its_asker_is_back),
	    T(level_is_not_begun_again_after_a_restart),
	    T(level_that_came_due_while_the_daemon_was_down_begins_at_start),
	    T(level_whose_beginning_is_lost_with_the_store_begins_once),
	    T(result_is_written_when_the_store_is_back_and_after_the_end),
	    T(commands_are_bounded_and_the_rest_waits_its_turn),
	    T(levels_that_are_added_later_count_for_waiting_questions),
	};

	log_set_level(LOG_LEVEL_ERROR);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
