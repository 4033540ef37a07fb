/* SPDX-License-Identifier: ISC */
/*
 * What the tests of lib/ev/conn.h share: a connection whose other end a fake peer has, and fake
 * transports that write short, refuse or fail.
 */
#ifndef OPDESK_TESTS_UNIT_EV_CONNTEST_H
#define OPDESK_TESTS_UNIT_EV_CONNTEST_H

#include "tests/unit/ev/evtest.h"

#include "lib/buf.h"
#include "lib/ev/conn.h"

struct fixture {
	struct ev_loop *loop;
	int fds[2]; /* ours (owned by the connection), the peer's */
	struct conn *c;
	struct buf got; /* payloads, one after the other, each with a ';' */
	int frames;
	int ends;
	int end_err;
	char why[200];
	int drains;
	int pause_after; /* frames; 0 = never */
	int free_at;     /* frames; 0 = never */
	bool free_at_end, free_at_drain, answer_at_end;
};

SHARED void
on_frame(struct conn *c, const unsigned char *payload, size_t len, void *arg)
{
	struct fixture *f = arg;

	assert_int_equal(buf_append(&f->got, payload, len), 0);
	assert_int_equal(buf_append(&f->got, ";", 1), 0);
	f->frames++;
	if (f->frames == f->pause_after)
		conn_pause(c, true);
	if (f->frames == f->free_at) {
		conn_free(c);
		f->c = NULL;
		assert_true(len > 0 && payload[0] != 0); /* still readable */
	}
}

SHARED void
on_end(struct conn *c, int err, const char *why, void *arg)
{
	struct fixture *f = arg;

	f->ends++;
	f->end_err = err;
	snprintf(f->why, sizeof(f->why), "%s", why);
	if (f->answer_at_end) {
		assert_int_equal(conn_send(c, "bad", 3), OP_OK);
		conn_finish(c);
	}
	if (f->free_at_end) {
		conn_free(c);
		f->c = NULL;
	}
}

SHARED void
on_drained(struct conn *c, void *arg)
{
	struct fixture *f = arg;

	f->drains++;
	if (f->free_at_drain) {
		conn_free(c);
		f->c = NULL;
	}
}

static const struct conn_events events = {on_frame, on_end, on_drained};

SHARED void
open_conn(struct fixture *f, const struct conn_limits *limits)
{
	stream_pair(f->fds);
	f->c = conn_new(f->loop, transport_socket(f->fds[0]), &events, limits, f);
	assert_non_null(f->c);
}

SHARED void
close_conn(struct fixture *f)
{
	conn_free(f->c);
	f->c = NULL;
	if (f->fds[1] >= 0)
		close(f->fds[1]);
	f->fds[1] = -1;
	buf_fini(&f->got);
	f->frames = f->ends = f->drains = 0;
}

SHARED int
setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	f->loop = ev_loop_new(EVBACKEND_POLL);
	f->fds[1] = -1;
	*state = f;
	return 0;
}

SHARED int
teardown(void **state)
{
	struct fixture *f = *state;

	close_conn(f);
	ev_loop_destroy(f->loop);
	free(f);
	return 0;
}

SHARED void
hang_up(struct fixture *f)
{
	close(f->fds[1]);
	f->fds[1] = -1;
}

SHARED void
check_got(struct fixture *f, const char *want)
{
	assert_int_equal(buf_len(&f->got), strlen(want));
	assert_memory_equal(buf_bytes(&f->got), want, strlen(want));
}

/* --- fake transports --- */

static struct fake {
	const struct transport_ops *real;
	int writes;
	int closes;
	size_t max_write; /* 0 = as much as the socket takes */
	bool again;       /* every second write moves nothing */
	int fail_at;      /* the n-th write fails with fail_errno */
	int fail_errno;
	int read_errno;
	int ends;
	int end_again; /* so often the end does not fit yet */
} fake;

SHARED ssize_t
fake_read(struct transport *t, void *bytes, size_t len)
{
	if (fake.read_errno == 0)
		return fake.real->read(t, bytes, len);
	errno = fake.read_errno;
	return -1;
}

SHARED ssize_t
fake_write(struct transport *t, const void *bytes, size_t len)
{
	fake.writes++;
	assert_true(len > 0); /* of nothing TLS makes an error */
	errno = fake.writes == fake.fail_at ? fake.fail_errno : EAGAIN;
	if (fake.writes == fake.fail_at || (fake.again && fake.writes % 2 == 0))
		return -1;
	if (fake.max_write != 0 && len > fake.max_write)
		len = fake.max_write;
	return fake.real->write(t, bytes, len);
}

SHARED int
fake_end(struct transport *t)
{
	fake.ends++;
	errno = EAGAIN;
	return fake.ends <= fake.end_again ? -1 : fake.real->end(t);
}

SHARED void
fake_close(struct transport *t)
{
	fake.closes++;
	fake.real->close(t);
}

static const struct transport_ops fake_ops = {
    "fake", fake_read, fake_write, fake_end, fake_close, NULL};

SHARED void
open_fake(struct fixture *f, struct fake how, const struct conn_limits *limits)
{
	struct transport t;

	stream_pair(f->fds);
	t = transport_socket(f->fds[0]);
	fake = how;
	fake.real = t.ops;
	t.ops = &fake_ops;
	f->c = conn_new(f->loop, t, &events, limits, f);
	assert_non_null(f->c);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

#endif
