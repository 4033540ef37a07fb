/* SPDX-License-Identifier: ISC */
/* The rules of the book: a store that is lost and comes back. */
#include "tests/unit/mediachanged/rules.h"

static void
lose_store(struct world *w, size_t durable)
{
	world_lose(w, durable);
	book_store_lost(w->book, "the disk is full", &w->now);
	world_hear(w);
}

/* As when somebody has written to the file by hand. */
static void
store_that_knows_better_makes_no_orphan_of_an_awaited_question(void **state)
{
	struct world *w = *state;
	struct book_caller op = {.client = 99, .msgid = 1, .who = OPERATOR, .is_operator = true};

	world_ask(w, (struct world_ask){.id = 1, .client = 1, .msgid = 1});
	world_store(w);
	w->rows[0]->version = 7;
	book_note(w->book, &op, world_id(1), "second drawer", &w->now);
	world_hear(w);
	world_store(w);
	assert_reply(w, 99, 1, OP_OK);
	assert_int_equal(world_row(w, world_id(1))->version, 8);
	world_live(w, 2 * world_limits().lease_ms);
	assert_false(book_view(w->book, book_find(w->book, world_id(1)), &w->now).orphaned);
	world_answer(w, 2, 1, 101, "Ok");
	world_store(w);
	assert_answer(w, 1, 1, "Ok");
}

static void
store_lost_once_is_not_noticed_by_callers(void **state)
{
	struct world *w = *state;

	for (size_t durable = 0; durable < 2; durable++) {
		unsigned id = (unsigned)durable + 1;
		uint32_t n = id * 10;

		world_ask(w, (struct world_ask){.id = id, .client = 1, .msgid = n});
		lose_store(w, durable);
		world_ask(w, (struct world_ask){.id = id, .client = 2, .msgid = n});
		assert_null(world_reply_to(w, 1, n));
		world_load(w);
		world_store(w);
		assert_state(w, id, ALERT_PENDING);
		world_answer(w, n, id, 101, "Ok");
		lose_store(w, durable);
		world_load(w);
		world_store(w);
		assert_answer(w, 99, n, "Ok");
		assert_answer(w, 1, n, "Ok");
		assert_answer(w, 2, n, "Ok");
		assert_int_equal(w->row_count, durable + 1);
	}
}

static void
store_lost_twice_or_for_long_is_unavailable_and_asking_again_mends_it(void **state)
{
	struct world *w = *state;

	world_ask(w, (struct world_ask){.id = 1, .client = 1, .msgid = 1});
	lose_store(w, 0);
	world_load(w);
	lose_store(w, 0);
	assert_reply(w, 1, 1, OP_UNAVAILABLE);
	world_ask(w, (struct world_ask){.id = 1, .client = 1, .msgid = 2});
	world_pass(w, book_next_timer(w->book) - w->now.ms);
	assert_reply(w, 1, 2, OP_UNAVAILABLE);
	world_ask(w, (struct world_ask){.id = 1, .client = 1, .msgid = 3});
	assert_reply(w, 1, 3, OP_UNAVAILABLE);
	world_load(w);
	world_ask(w, (struct world_ask){.id = 1, .client = 1, .msgid = 4});
	world_store(w);
	assert_state(w, 1, ALERT_PENDING);
	assert_int_equal(w->row_count, 1);
}

static void
store_lost_keeps_waiting_askers_and_an_answer_that_was_written(void **state)
{
	struct world *w = *state;

	world_ask(w, (struct world_ask){.id = 1, .client = 1, .msgid = 1});
	world_ask(w, (struct world_ask){.id = 2, .client = 2, .msgid = 1});
	world_store(w);
	world_answer(w, 1, 1, 101, "Ok");
	world_answer(w, 2, 2, 102, "Ok");
	lose_store(w, 1);
	assert_null(world_reply_to(w, 1, 1));
	world_load(w);
	assert_answer(w, 1, 1, "Ok");
	assert_answer(w, 99, 1, "Ok");
	assert_null(world_reply_to(w, 2, 1));
	lose_store(w, 0);
	assert_reply(w, 99, 2, OP_UNAVAILABLE);
	world_load(w);
	world_answer(w, 3, 1, 101, "Ok"); /* the click again */
	world_answer(w, 4, 1, 103, "Cancel");
	world_answer(w, 5, 2, 104, "Cancel");
	world_store(w);
	assert_answer(w, 99, 3, "Ok");
	assert_reply(w, 99, 4, OP_ALREADY_ANSWERED);
	assert_answer(w, 2, 1, "Cancel");
}

static void
cancel_of_an_ask_that_waits_for_its_turn_asks_nothing(void **state)
{
	struct world *w = *state;

	world_ask(w, (struct world_ask){.id = 1, .client = 1, .msgid = 1});
	world_ask(w, (struct world_ask){.id = 2, .client = 2, .msgid = 1});
	world_ask(w, (struct world_ask){.id = 3, .client = 3, .msgid = 1});
	lose_store(w, 0);
	book_cancel(w->book, 1, 1, &w->now);
	world_hear(w);
	assert_reply(w, 1, 1, OP_CANCELLED);
	book_client_gone(w->book, 2, &w->now);
	world_hear(w);
	world_load(w);
	world_store(w);
	assert_int_equal(w->row_count, 1);
	assert_state(w, 3, ALERT_PENDING);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    RULE(cancel_of_an_ask_that_waits_for_its_turn_asks_nothing),
	    RULE(store_that_knows_better_makes_no_orphan_of_an_awaited_question),
	    RULE(store_lost_once_is_not_noticed_by_callers),
	    RULE(store_lost_twice_or_for_long_is_unavailable_and_asking_again_mends_it),
	    RULE(store_lost_keeps_waiting_askers_and_an_answer_that_was_written),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
