/* SPDX-License-Identifier: ISC */
/* Children that end with their parent (lib/ev/child.h), also when it was quicker. */
#include "tests/unit/ev/evtest.h"

#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#include "lib/ev/child.h"

/* A pipe that nobody writes to: read() returns when its other end is closed. */
static void
wait_for_end(int fd)
{
	char c;

	while (read(fd, &c, 1) == -1)
		;
}

/* A child of `middle` (this process) that follows it, once `go` says so if it is there; what it was
 * told goes to out, and the end of out is its own. */
static void
grandchild(pid_t middle, int go, int out)
{
	alarm(10); /* whatever else happens */
	if (go != -1)
		wait_for_end(go);
	char told = child_follow(middle, SIGKILL) ? 'y' : 'n';

	if (write(out, &told, 1) != 1 || told == 'n')
		_exit(1);
	for (;;)
		pause();
}

/* In a process of its own; returns when that has ended and is reaped. */
static void
live(int go[2], int out, bool waits_for_child)
{
	pid_t middle = fork();

	assert_true(middle >= 0);
	if (middle > 0) {
		assert_int_equal(waitpid(middle, NULL, 0), middle);
		return;
	}
	middle = getpid();
	int told[2];

	if (pipe(told) == -1)
		_exit(1);
	if (fork() == 0) {
		close(go[1]);
		grandchild(middle, waits_for_child ? -1 : go[0], waits_for_child ? told[1] : out);
	}
	char c;

	if (waits_for_child && (read(told[0], &c, 1) != 1 || write(out, &c, 1) != 1))
		_exit(1);
	_exit(0);
}

static void
child_follow_with_a_parent_dies_with_it(void **state)
{
	int go[2], out[2];
	char told = 0;

	(void)state;
	assert_int_equal(prctl(PR_SET_CHILD_SUBREAPER, 1), 0);
	assert_int_equal(pipe(go) | pipe(out), 0);
	live(go, out[1], true);
	assert_int_equal(read(out[0], &told, 1), 1);
	assert_int_equal(told, 'y');
	int status;

	/* it is ours now, and ends by the signal */
	assert_true(waitpid(-1, &status, 0) > 0);
	assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
	close(go[0]), close(go[1]), close(out[0]), close(out[1]);
}

static void
child_follow_of_a_parent_that_has_gone_says_so(void **state)
{
	int go[2], out[2], status;
	char told = 0;

	(void)state;
	assert_int_equal(prctl(PR_SET_CHILD_SUBREAPER, 1), 0);
	assert_int_equal(pipe(go) | pipe(out), 0);
	live(go, out[1], false);
	close(go[1]); /* only now */
	assert_int_equal(read(out[0], &told, 1), 1);
	assert_int_equal(told, 'n');
	assert_true(waitpid(-1, &status, 0) > 0);
	assert_true(WIFEXITED(status));
	close(go[0]), close(out[0]), close(out[1]);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(child_follow_with_a_parent_dies_with_it),
	    cmocka_unit_test(child_follow_of_a_parent_that_has_gone_says_so),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
