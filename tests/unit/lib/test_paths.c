/* SPDX-License-Identifier: ISC */
/* Where things live, and that a directory which others may write to is refused. */
#include "tests/unit/unit.h"

#include <errno.h>
#include <limits.h>
#include <pwd.h>
#include <stdbool.h>
#include <sys/stat.h>
#include <sys/wait.h>
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

/* Run the body as an ordinary user: in a child when the test runs as root.  `body` returns whether
 * all is as it should be. */
static void
as_user(bool (*body)(void))
{
	int status;
	pid_t pid = fork();

	assert_true(pid >= 0);
	if (pid == 0) {
		if (geteuid() == 0 && setresuid(65534, 65534, 65534) != 0)
			_exit(2);
		_exit(body() ? 0 : 1);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
}

static bool
is_runtime(const char *expected)
{
	char path[PATH_MAX] = "";

	return paths_runtime(path, sizeof(path), "x.sock") == OP_OK && strcmp(path, expected) == 0;
}

static bool
is_state(const char *expected)
{
	char path[PATH_MAX] = "";

	return paths_state(path, sizeof(path), "prog") == OP_OK && strcmp(path, expected) == 0;
}

static bool
user_has_places_below_home(void)
{
	setenv("HOME", "/home/anna", 1);
	return is_runtime("/home/anna/.local/state/opdesk/run/x.sock") &&
	       is_state("/home/anna/.local/state/opdesk/prog");
}

static bool
user_without_home_has_that_of_the_password_file(void)
{
	struct passwd *pw = getpwuid(geteuid());
	char state[PATH_MAX];

	if (!pw)
		return true;
	snprintf(state, sizeof(state), "%s/.local/state/opdesk/prog", pw->pw_dir);
	unsetenv("HOME");
	if (!is_state(state))
		return false;
	setenv("HOME", "relative", 1);
	return is_state(state);
}

static void
paths_of_a_user_are_below_home(void **state)
{
	(void)state;
	as_user(user_has_places_below_home);
	as_user(user_without_home_has_that_of_the_password_file);
}

static void
paths_of_root_are_those_of_the_system(void **state)
{
	(void)state;
	if (geteuid() != 0) {
		print_message("not run as root: root's paths not looked at\n");
		skip();
	}
	assert_true(is_runtime("/run/opdesk/x.sock"));
	assert_true(is_state("/var/lib/opdesk/prog"));
}

static void
paths_runtime_is_where_the_environment_says(void **state)
{
	(void)state;
	setenv("OPDESK_RUNTIME", "/tmp/r", 1);
	assert_true(is_runtime("/tmp/r/x.sock"));
	setenv("OPDESK_RUNTIME", "", 1);
	assert_false(is_runtime("/x.sock"));
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
paths_socket_is_our_own_when_nothing_else_is_there(void **state)
{
	char path[PATH_MAX];

	(void)state;
	setenv("OPDESK_RUNTIME", "/tmp/r", 1);
	assert_int_equal(paths_socket(path, sizeof(path), "no-such.sock"), OP_OK);
	assert_string_equal(path, "/tmp/r/no-such.sock");
	unsetenv("OPDESK_RUNTIME");
	assert_int_equal(paths_socket(path, sizeof(path), "no-such.sock"), OP_OK);
	assert_true(is_runtime("/run/opdesk/x.sock") == (strstr(path, "/run/opdesk/") == path));
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
paths_make_parent_knows_the_shortest_paths(void **state)
{
	char long_path[PATH_MAX + 10];

	assert_int_equal(paths_make_parent("/x"), geteuid() == 0 ? OP_OK : OP_DENIED);
	assert_int_equal(chdir(*state), 0);
	assert_int_equal(paths_make_parent("x"), OP_OK);
	assert_int_equal(chdir("/"), 0);
	memset(long_path, '/', sizeof(long_path));
	long_path[sizeof(long_path) - 1] = '\0';
	errno = 0;
	assert_int_equal(paths_make_parent(long_path), OP_SYSTEM);
	assert_int_equal(errno, ENAMETOOLONG);
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

static void
paths_check_parent_makes_nothing_and_is_explained(void **state)
{
	char text[PATH_MAX + 100], want[PATH_MAX + 100];
	struct stat st;

	assert_int_equal(paths_check_parent(below(state, "a/x")), OP_SYSTEM);
	paths_explain(text, sizeof(text), below(state, "a/x"), OP_SYSTEM);
	snprintf(want, sizeof(want), "the directory %s is not there", below(state, "a"));
	assert_string_equal(text, want);
	assert_int_not_equal(stat(below(state, "a"), &st), 0);
	assert_int_equal(paths_check_parent(below(state, "x")), OP_OK);
	paths_explain(text, sizeof(text), "/x/y", OP_DENIED);
	assert_string_equal(
	    text, "the directory /x must belong to this user and be closed to others");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(paths_of_a_user_are_below_home),
	    TEST(paths_of_root_are_those_of_the_system),
	    TEST(paths_runtime_is_where_the_environment_says),
	    TEST(paths_runtime_never_follows_the_login_session),
	    TEST(paths_socket_is_our_own_when_nothing_else_is_there),
	    TEST(paths_that_do_not_fit_are_too_large),
	    TEST(paths_make_parent_makes_all_of_it_private),
	    TEST(paths_make_parent_refuses_what_others_may_write),
	    TEST(paths_make_parent_refuses_what_belongs_to_others),
	    TEST(paths_make_parent_knows_the_shortest_paths),
	    TEST(paths_make_parent_tells_the_system_error),
	    TEST(paths_check_parent_makes_nothing_and_is_explained),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
