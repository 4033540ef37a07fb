/* SPDX-License-Identifier: ISC */
/* The rules of the book: deadlines, clocks that step, and the grace for a desk. */
#include "tests/unit/mediachanged/rules.h"

/* A question with some time, on disk, that has no lease. */
static void
ask(struct world *w, unsigned id, int64_t timeout_ms)
{
	world_ask(
	    w, (struct world_ask){
		   .id = id, .client = 1, .msgid = 1, .timeout_ms = timeout_ms, .no_wait = true});
	world_store(w);
}

static struct alert_view
view(const struct world *w, unsigned id)
{
	return book_view(w->book, book_find(w->book, world_id(id)), &w->now);
}

typedef void quieten_fn(struct book *b, const struct book_caller *c, const char *id, int64_t for_ms,
    const struct book_now *now);

static void
quieten(struct world *w, quieten_fn *how, unsigned id, int64_t for_ms)
{
	struct book_caller op = {.client = 99, .msgid = 1, .who = OPERATOR, .is_operator = true};

	how(w->book, &op, world_id(id), for_ms, &w->now);
	world_hear(w);
	world_store(w);
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

	ask(w, 1, 60000);
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

		ask(w, id, 60000);
		world_live(w, 20000);
		w->now.wall += steps[i];
		world_restart(w, 0);
		assert_int_equal(view(w, id).left_ms, 40000);
		assert_int_equal(view(w, id).age_ms, 20000);
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

		ask(w, id, 60000);
		world_live(w, 20000);
		world_reboot(w, w->now.wall + cases[i].at_first);
		assert_int_equal(view(w, id).left_ms, cases[i].left_at_first);
		world_live(w, 10000);
		w->now.wall += cases[i].then - cases[i].at_first;
		world_live(w, cases[i].ends_after - 10000 - 1);
		assert_state(w, id, ALERT_PENDING);
		world_live(w, 1);
		assert_state(w, id, ALERT_EXPIRED);
	}
}

static void
deadline_does_not_pass_with_a_snooze_in_the_grace(void **state)
{
	struct world *w = *state;

	ask(w, 1, 60000);
	world_reboot(w, w->now.wall + 7200000);
	quieten(w, book_snooze, 1, 5000);
	world_live(w, BOOK_CLOCK_GRACE_MS - 1);
	assert_state(w, 1, ALERT_PENDING);
	world_live(w, 2);
	assert_state(w, 1, ALERT_EXPIRED);
}

/* As is one of a store that was written before boots were. */
static void
deadline_without_a_boot_is_as_after_a_reboot(void **state)
{
	struct world *w = *state;

	w->boot_id = 0;
	world_restart(w, 0);
	ask(w, 1, 60000);
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
	assert_int_equal(view(w, 2).age_ms, 8000);
	/* nobody has confirmed it: the next one under the key gets it */
	assert_non_null(book_find(w->book, world_id(1)));
	world_ask(w, (struct world_ask){.id = 3, .client = 2, .msgid = 1, .key = "night"});
	world_store(w);
	assert_answer(w, 2, 1, "Ok");
	world_live(w, world_limits().unconfirmed_ms + 1000);
	assert_null(book_find(w->book, world_id(1)));
}

/* Whether it was asked in this boot of the host or in an earlier one. */
static void
quiet_after_a_restart_asks_no_wall_clock(void **state)
{
	static const int64_t steps[] = {0, 10000, -7200000, 7200000, INT64_C(86400000) * 365};

	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]) * 2; i++) {
		struct world *w = *state;
		unsigned id = (unsigned)i + 1;

		ask(w, id, 0);
		if (i % 2) {
			world_reboot(w, w->now.wall + 5000);
			world_live(w, BOOK_CLOCK_GRACE_MS);
		}
		quieten(w, book_snooze, id, 90000);
		w->now.wall += steps[i / 2];
		world_live(w, 1000);
		quieten(w, book_claim, id, 60000);
		w->now.wall += steps[i / 2];
		world_live(w, 1000);
		w->now.wall += steps[i / 2];
		world_restart(w, 0);
		assert_int_equal(view(w, id).claim_left_ms, 59000);
		assert_int_equal(view(w, id).ring_in_ms, 88000);
		w->rings = 0;
		world_live(w, 87999);
		assert_int_equal(view(w, id).claim_left_ms, 0);
		assert_int_equal(w->rings, 0);
		world_live(w, 1);
		assert_int_equal(w->rings, 1);
	}
}

/* The clock is 1970's, a claim is made, the clock is set, and the engine dies once more. */
static void
claim_in_the_grace_outlives_the_setting_of_the_clock(void **state)
{
	struct world *w = *state;
	int64_t wall = w->now.wall;

	ask(w, 1, 86400000);
	quieten(w, book_snooze, 1, 7200000);
	world_reboot(w, 5000);
	world_live(w, 1000);
	quieten(w, book_claim, 1, 3600000);
	w->now.wall = wall + 600000;
	world_live(w, BOOK_CLOCK_GRACE_MS);
	assert_int_equal(view(w, 1).claim_left_ms, 3600000 - BOOK_CLOCK_GRACE_MS);
	assert_int_equal(view(w, 1).age_ms, 600000 + BOOK_CLOCK_GRACE_MS);
	w->now.wall += INT64_C(86400000) * 365;
	world_restart(w, 0);
	assert_int_equal(view(w, 1).claim_left_ms, 3600000 - BOOK_CLOCK_GRACE_MS);
	assert_int_equal(view(w, 1).left_ms, 86400000 - 600000 - BOOK_CLOCK_GRACE_MS);
}

/* Of one that was made before the host went down only the wall clock tells. */
static void
claim_after_a_reboot_is_reckoned_anew_when_the_clock_is_set(void **state)
{
	struct world *w = *state;
	int64_t wall = w->now.wall;

	w->limits.levels = 1;
	w->limits.escalate_after_ms[0] = 1000;
	book_set_limits(w->book, &w->limits);
	ask(w, 1, 0);
	quieten(w, book_claim, 1, 3600000);
	world_reboot(w, wall + 7200000);
	assert_int_equal(view(w, 1).claim_left_ms, 0);
	world_live(w, 10000);
	w->now.wall = wall + 600000;
	w->changed = 0;
	world_live(w, BOOK_CLOCK_GRACE_MS - 10000);
	assert_int_equal(w->changed, 1);
	assert_int_equal(view(w, 1).claim_left_ms, 3600000 - 600000 - BOOK_CLOCK_GRACE_MS + 10000);
	/* no level has begun by the wrong clock */
	assert_int_equal(w->errand_count, 0);
	world_live(w, view(w, 1).claim_left_ms);
	assert_int_equal(w->errand_count, 1);
	assert_int_equal(w->rings, 1);
}

/* How long a snooze was made for is not known any more; a month it was not. */
static void
snooze_ends_soon_after_a_reboot_with_the_clock_behind(void **state)
{
	struct world *w = *state;

	ask(w, 1, 0);
	world_live(w, 20000);
	quieten(w, book_snooze, 1, 60000);
	world_reboot(w, 5000);
	assert_int_equal(view(w, 1).ring_in_ms, 80000);
	/* as deadlines do: the grace is over, and it is still behind */
	world_live(w, BOOK_CLOCK_GRACE_MS + 80000);
	assert_int_equal(w->rings, 1);
}

/* A job that was killed before it had its answer gets that, and nobody is asked again. */
static void
answer_that_nobody_has_fetched_outlives_steps_and_restarts(void **state)
{
	static const int64_t days[] = {0, -400, 40, 400};

	for (size_t i = 0; i < sizeof(days) / sizeof(days[0]) * 3; i++) {
		struct world *w = *state;
		int64_t wall = w->now.wall;

		world_ask(w, (struct world_ask){.id = 1, .client = 1, .msgid = 1, .key = "k"});
		world_store(w);
		if (i % 3 == 2)
			world_reboot(w, wall);
		world_answer(w, 1, 1, 101, "Ok");
		world_store(w);
		w->now.wall = wall + days[i / 3] * 86400000;
		if (i % 3 == 1) { /* with a clock that is set late */
			world_reboot(w, w->now.wall);
			world_live(w, 5000);
			w->now.wall = wall;
		} else {
			world_restart(w, 0);
		}
		world_live(w, BOOK_CLOCK_GRACE_MS);
		world_ask(w, (struct world_ask){.id = 2, .client = 2, .msgid = 1, .key = "k"});
		world_store(w);
		assert_answer(w, 2, 1, "Ok");
		assert_int_equal(book_pending_count(w->book), 0);
		world_live(w, w->limits.unconfirmed_ms);
		assert_null(book_find(w->book, world_id(1)));
		world_fini(w);
		world_init(w);
	}
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
	    RULE(quiet_after_a_restart_asks_no_wall_clock),
	    RULE(claim_in_the_grace_outlives_the_setting_of_the_clock),
	    RULE(claim_after_a_reboot_is_reckoned_anew_when_the_clock_is_set),
	    RULE(snooze_ends_soon_after_a_reboot_with_the_clock_behind),
	    RULE(answer_that_nobody_has_fetched_outlives_steps_and_restarts),
	    RULE(deadline_after_a_restart_asks_no_wall_clock),
	    RULE(deadline_after_a_reboot_waits_for_the_clock_to_be_set),
	    RULE(deadline_does_not_pass_with_a_snooze_in_the_grace),
	    RULE(deadline_without_a_boot_is_as_after_a_reboot),
	    RULE(require_desk_without_one_ends_after_the_grace),
	    RULE(require_desk_is_content_with_a_desk_within_the_grace),
	    RULE(require_desk_does_not_end_a_question_that_others_wait_for),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
