/* SPDX-License-Identifier: ISC */
/* Where things live, and that a directory which others may write to is refused. */
#include "tests/unit/unit.h"

#include <errno.h>
#include <limits.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/err.h"
#include "lib/paths.h"

static int
setup(void **state)
{
	const char *tmp = getenv("TMPDIR");
	char *dir;

	if (asprintf(&dir, "%s/test_paths.XXXXXX", tmp ? tmp : "/tmp") < 0 || !mkdtemp(dir))
		return -1;
	*state = dir;
	unsetenv("OPDESK_RUNTIME");
	return 0;
}

static const char *
below(void **state, const char *name)
{
	static char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s/%s", (const char *)*state, name);
	return path;
}

static int
teardown(void **state)
{
	static const char *const made[] = {"a/b/c", "a/b", "a", "loose", "file"};

	for (size_t i = 0; i < UNIT_COUNT(made); i++)
		if (rmdir(below(state, made[i])) != 0)
			unlink(below(state, made[i]));
	rmdir(*state);
	free(*state);
	return 0;
}

static void
paths_runtime_is_by_environment_then_user(void **state)
{
	char path[PATH_MAX];
	const char *expected =
	    geteuid() == 0 ? "/run/opdesk/x.sock" : "/home/anna/.local/state/opdesk/run/x.sock";

	(void)state;
	setenv("HOME", "/home/anna", 1);
	assert_int_equal(paths_runtime(path, sizeof(path), "x.sock"), OP_OK);
	assert_string_equal(path, expected);
	setenv("OPDESK_RUNTIME", "/tmp/r", 1);
	assert_int_equal(paths_runtime(path, sizeof(path), "x.sock"), OP_OK);
	assert_string_equal(path, "/tmp/r/x.sock");
	setenv("OPDESK_RUNTIME", "", 1);
	assert_int_equal(paths_runtime(path, sizeof(path), "x.sock"), OP_OK);
	assert_string_equal(path, expected);
}

static void
paths_runtime_never_follows_the_login_session(void **state)
{
	char path[PATH_MAX];

	(void)state;
	setenv("XDG_RUNTIME_DIR", "/run/user/1000", 1);
	assert_int_equal(paths_runtime(path, sizeof(path), "x"), OP_OK);
	assert_null(strstr(path, "/run/user"));
}

static void
paths_state_is_by_user(void **state)
{
	char path[PATH_MAX];

	(void)state;
	setenv("HOME", "/home/anna", 1);
	assert_int_equal(paths_state(path, sizeof(path), "mediachanged"), OP_OK);
	assert_string_equal(path, geteuid() == 0 ? "/var/lib/opdesk/mediachanged"
						 : "/home/anna/.local/state/opdesk/mediachanged");
}

static void
paths_that_do_not_fit_are_too_large(void **state)
{
	char path[16] = "untouched";

	(void)state;
	setenv("OPDESK_RUNTIME", "/tmp/r", 1);
	assert_int_equal(paths_runtime(path, sizeof(path), "123456789"), OP_TOO_LARGE);
	assert_string_equal(path, "untouched");
	assert_int_equal(paths_runtime(path, sizeof(path), "12345678"), OP_OK);
	assert_string_equal(path, "/tmp/r/12345678");
}

static void
paths_make_parent_makes_all_of_it_private(void **state)
{
	struct stat st;

	assert_int_equal(paths_make_parent(below(state, "a/b/c/x.sock")), OP_OK);
	assert_int_equal(stat(below(state, "a/b/c"), &st), 0);
	assert_int_equal(st.st_mode & 07777, 0700);
	assert_int_equal(stat(below(state, "a"), &st), 0);
	assert_int_equal(st.st_mode & 07777, 0700);
	assert_int_equal(paths_make_parent(below(state, "a/b/c/x.sock")), OP_OK);
	assert_int_not_equal(stat(below(state, "a/b/c/x.sock"), &st), 0);
}

static void
paths_make_parent_refuses_what_others_may_write(void **state)
{
	mkdir(below(state, "loose"), 0700);
	chmod(below(state, "loose"), 01777);
	assert_int_equal(paths_make_parent(below(state, "loose/x")), OP_DENIED);
	chmod(below(state, "loose"), 0770);
	assert_int_equal(paths_make_parent(below(state, "loose/x")), OP_DENIED);
	chmod(below(state, "loose"), 0755);
	assert_int_equal(paths_make_parent(below(state, "loose/x")), OP_OK);
}

static void
paths_make_parent_refuses_what_belongs_to_others(void **state)
{
	if (geteuid() != 0) {
		assert_int_equal(paths_make_parent("/etc/x"), OP_DENIED);
		return;
	}
	mkdir(below(state, "loose"), 0700);
	assert_int_equal(chown(below(state, "loose"), 12345, (gid_t)-1), 0);
	assert_int_equal(paths_make_parent(below(state, "loose/x")), OP_DENIED);
}

static void
paths_make_parent_tells_the_system_error(void **state)
{
	FILE *f = fopen(below(state, "file"), "we");

	fclose(f);
	errno = 0;
	assert_int_equal(paths_make_parent(below(state, "file/x")), OP_SYSTEM);
	assert_int_equal(errno, ENOTDIR);
	assert_int_equal(paths_make_parent(below(state, "file/y/x")), OP_SYSTEM);
	assert_int_equal(errno, ENOTDIR);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(paths_runtime_is_by_environment_then_user),
	    TEST(paths_runtime_never_follows_the_login_session),
	    TEST(paths_state_is_by_user),
	    TEST(paths_that_do_not_fit_are_too_large),
	    TEST(paths_make_parent_makes_all_of_it_private),
	    TEST(paths_make_parent_refuses_what_others_may_write),
	    TEST(paths_make_parent_refuses_what_belongs_to_others),
	    TEST(paths_make_parent_tells_the_system_error),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
