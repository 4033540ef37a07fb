/* SPDX-License-Identifier: ISC */
/* Calls of RPC on the message toolkit (lib/ev/rpcmsg.h), answered at once, later, or waited for. */
#include "tests/unit/ev/rpcmsgtest.h"

/* --- calls --- */

static void
rpcmsg_both_sides_call(void **state)
{
	struct fixture *f = *state;

	number(f->a, 21);
	call(f, f->a, "twice", 0);
	until(f, &f->replies, 1);
	assert_int_equal(f->result, 42);
	number(f->b, 4);
	call(f, f->b, "twice", DEADLINE_MS);
	until(f, &f->replies, 2);
	assert_int_equal(f->result, 8);
}

static void
rpcmsg_errors_surface_at_the_caller(void **state)
{
	struct fixture *f = *state;

	call(f, f->a, "twice", 0);
	until(f, &f->replies, 1);
	assert_int_equal(f->err, OP_BAD_REQUEST);
	assert_string_equal(f->why, "n: a number");
	call(f, f->a, "no.such", 0);
	until(f, &f->replies, 2);
	assert_int_equal(f->err, OP_UNKNOWN_METHOD);
	call(f, f->a, "huge", 0);
	until(f, &f->replies, 3);
	assert_int_equal(f->err, OP_TOO_LARGE);
}

static void
rpcmsg_a_notification_is_not_answered(void **state)
{
	struct fixture *f = *state;

	number(f->a, 1);
	assert_int_equal(rpcmsg_notify(f->a, "twice"), OP_OK);
	call(f, f->a, "nothing", 0);
	until(f, &f->replies, 1);
	assert_int_equal(f->notes, 1);
	assert_int_equal(f->replies, 1);
}

static void
rpcmsg_an_answer_may_come_later(void **state)
{
	struct fixture *f = *state;

	call(f, f->a, "later", 0);
	until(f, &f->queries, 1);
	assert_true(rpcmsg_is_wanted(f->b, f->later));
	mp_int(rpcmsg_begin(f->b), 7);
	assert_int_equal(rpcmsg_answer(f->b, f->later), OP_OK);
	until(f, &f->replies, 1);
	assert_int_equal(f->result, 7);
	assert_int_equal(rpcmsg_answer(f->b, f->later), OP_NOT_FOUND);
}

static void
rpcmsg_cancel_is_told_to_both_sides(void **state)
{
	struct fixture *f = *state;
	uint32_t msgid = call(f, f->a, "later", 0);

	until(f, &f->queries, 1);
	assert_int_equal(rpcmsg_cancel(f->a, msgid), OP_OK);
	assert_int_equal(f->replies, 1);
	assert_int_equal(f->err, OP_CANCELLED);
	assert_int_equal(rpcmsg_cancel(f->a, msgid), OP_NOT_FOUND);
	call(f, f->a, "nothing", 0);
	until(f, &f->replies, 2);
	assert_false(rpcmsg_is_wanted(f->b, f->later));
	assert_int_equal(rpcmsg_answer_error(f->b, f->later, OP_INTERNAL, NULL), OP_NOT_FOUND);
}

static void
rpcmsg_a_late_answer_is_dropped(void **state)
{
	struct fixture *f = *state;

	call(f, f->a, "later", 10);
	until(f, &f->replies, 1);
	assert_int_equal(f->err, OP_TIMEOUT);
	until(f, &f->queries, 1);
	assert_int_equal(rpcmsg_answer(f->b, f->later), OP_OK);
	call(f, f->a, "nothing", 0);
	until(f, &f->replies, 2);
	assert_int_equal(f->replies, 2);
	assert_int_equal(f->err, OP_OK);
}

/* --- waiting --- */

static void
rpcmsg_wait_serves_everybody_meanwhile(void **state)
{
	struct fixture *f = *state;

	number(f->b, 5);
	call(f, f->b, "twice", 0);
	number(f->a, 3);
	assert_int_equal(waited(f->a, "twice", DEADLINE_MS, OP_OK), 6);
	until(f, &f->replies, 1);
	assert_int_equal(f->result, 10);
	waited(f->a, "twice", DEADLINE_MS, OP_BAD_REQUEST);
	waited(f->a, "later", 20, OP_TIMEOUT);
}

static void
rpcmsg_waits_nest_across_the_connection(void **state)
{
	struct fixture *f = *state;

	number(f->a, 20);
	assert_int_equal(waited(f->a, "nest", DEADLINE_MS, OP_OK), 20);
	number(f->a, 1000); /* too deep: an error, not the end of the stack */
	waited(f->a, "nest", DEADLINE_MS, OP_UNAVAILABLE);
	number(f->a, 2);
	assert_int_equal(waited(f->a, "nest", DEADLINE_MS, OP_OK), 2);
}

/* Two calls that wait within one another: the outer one's answer arrives first. */
static void
wait_inside(void *arg)
{
	struct fixture *f = arg;

	f->result = waited(f->b, "nest", DEADLINE_MS, OP_OK);
	f->replies++;
}

static void
rpcmsg_an_outer_answer_waits_for_the_inner_one(void **state)
{
	struct fixture *f = *state;

	assert_non_null(msg_timer_start(f->m, 0, 0, wait_inside, f));
	number(f->a, 1);
	assert_int_equal(waited(f->a, "nest", DEADLINE_MS, OP_OK), 1);
	assert_int_equal(f->replies, 1);
	assert_int_equal(f->result, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(rpcmsg_both_sides_call),
	    TEST(rpcmsg_errors_surface_at_the_caller),
	    TEST(rpcmsg_a_notification_is_not_answered),
	    TEST(rpcmsg_an_answer_may_come_later),
	    TEST(rpcmsg_cancel_is_told_to_both_sides),
	    TEST(rpcmsg_a_late_answer_is_dropped),
	    TEST(rpcmsg_wait_serves_everybody_meanwhile),
	    TEST(rpcmsg_waits_nest_across_the_connection),
	    TEST(rpcmsg_an_outer_answer_waits_for_the_inner_one),
	};

	return RUN_ON_EACH_BACKEND(tests);
}
