/* SPDX-License-Identifier: ISC */
/* The rules of the book: how a question ends without an answer, by its asker's word or its absence.
 */
#include "tests/unit/mediachanged/rules.h"

static void
confirm_is_for_ones_own_closed_questions(void **state)
{
	struct world *w = *state;
	struct book_caller joe = world_caller(1, 2, JOE), eve = world_caller(2, 1, "eve@local");

	world_ask(w, (struct world_ask){.id = 1, .client = 1, .msgid = 1});
	world_store(w);
	book_confirm(w->book, &joe, world_id(1), &w->now);
	world_hear(w);
	assert_reply(w, 1, 2, OP_CONFLICT);
	world_answer(w, 1, 1, 101, "Ok");
	world_store(w);
	book_confirm(w->book, &eve, world_id(1), &w->now);
	world_hear(w);
	assert_reply(w, 2, 1, OP_DENIED);
	joe.msgid = 3;
	book_confirm(w->book, &joe, world_id(1), &w->now);
	world_hear(w);
	assert_null(world_reply_to(w, 1, 3));
	world_store(w);
	assert_reply(w, 1, 3, OP_OK);
	joe.msgid = 4; /* again: it is only in the store now */
	book_confirm(w->book, &joe, world_id(1), &w->now);
	world_hear(w);
	world_store(w);
	assert_reply(w, 1, 4, OP_OK);
}

static void
withdraw_ends_the_question_for_everybody(void **state)
{
	struct world *w = *state;
	struct book_caller eve = world_caller(2, 1, "eve@local"), op = world_caller(3, 1, OPERATOR);

	world_ask(w, (struct world_ask){.id = 1, .client = 1, .msgid = 1});
	world_store(w);
	book_withdraw(w->book, &eve, &(struct book_withdrawal){.id = world_id(1)}, &w->now);
	world_hear(w);
	assert_reply(w, 2, 1, OP_DENIED);
	op.is_operator = true;
	book_withdraw(w->book, &op,
	    &(struct book_withdrawal){.id = world_id(1), .reason = "drive repaired"}, &w->now);
	world_hear(w);
	world_store(w);
	assert_reply(w, 3, 1, OP_OK);
	assert_reply(w, 1, 1, OP_OK);
	assert_int_equal(world_reply_to(w, 1, 1)->alert->state, ALERT_WITHDRAWN);
	assert_string_equal(world_reply_to(w, 1, 1)->alert->reason, "drive repaired");
	assert_false(world_row(w, world_id(1))->confirmed);
	op.msgid = 2;
	book_withdraw(w->book, &op, &(struct book_withdrawal){.id = world_id(1)}, &w->now);
	world_hear(w);
	assert_reply(w, 3, 2, OP_OK);
	world_answer(w, 1, 1, 101, "Ok");
	assert_reply(w, 99, 1, OP_ALREADY_ANSWERED);
}

static void
withdraw_of_one_who_joined_leaves_the_question_to_the_others(void **state)
{
	struct world *w = *state;
	struct book_caller joe = world_caller(2, 2, JOE);

	world_ask(w, (struct world_ask){.id = 1, .client = 1, .msgid = 1, .key = "k"});
	world_ask(w, (struct world_ask){.id = 2, .client = 2, .msgid = 1, .key = "k"});
	world_store(w);
	book_withdraw(
	    w->book, &joe, &(struct book_withdrawal){.id = world_id(1), .reason = "TERM"}, &w->now);
	world_hear(w);
	assert_reply(w, 2, 2, OP_OK);
	assert_reply(w, 2, 1, OP_CANCELLED);
	assert_null(world_reply_to(w, 1, 1));
	assert_state(w, 1, ALERT_PENDING);
	world_answer(w, 1, 1, 101, "Ok");
	world_store(w);
	assert_answer(w, 1, 1, "Ok");
}

/* Its connection is lost, and a signal ends it before it is attached again. */
static void
withdraw_from_a_new_connection_leaves_the_question_to_the_others(void **state)
{
	struct world *w = *state;
	struct book_caller joe = world_caller(3, 1, JOE);

	world_ask(w, (struct world_ask){.id = 1, .client = 1, .msgid = 1, .key = "k"});
	world_ask(w, (struct world_ask){.id = 2, .client = 2, .msgid = 1, .key = "k"});
	world_store(w);
	book_client_gone(w->book, 1, &w->now);
	world_hear(w);
	book_withdraw(w->book, &joe,
	    &(struct book_withdrawal){.id = world_id(1), .ask = world_id(1), .reason = "TERM"},
	    &w->now);
	world_hear(w);
	assert_reply(w, 3, 1, OP_OK);
	assert_state(w, 1, ALERT_PENDING);
	world_answer(w, 1, 1, 101, "Ok");
	world_store(w);
	assert_answer(w, 2, 1, "Ok");
}

/* It waits a second at most for the reply, and the disk is slower. */
static void
withdraw_of_one_who_is_gone_by_its_turn_leaves_the_question_to_the_others(void **state)
{
	struct world *w = *state;
	struct book_caller joe = world_caller(1, 2, JOE);

	for (unsigned i = 0; i < 2; i++) { /* an ask that is named, and one of older clients */
		unsigned id = 10 * i + 1;
		const char *key = i ? "l" : "k";

		world_ask(w, (struct world_ask){.id = id, .client = 1, .msgid = 1, .key = key});
		world_store(w);
		world_ask(w, (struct world_ask){.id = id + 1, .client = 2, .msgid = i, .key = key});
		world_store_some(w, 1); /* has it an answer from before?  Now the join is written */
		book_withdraw(w->book, &joe,
		    &(struct book_withdrawal){
			.id = world_id(id), .ask = i ? NULL : world_id(id), .reason = "TERM"},
		    &w->now);
		world_hear(w);
		book_client_gone(w->book, 1, &w->now);
		world_hear(w);
		world_store(w);
		assert_state(w, id, ALERT_PENDING);
		assert_int_equal(
		    book_view(w->book, book_find(w->book, world_id(id)), &w->now).waiting, 1);
	}
}

/* The old connection has not ended yet for the daemon. */
static void
withdraw_ends_all_waits_of_the_ask_it_names(void **state)
{
	struct world *w = *state;
	struct book_caller joe = world_caller(2, 2, JOE);

	world_ask(w, (struct world_ask){.id = 1, .client = 1, .msgid = 1});
	world_store(w);
	world_ask(w, (struct world_ask){.id = 1, .client = 2, .msgid = 1});
	book_withdraw(w->book, &joe,
	    &(struct book_withdrawal){.id = world_id(1), .ask = world_id(1), .reason = "TERM"},
	    &w->now);
	world_hear(w);
	world_store(w);
	assert_state(w, 1, ALERT_WITHDRAWN);
}

/* It was too slow under the first of its two names, which is taken back, and took it under the
 * second. */
static void
withdraw_if_alone_leaves_the_question_to_the_same_ask_elsewhere(void **state)
{
	struct world *w = *state;
	struct book_caller first = world_caller(1, 2, JOE), third = world_caller(3, 1, JOE);
	struct book_withdrawal alone = {.if_alone = true};

	for (uint64_t client = 1; client <= 2; client++)
		world_ask(w, (struct world_ask){.id = 1, .client = client, .msgid = 1});
	world_store(w);
	alone.id = alone.ask = world_id(1);
	book_withdraw(w->book, &first, &alone, &w->now);
	world_hear(w);
	assert_reply(w, 1, 1, OP_CANCELLED);
	book_withdraw(w->book, &third, &alone, &w->now);
	world_hear(w);
	assert_reply(w, 3, 1, OP_OK);
	assert_null(world_reply_to(w, 2, 1));
	assert_state(w, 1, ALERT_PENDING);
	book_client_gone(w->book, 2, &w->now);
	world_hear(w);
	third.msgid = 2;
	book_withdraw(w->book, &third, &alone, &w->now);
	world_hear(w);
	world_store(w);
	assert_state(w, 1, ALERT_WITHDRAWN);
}

static void
lease_ends_in_orphaned_then_withdrawn(void **state)
{
	struct world *w = *state;

	world_ask(w, (struct world_ask){.id = 1, .client = 1, .msgid = 1});
	world_store(w);
	const struct alert *a = book_find(w->book, world_id(1));

	assert_int_equal(book_view(w->book, a, &w->now).waiting, 1);
	book_client_gone(w->book, 1, &w->now);
	world_hear(w);
	assert_int_equal(book_view(w->book, a, &w->now).waiting, 0);
	world_live(w, 29999);
	assert_false(book_view(w->book, a, &w->now).orphaned);
	size_t changed = w->changed;

	world_live(w, 1);
	assert_true(book_view(w->book, a, &w->now).orphaned);
	assert_int_equal(w->changed, changed + 1);
	/* the asker comes back */
	world_ask(w, (struct world_ask){.id = 1, .client = 2, .msgid = 1});
	assert_false(book_view(w->book, a, &w->now).orphaned);
	world_live(w, 86400000 * 3);
	assert_state(w, 1, ALERT_PENDING);
	/* and is gone for good */
	book_client_gone(w->book, 2, &w->now);
	world_hear(w);
	world_live(w, 30000 + 86400000 - 1);
	assert_state(w, 1, ALERT_PENDING);
	world_live(w, 1);
	assert_state(w, 1, ALERT_WITHDRAWN);
	assert_null(world_row(w, world_id(1))->by);
}

static void
lease_is_counted_anew_after_a_restart(void **state)
{
	struct world *w = *state;

	world_ask(w, (struct world_ask){.id = 1, .client = 1, .msgid = 1});
	world_store(w);
	book_client_gone(w->book, 1, &w->now);
	world_hear(w);
	world_live(w, 20000);
	world_restart(w, 0);
	world_live(w, 29999);
	assert_false(book_view(w->book, book_find(w->book, world_id(1)), &w->now).orphaned);
	world_live(w, 1);
	assert_true(book_view(w->book, book_find(w->book, world_id(1)), &w->now).orphaned);
}

static void
answer_to_an_orphan_is_kept_for_its_asker(void **state)
{
	struct world *w = *state;

	world_ask(w, (struct world_ask){.id = 1, .client = 1, .msgid = 1});
	world_store(w);
	book_client_gone(w->book, 1, &w->now);
	world_hear(w);
	world_live(w, 40000);
	world_answer(w, 1, 1, 101, "Ok");
	world_store(w);
	world_live(w, INT64_C(29) * 86400000);
	assert_non_null(book_find(w->book, world_id(1)));
	world_ask(w, (struct world_ask){.id = 1, .client = 2, .msgid = 1});
	assert_answer(w, 2, 1, "Ok");
	world_live(w, INT64_C(2) * 86400000);
	assert_null(book_find(w->book, world_id(1)));
}

static void
ask_without_waiting_is_never_orphaned(void **state)
{
	struct world *w = *state;

	world_ask(w, (struct world_ask){.id = 1, .client = 1, .msgid = 1, .no_wait = true});
	assert_int_equal(w->reply_count, 0);
	world_store(w);
	assert_int_equal(world_reply_to(w, 1, 1)->alert->state, ALERT_PENDING);
	book_client_gone(w->book, 1, &w->now);
	world_hear(w);
	world_live(w, INT64_C(100) * 86400000);
	world_restart(w, 0);
	world_live(w, INT64_C(100) * 86400000);
	assert_false(book_view(w->book, book_find(w->book, world_id(1)), &w->now).orphaned);
	/* somebody fetches the answer later */
	world_ask(w, (struct world_ask){.id = 1, .client = 2, .msgid = 1});
	world_answer(w, 1, 1, 101, "Ok");
	world_store(w);
	assert_answer(w, 2, 1, "Ok");
}

static void
line_question_is_withdrawn_at_once_when_its_client_goes(void **state)
{
	struct world *w = *state;

	world_ask(w, (struct world_ask){.id = 1, .client = 1, .msgid = 1, .line = true});
	world_store(w);
	book_client_gone(w->book, 1, &w->now);
	world_hear(w);
	world_live(w, 1);
	assert_state(w, 1, ALERT_WITHDRAWN);
	assert_true(world_row(w, world_id(1))->confirmed);
}

static void
line_question_has_a_lease_after_a_restart(void **state)
{
	struct world *w = *state;

	world_ask(w, (struct world_ask){.id = 1, .client = 1, .msgid = 1, .line = true});
	world_ask(w, (struct world_ask){.id = 2, .client = 2, .msgid = 1, .line = true});
	world_store(w);
	world_restart(w, 0);
	world_live(w, 10000);
	assert_state(w, 1, ALERT_PENDING);
	world_ask(w, (struct world_ask){.id = 1, .client = 11, .msgid = 1, .line = true});
	world_live(w, 60000);
	assert_state(w, 1, ALERT_PENDING);
	assert_state(w, 2, ALERT_WITHDRAWN);
}

static void
client_gone_before_its_ask_is_stored_begins_a_lease(void **state)
{
	struct world *w = *state;

	world_ask(w, (struct world_ask){.id = 1, .client = 1, .msgid = 1});
	world_ask(w, (struct world_ask){.id = 2, .client = 1, .msgid = 2, .line = true});
	book_client_gone(w->book, 1, &w->now);
	world_hear(w);
	world_store(w);
	assert_int_equal(w->accepted_count, 0);
	world_live(w, 30000);
	assert_true(book_view(w->book, book_find(w->book, world_id(1)), &w->now).orphaned);
	assert_state(w, 2, ALERT_WITHDRAWN);
}

static void
cancel_ends_the_call_and_not_the_question(void **state)
{
	struct world *w = *state;

	world_ask(w, (struct world_ask){.id = 1, .client = 1, .msgid = 1});
	world_store(w);
	book_cancel(w->book, 1, 1, &w->now);
	world_hear(w);
	assert_reply(w, 1, 1, OP_CANCELLED);
	assert_state(w, 1, ALERT_PENDING);
	book_cancel(w->book, 1, 1, &w->now);
	world_hear(w);
	assert_int_equal(w->reply_count, 1);
	world_ask(w, (struct world_ask){.id = 2, .client = 1, .msgid = 2});
	book_cancel(w->book, 1, 2, &w->now); /* before it is on disk */
	world_hear(w);
	world_store(w);
	assert_reply(w, 1, 2, OP_CANCELLED);
	assert_int_equal(w->reply_count, 2);
	assert_state(w, 2, ALERT_PENDING);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    RULE(confirm_is_for_ones_own_closed_questions),
	    RULE(withdraw_ends_the_question_for_everybody),
	    RULE(withdraw_of_one_who_joined_leaves_the_question_to_the_others),
	    RULE(withdraw_from_a_new_connection_leaves_the_question_to_the_others),
	    RULE(withdraw_of_one_who_is_gone_by_its_turn_leaves_the_question_to_the_others),
	    RULE(withdraw_ends_all_waits_of_the_ask_it_names),
	    RULE(withdraw_if_alone_leaves_the_question_to_the_same_ask_elsewhere),
	    RULE(lease_ends_in_orphaned_then_withdrawn),
	    RULE(lease_is_counted_anew_after_a_restart),
	    RULE(answer_to_an_orphan_is_kept_for_its_asker),
	    RULE(ask_without_waiting_is_never_orphaned),
	    RULE(line_question_is_withdrawn_at_once_when_its_client_goes),
	    RULE(line_question_has_a_lease_after_a_restart),
	    RULE(client_gone_before_its_ask_is_stored_begins_a_lease),
	    RULE(cancel_ends_the_call_and_not_the_question),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
