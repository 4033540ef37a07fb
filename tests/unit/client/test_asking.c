/* SPDX-License-Identifier: ISC */
/* Asking against daemons that refuse, fall silent, talk nonsense, die half-way or answer late. */
#include "tests/unit/client/asking.h"

static void
script_ok(int listener)
{
	struct fake_call c;
	int fd = fake_accept(listener);

	fake_hello(fd, &c);
	fake_expect(fd, &c, "alert.ask");
	fake_notify_accepted(fd, &c, FAKE_ID, 1);
	fake_reply_alert(fd, &c, "answered", "Ok");
	fake_expect(fd, &c, "alert.confirm");
	fake_reply_empty(fd, &c);
	FAKE_EXPECT(!fake_read(fd, &c));
}

static void
answered_ok_is_yes_and_confirmed(void **state)
{
	struct fake f;
	struct run r;

	(void)state;
	fake_start(&f, script_ok);
	ask(&r, &f.endpoint, 1, 0);
	assert_int_equal(r.err, OP_OK);
	assert_int_equal(r.answer.outcome, OUTCOME_YES);
	assert_label(&r, "Ok");
	assert_string_equal(r.answer.id, FAKE_ID);
	asking_confirm(r.asking, &r.answer);
	end(&r);
	assert_int_equal(fake_stop(&f), 0);
}

/* Dies after it took the question; the next connection must bring the same question. */
static void
script_dies_then_answers(int listener)
{
	static struct fake_call first, again;
	struct mp_text a, b;
	int fd = fake_accept(listener);

	fake_hello(fd, &first);
	fake_expect(fd, &first, "alert.ask");
	fake_notify_accepted(fd, &first, FAKE_ID, 1);
	close(fd);
	fd = fake_accept(listener);
	fake_hello(fd, &again);
	fake_expect(fd, &again, "alert.ask");
	FAKE_EXPECT(mp_get_text(first.m.params, "id", &a) == OP_OK);
	FAKE_EXPECT(mp_get_text(again.m.params, "id", &b) == OP_OK);
	FAKE_EXPECT(a.len == b.len && memcmp(a.s, b.s, a.len) == 0);
	fake_reply_alert(fd, &again, "answered", "Cancel");
}

static void
daemon_that_dies_is_asked_again_under_the_same_id(void **state)
{
	struct fake f;
	struct run r;

	(void)state;
	fake_start(&f, script_dies_then_answers);
	ask(&r, &f.endpoint, 1, 0);
	assert_int_equal(r.err, OP_OK);
	assert_int_equal(r.answer.outcome, OUTCOME_NO);
	assert_label(&r, "Cancel");
	end(&r);
	assert_int_equal(fake_stop(&f), 0);
}

static void
script_busy_then_ok(int listener)
{
	struct fake_call c;
	int fd = fake_accept(listener), again;

	fake_hello(fd, &c);
	fake_expect(fd, &c, "alert.ask");
	fake_reply_error(fd, &c, OP_UNAVAILABLE, "the store is not there");
	again = fake_accept(listener);
	fake_hello(again, &c);
	FAKE_EXPECT(!fake_read(fd, &c)); /* kept until then, for taking the question back */
	fd = again;
	fake_expect(fd, &c, "alert.ask");
	fake_reply_alert(fd, &c, "answered", "Ok");
}

static void
unavailable_is_asked_again(void **state)
{
	struct fake f;
	struct run r;

	(void)state;
	fake_start(&f, script_busy_then_ok);
	ask(&r, &f.endpoint, 1, 0);
	assert_int_equal(r.answer.outcome, OUTCOME_YES);
	end(&r);
	assert_int_equal(fake_stop(&f), 0);
}

static void
script_refuses(int listener)
{
	struct fake_call c;
	int fd = fake_accept(listener);

	fake_expect(fd, &c, "hello");
	fake_reply_error(fd, &c, OP_CONFLICT, "protocol 2 here, 1 there");
	FAKE_EXPECT(!fake_read(fd, &c));
	fd = fake_accept(listener);
	fake_hello_proto(fd, &c, 2);
	FAKE_EXPECT(!fake_read(fd, &c));
}

static void
other_protocol_is_refused(void **state)
{
	struct fake f;
	struct run r;

	(void)state;
	fake_start(&f, script_refuses);
	for (int i = 0; i < 2; i++) {
		ask(&r, &f.endpoint, 1, 0);
		assert_int_equal(r.err, OP_OK);
		assert_int_equal(r.answer.outcome, OUTCOME_REFUSED);
		assert_label(&r, "");
		end(&r);
	}
	assert_int_equal(fake_stop(&f), 0);
}

static void
script_garbage(int listener)
{
	int fd = fake_accept(listener);

	FAKE_EXPECT(send(fd, "HTTP/1.1 400 Bad Request\r\n\r\n", 28, MSG_NOSIGNAL) == 28);
	pause();
}

static void
nonsense_and_silence_end_as_unreachable(void **state)
{
	struct endpoint endpoints[3] = {{.kind = ENDPOINT_UNIX, .path = "/nowhere/sock"}};
	struct fake garbage, silent;
	struct run r;

	(void)state;
	fake_start(&garbage, script_garbage);
	fake_start(&silent, script_silent);
	endpoints[1] = garbage.endpoint;
	endpoints[2] = silent.endpoint;
	start(&r, endpoints, 3, 0);
	r.settings.connect_ms = 300;
	assert_int_equal(asking_run(r.asking, &r.answer), OP_OK);
	assert_int_equal(r.answer.outcome, OUTCOME_UNREACHABLE);
	end(&r);
	fake_kill(&garbage);
	fake_kill(&silent);
}

static void
second_daemon_takes_over_from_a_silent_one(void **state)
{
	struct endpoint endpoints[2];
	struct fake silent, good;
	struct run r;

	(void)state;
	fake_start(&silent, script_silent);
	fake_start(&good, script_ok);
	endpoints[0] = silent.endpoint;
	endpoints[1] = good.endpoint;
	start(&r, endpoints, 2, 0);
	r.settings.connect_ms = 2000;
	assert_int_equal(asking_run(r.asking, &r.answer), OP_OK);
	assert_int_equal(r.answer.outcome, OUTCOME_YES);
	asking_confirm(r.asking, &r.answer);
	end(&r);
	fake_kill(&silent);
	assert_int_equal(fake_stop(&good), 0);
}

static void
script_takes_it_and_goes(int listener)
{
	struct fake_call c;
	int fd = fake_accept(listener);

	fake_hello(fd, &c);
	fake_expect(fd, &c, "alert.ask");
	fake_notify_accepted(fd, &c, FAKE_ID, 0);
}

static void
daemon_gone_for_good_is_a_timeout_at_the_deadline(void **state)
{
	struct fake f;
	struct run r;
	int64_t began_ms = clock_boot_ms();

	(void)state;
	fake_start(&f, script_takes_it_and_goes);
	start(&r, &f.endpoint, 1, 100);
	r.settings.default_label = "Cancel";
	assert_int_equal(asking_run(r.asking, &r.answer), OP_OK);
	assert_int_equal(r.answer.outcome, OUTCOME_TIMEOUT);
	assert_label(&r, "Cancel");
	assert_true(clock_boot_ms() - began_ms >= 100);
	end(&r);
	assert_int_equal(fake_stop(&f), 0);
}

/* The id of the question that it waits for, under a key, and the one that it sent itself. */
static void
expect_withdrawal(
    int fd, struct fake_call *c, const char *id, bool if_alone, const struct fake_call *ask)
{
	struct mp_text got, own;
	bool is_alone;

	fake_expect(fd, c, "alert.withdraw");
	FAKE_EXPECT(mp_get_text(c->m.params, "id", &got) == OP_OK && mp_text_is(got, id));
	FAKE_EXPECT(mp_get_bool(c->m.params, "if_alone", &is_alone) == OP_OK);
	FAKE_EXPECT(is_alone == if_alone);
	FAKE_EXPECT(mp_get_text(c->m.params, "ask", &got) == OP_OK);
	FAKE_EXPECT(mp_get_text(ask->m.params, "id", &own) == OP_OK);
	FAKE_EXPECT(got.len == own.len && memcmp(got.s, own.s, got.len) == 0);
}

/* Its disk is full, say: it took the question and cannot write how it ended. */
static void
script_takes_it_and_is_silent(int listener)
{
	static struct fake_call ask;
	struct fake_call c;
	int fd = fake_accept(listener);

	fake_hello(fd, &c);
	fake_expect(fd, &ask, "alert.ask");
	fake_notify_accepted(fd, &ask, FAKE_ID, 1);
	expect_withdrawal(fd, &c, FAKE_ID, false, &ask);
	FAKE_EXPECT(!fake_read(fd, &c));
}

static void
daemon_that_ends_nothing_is_a_timeout_at_the_deadline(void **state)
{
	static const char remark[] = "the time is up; the daemon did not end the question in time";
	struct fake f;
	struct run r;

	(void)state;
	fake_start(&f, script_takes_it_and_is_silent);
	start(&r, &f.endpoint, 1, 100);
	r.settings.default_label = "Cancel";
	assert_int_equal(asking_run(r.asking, &r.answer), OP_OK);
	assert_int_equal(r.answer.outcome, OUTCOME_TIMEOUT);
	assert_label(&r, "Cancel");
	assert_int_equal(buf_len(&r.answer.remark), sizeof(remark) - 1);
	assert_memory_equal(buf_bytes(&r.answer.remark), remark, sizeof(remark) - 1);
	end(&r);
	assert_int_equal(fake_stop(&f), 0);
}

/* A question; its id is the asker's own. */
static void
expect_ask(int fd, struct fake_call *ask, char own[UUID_SIZE])
{
	struct mp_text id;

	fake_expect(fd, ask, "alert.ask");
	FAKE_EXPECT(mp_get_text(ask->m.params, "id", &id) == OP_OK);
	snprintf(own, UUID_SIZE, "%.*s", (int)id.len, id.s);
}

/* Too busy to say in time that it keeps the question. */
static void
script_wakes_up_late(int listener)
{
	static struct fake_call ask;
	struct fake_call c;
	char own[UUID_SIZE];
	int fd = fake_accept(listener);

	fake_hello(fd, &c);
	expect_ask(fd, &ask, own);
	expect_withdrawal(fd, &c, own, true, &ask);
	FAKE_EXPECT(!fake_read(fd, &c));
}

/* Dies with the question, which may be on its disk, and is started again. */
static void
script_dies_with_it_and_comes_back(int listener)
{
	static struct fake_call ask;
	struct fake_call c;
	char own[UUID_SIZE];
	int fd = fake_accept(listener);

	fake_hello(fd, &c);
	expect_ask(fd, &ask, own);
	close(fd);
	close(fake_accept(listener)); /* not quite there yet */
	fd = fake_accept(listener);
	fake_hello(fd, &c);
	expect_withdrawal(fd, &c, own, true, &ask);
	fake_reply_error(fd, &c, OP_NOT_FOUND, "no such alert");
	FAKE_EXPECT(!fake_read(fd, &c));
}

/* Each with a second daemon that takes it, and one where nobody does. */
static void
question_that_another_took_is_taken_back(void **state)
{
	void (*const scripts[])(int) = {script_wakes_up_late, script_dies_with_it_and_comes_back};
	struct endpoint endpoints[2];
	struct fake first, second;
	struct run r;

	(void)state;
	for (size_t i = 0; i < 4; i++) {
		size_t count = i < 2 ? 2 : 1;

		fake_start(&first, scripts[i % 2]);
		fake_start(&second, script_ok);
		endpoints[0] = first.endpoint;
		endpoints[1] = second.endpoint;
		start(&r, endpoints, count, 0);
		/* with one that dies at once only one try: the next would come after 100 ms */
		r.settings.connect_ms = i == 3 ? 95 : 600;
		assert_int_equal(asking_run(r.asking, &r.answer), OP_OK);
		assert_int_equal(r.answer.outcome, count == 2 ? OUTCOME_YES : OUTCOME_UNREACHABLE);
		asking_confirm(r.asking, &r.answer);
		end(&r);
		assert_int_equal(fake_stop(&first), 0);
		if (count == 2)
			assert_int_equal(fake_stop(&second), 0);
		else
			fake_kill(&second);
	}
}

static void
script_states(int listener)
{
	static const char *const states[] = {"expired", "withdrawn", "sideways"};
	struct fake_call c;

	for (int i = 0; i < 3; i++) {
		int fd = fake_accept(listener);

		fake_hello(fd, &c);
		fake_expect(fd, &c, "alert.ask");
		fake_reply_alert(fd, &c, states[i], NULL);
		close(fd);
	}
}

static void
other_ends_have_their_outcome(void **state)
{
	struct fake f;
	struct run r;

	(void)state;
	fake_start(&f, script_states);
	ask(&r, &f.endpoint, 1, 0);
	assert_int_equal(r.answer.outcome, OUTCOME_TIMEOUT);
	end(&r);
	ask(&r, &f.endpoint, 1, 0);
	assert_int_equal(r.answer.outcome, OUTCOME_WITHDRAWN);
	end(&r);
	start(&r, &f.endpoint, 1, 0);
	r.settings.connect_ms = 100; /* a daemon that makes no sense is no daemon */
	assert_int_equal(asking_run(r.asking, &r.answer), OP_OK);
	assert_int_equal(r.answer.outcome, OUTCOME_UNREACHABLE);
	end(&r);
	assert_int_equal(fake_stop(&f), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(answered_ok_is_yes_and_confirmed),
	    cmocka_unit_test(daemon_that_dies_is_asked_again_under_the_same_id),
	    cmocka_unit_test(unavailable_is_asked_again),
	    cmocka_unit_test(other_protocol_is_refused),
	    cmocka_unit_test(nonsense_and_silence_end_as_unreachable),
	    cmocka_unit_test(second_daemon_takes_over_from_a_silent_one),
	    cmocka_unit_test(daemon_gone_for_good_is_a_timeout_at_the_deadline),
	    cmocka_unit_test(daemon_that_ends_nothing_is_a_timeout_at_the_deadline),
	    cmocka_unit_test(question_that_another_took_is_taken_back),
	    cmocka_unit_test(other_ends_have_their_outcome),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
