/* SPDX-License-Identifier: ISC */
/* Finding the program that called, by playing it: this process takes its name, a child looks up. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

#include "client/mediachangec/caller.h"
#include "lib/err.h"

/* Run `body` in a grandchild of a process named `name`; its result. */
static int
run_below(const char *name, int (*body)(const struct caller *c), const struct caller *c)
{
	int status = 0;
	pid_t pid;

	prctl(PR_SET_NAME, name);
	pid = fork();
	if (pid == 0) {
		prctl(PR_SET_NAME, "sh");
		pid = fork();
		if (pid == 0)
			_exit(body(c));
		waitpid(pid, &status, 0);
		_exit(WEXITSTATUS(status));
	}
	waitpid(pid, &status, 0);
	prctl(PR_SET_NAME, "test_caller");
	return WEXITSTATUS(status);
}

static int
has_key(const struct caller *c)
{
	struct buf key;

	buf_init(&key);
	int err = caller_key(c, "3", &key);
	size_t len = buf_len(&key);
	const char *text = (const char *)buf_bytes(&key);

	return err == OP_OK && len > 6 && memcmp(text, "tar:", 4) == 0 &&
		       memcmp(text + len - 2, ":3", 2) == 0
		   ? 1
		   : 0;
}

static int
stops(const struct caller *c)
{
	return caller_stop(c) == OP_OK ? 1 : 0;
}

static void
key_below_tar_names_the_volume(void **state)
{
	(void)state;
	assert_int_equal(run_below("tar", has_key, caller_find("tar")), 1);
}

static void
key_without_tar_is_empty(void **state)
{
	(void)state;
	assert_int_equal(run_below("cpio", has_key, caller_find("tar")), 0);
	assert_int_equal(run_below("tar-volume", has_key, caller_find("tar")), 0);
}

static void
key_with_a_strange_process_name_is_found(void **state)
{
	(void)state;
	/* the shell between has a name that looks like fields of proc(5) */
	assert_int_equal(run_below("a) S 1 (", has_key, caller_find("tar")), 0);
}

static void
stop_sends_term_to_the_caller(void **state)
{
	sigset_t term;
	int signo = 0;

	(void)state;
	sigemptyset(&term);
	sigaddset(&term, SIGTERM);
	sigprocmask(SIG_BLOCK, &term, NULL);
	assert_int_equal(run_below("dar", stops, caller_find("dar")), 1);
	assert_int_equal(sigwait(&term, &signo), 0);
	assert_int_equal(signo, SIGTERM);
	sigprocmask(SIG_UNBLOCK, &term, NULL);
}

static void
stop_without_the_caller_touches_nobody(void **state)
{
	(void)state;
	assert_int_equal(run_below("bash", stops, caller_find("dar")), 0);
}

static void
find_knows_every_name_of_the_list(void **state)
{
	(void)state;
	for (size_t i = 0; caller_names[i]; i++) {
		assert_non_null(caller_find(caller_names[i]));
		assert_string_equal(caller_find(caller_names[i])->name, caller_names[i]);
	}
	assert_null(caller_find("cpio"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(key_below_tar_names_the_volume),
	    cmocka_unit_test(key_without_tar_is_empty),
	    cmocka_unit_test(key_with_a_strange_process_name_is_found),
	    cmocka_unit_test(stop_sends_term_to_the_caller),
	    cmocka_unit_test(stop_without_the_caller_touches_nobody),
	    cmocka_unit_test(find_knows_every_name_of_the_list),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
