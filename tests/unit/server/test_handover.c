/* SPDX-License-Identifier: ISC */
/* Bell and channel: what is sent arrives whole with the sender's pid; rubbish opens nothing. */
#include "tests/unit/unit.h"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>
#include "daemon/server/handover.h"
#include "daemon/server/parcel.h"
#include "lib/err.h"

static int
count_open(void)
{
	int n = 0;

	for (int fd = 0; fd < 64; fd++)
		n += fcntl(fd, F_GETFD) != -1;
	return n;
}

static void
close_pair(int in, int out)
{
	close(in);
	close(out);
}

static void
bell_tells_who_rings(void **state)
{
	struct bell bell;
	struct ring ring;
	int channel[2], status;
	pid_t pid;

	(void)state;
	assert_int_equal(bell_open(&bell), OP_OK);
	assert_int_equal(bell_hear(bell.in, &ring), OP_AGAIN);
	assert_int_equal(parcel_pair(channel, false), OP_OK);
	pid = fork();
	if (pid == 0)
		_exit(bell_ring(bell.out, 7, channel[1]) == OP_OK ? 0 : 1);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
	assert_int_equal(bell_hear(bell.in, &ring), OP_OK);
	assert_int_equal(ring.pid, pid);
	assert_int_equal(ring.generation, 7);
	close(ring.channel);
	/* The next time it waits on the channel that it has. */
	assert_int_equal(bell_ring(bell.out, 8, -1), OP_OK);
	assert_int_equal(bell_hear(bell.in, &ring), OP_OK);
	assert_int_equal(ring.pid, getpid());
	assert_int_equal(ring.channel, -1);
	close_pair(channel[0], channel[1]);
	close_pair(bell.in, bell.out);
}

/* More bells than a datagram socket would queue. */
static void
bell_takes_many_and_then_says_so(void **state)
{
	struct bell bell;
	struct ring ring;
	int sent = 0, heard = 0;

	(void)state;
	assert_int_equal(bell_open(&bell), OP_OK);
	while (sent < 10000 && bell_ring(bell.out, 1, STDIN_FILENO) == OP_OK)
		sent++;
	assert_true(sent >= 64 && sent < 10000);
	assert_int_equal(bell_ring(bell.out, 1, STDIN_FILENO), OP_AGAIN);
	while (bell_hear(bell.in, &ring) == OP_OK) {
		close(ring.channel);
		heard++;
	}
	assert_int_equal(heard, sent);
	close_pair(bell.in, bell.out);
}

static void
bell_rubbish_is_told_and_leaves_nothing_open(void **state)
{
	static const struct {
		size_t len;
		int fds;
	} rows[] = {{4, 2}, {3, 1}, {8, 1}, {400, 1}, {0, 1}, {0, 0}, {1, 0}};
	const int fds[] = {0, 1};
	char bytes[400] = {0};
	struct bell bell;
	struct ring ring;
	int open;

	(void)state;
	assert_int_equal(bell_open(&bell), OP_OK);
	open = count_open();
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct iovec part = {bytes, rows[i].len};

		assert_int_equal(parcel_send(bell.out, &part, 1, fds, rows[i].fds), OP_OK);
		ring.pid = 0;
		assert_int_equal(bell_hear(bell.in, &ring), OP_PROTOCOL);
		assert_int_equal(ring.pid, getpid());
		assert_int_equal(count_open(), open);
	}
	close_pair(bell.in, bell.out);
}

static void
handover_brings_the_client_as_it_came(void **state)
{
	struct arrival sent = {.number = 77, .listener = 3, .sa_len = 16}, got;
	int channel[2], client[2], fd;
	char byte = 0;

	(void)state;
	sent.sa.ss_family = AF_INET;
	assert_int_equal(parcel_pair(channel, false), OP_OK);
	assert_int_equal(pipe(client), 0);
	assert_int_equal(handover_receive(channel[0], &got, &fd), OP_AGAIN);
	assert_int_equal(handover_send(channel[1], &sent, client[0]), OP_OK);
	/* The acceptor closes its end at once; what it has sent is still there. */
	close(channel[1]);
	assert_int_equal(handover_receive(channel[0], &got, &fd), OP_OK);
	assert_memory_equal(&got, &sent, sizeof(got));
	assert_true(fcntl(fd, F_GETFD) & FD_CLOEXEC);
	assert_int_equal(write(client[1], "c", 1), 1);
	assert_int_equal(read(fd, &byte, 1), 1);
	assert_int_equal(byte, 'c');
	assert_int_equal(handover_receive(channel[0], &got, &fd), OP_CLOSED);
	close(channel[0]);
	close(fd);
	close_pair(client[0], client[1]);
}

static void
handover_to_the_dead_is_told(void **state)
{
	struct arrival client = {.number = 1};
	int channel[2];

	(void)state;
	assert_int_equal(parcel_pair(channel, false), OP_OK);
	close(channel[0]);
	assert_int_equal(handover_send(channel[1], &client, STDIN_FILENO), OP_CLOSED);
	close(channel[1]);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(bell_tells_who_rings),
	    cmocka_unit_test(bell_takes_many_and_then_says_so),
	    cmocka_unit_test(bell_rubbish_is_told_and_leaves_nothing_open),
	    cmocka_unit_test(handover_brings_the_client_as_it_came),
	    cmocka_unit_test(handover_to_the_dead_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
