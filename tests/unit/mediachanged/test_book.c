/* SPDX-License-Identifier: ISC */
/*
 * The rules of the book, one by one (daemon/mediachanged/book.h, docs/protocol.md).
 */
#include "tests/unit/mediachanged/world.h"

static int
set_up(void **state)
{
	struct world *w = malloc(sizeof(*w));

	if (!w)
		return -1;
	world_init(w);
	*state = w;
	return 0;
}

static int
tear_down(void **state)
{
	world_fini(*state);
	free(*state);
	return 0;
}

static void
assert_reply(struct world *w, uint64_t client, uint32_t msgid, int err)
{
	const struct world_reply *r = world_reply_to(w, client, msgid);

	assert_non_null(r);
	assert_int_equal(r->err, err);
}

static void
assert_answer(struct world *w, uint64_t client, uint32_t msgid, const char *label)
{
	const struct world_reply *r = world_reply_to(w, client, msgid);

	assert_non_null(r);
	assert_int_equal(r->err, OP_OK);
	assert_non_null(r->alert);
	assert_string_equal(r->alert->answer ? r->alert->answer : "(none)", label);
}

static void
assert_state(struct world *w, unsigned id, enum alert_state state)
{
	const struct alert *row = world_row(w, world_id(id));

	assert_non_null(row);
	assert_int_equal(row->state, state);
}

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

static void
key_with_other_buttons_is_a_conflict_while_pending(void **state)
{
	struct world *w = *state;

	world_ask(w, (struct world_ask){.id = 1, .client = 1, .msgid = 1, .key = "k"});
	world_store(w);
	world_ask(w, (struct world_ask){.id = 2,
			 .client = 2,
			 .msgid = 1,
			 .key = "k",
			 .kind = "yesno",
			 .labels = "Yes\nNo"});
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
	world_ask(w, (struct world_ask){.id = 2,
			 .client = 5,
			 .msgid = 1,
			 .key = "k",
			 .kind = "yesno",
			 .labels = "Yes\nNo"});
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

static void
deadline_expires_with_the_default_answer(void **state)
{
	struct world *w = *state;

	world_ask(w,
	    (struct world_ask){
		.id = 1, .client = 1, .msgid = 1, .timeout_ms = 60000, .default_label = "Cancel"});
	world_ask(w, (struct world_ask){.id = 2, .client = 1, .msgid = 2, .timeout_ms = 60000});
	world_store(w);
	world_live(w, 59999);
	assert_state(w, 1, ALERT_PENDING);
	world_live(w, 1);
	assert_state(w, 1, ALERT_EXPIRED);
	assert_answer(w, 1, 1, "Cancel");
	assert_int_equal(world_reply_to(w, 1, 1)->alert->state, ALERT_EXPIRED);
	assert_answer(w, 1, 2, "(none)");
}

static void
deadline_ignores_the_wall_clock_while_running(void **state)
{
	struct world *w = *state;

	world_ask(w, (struct world_ask){.id = 1, .client = 1, .msgid = 1, .timeout_ms = 60000});
	world_store(w);
	w->now.wall += 7200000;
	world_live(w, 59999);
	assert_state(w, 1, ALERT_PENDING);
	world_live(w, 1);
	assert_state(w, 1, ALERT_EXPIRED);
}

static void
deadline_after_a_restart_is_clamped(void **state)
{
	static const struct {
		int64_t wall_step, left;
	} cases[] = {{0, 40000}, {10000, 30000}, {-7200000, 60000}, {7200000, 0}};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct world *w = *state;

		world_ask(
		    w, (struct world_ask){
			   .id = (unsigned)i + 1, .client = 1, .msgid = 1, .timeout_ms = 60000});
		world_store(w);
		world_live(w, 20000);
		w->now.wall += cases[i].wall_step;
		world_restart(w, 0);
		const struct alert *a = book_find(w->book, world_id((unsigned)i + 1));

		assert_int_equal(book_view(w->book, a, &w->now).left_ms, cases[i].left);
		world_live(w, cases[i].left > 0 ? cases[i].left - 1 : 0);
		assert_state(w, (unsigned)i + 1, ALERT_PENDING);
		world_live(w, 1);
		assert_state(w, (unsigned)i + 1, ALERT_EXPIRED);
	}
}

/* From a clock of 1970 to the right one, say. */
static void
step_of_the_clock_makes_no_question_older(void **state)
{
	struct world *w = *state;
	int64_t wall = w->now.wall;

	w->now.wall = 5000;
	world_ask(w, (struct world_ask){.id = 1, .client = 1, .msgid = 1, .key = "night"});
	world_ask(w, (struct world_ask){.id = 2, .client = 1, .msgid = 2});
	world_store(w);
	world_live(w, 7000);
	world_answer(w, 1, 1, 101, "Ok");
	world_store(w);
	w->now.wall = wall;
	world_live(w, 1000);
	assert_int_equal(book_view(w->book, book_find(w->book, world_id(2)), &w->now).age_ms, 8000);
	/* nobody has confirmed it: the next one under the key gets it */
	assert_non_null(book_find(w->book, world_id(1)));
	world_ask(w, (struct world_ask){.id = 3, .client = 2, .msgid = 1, .key = "night"});
	world_store(w);
	assert_answer(w, 2, 1, "Ok");
	world_live(w, world_limits().unconfirmed_ms + 1000);
	assert_null(book_find(w->book, world_id(1)));
}

/* How long a snooze was made for is not known any more; a month it was not. */
static void
snooze_ends_soon_after_a_restart_with_the_clock_behind(void **state)
{
	struct world *w = *state;
	struct book_caller op = {.client = 99, .msgid = 1, .who = OPERATOR, .is_operator = true};

	world_ask(w, (struct world_ask){.id = 1, .client = 1, .msgid = 1});
	world_store(w);
	world_live(w, 20000);
	book_snooze(w->book, &op, world_id(1), 60000, &w->now);
	world_hear(w);
	world_store(w);
	w->now.wall = 5000;
	world_restart(w, 0);
	assert_int_equal(
	    book_view(w->book, book_find(w->book, world_id(1)), &w->now).ring_in_ms, 80000);
	world_live(w, 80000);
	assert_int_equal(w->rings, 1);
}

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

static void
claim_and_snooze_silence_and_ring_when_they_end(void **state)
{
	struct world *w = *state;
	struct book_caller op = {.client = 99, .msgid = 1, .who = OPERATOR, .is_operator = true};

	world_ask(w, (struct world_ask){.id = 1, .client = 1, .msgid = 1});
	world_store(w);
	book_claim(w->book, &op, world_id(1), 60000, &w->now);
	world_hear(w);
	assert_null(world_reply_to(w, 99, 1));
	world_store(w);
	assert_reply(w, 99, 1, OP_OK);
	assert_string_equal(w->life, "claimed");
	const struct alert *a = book_find(w->book, world_id(1));

	assert_int_equal(book_view(w->book, a, &w->now).ring_in_ms, 60000);
	assert_string_equal(a->claimed_by, OPERATOR);
	op.msgid = 2;
	book_snooze(w->book, &op, world_id(1), 90000, &w->now);
	world_hear(w);
	world_store(w);
	world_live(w, 60000);
	assert_int_equal(w->rings, 0);
	world_restart(w, 0);
	assert_int_equal(
	    book_view(w->book, book_find(w->book, world_id(1)), &w->now).ring_in_ms, 30000);
	assert_int_equal(
	    book_view(w->book, book_find(w->book, world_id(1)), &w->now).claim_left_ms, 0);
	world_live(w, 30000);
	assert_int_equal(w->rings, 1);
	op.msgid = 3;
	book_snooze(w->book, &op, world_id(1), 90000, &w->now);
	world_hear(w);
	world_store(w);
	op.msgid = 4;
	book_snooze(w->book, &op, world_id(1), 0, &w->now);
	world_hear(w);
	world_store(w);
	assert_int_equal(w->rings, 2);
	op.msgid = 5;
	book_claim(w->book, &op, world_id(1), INT64_MAX, &w->now);
	world_hear(w);
	assert_reply(w, 99, 5, OP_BAD_REQUEST);
}

static void
note_is_kept_also_on_a_closed_question(void **state)
{
	struct world *w = *state;
	struct book_caller op = {.client = 99, .msgid = 5, .who = OPERATOR, .is_operator = true};

	world_ask(w, (struct world_ask){.id = 1, .client = 1, .msgid = 1});
	world_store(w);
	world_answer(w, 1, 1, 101, "Ok");
	world_store(w);
	book_note(w->book, &op, world_id(1), "volume 7 was worn", &w->now);
	world_hear(w);
	world_store(w);
	assert_string_equal(world_row(w, world_id(1))->note, "volume 7 was worn");
	assert_reply(w, 99, 5, OP_OK);
	assert_string_equal(w->life, "note");
}

static void
show(struct world *w, uint32_t msgid, const char *who, const char *desk)
{
	struct book_caller op = {.client = 99, .msgid = msgid, .who = who, .is_operator = true};

	book_shown(w->book, &op, world_id(1), desk, &w->now);
	world_hear(w);
	world_store(w);
	assert_reply(w, 99, msgid, OP_OK);
	assert_null(world_reply_to(w, 99, msgid)->alert);
}

static void
shown_is_written_once_for_each_desk(void **state)
{
	struct world *w = *state;
	char desk[24];

	world_ask(w, (struct world_ask){.id = 1, .client = 1, .msgid = 1});
	world_store(w);
	show(w, 1, OPERATOR, "lamp:0");
	assert_string_equal(w->life, "shown");
	assert_int_equal(w->lives, 1);
	show(w, 2, OPERATOR, "lamp:0");
	assert_int_equal(w->lives, 1);
	show(w, 3, "anna@local", "lamp:0");
	show(w, 4, OPERATOR, "lamp:1");
	assert_int_equal(w->lives, 3);
	for (int i = 0; i < 2 * BOOK_SHOWN_MAX; i++) {
		snprintf(desk, sizeof(desk), "many:%d", i);
		show(w, 5 + (uint32_t)i, OPERATOR, desk);
	}
	assert_int_equal(w->lives, BOOK_SHOWN_MAX);
}

static void
shown_of_a_closed_question_is_nothing(void **state)
{
	struct world *w = *state;

	world_ask(w, (struct world_ask){.id = 1, .client = 1, .msgid = 1});
	world_store(w);
	world_answer(w, 1, 1, 101, "Ok");
	world_store(w);
	show(w, 7, OPERATOR, "lamp:0");
	assert_int_equal(w->lives, 0);
}

static void
require_desk_without_one_ends_after_the_grace(void **state)
{
	struct world *w = *state;

	world_ask(w, (struct world_ask){.id = 1, .client = 1, .msgid = 1, .require_desk = true});
	world_ask(w, (struct world_ask){
			 .id = 2, .client = 2, .msgid = 1, .require_desk = true, .no_wait = true});
	world_store(w);
	world_live(w, 4999);
	assert_int_equal(w->reply_count, 0);
	world_live(w, 1);
	assert_reply(w, 1, 1, OP_UNAVAILABLE);
	assert_string_equal(world_reply_to(w, 1, 1)->reason, "no_desk");
	assert_reply(w, 2, 1, OP_UNAVAILABLE);
	assert_state(w, 1, ALERT_WITHDRAWN);
	assert_state(w, 2, ALERT_WITHDRAWN);
}

static void
require_desk_is_content_with_a_desk_within_the_grace(void **state)
{
	struct world *w = *state;

	world_ask(w, (struct world_ask){.id = 1, .client = 1, .msgid = 1, .require_desk = true});
	world_ask(w, (struct world_ask){
			 .id = 2, .client = 2, .msgid = 1, .require_desk = true, .no_wait = true});
	world_store(w);
	assert_int_equal(w->accepted_count, 2);
	world_live(w, 3000);
	book_desks(w->book, 1, &w->now);
	world_hear(w);
	assert_int_equal(w->accepted_count, 4);
	assert_int_equal(world_reply_to(w, 2, 1)->alert->state, ALERT_PENDING);
	book_desks(w->book, 2, &w->now);
	world_hear(w);
	book_desks(w->book, 0, &w->now);
	world_hear(w);
	assert_int_equal(w->accepted_count, 5);
	world_live(w, 10000);
	assert_state(w, 1, ALERT_PENDING);
}

static void
require_desk_does_not_end_a_question_that_others_wait_for(void **state)
{
	struct world *w = *state;

	world_ask(w, (struct world_ask){.id = 1, .client = 1, .msgid = 1, .key = "k"});
	world_ask(w,
	    (struct world_ask){.id = 2, .client = 2, .msgid = 1, .key = "k", .require_desk = true});
	world_store(w);
	world_live(w, 5000);
	assert_reply(w, 2, 1, OP_UNAVAILABLE);
	assert_state(w, 1, ALERT_PENDING);
	assert_null(world_reply_to(w, 1, 1));
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
#define RULE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
	    RULE(ask_is_accepted_only_when_stored),
	    RULE(answer_is_told_only_when_stored_and_the_first_one_wins),
	    RULE(answer_with_the_same_id_again_gives_the_same_result),
	    RULE(answer_that_is_no_button_is_refused),
	    RULE(ask_again_with_the_same_id_is_the_same_question),
	    RULE(ask_with_the_id_of_another_question_is_a_conflict),
	    RULE(ask_with_an_id_that_only_the_store_knows_gets_its_old_answer),
	    RULE(key_joins_the_pending_question_and_all_get_the_one_answer),
	    RULE(key_with_other_buttons_is_a_conflict_while_pending),
	    RULE(key_delivers_the_answer_that_was_not_confirmed),
	    RULE(key_is_asked_anew_when_nobody_waited),
	    RULE(key_keeps_the_answer_for_one_who_joined_and_waited),
	    RULE(key_remembers_who_had_joined_after_the_confirmation),
	    RULE(key_gives_a_late_joiner_its_own_answer_not_the_next_attempt),
	    RULE(key_of_a_late_joiner_with_other_buttons_is_a_conflict),
	    RULE(key_after_a_withdrawal_asks_anew),
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
	    RULE(cancel_of_an_ask_that_waits_for_its_turn_asks_nothing),
	    RULE(deadline_expires_with_the_default_answer),
	    RULE(deadline_ignores_the_wall_clock_while_running),
	    RULE(step_of_the_clock_makes_no_question_older),
	    RULE(snooze_ends_soon_after_a_restart_with_the_clock_behind),
	    RULE(deadline_after_a_restart_is_clamped),
	    RULE(store_that_knows_better_makes_no_orphan_of_an_awaited_question),
	    RULE(store_lost_once_is_not_noticed_by_callers),
	    RULE(store_lost_twice_or_for_long_is_unavailable_and_asking_again_mends_it),
	    RULE(store_lost_keeps_waiting_askers_and_an_answer_that_was_written),
	    RULE(claim_and_snooze_silence_and_ring_when_they_end),
	    RULE(note_is_kept_also_on_a_closed_question),
	    RULE(shown_is_written_once_for_each_desk),
	    RULE(shown_of_a_closed_question_is_nothing),
	    RULE(require_desk_without_one_ends_after_the_grace),
	    RULE(require_desk_is_content_with_a_desk_within_the_grace),
	    RULE(require_desk_does_not_end_a_question_that_others_wait_for),
	    RULE(limits_refuse_new_questions_only),
	    RULE(limits_bound_the_calls_of_one_client),
	    RULE(limits_bound_the_closed_ones_in_memory),
	    RULE(stop_withdraws_line_questions),
	    RULE(pending_ones_are_listed_by_seq_after_a_restart_too),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
