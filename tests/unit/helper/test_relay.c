/* SPDX-License-Identifier: ISC */
/*
 * The relay between a desk played by this process and daemons played by children
 * (tests/unit/client/fake_daemon.h); tests/unit/helper/desk.h has the desk.
 */
#include "lib/clock.h"
#include "tests/unit/client/fake_daemon.h"
#include "tests/unit/helper/desk.h"

/* The same with a time limit. */
static void
send_timed(int64_t link, uint32_t msgid, const char *method, int64_t timeout_ms)
{
	struct buf b, frame;
	struct mp_out o;

	buf_init(&b);
	buf_init(&frame);
	mp_out_init(&o, &b);
	mp_array(&o, 3);
	mp_int(&o, link);
	rpc_request(&o, msgid, method);
	mp_map(&o, 0);
	mp_int(&o, timeout_ms);
	frame_append(&frame, buf_bytes(&b), buf_len(&b));
	assert_int_equal(send(fd, buf_bytes(&frame), buf_len(&frame), 0), buf_len(&frame));
	buf_fini(&b);
	buf_fini(&frame);
}

static void
send_cancel(int64_t link, uint32_t msgid)
{
	struct buf b, frame;
	struct mp_out o;

	buf_init(&b);
	buf_init(&frame);
	mp_out_init(&o, &b);
	wrap_head(&o, 0);
	rpc_notify(&o, "$/cancel");
	mp_map(&o, 2);
	mp_kint(&o, "link", link);
	mp_kint(&o, "msgid", msgid);
	frame_append(&frame, buf_bytes(&b), buf_len(&b));
	assert_int_equal(send(fd, buf_bytes(&frame), buf_len(&frame), 0), buf_len(&frame));
	buf_fini(&b);
	buf_fini(&frame);
}

/* dead_ms 0: not said. */
static int64_t
open_link_dead(const struct endpoint *e, int64_t dead_ms)
{
	static struct reply r;
	char place[ENDPOINT_TEXT];
	struct buf b, frame;
	struct mp_out o;
	int64_t link;

	buf_init(&b);
	buf_init(&frame);
	mp_out_init(&o, &b);
	wrap_head(&o, 0);
	rpc_request(&o, 1, "link.open");
	mp_map(&o, (size_t)(1 + (dead_ms > 0)));
	mp_kstr(&o, "endpoint", endpoint_format(place, sizeof(place), e));
	if (dead_ms > 0)
		mp_kint(&o, "dead_ms", dead_ms);
	frame_append(&frame, buf_bytes(&b), buf_len(&b));
	assert_int_equal(send(fd, buf_bytes(&frame), buf_len(&frame), 0), buf_len(&frame));
	buf_fini(&b);
	buf_fini(&frame);
	read_reply(&r);
	assert_int_equal(r.w.link, 0);
	assert_int_equal(r.m.type, RPC_RESPONSE);
	assert_int_equal(mp_get_int(r.m.result, "link", &link), OP_OK);
	rpc_fini(&r.m);
	return link;
}

static int64_t
open_link(const struct endpoint *e)
{
	return open_link_dead(e, 0);
}

/* --- tests --- */

static void
script_echo(int listener)
{
	static struct fake_call c;
	int peer = fake_accept(listener);

	fake_hello(peer, &c);
	while (fake_read(peer, &c))
		fake_reply_empty(peer, &c);
}

static void
call_is_forwarded_and_answered(void **state)
{
	struct fake f;

	(void)state;
	fake_start(&f, script_echo);
	int64_t link = open_link(&f.endpoint);

	await_state(link, "up");
	send_call(link, 2, "alert.list", NULL, 0);
	expect_result(link, 2);
	send_call(0, 3, "link.close", "link", link);
	expect_result(0, 3);
	send_call(link, 4, "alert.list", NULL, 0);
	expect_error(link, 4, OP_NOT_FOUND);
	assert_int_equal(fake_stop(&f), 0);
}

static void
state_up_tells_what_the_hello_said(void **state)
{
	static struct reply r;
	struct fake f;
	struct mp_text t;
	bool is_operator = false;

	(void)state;
	fake_start(&f, script_echo);
	int64_t link = open_link(&f.endpoint);

	await_state(link, "connecting");
	read_reply(&r);
	assert_int_equal(mp_get_text(r.m.params, "state", &t), OP_OK);
	assert_true(mp_text_is(t, "up"));
	assert_int_equal(mp_get_text(r.m.params, "you", &t), OP_OK);
	assert_true(mp_text_is(t, "anna@local"));
	assert_int_equal(mp_get_text(r.m.params, "program", &t), OP_OK);
	assert_true(mp_text_is(t, "mediachanged"));
	assert_int_equal(mp_get_bool(r.m.params, "operator", &is_operator), OP_OK);
	assert_true(is_operator);
	rpc_fini(&r.m);
	send_call(0, 3, "link.close", "link", link);
	expect_result(0, 3);
	assert_int_equal(fake_stop(&f), 0);
}

static void
call_while_down_is_unavailable(void **state)
{
	struct endpoint nowhere = {.kind = ENDPOINT_UNIX, .path = "/nowhere/sock"};
	int64_t link = open_link(&nowhere);

	(void)state;
	await_state(link, "down");
	send_call(link, 2, "alert.list", NULL, 0);
	expect_error(link, 2, OP_UNAVAILABLE);
}

static void
script_drops_a_call(int listener)
{
	static struct fake_call c;
	int peer = fake_accept(listener);

	fake_hello(peer, &c);
	fake_expect(peer, &c, "alert.list");
}

static void
call_on_a_link_that_drops_is_unavailable(void **state)
{
	struct fake f;

	(void)state;
	fake_start(&f, script_drops_a_call);
	int64_t link = open_link(&f.endpoint);

	await_state(link, "up");
	send_call(link, 2, "alert.list", NULL, 0);
	expect_error(link, 2, OP_UNAVAILABLE);
	await_state(link, "down");
	assert_int_equal(fake_stop(&f), 0);
}

/* Keeps the first call, answers it only after the second has come: too late. */
static void
script_answers_late(int listener)
{
	static struct fake_call first, second;
	int peer = fake_accept(listener);

	fake_hello(peer, &first);
	fake_expect(peer, &first, "alert.list");
	fake_expect(peer, &second, "alert.stats");
	fake_reply_empty(peer, &first);
	fake_reply_empty(peer, &second);
	fake_read(peer, &second);
}

static void
late_answer_is_dropped(void **state)
{
	struct fake f;

	(void)state;
	fake_start(&f, script_answers_late);
	int64_t link = open_link(&f.endpoint);

	await_state(link, "up");
	send_timed(link, 2, "alert.list", 50);
	expect_error(link, 2, OP_TIMEOUT);
	send_call(link, 3, "alert.stats", NULL, 0);
	expect_result(link, 3);
	send_call(0, 4, "link.close", "link", link);
	expect_result(0, 4);
	assert_int_equal(fake_stop(&f), 0);
}

static void
script_sees_a_cancel(int listener)
{
	static struct fake_call c;
	int64_t msgid;
	int peer = fake_accept(listener);

	fake_hello(peer, &c);
	fake_expect(peer, &c, "alert.list");
	fake_expect(peer, &c, "$/cancel");
	FAKE_EXPECT(mp_get_int(c.m.params, "msgid", &msgid) == OP_OK && msgid == 2);
	FAKE_EXPECT(!fake_read(peer, &c));
}

static void
cancelled_call_is_answered_at_once(void **state)
{
	struct fake f;

	(void)state;
	fake_start(&f, script_sees_a_cancel);
	int64_t link = open_link(&f.endpoint);

	await_state(link, "up");
	send_call(link, 2, "alert.list", NULL, 0);
	send_cancel(link, 2);
	expect_error(link, 2, OP_CANCELLED);
	send_call(0, 4, "link.close", "link", link);
	expect_result(0, 4);
	assert_int_equal(fake_stop(&f), 0);
}

static void
own_methods_refuse_what_makes_no_sense(void **state)
{
	(void)state;
	send_call(0, 2, "link.open", NULL, 0);
	expect_error(0, 2, OP_BAD_REQUEST);
	send_call(0, 3, "link.close", "link", 99);
	expect_error(0, 3, OP_NOT_FOUND);
	send_call(0, 4, "alert.list", NULL, 0);
	expect_error(0, 4, OP_UNKNOWN_METHOD);
	send_call(77, 5, "alert.list", NULL, 0);
	expect_error(77, 5, OP_NOT_FOUND);
}

static void
msgid_of_the_helpers_own_range_is_refused(void **state)
{
	struct fake f;

	(void)state;
	fake_start(&f, script_echo);
	int64_t link = open_link(&f.endpoint);

	await_state(link, "up");
	send_call(link, 0x80000001u, "alert.list", NULL, 0);
	expect_error(link, 0x80000001u, OP_BAD_REQUEST);
	send_call(0, 4, "link.close", "link", link);
	expect_result(0, 4);
	assert_int_equal(fake_stop(&f), 0);
}

#define FLOOD 300
#define FLOOD_TEXT 60000
#define NOTES_MAX 1000 /* 60 MB: far more than may wait for a daemon */

/* Sends much more than the desk takes at first. */
static void
script_floods(int listener)
{
	static struct fake_call c;
	static char text[FLOOD_TEXT];
	struct mp_out o;
	struct buf b;
	int peer = fake_accept(listener);

	fake_hello(peer, &c);
	memset(text, 'x', sizeof(text));
	for (int i = 0; i < FLOOD; i++) {
		buf_init(&b);
		mp_out_init(&o, &b);
		rpc_notify(&o, "alert.changed");
		mp_map(&o, 2);
		mp_kint(&o, "n", i);
		mp_str(&o, "text");
		mp_strn(&o, text, sizeof(text));
		fake_send(peer, &b);
		buf_fini(&b);
	}
	FAKE_EXPECT(!fake_read(peer, &c));
}

/* Says hello and takes nothing any more until the link is closed. */
static void
script_reads_nothing(int listener)
{
	static struct fake_call c;
	int peer = fake_accept(listener);
	struct pollfd p = {.fd = peer, .events = POLLRDHUP};

	fake_hello(peer, &c);
	FAKE_EXPECT(poll(&p, 1, LIMIT_MS) == 1);
}

static bool
is_answered(void)
{
	struct pollfd p = {.fd = fd, .events = POLLIN};

	return poll(&p, 1, 0) == 1;
}

static void
send_note(int64_t link, uint32_t msgid)
{
	static char text[FLOOD_TEXT];
	struct buf b, frame;
	struct mp_out o;

	memset(text, 'x', sizeof(text));
	buf_init(&b);
	buf_init(&frame);
	mp_out_init(&o, &b);
	wrap_head(&o, link);
	rpc_request(&o, msgid, "alert.note");
	mp_map(&o, 1);
	mp_str(&o, "note");
	mp_strn(&o, text, sizeof(text));
	frame_append(&frame, buf_bytes(&b), buf_len(&b));
	assert_int_equal(send(fd, buf_bytes(&frame), buf_len(&frame), 0), buf_len(&frame));
	buf_fini(&b);
	buf_fini(&frame);
}

/* Read up to the answer to this call, which is no error. */
static void
skip_to(int64_t link, uint32_t msgid)
{
	static struct reply r;
	bool is_there = false;

	while (!is_there) {
		read_reply(&r);
		is_there = r.w.link == link && r.m.msgid == msgid;
		assert_true(!is_there || !r.m.error);
		rpc_fini(&r.m);
	}
}

static void
daemon_that_reads_nothing_holds_up_nobody_else(void **state)
{
	static struct reply r;
	struct fake deaf, sound;
	uint32_t n = 10;

	(void)state;
	fake_start(&deaf, script_reads_nothing);
	fake_start(&sound, script_echo);
	int64_t link = open_link(&deaf.endpoint);

	await_state(link, "up");
	int64_t other = open_link(&sound.endpoint);

	await_state(other, "up");
	while (!is_answered() && n < 10 + NOTES_MAX)
		send_note(link, n++);
	read_reply(&r);
	assert_int_equal(r.w.link, link);
	assert_int_equal(rpc_error_of(&r.m).err, OP_UNAVAILABLE);
	assert_true(r.m.msgid < n && n < 10 + NOTES_MAX);
	rpc_fini(&r.m);
	send_call(other, 5, "alert.list", NULL, 0);
	skip_to(other, 5);
	send_call(0, 6, "link.close", "link", link);
	skip_to(0, 6);
	send_call(0, 7, "link.close", "link", other);
	skip_to(0, 7);
	assert_int_equal(fake_stop(&sound), 0);
	assert_int_equal(fake_stop(&deaf), 0);
}

static void
desk_that_reads_late_loses_nothing(void **state)
{
	static struct reply r;
	struct fake f;
	int64_t n;

	(void)state;
	fake_start(&f, script_floods);
	int64_t link = open_link(&f.endpoint);

	await_state(link, "up");
	for (int i = 0; i < FLOOD; i++) {
		read_reply(&r);
		assert_int_equal(r.w.link, link);
		assert_int_equal(mp_get_int(r.m.params, "n", &n), OP_OK);
		assert_int_equal(n, i);
		rpc_fini(&r.m);
	}
	send_call(0, 4, "link.close", "link", link);
	expect_result(0, 4);
	assert_int_equal(fake_stop(&f), 0);
}

/* As behind a network that swallows everything: the least time there is, 3 s, though 1 was wanted.
 */
static void
silent_daemon_is_dead_after_the_time_that_was_said(void **state)
{
	struct fake f;
	int64_t began_ms = clock_boot_ms(), took_ms;

	(void)state;
	fake_start(&f, script_reads_nothing);
	int64_t link = open_link_dead(&f.endpoint, 1);

	await_state(link, "up");
	await_state(link, "down");
	took_ms = clock_boot_ms() - began_ms;
	assert_true(took_ms >= 2900 && took_ms < LIMIT_MS);
	send_call(0, 5, "link.close", "link", link);
	skip_to(0, 5);
	assert_int_equal(fake_stop(&f), 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, start, stop)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(call_is_forwarded_and_answered),
	    TEST(state_up_tells_what_the_hello_said),
	    TEST(call_while_down_is_unavailable),
	    TEST(call_on_a_link_that_drops_is_unavailable),
	    TEST(late_answer_is_dropped),
	    TEST(cancelled_call_is_answered_at_once),
	    TEST(own_methods_refuse_what_makes_no_sense),
	    TEST(msgid_of_the_helpers_own_range_is_refused),
	    TEST(silent_daemon_is_dead_after_the_time_that_was_said),
	    TEST(daemon_that_reads_nothing_holds_up_nobody_else),
	    TEST(desk_that_reads_late_loses_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
