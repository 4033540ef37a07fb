/* SPDX-License-Identifier: ISC */
/*
 * The book and a store that fails or answers nothing: callers are told within five seconds, and a
 * question that its asker was told is not kept does not stay as if somebody waited for it.
 */
#include "lib/log.h"
#include "tests/unit/mediachanged/rules.h"

#define HOLD_MS 5000 /* book_doubt.c */

static void
assert_trouble(struct world *w, uint64_t client, uint32_t msgid)
{
	const struct world_reply *r = world_reply_to(w, client, msgid);

	assert_non_null(r);
	assert_int_equal(r->err, OP_UNAVAILABLE);
	assert_string_equal(r->reason, "store");
	assert_non_null(strstr(r->message, "disk"));
}

static struct alert_view
view(const struct world *w, unsigned id)
{
	const struct alert *a = book_find(w->book, world_id(id));

	assert_non_null(a);
	return book_view(w->book, a, &w->now);
}

static const struct alert *
row(const struct world *w, unsigned id)
{
	const struct alert *a = world_row(w, world_id(id));

	assert_non_null(a);
	return a;
}

/* Question `id` of client 1, call `id`: refused, and on disk all the same. */
static void
refuse(struct world *w, unsigned id, bool no_wait)
{
	world_ask(w, (struct world_ask){.id = id, .client = 1, .msgid = id, .no_wait = no_wait});
	world_lose(w, 1);
	book_store_lost(w->book, "the disk is full", &w->now);
	world_hear(w);
	assert_null(world_reply_to(w, 1, id));
	world_pass(w, HOLD_MS);
	assert_trouble(w, 1, id);
}

static void
refused_question_that_turns_up_is_withdrawn_after_a_lease(void **state)
{
	struct world *w = *state;

	for (unsigned id = 1; id <= 2; id++) {
		refuse(w, id, id == 2);
		world_load(w);
		assert_int_equal(row(w, id)->state, ALERT_PENDING);
		assert_true(view(w, id).orphaned);
		world_live(w, w->limits.lease_ms - 1);
		assert_int_equal(row(w, id)->state, ALERT_PENDING);
		world_live(w, 1);
		assert_int_equal(row(w, id)->state, ALERT_WITHDRAWN);
		assert_non_null(strstr(row(w, id)->reason, "told"));
	}
}

static void
refused_question_is_taken_up_by_an_asker_that_asks_again(void **state)
{
	struct world *w = *state;

	for (unsigned id = 1; id <= 4; id++) {
		bool no_wait = id % 2 == 0, early = id > 2;

		refuse(w, id, no_wait);
		if (early) /* before the store is back, or after */
			world_load(w);
		world_ask(
		    w, (struct world_ask){.id = id, .client = 2, .msgid = id, .no_wait = no_wait});
		if (!early)
			assert_trouble(w, 2, id);
		if (!early)
			world_load(w);
		world_ask(
		    w, (struct world_ask){.id = id, .client = 3, .msgid = id, .no_wait = no_wait});
		world_live(w, 2 * w->limits.lease_ms);
		assert_false(view(w, id).orphaned);
		assert_int_equal(row(w, id)->state, ALERT_PENDING);
	}
}

static void
refused_question_that_was_answered_stays_so_when_its_asker_comes_back(void **state)
{
	struct world *w = *state;

	refuse(w, 1, false);
	world_load(w);
	world_answer(w, 5, 1, 101, "Ok");
	world_store(w);
	world_ask(w, (struct world_ask){.id = 1, .client = 2, .msgid = 1});
	assert_string_equal(world_reply_to(w, 2, 1)->alert->answer, "Ok");
	world_live(w, 2 * w->limits.orphan_keep_ms);
	assert_int_equal(row(w, 1)->state, ALERT_ANSWERED);
	assert_int_equal(row(w, 1)->version, 2);
}

static void
refused_question_that_did_not_get_there_leaves_nothing(void **state)
{
	struct world *w = *state;

	world_ask(w, (struct world_ask){.id = 1, .client = 1, .msgid = 1});
	world_lose(w, 0);
	book_store_lost(w->book, "the disk is full", &w->now);
	world_hear(w);
	world_pass(w, HOLD_MS);
	assert_trouble(w, 1, 1);
	world_load(w);
	world_live(w, w->limits.lease_ms);
	assert_int_equal(w->row_count, 0);
	/* the id is free: asked again it is an ordinary question */
	world_ask(w, (struct world_ask){.id = 1, .client = 1, .msgid = 2});
	world_store(w);
	world_live(w, 2 * w->limits.lease_ms);
	assert_false(view(w, 1).orphaned);
}

static void
refusals_are_lost_with_the_engine_and_the_row_gets_a_lease(void **state)
{
	struct world *w = *state;

	refuse(w, 1, false);
	world_restart(w, 0);
	assert_false(view(w, 1).orphaned);
	world_live(w, w->limits.lease_ms);
	assert_true(view(w, 1).orphaned);
	assert_int_equal(row(w, 1)->state, ALERT_PENDING);
}

static void
refusals_are_bounded_and_the_oldest_is_forgotten(void **state)
{
	struct world *w = *state;

	w->limits.max_refused = 1;
	book_set_limits(w->book, &w->limits);
	world_ask(w, (struct world_ask){.id = 1, .client = 1, .msgid = 1});
	world_ask(w, (struct world_ask){.id = 2, .client = 1, .msgid = 2});
	world_lose(w, 2);
	book_store_lost(w->book, NULL, &w->now);
	world_hear(w);
	world_pass(w, HOLD_MS);
	world_load(w);
	assert_false(view(w, 1).orphaned);
	assert_true(view(w, 2).orphaned);
}

static void
withdrawal_that_was_refused_counts_for_the_own_question_only(void **state)
{
	struct world *w = *state;
	static const char *const who[] = {JOE, "ann@local"};

	for (unsigned id = 1; id <= 2; id++) {
		struct book_caller c = world_caller(2, id, who[id - 1]);

		world_ask(w, (struct world_ask){.id = id, .client = 1, .msgid = id});
		book_withdraw(w->book, &c, &(struct book_withdrawal){.id = world_id(id)}, &w->now);
		world_hear(w);
		book_client_gone(w->book, 1, &w->now); /* it heard nothing */
		world_hear(w);
		world_pass(w, HOLD_MS);
		assert_trouble(w, 2, id);
		world_store(w);
		assert_int_equal(view(w, id).orphaned, id == 1);
	}
}

static void
stalled_store_keeps_no_call_longer_than_five_seconds(void **state)
{
	struct world *w = *state;

	world_ask(w, (struct world_ask){.id = 1, .client = 1, .msgid = 1});
	world_answer(w, 5, 1, 101, "Ok"); /* has to wait for the question */
	assert_int_equal(book_next_timer(w->book), w->now.ms + HOLD_MS);
	world_pass(w, HOLD_MS - 1);
	assert_int_equal(w->reply_count, 0);
	world_pass(w, 1);
	assert_trouble(w, 1, 1);
	assert_trouble(w, 99, 5);
	/* from now on at once, and nothing more is queued */
	size_t queued = w->queued;

	world_ask(w, (struct world_ask){.id = 2, .client = 1, .msgid = 2});
	world_ask(w, (struct world_ask){.id = 1, .client = 1, .msgid = 3});
	assert_trouble(w, 1, 2);
	assert_trouble(w, 1, 3);
	assert_int_equal(w->queued, queued);
	assert_int_equal(book_next_timer(w->book), BOOK_NEVER);
	/* it goes on: what was on its way is there, and nobody waits for it */
	world_store(w);
	assert_true(view(w, 1).orphaned);
	assert_int_equal(w->accepted_count, 0);
	world_ask(w, (struct world_ask){.id = 1, .client = 1, .msgid = 4});
	assert_int_equal(w->accepted_count, 1);
	assert_false(view(w, 1).orphaned);
	world_ask(w, (struct world_ask){.id = 2, .client = 1, .msgid = 5});
	world_store(w);
	assert_int_equal(w->accepted_count, 2);
}

static void
stalled_store_that_moves_is_no_longer_stalled(void **state)
{
	struct world *w = *state;

	for (unsigned id = 1; id <= 3; id++)
		world_ask(w, (struct world_ask){.id = id, .client = 1, .msgid = id});
	for (unsigned done = 0; done < 3; done++) {
		world_pass(w, HOLD_MS - 1);
		world_store_some(w, 1);
	}
	assert_int_equal(w->reply_count, 0);
	assert_int_equal(w->accepted_count, 3);
}

static void
stalled_store_does_not_keep_an_asker_from_coming_back(void **state)
{
	struct world *w = *state;

	world_ask(w, (struct world_ask){.id = 1, .client = 1, .msgid = 1});
	world_store(w);
	world_ask(w, (struct world_ask){.id = 2, .client = 1, .msgid = 2});
	world_pass(w, HOLD_MS);
	world_ask(w, (struct world_ask){.id = 1, .client = 2, .msgid = 1});
	assert_int_equal(w->accepted_count, 2);
	assert_null(world_reply_to(w, 2, 1));
}

static void
stalled_store_that_dies_drops_what_was_refused(void **state)
{
	struct world *w = *state;

	world_ask(w, (struct world_ask){.id = 1, .client = 1, .msgid = 1});
	world_store(w);
	world_answer(w, 5, 1, 101, "Ok");
	world_ask(w, (struct world_ask){.id = 2, .client = 1, .msgid = 2});
	world_pass(w, HOLD_MS);
	world_lose(w, 0);
	book_store_lost(w->book, NULL, &w->now);
	world_hear(w);
	world_load(w);
	world_store(w);
	/* not done behind the backs of those who were told so */
	assert_int_equal(w->row_count, 1);
	assert_int_equal(row(w, 1)->state, ALERT_PENDING);
	world_answer(w, 6, 1, 102, "Cancel");
	world_store(w);
	assert_string_equal(row(w, 1)->answer, "Cancel");
}

static void
stalled_answer_that_arrives_counts_and_is_told_when_asked_again(void **state)
{
	struct world *w = *state;

	world_ask(w, (struct world_ask){.id = 1, .client = 1, .msgid = 1});
	world_store(w);
	world_answer(w, 5, 1, 101, "Ok");
	world_pass(w, HOLD_MS);
	assert_trouble(w, 99, 5);
	world_store(w);
	assert_string_equal(world_reply_to(w, 1, 1)->alert->answer, "Ok");
	world_answer(w, 6, 1, 101, "Ok");
	assert_int_equal(world_reply_to(w, 99, 6)->err, OP_OK);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    RULE(refused_question_that_turns_up_is_withdrawn_after_a_lease),
	    RULE(refused_question_is_taken_up_by_an_asker_that_asks_again),
	    RULE(refused_question_that_was_answered_stays_so_when_its_asker_comes_back),
	    RULE(refused_question_that_did_not_get_there_leaves_nothing),
	    RULE(refusals_are_lost_with_the_engine_and_the_row_gets_a_lease),
	    RULE(refusals_are_bounded_and_the_oldest_is_forgotten),
	    RULE(withdrawal_that_was_refused_counts_for_the_own_question_only),
	    RULE(stalled_store_keeps_no_call_longer_than_five_seconds),
	    RULE(stalled_store_that_moves_is_no_longer_stalled),
	    RULE(stalled_store_does_not_keep_an_asker_from_coming_back),
	    RULE(stalled_store_that_dies_drops_what_was_refused),
	    RULE(stalled_answer_that_arrives_counts_and_is_told_when_asked_again),
	};

	log_set_level(LOG_LEVEL_ERROR);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
