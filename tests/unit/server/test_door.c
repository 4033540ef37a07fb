/* SPDX-License-Identifier: ISC */
/* The door: what a worker sends arrives whole, with who sent it; anything else is turned away. */
#include "tests/unit/unit.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>
#include "daemon/server/door.h"
#include "lib/err.h"

static struct door door;

static int
set_up(void **state)
{
	(void)state;
	return door_open(&door);
}

static int
tear_down(void **state)
{
	(void)state;
	close(door.in);
	close(door.out);
	return 0;
}

static int
count_open(void)
{
	int n = 0;

	for (int fd = 0; fd < 64; fd++)
		n += fcntl(fd, F_GETFD) != -1;
	return n;
}

static void
door_visit_arrives_with_both_descriptors_and_pid(void **state)
{
	struct door_visit v;
	int link[2], client[2];
	char byte = 0;

	(void)state;
	assert_int_equal(pipe(link), 0);
	assert_int_equal(pipe(client), 0);
	assert_int_equal(door_receive(door.in, &v), OP_AGAIN);
	assert_int_equal(door_send(door.out, "tcp:127.0.0.1:1", "desk", link[0], client[0]), OP_OK);
	assert_int_equal(door_receive(door.in, &v), OP_OK);
	assert_string_equal(v.listener, "tcp:127.0.0.1:1");
	assert_string_equal(v.name, "desk");
	assert_int_equal(v.pid, getpid());
	assert_int_equal(write(link[1], "l", 1), 1);
	assert_int_equal(write(client[1], "c", 1), 1);
	assert_int_equal(read(v.link_fd, &byte, 1), 1);
	assert_int_equal(byte, 'l');
	assert_int_equal(read(v.client_fd, &byte, 1), 1);
	assert_int_equal(byte, 'c');
	assert_true(fcntl(v.link_fd, F_GETFD) & FD_CLOEXEC);
	close(v.link_fd);
	close(v.client_fd);
	for (int i = 0; i < 2; i++) {
		close(link[i]);
		close(client[i]);
	}
}

static void
send_with_fds(const char *bytes, size_t len, int count)
{
	union {
		struct cmsghdr align;
		char bytes[CMSG_SPACE(3 * sizeof(int))];
	} control = {.bytes = {0}};
	struct iovec part = {(char *)bytes, len};
	struct msghdr msg = {.msg_iov = &part, .msg_iovlen = 1};
	int fds[3] = {0, 1, 2};

	if (count > 0) {
		msg.msg_control = control.bytes;
		msg.msg_controllen = CMSG_SPACE((size_t)count * sizeof(int));
		control.align.cmsg_level = SOL_SOCKET;
		control.align.cmsg_type = SCM_RIGHTS;
		control.align.cmsg_len = CMSG_LEN((size_t)count * sizeof(int));
		memcpy(CMSG_DATA(&control.align), fds, (size_t)count * sizeof(int));
	}
	assert_int_equal(sendmsg(door.out, &msg, 0), (int)len);
}

static void
door_bad_messages_are_refused_without_leaks(void **state)
{
	static const struct {
		const char *bytes;
		size_t len;
		int fds;
	} rows[] = {
	    {"a\0b", 4, 0},
	    {"a\0b", 4, 1},
	    {"a\0b", 4, 3},
	    {"a\0b", 3, 2},
	    {"a", 2, 2},
	    {"a", 1, 2},
	    {"\0", 1, 2},
	    {"a\0b\0c", 6, 2},
	    {"a\0\xff\xfe", 5, 2},
	};
	struct door_visit v;
	int before = count_open();

	(void)state;
	for (size_t i = 0; i < UNIT_COUNT(rows); i++) {
		send_with_fds(rows[i].bytes, rows[i].len, rows[i].fds);
		v.pid = 0;
		assert_int_equal(door_receive(door.in, &v), OP_PROTOCOL);
		assert_int_equal(v.pid, getpid());
		assert_int_equal(count_open(), before);
	}
}

static void
door_long_message_is_refused(void **state)
{
	char bytes[2000];
	struct door_visit v;
	int before = count_open();

	(void)state;
	memset(bytes, 'x', sizeof(bytes));
	bytes[5] = bytes[sizeof(bytes) - 1] = '\0';
	send_with_fds(bytes, sizeof(bytes), 2);
	assert_int_equal(door_receive(door.in, &v), OP_PROTOCOL);
	assert_int_equal(count_open(), before);
}

static void
door_full_says_again(void **state)
{
	int err = OP_OK;

	(void)state;
	for (int i = 0; i < 100000 && err == OP_OK; i++)
		err = door_send(door.out, "x", "", 0, 1);
	assert_int_equal(err, OP_AGAIN);
}

int
main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
	    T(door_visit_arrives_with_both_descriptors_and_pid),
	    T(door_bad_messages_are_refused_without_leaks),
	    T(door_long_message_is_refused),
	    T(door_full_says_again),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
