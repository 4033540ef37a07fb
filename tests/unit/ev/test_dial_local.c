/* SPDX-License-Identifier: ISC */
/* Connecting (lib/ev/dial.h) by UNIX sockets and by ssh. */
#include "tests/unit/ev/dialtest.h"

static void
dial_unix_full_backlog_waits_for_room(void **state)
{
	struct fixture *f = *state;
	struct listen_options o = {.backlog = 1, .owner = (uid_t)-1, .group = (gid_t)-1};
	struct transport t[8];
	char folder[80];
	int count;

	make_folder(folder, sizeof(folder));
	f->e.kind = ENDPOINT_UNIX;
	snprintf(f->e.path, sizeof(f->e.path), "%s/s", folder);
	assert_int_equal(listen_open(&f->e, &o, &f->listener, 1, f->why, sizeof(f->why)), 1);
	count = fill_backlog(f, t, 8);
	dial(f, 60);
	assert_int_equal(f->err, OP_TIMEOUT);
	f->results = 0;
	assert_non_null(dial_start(f->loop, &f->e, DEADLINE_MS, on_result, f));
	run_for(f->loop, 50);
	assert_int_equal(f->results, 0);
	close(accept4(f->listener, NULL, NULL, SOCK_CLOEXEC));
	assert_true(reaches(f->loop, &f->results, 1));
	assert_int_equal(f->err, OP_OK);
	while (count > 0)
		transport_close(&t[--count]);
	listen_close(f->listener);
	f->listener = -1;
	assert_int_equal(rmdir(folder), 0);
}

static void
dial_unix_missing_file_is_unavailable(void **state)
{
	struct fixture *f = *state;

	f->e = (struct endpoint){.kind = ENDPOINT_UNIX, .path = "/nonexistent/socket"};
	dial(f, DEADLINE_MS);
	assert_int_equal(f->err, OP_UNAVAILABLE);
	assert_string_equal(f->why, "no such file or directory");
}

static void
dial_unix_longest_path_works_and_a_longer_one_is_refused(void **state)
{
	struct fixture *f = *state;
	char folder[60], text[300];
	const char *why;
	size_t len;

	make_folder(folder, sizeof(folder));
	f->e.kind = ENDPOINT_UNIX;
	len = (size_t)snprintf(f->e.path, sizeof(f->e.path), "%s/", folder);
	memset(f->e.path + len, 'x', sizeof(f->e.path) - 1 - len);
	assert_int_equal(strlen(f->e.path), 107);
	assert_int_equal(listen_open(&f->e, NULL, &f->listener, 1, f->why, sizeof(f->why)), 1);
	dial(f, DEADLINE_MS);
	assert_int_equal(f->err, OP_OK);
	snprintf(text, sizeof(text), "unix:%sx", f->e.path);
	assert_int_equal(endpoint_parse(text, "1", &f->e, &why), OP_BAD_REQUEST);
	listen_close(f->listener);
	f->listener = -1;
	assert_int_equal(rmdir(folder), 0);
}

static void
dial_unix_no_permission_is_denied(void **state)
{
	struct fixture *f = *state;
	char folder[80];
	int status;
	pid_t pid;

	make_folder(folder, sizeof(folder));
	assert_int_equal(chmod(folder, 0755), 0);
	f->e.kind = ENDPOINT_UNIX;
	snprintf(f->e.path, sizeof(f->e.path), "%s/s", folder);
	assert_int_equal(listen_open(&f->e, NULL, &f->listener, 1, f->why, sizeof(f->why)), 1);
	pid = fork();
	if (pid == 0) {
		if (getuid() != 0)
			chmod(f->e.path, 0);
		else if (setuid(65534) != 0)
			_exit(2);
		_exit(dial_wait(&f->e, 1000, NULL, &f->t, f->why, sizeof(f->why)) == OP_DENIED ? 0
											       : 1);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
	listen_close(f->listener);
	f->listener = -1;
	rmdir(folder);
}

/* Everything that comes from the transport. */
static void
read_all(struct transport *t, char *text, size_t size)
{
	size_t len = 0;
	ssize_t n;

	do {
		struct pollfd p = {.fd = t->rfd, .events = POLLIN};

		assert_int_equal(poll(&p, 1, DEADLINE_MS), 1);
		n = transport_read(t, text + len, size - 1 - len);
		assert_true(n >= 0 || errno == EAGAIN);
		len += n > 0 ? (size_t)n : 0;
	} while (n != 0);
	text[len] = '\0';
}

/* An ssh that prints its arguments, one a line. */
static void
fake_ssh(char *path, size_t size)
{
	char folder[80];
	FILE *script;

	make_folder(folder, sizeof(folder));
	snprintf(path, size, "%s/ssh", folder);
	script = fopen(path, "w");
	fprintf(script, "#!/bin/sh\nprintf '%%s\\n' \"$@\"\n");
	assert_int_equal(fchmod(fileno(script), 0700), 0);
	fclose(script);
	setenv("OPDESK_SSH", path, 1);
}

static void
remove_fake_ssh(char *path)
{
	unsetenv("OPDESK_SSH");
	unlink(path);
	*strrchr(path, '/') = '\0';
	assert_int_equal(rmdir(path), 0);
}

static void
dial_ssh_passes_host_and_program_as_arguments(void **state)
{
	static const char want[] = "-T\n-oBatchMode=yes\n--\nme@host\nbin/mediachanged\n--stdio\n";
	struct fixture *f = *state;
	char path[100], text[200];

	fake_ssh(path, sizeof(path));
	f->e =
	    (struct endpoint){.kind = ENDPOINT_SSH, .host = "me@host", .path = "bin/mediachanged"};
	dial(f, DEADLINE_MS);
	assert_int_equal(f->err, OP_OK);
	read_all(&f->t, text, sizeof(text));
	assert_string_equal(text, want);
	transport_close(&f->t);
	f->t.ops = NULL;
	assert_int_equal(dial_wait(&f->e, DEADLINE_MS, NULL, &f->t, f->why, sizeof(f->why)), OP_OK);
	read_all(&f->t, text, sizeof(text));
	assert_string_equal(text, want);
	remove_fake_ssh(path);
}

static void
dial_ssh_without_its_program_says_so(void **state)
{
	struct fixture *f = *state;

	setenv("OPDESK_SSH", "/nonexistent/ssh", 1);
	f->e = (struct endpoint){.kind = ENDPOINT_SSH, .host = "host", .path = "mediachanged"};
	dial(f, DEADLINE_MS);
	unsetenv("OPDESK_SSH");
	assert_int_equal(f->err, OP_UNAVAILABLE);
	assert_string_equal(f->why, "cannot run /nonexistent/ssh: no such file or directory");
}

static void
dial_ssh_to_nobody_is_refused(void **state)
{
	static const struct {
		const char *host, *program, *why;
	} cases[] = {
	    {"host", "", "which program? ssh:HOST/PROGRAM"},
	    {"", "mediachanged", "the host is no [USER@]HOST"},
	    {"-oProxyCommand=x", "mediachanged", "the host is no [USER@]HOST"},
	};
	struct fixture *f = *state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		f->results = 0;
		f->e = (struct endpoint){.kind = ENDPOINT_SSH};
		snprintf(f->e.host, sizeof(f->e.host), "%s", cases[i].host);
		snprintf(f->e.path, sizeof(f->e.path), "%s", cases[i].program);
		dial(f, DEADLINE_MS);
		assert_int_equal(f->err, OP_BAD_REQUEST);
		assert_string_equal(f->why, cases[i].why);
	}
}

static void
dial_cancelled_never_calls_back(void **state)
{
	struct fixture *f = *state;
	char path[100];
	struct endpoint kinds[4] = {
	    {.kind = ENDPOINT_SSH, .host = "host", .path = "mediachanged"},
	    {.kind = ENDPOINT_UNIX, .path = "/nonexistent/socket"},
	    {.kind = ENDPOINT_TCP, .host = "localhost"},
	};

	fake_ssh(path, sizeof(path));
	listen_on(f, "127.0.0.1", 0);
	snprintf(kinds[2].port, sizeof(kinds[2].port), "%s", f->e.port);
	kinds[3] = f->e;
	for (int i = 0; i < 4; i++)
		dial_cancel(dial_start(f->loop, &kinds[i], 1000, on_result, f));
	struct dial *d = dial_start(f->loop, &f->e, 1000, on_result, f);

	turn(f->loop); /* resolved, connecting */
	if (f->results == 0)
		dial_cancel(d);
	else
		f->results = 0;
	run_for(f->loop, 20);
	assert_int_equal(f->results, 0);
	ev_loop_destroy(f->loop); /* ssh may be ending there */
	f->loop = ev_loop_new(EVBACKEND_POLL);
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
	remove_fake_ssh(path);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(dial_unix_full_backlog_waits_for_room),
	    TEST(dial_unix_missing_file_is_unavailable),
	    TEST(dial_unix_longest_path_works_and_a_longer_one_is_refused),
	    TEST(dial_unix_no_permission_is_denied),
	    TEST(dial_ssh_passes_host_and_program_as_arguments),
	    TEST(dial_ssh_without_its_program_says_so),
	    TEST(dial_ssh_to_nobody_is_refused),
	    TEST(dial_cancelled_never_calls_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
