/* SPDX-License-Identifier: ISC */
/*
 * RPC on one connection (lib/ev/peer.h): two peers on one loop, and one peer against a fake that
 * sends what a well-behaved one would not.
 */
#include "tests/unit/ev/evtest.h"

#include "lib/ev/peer.h"

struct fixture {
	struct ev_loop *loop;
	struct peer *client, *server;
	int fake; /* the other end, when there is no server */
	int requests, notifies, ends, replies;
	int end_err, reply_err, reply_order;
	uint32_t last_id;
	char method[40], notice[40], last_reply[40];
	bool hold; /* the server does not answer */
	bool free_in_reply, free_in_request;
};

static void
on_request(struct peer *p, const struct rpc_msg *m, void *arg)
{
	struct fixture *f = arg;
	struct mp_text text = {"", 0};
	struct mp_out *o;

	f->requests++;
	f->last_id = m->msgid;
	snprintf(f->method, sizeof(f->method), "%.*s", (int)m->method.len, m->method.s);
	if (f->hold)
		return;
	if (f->free_in_request) {
		peer_free(p);
		f->server = NULL;
		return;
	}
	if (mp_text_is(m->method, "fail")) {
		assert_int_equal(peer_error(p, m->msgid, OP_LOCKED, "by bob"), OP_OK);
		return;
	}
	(void)mp_get_text(m->params, "text", &text);
	o = peer_result_begin(p, m->msgid);
	mp_map(o, 1);
	mp_str(o, "echo");
	mp_strn(o, text.s, text.len);
	assert_int_equal(peer_end(p), OP_OK);
}

static void
on_notify(struct peer *p, const struct rpc_msg *m, void *arg)
{
	struct fixture *f = arg;

	(void)p;
	f->notifies++;
	snprintf(f->notice, sizeof(f->notice), "%.*s", (int)m->method.len, m->method.s);
}

static void
on_end(struct peer *p, int err, const char *why, void *arg)
{
	struct fixture *f = arg;

	(void)p;
	assert_true(why[0] != '\0');
	f->ends++;
	f->end_err = err;
}

static const struct peer_events events = {on_request, on_notify, on_end, NULL};

static void
on_reply(struct peer *p, int err, const struct rpc_msg *m, void *arg)
{
	struct fixture *f = arg;
	struct mp_text text = {"", 0};

	f->replies++;
	f->reply_err = err;
	if (err == OP_OK)
		(void)mp_get_text(m->result, "echo", &text);
	else if (m != NULL)
		text = rpc_error_of(m).message;
	snprintf(f->last_reply, sizeof(f->last_reply), "%.*s", (int)text.len, text.s);
	if (f->free_in_reply) {
		peer_free(p);
		f->client = NULL;
	}
}

static int
setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	f->loop = ev_loop_new(EVBACKEND_POLL);
	f->fake = -1;
	*state = f;
	return 0;
}

static int
teardown(void **state)
{
	struct fixture *f = *state;

	peer_free(f->client);
	peer_free(f->server);
	if (f->fake >= 0)
		close(f->fake);
	ev_loop_destroy(f->loop);
	free(f);
	return 0;
}

static void
open_client(struct fixture *f)
{
	int fds[2];

	stream_pair(fds);
	f->fake = fds[1];
	f->client = peer_new(f->loop, transport_socket(fds[0]), &events, NULL, 1, f);
	assert_non_null(f->client);
}

static void
open_both(struct fixture *f)
{
	open_client(f);
	f->server = peer_new(f->loop, transport_socket(f->fake), &events, NULL, 1000, f);
	f->fake = -1;
	assert_non_null(f->server);
}

static int
call(struct fixture *f, const char *method, const char *text, int64_t deadline_ms, uint32_t *id)
{
	struct mp_out *o = peer_call_begin(f->client, method, deadline_ms, on_reply, f, id);

	mp_map(o, 1);
	mp_kstr(o, "text", text);
	return peer_end(f->client);
}

static void
peer_call_gets_its_result(void **state)
{
	struct fixture *f = *state;

	open_both(f);
	assert_int_equal(call(f, "echo", "hello", 0, NULL), OP_OK);
	assert_int_equal(f->replies, 0);
	assert_true(reaches(f->loop, &f->replies, 1));
	assert_int_equal(f->reply_err, OP_OK);
	assert_string_equal(f->method, "echo");
	assert_string_equal(f->last_reply, "hello");
}

static void
peer_remote_error_reaches_the_caller(void **state)
{
	struct fixture *f = *state;

	open_both(f);
	assert_int_equal(call(f, "fail", "", 0, NULL), OP_OK);
	assert_true(reaches(f->loop, &f->replies, 1));
	assert_int_equal(f->reply_err, OP_LOCKED);
	assert_string_equal(f->last_reply, "by bob");
}

static void
peer_both_sides_may_notify(void **state)
{
	struct fixture *f = *state;
	struct mp_out *o;

	open_both(f);
	o = peer_notify_begin(f->server, "alert.changed");
	mp_map(o, 0);
	assert_int_equal(peer_end(f->server), OP_OK);
	assert_true(reaches(f->loop, &f->notifies, 1));
	assert_string_equal(f->notice, "alert.changed");
}

static void
peer_deadline_gives_timeout_and_the_late_answer_is_dropped(void **state)
{
	struct fixture *f = *state;
	struct mp_out *o;
	uint32_t id;

	f->hold = true;
	open_both(f);
	assert_int_equal(call(f, "slowest", "", INT64_MAX, NULL), OP_OK);
	assert_int_equal(call(f, "slow", "", 15, &id), OP_OK);
	assert_int_equal(call(f, "slower", "", 30, NULL), OP_OK);
	assert_true(reaches(f->loop, &f->replies, 1));
	assert_int_equal(f->reply_err, OP_TIMEOUT);
	assert_true(reaches(f->loop, &f->replies, 2));
	o = peer_result_begin(f->server, id);
	mp_nil(o);
	assert_int_equal(peer_end(f->server), OP_OK);
	f->hold = false;
	assert_int_equal(call(f, "echo", "next", 0, NULL), OP_OK);
	assert_true(reaches(f->loop, &f->replies, 3));
	assert_string_equal(f->last_reply, "next");
	assert_int_equal(peer_dropped(f->client), 1);
}

static void
peer_cancel_tells_both_sides_once(void **state)
{
	struct fixture *f = *state;
	uint32_t id;

	f->hold = true;
	open_both(f);
	assert_int_equal(call(f, "slow", "", DEADLINE_MS, &id), OP_OK);
	assert_true(reaches(f->loop, &f->requests, 1));
	assert_int_equal(peer_cancel(f->client, id), OP_OK);
	assert_int_equal(f->replies, 0);
	/* A call with an earlier deadline must not swallow the cancellation that is on its way. */
	assert_int_equal(call(f, "other", "", 5000, NULL), OP_OK);
	assert_true(reaches(f->loop, &f->replies, 1));
	assert_int_equal(f->reply_err, OP_CANCELLED);
	assert_true(reaches(f->loop, &f->notifies, 1));
	assert_string_equal(f->notice, "$/cancel");
	assert_int_equal(peer_cancel(f->client, id), OP_NOT_FOUND);
	assert_int_equal(f->replies, 1);
}

static void
peer_end_fails_the_waiting_calls_first(void **state)
{
	struct fixture *f = *state;

	f->hold = true;
	open_both(f);
	for (int i = 0; i < 3; i++)
		assert_int_equal(call(f, "slow", "", 0, NULL), OP_OK);
	assert_true(reaches(f->loop, &f->requests, 3));
	peer_free(f->server);
	f->server = NULL;
	assert_true(reaches(f->loop, &f->ends, 1));
	assert_int_equal(f->replies, 3);
	assert_int_equal(f->reply_err, OP_CLOSED);
	assert_int_equal(call(f, "late", "", 0, NULL), OP_CLOSED);
	assert_int_equal(peer_send_raw(f->client, "x", 1), OP_CLOSED);
	turn(f->loop);
	assert_int_equal(f->replies, 3);
}

static void
peer_free_inside_callbacks_is_safe(void **state)
{
	struct fixture *f = *state;

	f->free_in_reply = true;
	open_both(f);
	for (int i = 0; i < 3; i++)
		assert_int_equal(call(f, "echo", "x", 0, NULL), OP_OK);
	assert_true(reaches(f->loop, &f->replies, 1));
	turn(f->loop);
	assert_int_equal(f->replies, 1);
	peer_free(f->server);
	f->server = NULL;

	f->free_in_request = true;
	open_both(f);
	for (int i = 0; i < 3; i++)
		assert_int_equal(call(f, "echo", "x", 0, NULL), OP_OK);
	assert_true(reaches(f->loop, &f->replies, 2)); /* closed, in `end`; frees too */
	assert_null(f->client);
	assert_int_equal(f->replies, 2);
}

static void
peer_call_that_does_not_fit_is_refused_whole(void **state)
{
	struct fixture *f = *state;
	struct conn_limits limits = {.high_water = 1000, .max_queue = 1000};
	char text[600];
	int fds[2];

	memset(text, 'x', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	stream_pair(fds);
	f->fake = fds[1];
	f->client = peer_new(f->loop, transport_socket(fds[0]), &events, &limits, 1, f);
	assert_int_equal(call(f, "echo", text, 50, NULL), OP_OK);
	assert_int_equal(call(f, "echo", text, 10, NULL), OP_UNAVAILABLE);
	assert_true(reaches(f->loop, &f->replies, 1));
	run_for(f->loop, 20);
	assert_int_equal(f->replies, 1);
	assert_in_range(waiting(f->fake), 600, 700);
}

/* --- a fake that breaks the rules --- */

static void
peer_garbage_ends_with_protocol(void **state)
{
	static const char *const bad[] = {"\xc1", "\x01", "\x93\x07\x01\x02", "GET /"};
	struct fixture *f = *state;

	for (int i = 0; i < 4; i++) {
		f->ends = 0;
		open_client(f);
		put_frame(f->fake, bad[i], strlen(bad[i]));
		assert_true(reaches(f->loop, &f->ends, 1));
		assert_int_equal(f->end_err, OP_PROTOCOL);
		turn(f->loop);
		assert_int_equal(f->ends, 1);
		peer_free(f->client);
		f->client = NULL;
		close(f->fake);
		f->fake = -1;
	}
}

static void
peer_request_with_bad_params_is_answered(void **state)
{
	struct fixture *f = *state;
	unsigned char answer[200];
	size_t len;
	struct rpc_msg m;

	open_client(f);
	put_frame(f->fake, "\x94\x00\x07\xa1x\x01", 6); /* params: 1 */
	turn(f->loop);
	turn(f->loop);
	len = get_frame(f->fake, answer, sizeof(answer));
	assert_int_equal(rpc_parse(&m, answer, len), OP_OK);
	assert_int_equal(m.type, RPC_RESPONSE);
	assert_int_equal(m.msgid, 7);
	assert_int_equal(rpc_error_of(&m).err, OP_BAD_REQUEST);
	rpc_fini(&m);
	assert_int_equal(f->requests, 0);
	assert_int_equal(f->ends, 0);
}

static void
peer_malformed_response_ends_its_call_only(void **state)
{
	struct fixture *f = *state;
	uint32_t id;

	open_client(f);
	assert_int_equal(call(f, "x", "", 0, &id), OP_OK);
	assert_int_equal(id, 1);
	put_frame(f->fake, "\x94\x01\x01\x05\xc0", 5); /* error: 5 */
	assert_true(reaches(f->loop, &f->replies, 1));
	assert_int_equal(f->reply_err, OP_PROTOCOL);
	assert_int_equal(f->ends, 0);
}

static void
peer_response_to_nothing_is_dropped_and_counted(void **state)
{
	struct fixture *f = *state;

	open_client(f);
	put_frame(f->fake, "\x94\x01\x63\xc0\xc0", 5);
	until_read(f->loop, conn_fd(peer_conn(f->client)));
	assert_int_equal(peer_dropped(f->client), 1);
	assert_int_equal(f->ends, 0);
}

static void
exchange(void *arg)
{
	struct fixture *f = arg;
	int fds[2], sent = OP_NO_MEMORY;

	f->replies = f->ends = 0;
	stream_pair(fds);
	f->client = peer_new(f->loop, transport_socket(fds[0]), &events, NULL, 1, f);
	if (f->client != NULL)
		sent = call(f, "x", "some text", 5000, NULL);
	assert_true(sent == OP_OK || sent == OP_NO_MEMORY);
	if (sent == OP_OK) {
		put_frame(fds[1], "\x94\x01\x01\xc0\xc0", 5);
		assert_true(reaches(f->loop, &f->replies, 1));
		assert_true(f->reply_err == OP_OK || f->reply_err == OP_CLOSED);
	}
	peer_free(f->client);
	f->client = NULL;
	close(fds[1]);
}

static void
peer_without_memory_is_whole_or_a_clean_error(void **state)
{
	failing_malloc_each(exchange, *state);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(peer_call_gets_its_result),
	    TEST(peer_remote_error_reaches_the_caller),
	    TEST(peer_both_sides_may_notify),
	    TEST(peer_deadline_gives_timeout_and_the_late_answer_is_dropped),
	    TEST(peer_cancel_tells_both_sides_once),
	    TEST(peer_end_fails_the_waiting_calls_first),
	    TEST(peer_free_inside_callbacks_is_safe),
	    TEST(peer_call_that_does_not_fit_is_refused_whole),
	    TEST(peer_garbage_ends_with_protocol),
	    TEST(peer_request_with_bad_params_is_answered),
	    TEST(peer_malformed_response_ends_its_call_only),
	    TEST(peer_response_to_nothing_is_dropped_and_counted),
	    TEST(peer_without_memory_is_whole_or_a_clean_error),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
