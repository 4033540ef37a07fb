/* SPDX-License-Identifier: ISC */
/* The blocking end of a pipe to the engine, over a real pair of sockets. */
#include "tests/unit/unit.h"

#include <sys/socket.h>
#include <unistd.h>

#include "daemon/ipadmd/wire.h"
#include "lib/err.h"

struct both {
	struct wire near, far;
};

static int
set_up(void **state)
{
	static struct both both;
	int fds[2];

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds))
		return -1;
	both = (struct both){.near = {.fd = fds[0]}, .far = {.fd = fds[1]}};
	*state = &both;
	return 0;
}

static int
tear_down(void **state)
{
	struct both *b = *state;

	close(b->near.fd);
	close(b->far.fd);
	buf_fini(&b->near.in);
	buf_fini(&b->near.out);
	buf_fini(&b->far.in);
	buf_fini(&b->far.out);
	buf_fini(&b->near.message);
	buf_fini(&b->far.message);
	return 0;
}

static int
say(struct wire *w, const char *method)
{
	size_t mark;
	struct mp_out o = wire_begin(w, &mark);

	rpc_notify(&o, method);
	mp_map(&o, 0);
	return wire_end(w, &o, mark);
}

/* The first letters of what has come; "x" is refused. */
static int
note(const struct rpc_msg *m, void *arg)
{
	char *heard = arg;

	heard[strlen(heard)] = m->method.s[0];
	return m->method.s[0] == 'x' ? OP_DENIED : OP_OK;
}

static void
wire_messages_come_in_their_order_however_they_are_cut(void **state)
{
	struct both *b = *state;
	char heard[10] = "";

	assert_int_equal(say(&b->near, "a"), OP_OK);
	assert_int_equal(say(&b->near, "b"), OP_OK);
	for (size_t i = 0; i < buf_len(&b->near.out); i++) {
		assert_int_equal(write(b->near.fd, buf_bytes(&b->near.out) + i, 1), 1);
		assert_int_equal(wire_take(&b->far), OP_OK);
		assert_int_equal(wire_each(&b->far, note, heard), OP_OK);
	}
	assert_string_equal(heard, "ab");
	assert_int_equal(buf_len(&b->far.in), 0);
}

static void
wire_each_ends_with_the_error_of_a_message_and_keeps_the_next(void **state)
{
	struct both *b = *state;
	char heard[10] = "";

	assert_int_equal(say(&b->near, "x"), OP_OK);
	assert_int_equal(say(&b->near, "b"), OP_OK);
	assert_int_equal(wire_flush(&b->near), OP_OK);
	assert_int_equal(buf_len(&b->near.out), 0);
	assert_int_equal(wire_take(&b->far), OP_OK);
	assert_int_equal(wire_each(&b->far, note, heard), OP_DENIED);
	assert_int_equal(wire_each(&b->far, note, heard), OP_OK);
	assert_string_equal(heard, "xb");
}

static void
wire_nonsense_and_the_end_are_told_apart(void **state)
{
	struct both *b = *state;
	char heard[10] = "";

	assert_int_equal(write(b->near.fd, "\0\0\0\0", 4), 4);
	assert_int_equal(wire_take(&b->far), OP_OK);
	assert_int_equal(wire_each(&b->far, note, heard), OP_PROTOCOL);
	assert_int_equal(shutdown(b->near.fd, SHUT_RDWR), 0);
	assert_int_equal(wire_take(&b->far), OP_CLOSED);
	assert_int_equal(say(&b->far, "a"), OP_OK);
	assert_int_equal(wire_flush(&b->far), OP_CLOSED);
}

static void
say_in_need(void *arg)
{
	struct wire w = {0};
	int err = say(&w, "a");

	(void)arg;
	assert_true(err == OP_OK || err == OP_NO_MEMORY);
	assert_int_equal(buf_len(&w.out) > 0, err == OP_OK);
	buf_fini(&w.out);
}

static void
wire_without_memory_says_the_whole_message_or_nothing(void **state)
{
	(void)state;
	failing_malloc_each(say_in_need, NULL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(
		wire_messages_come_in_their_order_however_they_are_cut, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(
		wire_each_ends_with_the_error_of_a_message_and_keeps_the_next, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(
		wire_nonsense_and_the_end_are_told_apart, set_up, tear_down),
	    cmocka_unit_test(wire_without_memory_says_the_whole_message_or_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
