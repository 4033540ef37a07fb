/* SPDX-License-Identifier: ISC */
/*
 * What the tests of lib/ev/rpcmsg.h share: two sides in one process that call each other's methods,
 * or one side and a fake peer.
 */
#ifndef OPDESK_TESTS_UNIT_EV_RPCMSGTEST_H
#define OPDESK_TESTS_UNIT_EV_RPCMSGTEST_H

#include "tests/unit/ev/evtest.h"

#include "lib/ev/rpcmsg.h"
#include "tests/unit/ev/backends.h"

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

SHARED int
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

SHARED int
later(struct rpcmsg_query *q, void *arg)
{
	struct fixture *f = arg;

	f->queries++;
	f->later = q->msgid;
	return OP_AGAIN;
}

/* n calls back and forth, each waiting for the one inside. */
SHARED int
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

SHARED int
leaving(struct rpcmsg_query *q, void *arg)
{
	struct fixture *f = arg;

	f->queries++;
	rpcmsg_free(q->from);
	f->b = NULL;
	return OP_OK;
}

SHARED int
nothing(struct rpcmsg_query *q, void *arg)
{
	(void)q;
	(void)arg;
	return OP_OK;
}

SHARED int
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

SHARED void
on_end(struct rpcmsg *r, int err, void *arg)
{
	struct fixture *f = arg;

	(void)r;
	f->ends++;
	f->end_err = err;
}

SHARED struct rpcmsg *
side(struct fixture *f, int fd)
{
	struct msg_conn *c = msg_attach(f->m, transport_socket(fd), NULL, NULL);
	struct rpcmsg *r = rpcmsg_attach(c, methods, f);

	assert_non_null(r);
	rpcmsg_on_end(r, on_end);
	return r;
}

SHARED int
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

SHARED int
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

SHARED int
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

SHARED void
on_tick(void *arg)
{
	(void)arg;
}

SHARED void
until(struct fixture *f, const int *count, int value)
{
	int64_t until_ms = clock_boot_ms() + DEADLINE_MS;
	struct msg_timer *t = msg_timer_start(f->m, 0.05, 0.05, on_tick, NULL);

	while (*count < value && clock_boot_ms() < until_ms)
		msg_event_loop(f->m, 1);
	msg_timer_stop(t);
	assert_true(*count >= value);
}

SHARED void
number(struct rpcmsg *r, int64_t n)
{
	struct mp_out *o = rpcmsg_begin(r);

	mp_map(o, 1);
	mp_kint(o, "n", n);
}

SHARED void
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

SHARED uint32_t
call(struct fixture *f, struct rpcmsg *r, const char *method, int64_t timeout_ms)
{
	uint32_t msgid = 0;

	assert_int_equal(rpcmsg_call(r, method, timeout_ms, on_reply, f, &msgid), OP_OK);
	return msgid;
}

SHARED int64_t
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

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
#define FAKE(name) cmocka_unit_test_setup_teardown(name, setup_fake, teardown)

#endif
