/* SPDX-License-Identifier: ISC */
/*
 * What the tests of lib/ev/msg.h share: a connection whose other end a fake peer has, and a loop
 * that is run until something is true.
 */
#ifndef OPDESK_TESTS_UNIT_EV_MSGTEST_H
#define OPDESK_TESTS_UNIT_EV_MSGTEST_H

#include "tests/unit/ev/evtest.h"

#include <signal.h>
#include "tests/unit/ev/backends.h"

#define MANY 40 /* descriptors: more than the poll back end has room for at first */

struct fixture {
	struct msg *m;
	struct msg_conn *c;
	int peer; /* the fake peer's end of a stream */
	struct buf got;
	int messages, ends, end_err, events, drains;
	int many[MANY][2], depth;
	bool open_at_end, disconnect_in_message, disconnect_at_end, ask_in_message;
};

SHARED void
note(struct fixture *f, const void *bytes, size_t len)
{
	assert_int_equal(buf_append(&f->got, bytes, len), 0);
	assert_int_equal(buf_append(&f->got, ";", 1), 0);
	f->messages++;
}

SHARED void
on_message(struct msg_conn *c, const void *bytes, size_t len, int err, void *arg)
{
	struct fixture *f = arg;
	struct buf next;

	if (bytes == NULL) {
		f->ends++;
		f->end_err = err;
		f->open_at_end = msg_is_open(c);
		if (f->disconnect_at_end)
			(void)msg_disconnect(c);
		return;
	}
	note(f, bytes, len);
	if (f->ask_in_message) {
		f->ask_in_message = false;
		buf_init(&next);
		assert_int_equal(msg_rcv_now(c, DEADLINE_MS, &next), OP_OK);
		note(f, buf_bytes(&next), buf_len(&next));
		buf_fini(&next);
	}
	if (f->disconnect_in_message) {
		(void)msg_disconnect(c);
		f->c = NULL;
	}
}

SHARED int
setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	signal(SIGPIPE, SIG_IGN);
	f->m = msg_new_on(backend);
	f->peer = -1;
	*state = f;
	return 0;
}

SHARED int
teardown(void **state)
{
	struct fixture *f = *state;

	msg_free(f->m);
	if (f->peer >= 0)
		close(f->peer);
	buf_fini(&f->got);
	free(f);
	return 0;
}

SHARED void
attach(struct fixture *f)
{
	int fds[2];

	stream_pair(fds);
	f->peer = fds[1];
	f->c = msg_attach(f->m, transport_socket(fds[0]), on_message, f);
	assert_non_null(f->c);
}

SHARED void
detach(struct fixture *f)
{
	(void)msg_disconnect(f->c);
	f->c = NULL;
	if (f->peer >= 0)
		close(f->peer);
	f->peer = -1;
	buf_fini(&f->got);
	f->messages = f->ends = 0;
}

SHARED void
hang_up(struct fixture *f)
{
	close(f->peer);
	f->peer = -1;
}

SHARED void
check_got(struct fixture *f, const char *want)
{
	assert_int_equal(buf_len(&f->got), strlen(want));
	assert_memory_equal(buf_bytes(&f->got), want, strlen(want));
}

SHARED void
on_tick(void *arg)
{
	if (arg != NULL)
		*(int *)arg += 1;
}

/* Whatever can happen without waiting, happens. */
SHARED void
one_turn(struct fixture *f)
{
	assert_non_null(msg_timer_start(f->m, 0, 0, on_tick, NULL));
	msg_event_loop(f->m, 1);
}

SHARED bool
until(struct fixture *f, const int *flag, int value)
{
	int64_t until_ms = clock_boot_ms() + DEADLINE_MS;
	struct msg_timer *t = msg_timer_start(f->m, 0.05, 0.05, on_tick, NULL);

	while (*flag < value && clock_boot_ms() < until_ms)
		msg_event_loop(f->m, 1);
	msg_timer_stop(t);
	return *flag >= value;
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

#endif
