/* SPDX-License-Identifier: ISC */
/*
 * RPC on the message toolkit (lib/ev/rpcmsg.h): two sides in one process that call each other, and
 * a fake peer for what only a broken one would send.
 */
#include "tests/unit/ev/evtest.h"

#include "lib/ev/rpcmsg.h"

static const struct msg_backend *backend; /* the tests run on each */

struct fixture {
	struct msg *m;
	struct rpcmsg *a, *b; /* the two ends of one stream */
	int fake;             /* or the other end, by hand */
	uint32_t later;       /* msgid of a query of `later` */
	int queries, replies, err, notes, ends, end_err;
	int64_t result;
	char why[64];
};

/* --- methods, the same on both sides --- */

static int
twice(struct rpcmsg_query *q, void *arg)
{
	struct fixture *f = arg;
	int64_t n;

	f->queries++;
	if (q->is_notify)
		f->notes++;
	if (mp_get_int(q->params, "n", &n) != OP_OK) {
		q->why = "n: a number";
		return OP_BAD_REQUEST;
	}
	mp_int(q->result, 2 * n);
	return OP_OK;
}

static int
later(struct rpcmsg_query *q, void *arg)
{
	struct fixture *f = arg;

	f->queries++;
	f->later = q->msgid;
	return OP_AGAIN;
}

/* n calls back and forth, each waiting for the one inside. */
static int
nest(struct rpcmsg_query *q, void *arg)
{
	struct rpcmsg_answer inner;
	struct mp_out *o;
	int64_t n = 0;
	int err;

	(void)arg;
	if (mp_get_int(q->params, "n", &n) != OP_OK || n == 0) {
		mp_int(q->result, 0);
		return OP_OK;
	}
	o = rpcmsg_begin(q->from);
	mp_map(o, 1);
	mp_kint(o, "n", n - 1);
	err = rpcmsg_wait(q->from, "nest", DEADLINE_MS, &inner);
	if (err == OP_OK)
		mp_int(q->result, inner.doc.root.via.i64 + 1);
	rpcmsg_answer_fini(&inner);
	return err;
}

static int
leaving(struct rpcmsg_query *q, void *arg)
{
	struct fixture *f = arg;

	f->queries++;
	rpcmsg_free(q->from);
	f->b = NULL;
	return OP_OK;
}

static int
nothing(struct rpcmsg_query *q, void *arg)
{
	(void)q;
	(void)arg;
	return OP_OK;
}

static int
huge(struct rpcmsg_query *q, void *arg)
{
	char *bytes = calloc(1, 17u << 20);

	(void)arg;
	mp_bin(q->result, bytes, 17u << 20);
	free(bytes);
	return OP_OK;
}

static const struct rpcmsg_method methods[] = {{"twice", twice}, {"later", later}, {"nest", nest},
    {"leaving", leaving}, {"nothing", nothing}, {"huge", huge}, {NULL, NULL}};

/* --- set-up --- */

static void
on_end(struct rpcmsg *r, int err, void *arg)
{
	struct fixture *f = arg;

	(void)r;
	f->ends++;
	f->end_err = err;
}

static struct rpcmsg *
side(struct fixture *f, int fd)
{
	struct msg_conn *c = msg_attach(f->m, transport_socket(fd), NULL, NULL);
	struct rpcmsg *r = rpcmsg_attach(c, methods, f);

	assert_non_null(r);
	rpcmsg_on_end(r, on_end);
	return r;
}

static int
setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));
	int fds[2];

	f->m = msg_new_on(backend);
	f->fake = -1;
	stream_pair(fds);
	f->a = side(f, fds[0]);
	f->b = side(f, fds[1]);
	*state = f;
	return 0;
}

static int
setup_fake(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));
	int fds[2];

	f->m = msg_new_on(backend);
	stream_pair(fds);
	f->a = side(f, fds[0]);
	f->fake = fds[1];
	*state = f;
	return 0;
}

static int
teardown(void **state)
{
	struct fixture *f = *state;

	rpcmsg_free(f->a);
	rpcmsg_free(f->b);
	msg_free(f->m);
	if (f->fake >= 0)
		close(f->fake);
	free(f);
	return 0;
}

static void
on_tick(void *arg)
{
	(void)arg;
}

static void
until(struct fixture *f, const int *count, int value)
{
	int64_t until_ms = clock_boot_ms() + DEADLINE_MS;
	struct msg_timer *t = msg_timer_start(f->m, 0.05, 0.05, on_tick, NULL);

	while (*count < value && clock_boot_ms() < until_ms)
		msg_event_loop(f->m, 1);
	msg_timer_stop(t);
	assert_true(*count >= value);
}

static void
number(struct rpcmsg *r, int64_t n)
{
	struct mp_out *o = rpcmsg_begin(r);

	mp_map(o, 1);
	mp_kint(o, "n", n);
}

static void
on_reply(struct rpcmsg *r, int err, const struct rpc_msg *m, void *arg)
{
	struct fixture *f = arg;

	(void)r;
	f->replies++;
	f->err = err;
	f->why[0] = '\0';
	if (err == OP_OK && m->result->type == MSGPACK_OBJECT_POSITIVE_INTEGER)
		f->result = m->result->via.i64;
	if (m != NULL && err != OP_OK) {
		struct rpc_error e = rpc_error_of(m);

		snprintf(f->why, sizeof(f->why), "%.*s", (int)e.message.len, e.message.s);
	}
}

static uint32_t
call(struct fixture *f, struct rpcmsg *r, const char *method, int64_t timeout_ms)
{
	uint32_t msgid = 0;

	assert_int_equal(rpcmsg_call(r, method, timeout_ms, on_reply, f, &msgid), OP_OK);
	return msgid;
}

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

static int64_t
waited(struct rpcmsg *r, const char *method, int64_t timeout_ms, int want)
{
	struct rpcmsg_answer a;
	int64_t n = -1;

	assert_int_equal(rpcmsg_wait(r, method, timeout_ms, &a), want);
	if (a.doc.root.type == MSGPACK_OBJECT_POSITIVE_INTEGER)
		n = a.doc.root.via.i64;
	rpcmsg_answer_fini(&a);
	return n;
}

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

/* --- the end --- */

static void
rpcmsg_a_method_may_free_its_connection(void **state)
{
	struct fixture *f = *state;

	waited(f->a, "leaving", DEADLINE_MS, OP_CLOSED);
	assert_int_equal(f->ends, 1);
	assert_int_equal(f->end_err, OP_OK);
	assert_int_equal(rpcmsg_call(f->a, "twice", 0, on_reply, f, NULL), OP_CLOSED);
	assert_int_equal(rpcmsg_notify(f->a, "twice"), OP_CLOSED);
}

static void
rpcmsg_free_ends_the_calls_that_wait(void **state)
{
	struct fixture *f = *state;

	call(f, f->a, "later", 1000);
	rpcmsg_free(f->a);
	f->a = NULL;
	assert_int_equal(f->replies, 1);
	assert_int_equal(f->err, OP_CLOSED);
	assert_int_equal(f->ends, 0);
	until(f, &f->ends, 1); /* the other side's */
}

static msg_rcv_fn *
login(struct msg_conn *c, const char *host, unsigned port, void *arg)
{
	(void)host;
	(void)port;
	return rpcmsg_serve(c, methods, arg);
}

static void
rpcmsg_served_connections_free_themselves(void **state)
{
	struct fixture *f = *state;
	struct endpoint e = {.kind = ENDPOINT_TCP, .host = "127.0.0.1", .port = "0"};
	struct rpcmsg *r = NULL;
	char why[100];

	struct msg_server *s = msg_new_server(f->m, &e, NULL, login, f, why, sizeof(why));

	assert_non_null(s);
	assert_int_equal(msg_server_endpoint(s, &e), OP_OK);
	for (int i = 0; i < 2; i++) {
		assert_int_equal(
		    rpcmsg_connect(f->m, &e, DEADLINE_MS, NULL, NULL, &r, why, sizeof(why)), OP_OK);
		number(r, 2);
		assert_int_equal(waited(r, "twice", DEADLINE_MS, OP_OK), 4);
		if (i == 0)
			rpcmsg_free(r); /* the second is still there when the loop is freed */
	}
	msg_free(f->m);
	rpcmsg_free(r);
	f->m = msg_new_on(backend);
}

/* --- broken peers --- */

#define BYTES(text) text, sizeof(text) - 1

static void
rpcmsg_bytes_that_are_no_rpc_end_it(void **state)
{
	struct fixture *f = *state;

	put_frame(f->fake, BYTES("\xc1"));
	until(f, &f->ends, 1);
	assert_int_equal(f->end_err, OP_PROTOCOL);
}

static void
rpcmsg_a_msgid_for_two_calls_ends_it(void **state)
{
	struct fixture *f = *state;

	put_frame(f->fake, BYTES("\x94\x00\x05\xa5later\x90"));
	put_frame(f->fake, BYTES("\x94\x00\x05\xa5later\x90"));
	until(f, &f->ends, 1);
	assert_int_equal(f->queries, 1);
	assert_int_equal(f->end_err, OP_PROTOCOL);
}

static void
rpcmsg_malformed_params_are_answered(void **state)
{
	struct fixture *f = *state;
	struct pollfd p = {.fd = f->fake, .events = POLLIN};
	char reply[300];
	size_t len;

	put_frame(f->fake, BYTES("\x94\x00\x05\xa5twice\x92\x01\x02"));
	while (poll(&p, 1, 0) == 0)
		msg_event_loop(f->m, 1);
	len = get_frame(f->fake, reply, sizeof(reply));
	assert_memory_equal(reply, "\x94\x01\x05\x83", 4);
	assert_non_null(memmem(reply, len, "bad_request", 11));
}

static void
rpcmsg_an_answer_that_makes_no_sense_is_a_protocol_error(void **state)
{
	struct fixture *f = *state;

	call(f, f->a, "x", 0);
	put_frame(f->fake, BYTES("\x94\x01\x63\xc0\xc0")); /* to nobody: dropped */
	put_frame(f->fake, BYTES("\x94\x01\x01\x05\xc0"));
	until(f, &f->replies, 1);
	assert_int_equal(f->err, OP_PROTOCOL);
	assert_int_equal(f->ends, 0);
}

/* --- without memory --- */

static void
exchange(void *arg)
{
	struct fixture f = {.m = msg_new_on(backend)};
	struct rpcmsg_answer a;
	struct msg_conn *c;
	int fds[2], err;

	(void)arg;
	if (f.m == NULL)
		return;
	stream_pair(fds);
	c = msg_attach(f.m, transport_socket(fds[0]), NULL, NULL);
	f.a = c != NULL ? rpcmsg_attach(c, methods, &f) : NULL;
	c = msg_attach(f.m, transport_socket(fds[1]), NULL, NULL);
	f.b = c != NULL ? rpcmsg_attach(c, methods, &f) : NULL;
	if (f.a != NULL && f.b != NULL) {
		number(f.a, 1);
		err = rpcmsg_wait(f.a, "twice", DEADLINE_MS, &a);
		assert_true(err == OP_OK || err == OP_NO_MEMORY || err == OP_CLOSED ||
			    err == OP_BAD_REQUEST);
		rpcmsg_answer_fini(&a);
	}
	rpcmsg_free(f.a);
	rpcmsg_free(f.b);
	msg_free(f.m);
}

static void
rpcmsg_without_memory_is_whole_or_a_clean_error(void **state)
{
	(void)state;
	failing_malloc_each(exchange, NULL);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
#define FAKE(name) cmocka_unit_test_setup_teardown(name, setup_fake, teardown)

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
	    TEST(rpcmsg_a_method_may_free_its_connection),
	    TEST(rpcmsg_free_ends_the_calls_that_wait),
	    TEST(rpcmsg_served_connections_free_themselves),
	    FAKE(rpcmsg_bytes_that_are_no_rpc_end_it),
	    FAKE(rpcmsg_a_msgid_for_two_calls_ends_it),
	    FAKE(rpcmsg_malformed_params_are_answered),
	    FAKE(rpcmsg_an_answer_that_makes_no_sense_is_a_protocol_error),
	    cmocka_unit_test(rpcmsg_without_memory_is_whole_or_a_clean_error),
	};

	const struct msg_backend *backends[] = {&msg_libev, &msg_poll};
	int failed = 0;

	for (int i = 0; i < 2; i++) {
		backend = backends[i];
		failed += cmocka_run_group_tests_name(i == 0 ? "libev" : "poll", tests, NULL, NULL);
	}
	return failed;
}
