/* SPDX-License-Identifier: ISC */
/* The log's lines, levels and sinks. */
#include "tests/unit/unit.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/devlog.h"
#include "lib/err.h"
#include "lib/log.h"

struct place {
	char dir[64], path[128], moved[128];
	char text[8192];
};

static int
setup(void **state)
{
	struct place *p = calloc(1, sizeof(*p));
	const char *tmp = getenv("TMPDIR");

	snprintf(p->dir, sizeof(p->dir), "%.40s/test_log.XXXXXX", tmp ? tmp : "/tmp");
	if (!mkdtemp(p->dir))
		return -1;
	snprintf(p->path, sizeof(p->path), "%s/log", p->dir);
	snprintf(p->moved, sizeof(p->moved), "%s/log.1", p->dir);
	log_ident("prog", NULL);
	log_set_level(LOG_LEVEL_INFO);
	*state = p;
	return 0;
}

static int
teardown(void **state)
{
	struct place *p = *state;

	log_to_stderr(false);
	unlink(p->path);
	unlink(p->moved);
	rmdir(p->dir);
	free(p);
	return 0;
}

static const char *
content(struct place *p, const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : read(fd, p->text, sizeof(p->text) - 1);

	assert_true(n >= 0);
	close(fd);
	p->text[n] = '\0';
	return p->text;
}

/* The text from after the time of day on. */
static const char *
after_stamp(const char *line)
{
	assert_true(strlen(line) > 20);
	assert_int_equal(line[4], '-');
	assert_int_equal(line[13], ':');
	return line + 20;
}

static void
log_file_lines_have_the_documented_form(void **state)
{
	struct place *p = *state;
	char expected[200];

	assert_int_equal(log_to_file(p->path), OP_OK);
	assert_true(log_fd() > 2);
	log_warn("client: too many: %d", 7);
	snprintf(
	    expected, sizeof(expected), "prog[%d]: warn: client: too many: 7\n", (int)getpid());
	assert_string_equal(after_stamp(content(p, p->path)), expected);
	assert_int_equal(truncate(p->path, 0), 0);
	log_ident("prog", "engine");
	log_error("x");
	snprintf(expected, sizeof(expected), "prog[%d] engine: error: x\n", (int)getpid());
	assert_string_equal(after_stamp(content(p, p->path)), expected);
}

static void
log_levels_below_the_set_one_are_not_written(void **state)
{
	struct place *p = *state;

	log_to_file(p->path);
	log_debug("no");
	assert_string_equal(content(p, p->path), "");
	assert_false(log_wants(LOG_LEVEL_DEBUG));
	assert_true(log_wants(LOG_LEVEL_INFO));
	log_set_level(LOG_LEVEL_ERROR);
	log_warn("no");
	log_notice("no");
	log_info("no");
	assert_string_equal(content(p, p->path), "");
	log_set_level(LOG_LEVEL_DEBUG);
	log_debug("yes");
	assert_non_null(strstr(content(p, p->path), "debug: yes\n"));
}

static void
log_message_begins_no_line_of_its_own(void **state)
{
	struct place *p = *state;

	assert_int_equal(log_to_file(p->path), OP_OK);
	log_warn("name: a\nb\x1b[2J");
	assert_non_null(strstr(content(p, p->path), "name: a?b?[2J\n"));
}

static void
log_long_message_is_cut_to_one_line(void **state)
{
	struct place *p = *state;
	char big[6000];

	memset(big, 'x', sizeof(big) - 1);
	big[sizeof(big) - 1] = '\0';
	log_to_file(p->path);
	log_info("%s", big);
	assert_int_equal(strlen(content(p, p->path)), 2048);
	assert_int_equal(p->text[2047], '\n');
}

static void
log_call_keeps_errno_even_when_it_cannot_write(void **state)
{
	int saved = dup(STDERR_FILENO);

	(void)state;
	log_to_stderr(false);
	close(STDERR_FILENO);
	errno = ENOSPC;
	log_info("x");
	assert_int_equal(errno, ENOSPC);
	dup2(saved, STDERR_FILENO);
	close(saved);
}

static void
log_reopen_follows_the_name(void **state)
{
	struct place *p = *state;

	log_to_file(p->path);
	log_info("first");
	rename(p->path, p->moved);
	log_info("second");
	assert_int_equal(log_reopen(), OP_OK);
	log_info("third");
	assert_non_null(strstr(content(p, p->moved), "second\n"));
	assert_null(strstr(p->text, "third"));
	assert_non_null(strstr(content(p, p->path), "third\n"));
}

/* A child that says a line for each byte it gets, and sends the byte back. */
static pid_t
talkative_child(int fds[2])
{
	pid_t pid;
	char byte;

	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds), 0);
	pid = fork();
	assert_true(pid >= 0);
	if (pid > 0) {
		close(fds[1]);
		return pid;
	}
	close(fds[0]);
	while (read(fds[1], &byte, 1) == 1) {
		log_info("child %c", byte);
		if (write(fds[1], &byte, 1) != 1)
			break;
	}
	_exit(0);
}

static void
log_reopen_is_followed_by_children(void **state)
{
	struct place *p = *state;
	int fds[2], status;
	pid_t pid;
	char byte;

	log_to_file(p->path);
	pid = talkative_child(fds);
	for (const char *say = "ab"; *say; say++) {
		if (*say == 'b') {
			rename(p->path, p->moved);
			assert_int_equal(log_reopen(), OP_OK);
		}
		assert_int_equal(write(fds[0], say, 1), 1);
		assert_int_equal(read(fds[0], &byte, 1), 1);
	}
	close(fds[0]);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_non_null(strstr(content(p, p->moved), "child a\n"));
	assert_null(strstr(p->text, "child b"));
	assert_non_null(strstr(content(p, p->path), "child b\n"));
}

static void
log_file_that_cannot_be_opened_leaves_the_sink(void **state)
{
	struct place *p = *state;
	char bad[160], long_path[5000];

	log_to_file(p->path);
	snprintf(bad, sizeof(bad), "%s/none/log", p->dir);
	errno = 0;
	assert_int_equal(log_to_file(bad), OP_SYSTEM);
	assert_int_equal(errno, ENOENT);
	memset(long_path, 'x', sizeof(long_path) - 1);
	long_path[sizeof(long_path) - 1] = '\0';
	assert_int_equal(log_to_file(long_path), OP_SYSTEM);
	assert_int_equal(errno, ENAMETOOLONG);
	log_info("still here");
	assert_non_null(strstr(content(p, p->path), "still here"));
	assert_int_equal(log_reopen(), OP_OK);
}

static void
log_stderr_has_no_stamp_unless_asked_for(void **state)
{
	struct place *p = *state;
	int fd = open(p->path, O_CREAT | O_WRONLY | O_APPEND | O_CLOEXEC, 0600);
	int saved = dup(STDERR_FILENO);

	log_to_stderr(false);
	assert_int_equal(log_fd(), -1);
	assert_int_equal(log_reopen(), OP_OK);
	dup2(fd, STDERR_FILENO);
	log_info("plain");
	log_to_stderr(true);
	log_info("stamped");
	dup2(saved, STDERR_FILENO);
	close(fd);
	close(saved);
	assert_int_equal(strncmp(content(p, p->path), "prog[", 5), 0);
	assert_non_null(strstr(after_stamp(strchr(p->text, '\n') + 1), "stamped"));
}

static void
log_syslog_needs_no_daemon_to_go_on(void **state)
{
	struct place *p = *state;

	assert_int_equal(log_to_file(p->path), OP_OK);
	devlog_set_path(p->moved); /* nobody is there */
	log_to_syslog();
	assert_true(log_fd() > 2);
	errno = ENOSPC;
	log_debug("no");
	log_info("unit test of the log");
	log_ident("prog", "engine");
	log_info("unit test of the log");
	assert_int_equal(errno, ENOSPC);
	assert_string_equal(content(p, p->path), "");
}

static void
log_level_names_are_parsed(void **state)
{
	enum log_level level = LOG_LEVEL_WARN;

	(void)state;
	assert_int_equal(log_parse_level("loud", &level), OP_BAD_REQUEST);
	assert_int_equal(log_parse_level("", &level), OP_BAD_REQUEST);
	assert_int_equal(level, LOG_LEVEL_WARN);
	assert_int_equal(log_parse_level("error", &level), OP_OK);
	assert_int_equal(level, LOG_LEVEL_ERROR);
	assert_int_equal(log_parse_level("debug", &level), OP_OK);
	assert_int_equal(level, LOG_LEVEL_DEBUG);
}

/* RLIMIT_FSIZE in the place of a full disk: the first line is taken in part, the second not at all.
 */
static void
log_lines_that_a_full_disk_does_not_take_are_counted(void **state)
{
	struct place *p = *state;
	struct rlimit before, small;
	int status;
	pid_t pid;

	assert_int_equal(log_to_file(p->path), OP_OK);
	signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
	small = before;
	small.rlim_cur = 10;
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
	log_info("one");
	pid = fork();
	if (pid == 0) {
		log_info("two, of a child that does not live to tell");
		_exit(0);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
	log_info("three");
	content(p, p->path);
	assert_non_null(strstr(p->text, "\n"));
	assert_non_null(
	    strstr(strchr(p->text, '\n'), "warn: log: 2 lines were lost: File too large\n"));
	assert_non_null(strstr(p->text, "info: three\n"));
	log_info("four");
	assert_non_null(strstr(content(p, p->path), "info: three\n20"));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(log_file_lines_have_the_documented_form),
	    TEST(log_levels_below_the_set_one_are_not_written),
	    TEST(log_message_begins_no_line_of_its_own),
	    TEST(log_long_message_is_cut_to_one_line),
	    TEST(log_call_keeps_errno_even_when_it_cannot_write),
	    TEST(log_reopen_follows_the_name),
	    TEST(log_reopen_is_followed_by_children),
	    TEST(log_file_that_cannot_be_opened_leaves_the_sink),
	    TEST(log_lines_that_a_full_disk_does_not_take_are_counted),
	    TEST(log_stderr_has_no_stamp_unless_asked_for),
	    TEST(log_syslog_needs_no_daemon_to_go_on),
	    TEST(log_level_names_are_parsed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
