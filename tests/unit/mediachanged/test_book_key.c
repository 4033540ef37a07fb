/* SPDX-License-Identifier: ISC */
/* The rules of the book: keys, which join questions and deliver answers that nobody has fetched. */
#include "tests/unit/mediachanged/rules.h"

static void
key_joins_the_pending_question_and_all_get_the_one_answer(void **state)
{
	struct world *w = *state;

	world_ask(w, (struct world_ask){.id = 1, .client = 1, .msgid = 1, .key = "tape"});
	world_ask(w,
	    (struct world_ask){.id = 2, .client = 2, .msgid = 1, .key = "tape", .text = "again"});
	world_store(w);
	assert_int_equal(w->row_count, 1);
	assert_int_equal(w->accepted_count, 2);
	assert_true(w->accepted[1].joined);
	assert_string_equal(w->accepted[1].ask, world_id(2));
	assert_string_equal(w->accepted[1].id, world_id(1));
	world_ask(w, (struct world_ask){
			 .id = 3, .client = 3, .msgid = 1, .key = "tape", .who = "ann@local"});
	world_store(w);
	assert_int_equal(w->row_count, 2); /* a key is its asker's own */
	world_answer(w, 1, 1, 101, "Cancel");
	world_store(w);
	assert_answer(w, 1, 1, "Cancel");
	assert_answer(w, 2, 1, "Cancel");
	assert_null(world_reply_to(w, 3, 1));
}

/* Under the same key, with other buttons. */
static void
ask_yes_or_no(struct world *w, uint64_t client)
{
	world_ask(w, (struct world_ask){.id = 2,
			 .client = client,
			 .msgid = 1,
			 .key = "k",
			 .kind = "yesno",
			 .labels = "Yes\nNo"});
}

static void
key_with_other_buttons_is_a_conflict_while_pending(void **state)
{
	struct world *w = *state;

	world_ask(w, (struct world_ask){.id = 1, .client = 1, .msgid = 1, .key = "k"});
	world_store(w);
	ask_yes_or_no(w, 2);
	world_store(w);
	assert_reply(w, 2, 1, OP_CONFLICT);
}

static void
key_delivers_the_answer_that_was_not_confirmed(void **state)
{
	struct world *w = *state;
	struct book_caller joe = world_caller(2, 2, JOE);

	world_ask(w, (struct world_ask){.id = 1, .client = 1, .msgid = 1, .key = "k"});
	world_store(w);
	book_client_gone(w->book, 1, &w->now);
	world_hear(w);
	world_answer(w, 1, 1, 101, "Ok");
	world_store(w);
	world_ask(w, (struct world_ask){.id = 2, .client = 2, .msgid = 1, .key = "k"});
	world_store(w);
	assert_answer(w, 2, 1, "Ok");
	assert_int_equal(w->row_count, 1);
	book_confirm(w->book, &joe, world_id(1), &w->now);
	world_hear(w);
	world_store(w);
	assert_reply(w, 2, 2, OP_OK);
	/* confirmed: attempt 2 has its own id; but ask 2 had joined attempt 1 for ever */
	world_ask(w, (struct world_ask){.id = 3, .client = 3, .msgid = 1, .key = "k"});
	world_store(w);
	assert_int_equal(w->row_count, 2);
	assert_int_equal(world_row(w, world_id(3))->attempt, 2);
	assert_null(world_reply_to(w, 3, 1));
}

/* Question 1 is asked without waiting, and answered or expired; then the key is asked again. */
static void
key_is_asked_anew_when_nobody_waited(void **state)
{
	struct world *w = *state;

	for (unsigned id = 1; id <= 3; id++) {
		world_ask(w, (struct world_ask){.id = id,
				 .client = 1,
				 .msgid = id,
				 .key = "k",
				 .no_wait = true,
				 .timeout_ms = id == 2 ? 1000 : 0,
				 .default_label = id == 2 ? "Cancel" : NULL});
		world_store(w);
		assert_int_equal(w->row_count, id);
		assert_int_equal(world_row(w, world_id(id))->attempt, id);
		if (id == 2)
			world_live(w, 1000);
		else
			world_answer(w, id, id, 100 + id, "Ok");
		world_store(w);
		assert_true(world_row(w, world_id(id))->confirmed);
	}
	/* by its id it can be had all the same */
	world_ask(
	    w, (struct world_ask){.id = 1, .client = 2, .msgid = 1, .key = "k", .no_wait = true});
	world_store(w);
	assert_answer(w, 2, 1, "Ok");
}

static void
key_keeps_the_answer_for_one_who_joined_and_waited(void **state)
{
	struct world *w = *state;

	world_ask(
	    w, (struct world_ask){.id = 1, .client = 1, .msgid = 1, .key = "k", .no_wait = true});
	world_ask(w, (struct world_ask){.id = 2, .client = 2, .msgid = 1, .key = "k"});
	world_store(w);
	book_client_gone(w->book, 2, &w->now);
	world_hear(w);
	world_answer(w, 1, 1, 101, "Ok");
	world_store(w);
	assert_false(world_row(w, world_id(1))->confirmed);
	world_ask(w, (struct world_ask){.id = 3, .client = 3, .msgid = 1, .key = "k"});
	world_store(w);
	assert_answer(w, 3, 1, "Ok");
}

static void
key_remembers_who_had_joined_after_the_confirmation(void **state)
{
	struct world *w = *state;
	struct book_caller joe = world_caller(1, 2, JOE);

	world_ask(w, (struct world_ask){.id = 1, .client = 1, .msgid = 1, .key = "k"});
	world_ask(w, (struct world_ask){.id = 2, .client = 2, .msgid = 1, .key = "k"});
	world_store(w);
	book_client_gone(w->book, 2, &w->now);
	world_hear(w);
	world_answer(w, 1, 1, 101, "Ok");
	world_store(w);
	book_confirm(w->book, &joe, world_id(1), &w->now);
	world_hear(w);
	world_store(w);
	world_restart(w, 0);
	world_ask(w, (struct world_ask){.id = 2, .client = 3, .msgid = 1, .key = "k"});
	world_store(w);
	assert_answer(w, 3, 1, "Ok");
	assert_int_equal(w->row_count, 1);
}

/* Ask 2 had joined attempt 1 and lost its connection; meanwhile attempt 2 was asked, with what
 * became of it. */
static void
late_joiner_gets_its_own_answer(struct world *w, bool is_answered, bool restarts)
{
	world_ask(w, (struct world_ask){.id = 1, .client = 1, .msgid = 1, .key = "k"});
	world_ask(w, (struct world_ask){.id = 2, .client = 2, .msgid = 1, .key = "k"});
	world_store(w);
	book_client_gone(w->book, 2, &w->now);
	world_hear(w);
	world_answer(w, 1, 1, 101, "Ok");
	world_store(w);
	struct book_caller joe = world_caller(1, 2, JOE);

	book_confirm(w->book, &joe, world_id(1), &w->now);
	world_hear(w);
	world_ask(w, (struct world_ask){.id = 3, .client = 3, .msgid = 1, .key = "k"});
	world_store(w);
	if (is_answered)
		world_answer(w, 2, 3, 102, "Cancel");
	world_store(w);
	if (restarts)
		world_restart(w, 0);
	world_ask(w, (struct world_ask){.id = 2, .client = 4, .msgid = 1, .key = "k"});
	world_store(w);
	assert_answer(w, 4, 1, "Ok");
	assert_int_equal(w->row_count, 2);
	assert_null(book_find(w->book, world_id(2)));
	assert_null(book_find(w->book, world_id(1))); /* confirmed, and not the newest */
}

static void
key_gives_a_late_joiner_its_own_answer_not_the_next_attempt(void **state)
{
	for (int i = 0; i < 4; i++) {
		late_joiner_gets_its_own_answer(*state, i & 1, i & 2);
		world_fini(*state);
		world_init(*state);
	}
}

static void
key_of_a_late_joiner_with_other_buttons_is_a_conflict(void **state)
{
	struct world *w = *state;

	late_joiner_gets_its_own_answer(w, false, false);
	ask_yes_or_no(w, 5);
	world_store(w);
	assert_reply(w, 5, 1, OP_CONFLICT);
}

static void
key_after_a_withdrawal_asks_anew(void **state)
{
	struct world *w = *state;
	struct book_caller joe = world_caller(1, 2, JOE);

	world_ask(w, (struct world_ask){.id = 1, .client = 1, .msgid = 1, .key = "k"});
	world_store(w);
	book_withdraw(
	    w->book, &joe, &(struct book_withdrawal){.id = world_id(1), .reason = "TERM"}, &w->now);
	world_hear(w);
	world_store(w);
	assert_state(w, 1, ALERT_WITHDRAWN);
	assert_true(world_row(w, world_id(1))->confirmed);
	world_ask(w, (struct world_ask){.id = 2, .client = 2, .msgid = 1, .key = "k"});
	world_store(w);
	assert_int_equal(world_row(w, world_id(2))->attempt, 2);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    RULE(key_joins_the_pending_question_and_all_get_the_one_answer),
	    RULE(key_with_other_buttons_is_a_conflict_while_pending),
	    RULE(key_delivers_the_answer_that_was_not_confirmed),
	    RULE(key_is_asked_anew_when_nobody_waited),
	    RULE(key_keeps_the_answer_for_one_who_joined_and_waited),
	    RULE(key_remembers_who_had_joined_after_the_confirmation),
	    RULE(key_gives_a_late_joiner_its_own_answer_not_the_next_attempt),
	    RULE(key_of_a_late_joiner_with_other_buttons_is_a_conflict),
	    RULE(key_after_a_withdrawal_asks_anew),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
