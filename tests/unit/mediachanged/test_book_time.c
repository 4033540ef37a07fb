/* SPDX-License-Identifier: ISC */
/* The rules of the book: deadlines, clocks that step, and the grace for a desk. */
#include "tests/unit/mediachanged/rules.h"

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

/* The engine's, within one boot of the host. */
static void
deadline_after_a_restart_asks_no_wall_clock(void **state)
{
	static const int64_t steps[] = {0, 10000, -7200000, 7200000};

	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
		struct world *w = *state;
		unsigned id = (unsigned)i + 1;

		world_ask(
		    w, (struct world_ask){.id = id, .client = 1, .msgid = 1, .timeout_ms = 60000});
		world_store(w);
		world_live(w, 20000);
		w->now.wall += steps[i];
		world_restart(w, 0);
		const struct alert *a = book_find(w->book, world_id(id));

		assert_int_equal(book_view(w->book, a, &w->now).left_ms, 40000);
		assert_int_equal(book_view(w->book, a, &w->now).age_ms, 20000);
		world_live(w, 39999);
		assert_state(w, id, ALERT_PENDING);
		world_live(w, 1);
		assert_state(w, id, ALERT_EXPIRED);
	}
}

/* Only the wall clock tells, and may tell something else in a moment. */
static void
deadline_after_a_reboot_waits_for_the_clock_to_be_set(void **state)
{
	static const struct {
		int64_t at_first, then; /* how far ahead the wall clock is */
		int64_t left_at_first, ends_after;
	} cases[] = {
	    {0, 0, 40000, 40000},
	    {39000, 39000, 1000, BOOK_CLOCK_GRACE_MS},
	    {7200000, 7200000, 0, BOOK_CLOCK_GRACE_MS},
	    {7200000, 0, 0, 40000},
	    {-7200000, 0, 60000, 40000},
	    {-7200000, 7200000, 60000, BOOK_CLOCK_GRACE_MS},
	    {-7200000, -7200000, 60000, BOOK_CLOCK_GRACE_MS + 60000},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct world *w = *state;
		unsigned id = (unsigned)i + 1;

		world_ask(
		    w, (struct world_ask){.id = id, .client = 1, .msgid = 1, .timeout_ms = 60000});
		world_store(w);
		world_live(w, 20000);
		world_reboot(w, w->now.wall + cases[i].at_first);
		const struct alert *a = book_find(w->book, world_id(id));

		assert_int_equal(book_view(w->book, a, &w->now).left_ms, cases[i].left_at_first);
		world_live(w, 10000);
		w->now.wall += cases[i].then - cases[i].at_first;
		world_live(w, cases[i].ends_after - 10000 - 1);
		assert_state(w, id, ALERT_PENDING);
		world_live(w, 1);
		assert_state(w, id, ALERT_EXPIRED);
	}
}

/* As is one of a store that was written before boots were. */
static void
deadline_without_a_boot_is_as_after_a_reboot(void **state)
{
	struct world *w = *state;

	w->boot_id = 0;
	world_restart(w, 0);
	world_ask(w, (struct world_ask){.id = 1, .client = 1, .msgid = 1, .timeout_ms = 60000});
	world_store(w);
	w->now.wall += 7200000;
	world_restart(w, 0);
	world_live(w, BOOK_CLOCK_GRACE_MS - 1);
	assert_state(w, 1, ALERT_PENDING);
	world_live(w, 1);
	assert_state(w, 1, ALERT_EXPIRED);
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

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    RULE(deadline_expires_with_the_default_answer),
	    RULE(deadline_ignores_the_wall_clock_while_running),
	    RULE(step_of_the_clock_makes_no_question_older),
	    RULE(snooze_ends_soon_after_a_restart_with_the_clock_behind),
	    RULE(deadline_after_a_restart_asks_no_wall_clock),
	    RULE(deadline_after_a_reboot_waits_for_the_clock_to_be_set),
	    RULE(deadline_without_a_boot_is_as_after_a_reboot),
	    RULE(require_desk_without_one_ends_after_the_grace),
	    RULE(require_desk_is_content_with_a_desk_within_the_grace),
	    RULE(require_desk_does_not_end_a_question_that_others_wait_for),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
