/* SPDX-License-Identifier: ISC */
/* The log's lines to a system's logger, played by a datagram socket. */
#include "tests/unit/unit.h"

#include <errno.h>
#include <regex.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/clock.h"
#include "lib/devlog.h"
#include "lib/log.h"

static struct logger {
	char dir[64], path[100];
	int fd;
	char text[8192];
} logger;

static void
logger_starts(void)
{
	struct sockaddr_un at = {.sun_family = AF_UNIX};

	snprintf(at.sun_path, sizeof(at.sun_path), "%s", logger.path);
	logger.fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	assert_int_equal(bind(logger.fd, (struct sockaddr *)&at, sizeof(at)), 0);
}

static void
logger_stops(void)
{
	close(logger.fd);
	unlink(logger.path);
}

static int
setup(void **state)
{
	const char *tmp = getenv("TMPDIR");

	(void)state;
	snprintf(logger.dir, sizeof(logger.dir), "%.30s/devlog.XXXXXX", tmp ? tmp : "/tmp");
	if (!mkdtemp(logger.dir))
		return -1;
	snprintf(logger.path, sizeof(logger.path), "%s/log", logger.dir);
	logger_starts();
	devlog_set_path(logger.path);
	log_ident("prog", "engine");
	log_set_level(LOG_LEVEL_DEBUG);
	log_to_syslog();
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	log_to_stderr(false);
	logger_stops();
	rmdir(logger.dir);
	return 0;
}

/* The next datagram, or NULL. */
static const char *
line(void)
{
	ssize_t n = recv(logger.fd, logger.text, sizeof(logger.text) - 1, 0);

	if (n < 0)
		return NULL;
	logger.text[n] = '\0';
	return logger.text;
}

static size_t
drain(void)
{
	size_t count = 0;

	while (line())
		count++;
	return count;
}

static void
expect(const char *end)
{
	const char *got = line();

	assert_non_null(got);
	assert_true(strlen(got) > strlen(end));
	assert_string_equal(got + strlen(got) - strlen(end), end);
}

static void
devlog_lines_have_the_form_of_syslog(void **state)
{
	static const char *const texts[] = {"x: 1", "x", "x", "r\xc3\xa9sum\xc3\xa9: \\\\x1b", "x"};
	char form[200];
	regex_t re;

	(void)state;
	log_error("x: %d", 1);
	log_warn("x");
	log_notice("x");
	log_info("r\xc3\xa9sum\xc3\xa9: \\x1b");
	log_debug("x");
	for (int i = 0; i < 5; i++) {
		snprintf(form, sizeof(form),
		    "^<%d>[A-Z][a-z][a-z] [ 1-3][0-9] [0-9]{2}:[0-9]{2}:[0-9]{2} prog\\[%d\\]: "
		    "engine: %s$",
		    27 + i, (int)getpid(), texts[i]);
		assert_int_equal(regcomp(&re, form, REG_EXTENDED | REG_NOSUB), 0);
		assert_non_null(line());
		assert_int_equal(regexec(&re, logger.text, 0, NULL, 0), 0);
		regfree(&re);
	}
	log_ident("prog", NULL);
	log_info("y");
	expect("]: y");
}

static void
devlog_logger_that_is_started_again_gets_the_next_line(void **state)
{
	(void)state;
	log_info("one");
	expect(": one");
	logger_stops();
	log_info("two");
	log_info("three");
	logger_starts();
	log_info("four");
	expect("engine: log: 2 lines were lost: No such file or directory");
	expect(": four");
	close(logger.fd); /* as after a crash: the name is there */
	log_info("five");
	unlink(logger.path);
	logger_starts();
	log_info("six");
	expect("engine: log: 1 line was lost: Connection refused");
	expect(": six");
	assert_null(line());
}

static void
devlog_logger_that_does_not_read_is_not_waited_for(void **state)
{
	int64_t began = clock_boot_ms();
	size_t taken;
	char told[100];
	int status;
	pid_t pid;

	(void)state;
	for (int i = 0; i < 2000; i++)
		log_info("%d", i);
	pid = fork();
	if (pid == 0) {
		log_ident("prog", "child");
		log_info("of a child that does not live to tell");
		_exit(0);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(clock_boot_ms() - began < 2000);
	taken = drain();
	assert_in_range(taken, 1, 1999);
	log_info("next");
	snprintf(told, sizeof(told), "log: %zu lines were lost: the system's logger does not read",
	    2001 - taken);
	expect(told);
	expect(": next");
	assert_null(line());
}

static void
read_one(int sig)
{
	(void)sig;
	(void)line();
}

/* It reads when the alarm rings: while we wait in the call. */
static void
devlog_full_queue_of_a_logger_that_reads_loses_nothing(void **state)
{
	const struct itimerval soon = {.it_value.tv_usec = 5000};
	struct sigaction act = {.sa_handler = read_one};

	(void)state;
	assert_int_equal(sigaction(SIGALRM, &act, NULL), 0);
	while (devlog_send("x", 1, false))
		;
	assert_int_equal(errno, EAGAIN);
	assert_int_equal(setitimer(ITIMER_REAL, &soon, NULL), 0);
	log_info("last");
	signal(SIGALRM, SIG_DFL);
	while (line() && strcmp(logger.text, "x") == 0)
		;
	assert_non_null(strstr(logger.text, "engine: last"));
	log_info("nothing was lost");
	expect(": nothing was lost");
}

static void
devlog_long_line_is_cut_between_characters(void **state)
{
	char big[6000];

	(void)state;
	for (size_t shift = 0; shift < 2; shift++) {
		memset(big, 0, sizeof(big));
		memset(big, 'x', shift);
		for (size_t i = shift; i + 2 < sizeof(big); i += 2)
			memcpy(big + i, "\xc3\xa9", 2);
		log_info("%s", big);
		assert_non_null(line());
		assert_in_range(strlen(logger.text), 2046, 2047);
		assert_int_equal(logger.text[strlen(logger.text) - 1], '\xa9');
	}
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(devlog_lines_have_the_form_of_syslog),
	    TEST(devlog_logger_that_is_started_again_gets_the_next_line),
	    TEST(devlog_full_queue_of_a_logger_that_reads_loses_nothing),
	    /* Spends the patience of this second, so it comes after. */
	    TEST(devlog_logger_that_does_not_read_is_not_waited_for),
	    TEST(devlog_long_line_is_cut_between_characters),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
