/* SPDX-License-Identifier: ISC */
/* The blocking conversation: frames in any split, deadlines, signals, ends. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>
#include <cmocka.h>

#include "client/common/rpcsync.h"
#include "lib/clock.h"
#include "lib/err.h"
#include "tests/unit/client/fake_daemon.h"

static const struct rpcsync_hello hello = {"test", "tool"};

static struct rpcsync *
open_to(const struct fake *f)
{
	struct rpcsync *s = NULL;
	char why[200];

	assert_int_equal(
	    rpcsync_open(&f->endpoint, &hello, clock_boot_ms() + 10000, &s, why, sizeof(why)),
	    OP_OK);
	return s;
}

static int
call(struct rpcsync *s, const char *method, int64_t ms)
{
	const struct rpc_msg *m;
	uint32_t msgid;

	mp_map(rpcsync_begin(s, method, &msgid), 0);
	int err = rpcsync_send(s, clock_boot_ms() + ms);

	return err == OP_OK ? rpcsync_wait(s, msgid, clock_boot_ms() + ms, &m) : err;
}

/* Answers in single bytes, after a notification and an answer nobody waits for. */
static void
script_dribbles(int listener)
{
	static struct fake_call c;
	struct buf b, out;
	struct mp_out o;
	int fd = fake_accept(listener);

	fake_hello(fd, &c);
	fake_expect(fd, &c, "alert.list");
	c.m.msgid += 100;
	fake_reply_empty(fd, &c);
	c.m.msgid -= 100;
	buf_init(&b);
	buf_init(&out);
	mp_out_init(&o, &b);
	rpc_result(&o, c.m.msgid);
	mp_map(&o, 0);
	frame_append(&out, buf_bytes(&b), buf_len(&b));
	for (size_t i = 0; i < buf_len(&out); i++)
		FAKE_EXPECT(send(fd, buf_bytes(&out) + i, 1, MSG_NOSIGNAL) == 1);
	FAKE_EXPECT(!fake_read(fd, &c));
}

static void
answer_in_single_bytes_is_found(void **state)
{
	struct fake f;

	(void)state;
	fake_start(&f, script_dribbles);
	struct rpcsync *s = open_to(&f);

	assert_int_equal(call(s, "alert.list", 10000), OP_OK);
	rpcsync_close(s);
	assert_int_equal(fake_stop(&f), 0);
}

static void
script_hello_then(int listener)
{
	static struct fake_call c;
	int fd = fake_accept(listener);

	fake_hello(fd, &c);
	fake_expect(fd, &c, "alert.list");
	fake_reply_error(fd, &c, OP_DENIED, "not you");
	fake_expect(fd, &c, "alert.list"); /* no answer to this one */
	fake_expect(fd, &c, "alert.list");
	FAKE_EXPECT(send(fd, "\0\0\0\1\xc1", 5, MSG_NOSIGNAL) == 5);
	FAKE_EXPECT(!fake_read(fd, &c));
}

static void
errors_silence_and_nonsense_are_told_apart(void **state)
{
	struct fake f;

	(void)state;
	fake_start(&f, script_hello_then);
	struct rpcsync *s = open_to(&f);

	assert_int_equal(call(s, "alert.list", 10000), OP_DENIED);
	assert_int_equal(call(s, "alert.list", 50), OP_TIMEOUT);
	assert_int_equal(call(s, "alert.list", 10000), OP_PROTOCOL);
	rpcsync_close(s);
	assert_int_equal(fake_stop(&f), 0);
}

static void
script_closes(int listener)
{
	fake_accept(listener);
}

static void
closed_before_hello_is_closed(void **state)
{
	struct rpcsync *s = NULL;
	struct fake f;
	char why[200];

	(void)state;
	fake_start(&f, script_closes);
	assert_int_equal(
	    rpcsync_open(&f.endpoint, &hello, clock_boot_ms() + 10000, &s, why, sizeof(why)),
	    OP_CLOSED);
	assert_null(s);
	assert_true(why[0] != '\0');
	assert_int_equal(fake_stop(&f), 0);
}

static void
script_has_no_place(int listener)
{
	static struct fake_call c;
	int fd = fake_accept(listener);

	fake_expect(fd, &c, "hello");
	fake_reply_error(fd, &c, OP_UNAVAILABLE, "all places are taken");
}

/* Not taken for a daemon that is not there, nor for one with an internal error. */
static void
hello_refused_for_now_is_the_daemons_own_word(void **state)
{
	struct rpcsync *s = NULL;
	struct fake f;
	char why[200];

	(void)state;
	fake_start(&f, script_has_no_place);
	assert_int_equal(
	    rpcsync_open(&f.endpoint, &hello, clock_boot_ms() + 10000, &s, why, sizeof(why)),
	    OP_NOT_NOW);
	assert_string_equal(why, "all places are taken");
	assert_int_equal(fake_stop(&f), 0);
}

static void
script_waits(int listener)
{
	static struct fake_call c;
	int fd = fake_accept(listener);

	fake_hello(fd, &c);
	fake_expect(fd, &c, "alert.list");
	/* The signal comes when the client surely waits or is about to: both must be noticed. */
	FAKE_EXPECT(kill(getppid(), SIGTERM) == 0);
	FAKE_EXPECT(!fake_read(fd, &c));
}

static void
signal_ends_a_wait(void **state)
{
	struct fake f;

	(void)state;
	fake_start(&f, script_waits);
	struct rpcsync *s = open_to(&f);

	stop_catch();
	assert_int_equal(call(s, "alert.list", 10000), OP_CANCELLED);
	assert_int_equal(stop_signal(), SIGTERM);
	stop_forget();
	assert_int_equal(stop_poll(NULL, 0, clock_boot_ms() + 1), 0);
	rpcsync_close(s);
	assert_int_equal(fake_stop(&f), 0);
}

/* While stop_dial() connects signals are let in; here it is done by hand. */
static void
signal_that_came_before_a_wait_ends_it(void **state)
{
	sigset_t open;

	(void)state;
	stop_catch();
	sigemptyset(&open);
	sigaddset(&open, SIGTERM);
	sigprocmask(SIG_UNBLOCK, &open, NULL);
	raise(SIGTERM);
	sigprocmask(SIG_BLOCK, &open, NULL);
	assert_int_equal(stop_poll(NULL, 0, clock_boot_ms() + 2000), OP_CANCELLED);
	stop_forget();
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(answer_in_single_bytes_is_found),
	    cmocka_unit_test(errors_silence_and_nonsense_are_told_apart),
	    cmocka_unit_test(closed_before_hello_is_closed),
	    cmocka_unit_test(hello_refused_for_now_is_the_daemons_own_word),
	    cmocka_unit_test(signal_ends_a_wait),
	    cmocka_unit_test(signal_that_came_before_a_wait_ends_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
