/* SPDX-License-Identifier: ISC */
/* The rules of the book: what operators do to a question but answer it. */
#include "tests/unit/mediachanged/rules.h"

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

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    RULE(claim_and_snooze_silence_and_ring_when_they_end),
	    RULE(note_is_kept_also_on_a_closed_question),
	    RULE(shown_is_written_once_for_each_desk),
	    RULE(shown_of_a_closed_question_is_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
