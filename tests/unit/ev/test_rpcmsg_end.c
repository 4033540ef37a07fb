/* SPDX-License-Identifier: ISC */
/* The end of RPC on the message toolkit: freed inside its own methods, broken peers, no memory. */
#include "tests/unit/ev/rpcmsgtest.h"

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

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(rpcmsg_a_method_may_free_its_connection),
	    TEST(rpcmsg_free_ends_the_calls_that_wait),
	    TEST(rpcmsg_served_connections_free_themselves),
	    FAKE(rpcmsg_bytes_that_are_no_rpc_end_it),
	    FAKE(rpcmsg_a_msgid_for_two_calls_ends_it),
	    FAKE(rpcmsg_malformed_params_are_answered),
	    FAKE(rpcmsg_an_answer_that_makes_no_sense_is_a_protocol_error),
	    cmocka_unit_test(rpcmsg_without_memory_is_whole_or_a_clean_error),
	};

	return RUN_ON_EACH_BACKEND(tests);
}
