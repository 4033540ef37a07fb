/* SPDX-License-Identifier: ISC */
/* The rules of the book (daemon/mediachanged/book.h, docs/protocol.md): a question and its one
 * answer, the limits, the list. */
#include "tests/unit/mediachanged/rules.h"

static void
ask_is_accepted_only_when_stored(void **state)
{
	struct world *w = *state;

	world_ask(w, (struct world_ask){.id = 1, .client = 1, .msgid = 1});
	assert_int_equal(w->accepted_count, 0);
	assert_null(book_find(w->book, world_id(1)));
	assert_false(book_is_idle(w->book));
	world_store(w);
	assert_int_equal(w->accepted_count, 1);
	assert_string_equal(w->accepted[0].ask, w->accepted[0].id);
	assert_int_equal(w->changed, 1);
	assert_int_equal(w->reply_count, 0);
	assert_int_equal(book_pending_count(w->book), 1);
	assert_true(book_is_idle(w->book));
}

static void
answer_is_told_only_when_stored_and_the_first_one_wins(void **state)
{
	struct world *w = *state;

	world_ask(w, (struct world_ask){.id = 1, .client = 1, .msgid = 1});
	world_store(w);
	world_answer(w, 1, 1, 101, "Ok");
	world_answer(w, 2, 1, 102, "Cancel");
	assert_int_equal(w->reply_count, 0);
	world_store(w);
	assert_answer(w, 1, 1, "Ok");
	assert_answer(w, 99, 1, "Ok");
	assert_reply(w, 99, 2, OP_ALREADY_ANSWERED);
	assert_string_equal(world_reply_to(w, 99, 2)->alert->answer, "Ok");
	assert_int_equal(w->reply_count, 3);
	assert_int_equal(book_pending_count(w->book), 0);
}

static void
answer_with_the_same_id_again_gives_the_same_result(void **state)
{
	struct world *w = *state;

	world_ask(w, (struct world_ask){.id = 1, .client = 1, .msgid = 1});
	world_answer(w, 1, 1, 101, "Ok"); /* waits for the question to be on disk */
	world_answer(w, 2, 1, 101, "Ok");
	world_store(w);
	assert_answer(w, 99, 1, "Ok");
	assert_answer(w, 99, 2, "Ok");
}

static void
answer_that_is_no_button_is_refused(void **state)
{
	struct world *w = *state;

	world_ask(w, (struct world_ask){.id = 1, .client = 1, .msgid = 1});
	world_ask(w, (struct world_ask){.id = 2, .client = 1, .msgid = 2, .kind = "text"});
	world_store(w);
	world_answer(w, 1, 1, 101, "ok");
	world_answer(w, 2, 1, 101, "Ok\nCancel");
	world_answer(w, 3, 2, 101, "Ok"); /* no text */
	world_answer(w, 4, 77, 101, "Ok");
	world_store(w);
	assert_reply(w, 99, 1, OP_BAD_REQUEST);
	assert_reply(w, 99, 2, OP_BAD_REQUEST);
	assert_reply(w, 99, 3, OP_BAD_REQUEST);
	assert_reply(w, 99, 4, OP_NOT_FOUND);
	world_answer(w, 5, 2, 102, "Cancel");
	world_store(w);
	assert_answer(w, 1, 2, "Cancel");
}

static void
ask_again_with_the_same_id_is_the_same_question(void **state)
{
	struct world *w = *state;

	world_ask(w, (struct world_ask){.id = 1, .client = 1, .msgid = 1});
	world_ask(
	    w, (struct world_ask){.id = 1, .client = 2, .msgid = 1}); /* before it is stored */
	world_store(w);
	world_ask(w, (struct world_ask){.id = 1, .client = 3, .msgid = 1});
	assert_int_equal(w->accepted_count, 3);
	assert_int_equal(w->row_count, 1);
	world_answer(w, 1, 1, 101, "Ok");
	world_store(w);
	assert_answer(w, 1, 1, "Ok");
	assert_answer(w, 2, 1, "Ok");
	assert_answer(w, 3, 1, "Ok");
	world_ask(w, (struct world_ask){.id = 1, .client = 4, .msgid = 1});
	assert_answer(w, 4, 1, "Ok");
}

static void
ask_with_the_id_of_another_question_is_a_conflict(void **state)
{
	struct world *w = *state;

	world_ask(w, (struct world_ask){.id = 1, .client = 1, .msgid = 1});
	world_store(w);
	world_ask(w, (struct world_ask){.id = 1, .client = 2, .msgid = 1, .text = "other"});
	world_ask(w, (struct world_ask){.id = 1, .client = 2, .msgid = 2, .who = "eve@local"});
	assert_reply(w, 2, 1, OP_CONFLICT);
	assert_reply(w, 2, 2, OP_CONFLICT);
}

static void
ask_with_an_id_that_only_the_store_knows_gets_its_old_answer(void **state)
{
	struct world *w = *state;
	struct book_caller joe = world_caller(1, 2, JOE);

	world_ask(w, (struct world_ask){.id = 1, .client = 1, .msgid = 1});
	world_store(w);
	world_answer(w, 1, 1, 101, "Ok");
	world_store(w);
	book_confirm(w->book, &joe, world_id(1), &w->now);
	world_hear(w);
	world_store(w);
	assert_null(book_find(w->book, world_id(1)));
	world_ask(w, (struct world_ask){.id = 1, .client = 2, .msgid = 7});
	world_ask(w, (struct world_ask){.id = 1, .client = 2, .msgid = 8, .text = "other"});
	world_store(w);
	assert_answer(w, 2, 7, "Ok");
	assert_reply(w, 2, 8, OP_CONFLICT);
	assert_int_equal(w->row_count, 1);
	world_answer(w, 9, 1, 103, "Cancel");
	world_store(w);
	assert_reply(w, 99, 9, OP_ALREADY_ANSWERED);
	assert_null(book_find(w->book, world_id(1)));
}

static void
limits_refuse_new_questions_only(void **state)
{
	struct world *w = *state;

	w->limits.max_pending_per_asker = 2;
	w->limits.max_pending = 3;
	book_set_limits(w->book, &w->limits);
	for (unsigned i = 1; i <= 3; i++)
		world_ask(w, (struct world_ask){.id = i, .client = 1, .msgid = i});
	world_ask(w, (struct world_ask){.id = 4, .client = 2, .msgid = 4, .who = "ann@local"});
	world_ask(w, (struct world_ask){.id = 5, .client = 3, .msgid = 5, .who = "bob@local"});
	world_store(w);
	assert_reply(w, 1, 3, OP_UNAVAILABLE);
	assert_reply(w, 3, 5, OP_UNAVAILABLE);
	assert_int_equal(book_pending_count(w->book), 3);
	world_ask(w, (struct world_ask){.id = 1, .client = 4, .msgid = 1});
	assert_null(world_reply_to(w, 4, 1));
	world_answer(w, 1, 1, 101, "Ok");
	world_store(w);
	world_ask(w, (struct world_ask){.id = 3, .client = 1, .msgid = 7});
	world_store(w);
	assert_null(world_reply_to(w, 1, 7));
	assert_int_equal(book_pending_count(w->book), 3);
}

static void
limits_bound_the_calls_of_one_client(void **state)
{
	struct world *w = *state;

	w->limits.max_calls = 3;
	book_set_limits(w->book, &w->limits);
	for (uint32_t i = 1; i <= 4; i++)
		world_ask(w, (struct world_ask){.id = 1, .client = 1, .msgid = i});
	world_store(w);
	assert_reply(w, 1, 4, OP_UNAVAILABLE);
	assert_null(world_reply_to(w, 1, 3));
}

static void
limits_bound_the_closed_ones_in_memory(void **state)
{
	struct world *w = *state;

	w->limits.max_closed = 2;
	book_set_limits(w->book, &w->limits);
	for (unsigned i = 1; i <= 3; i++) {
		world_ask(
		    w, (struct world_ask){.id = i, .client = 1, .msgid = i, .key = world_id(i)});
		world_store(w);
		world_answer(w, i, i, 100 + i, "Ok");
		world_store(w);
	}
	assert_null(book_find(w->book, world_id(1)));
	assert_non_null(book_find(w->book, world_id(3)));
	world_ask(w, (struct world_ask){.id = 1, .client = 2, .msgid = 1, .key = world_id(1)});
	world_store(w);
	assert_answer(w, 2, 1, "Ok");
}

static void
stop_withdraws_line_questions(void **state)
{
	struct world *w = *state;

	world_ask(w, (struct world_ask){.id = 1, .client = 1, .msgid = 1, .line = true});
	world_ask(w, (struct world_ask){.id = 2, .client = 2, .msgid = 1});
	world_store(w);
	world_ask(w, (struct world_ask){.id = 3, .client = 3, .msgid = 1, .line = true});
	book_stop(w->book, &w->now);
	world_hear(w);
	world_store(w);
	assert_state(w, 1, ALERT_WITHDRAWN);
	assert_string_equal(world_row(w, world_id(1))->reason, "daemon stopped");
	assert_state(w, 2, ALERT_PENDING);
	assert_state(w, 3, ALERT_WITHDRAWN);
	assert_true(book_is_idle(w->book));
}

static void
pending_ones_are_listed_by_seq_after_a_restart_too(void **state)
{
	struct world *w = *state;

	for (unsigned i = 1; i <= 5; i++)
		world_ask(w, (struct world_ask){.id = 10 - i, .client = 1, .msgid = i});
	world_store(w);
	for (int round = 0; round < 2; round++) {
		const struct alert *a = NULL;
		int64_t last = 0;
		int n = 0;

		while ((a = book_next_pending(w->book, a))) {
			assert_true(a->seq > last);
			last = a->seq;
			n++;
		}
		assert_int_equal(n, 5);
		world_restart(w, 0);
	}
	world_ask(w, (struct world_ask){.id = 20, .client = 1, .msgid = 9});
	world_store(w);
	assert_int_equal(world_row(w, world_id(20))->seq, 6);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    RULE(ask_is_accepted_only_when_stored),
	    RULE(answer_is_told_only_when_stored_and_the_first_one_wins),
	    RULE(answer_with_the_same_id_again_gives_the_same_result),
	    RULE(answer_that_is_no_button_is_refused),
	    RULE(ask_again_with_the_same_id_is_the_same_question),
	    RULE(ask_with_the_id_of_another_question_is_a_conflict),
	    RULE(ask_with_an_id_that_only_the_store_knows_gets_its_old_answer),
	    RULE(limits_refuse_new_questions_only),
	    RULE(limits_bound_the_calls_of_one_client),
	    RULE(limits_bound_the_closed_ones_in_memory),
	    RULE(stop_withdraws_line_questions),
	    RULE(pending_ones_are_listed_by_seq_after_a_restart_too),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
