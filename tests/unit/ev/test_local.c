/* SPDX-License-Identifier: ISC */
/* Datagrams of the UNIX family (lib/ev/local.h): who sent it, who can be answered, whose file it
 * is. */
#include "tests/unit/ev/evtest.h"

#include <sys/un.h>
#include "lib/ev/local.h"

struct fixture {
	char folder[64], path[100], why[200];
	struct local server, client;
};

static int
setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	snprintf(f->folder, sizeof(f->folder), "/tmp/opdesk-local.XXXXXX");
	assert_non_null(mkdtemp(f->folder));
	snprintf(f->path, sizeof(f->path), "%s/s", f->folder);
	f->client.fd = -1;
	assert_int_equal(
	    local_open_server(&f->server, f->path, NULL, f->why, sizeof(f->why)), OP_OK);
	*state = f;
	return 0;
}

static int
teardown(void **state)
{
	struct fixture *f = *state;

	local_close(&f->client);
	local_close(&f->server);
	unlink(f->path);
	rmdir(f->folder);
	free(f);
	return 0;
}

static int
dial(struct fixture *f)
{
	return local_open_client(&f->client, f->path, f->why, sizeof(f->why));
}

static void
receive_names_the_sender_who_can_be_answered(void **state)
{
	struct fixture *f = *state;
	struct local_peer from;
	char bytes[10];
	size_t len = 0;

	assert_int_equal(dial(f), OP_OK);
	assert_int_equal(local_receive(&f->server, bytes, sizeof(bytes), &len, &from), OP_AGAIN);
	assert_int_equal(local_send(&f->client, "hello", 5, NULL), OP_OK);
	assert_true(local_wait(&f->server, DEADLINE_MS));
	assert_int_equal(local_receive(&f->server, bytes, sizeof(bytes), &len, &from), OP_OK);
	assert_int_equal(len, 5);
	assert_memory_equal(bytes, "hello", 5);
	assert_int_equal(from.uid, getuid());
	assert_int_equal(from.pid, getpid());
	assert_int_equal(from.address.sun_path[0], '\0'); /* an abstract name: no file is left */
	assert_int_equal(local_send(&f->server, "you", 3, &from), OP_OK);
	assert_true(local_wait(&f->client, DEADLINE_MS));
	assert_int_equal(local_receive(&f->client, bytes, sizeof(bytes), &len, NULL), OP_OK);
	assert_int_equal(len, 3);
}

static void
receive_of_too_much_drops_it_and_says_whose(void **state)
{
	struct fixture *f = *state;
	struct local_peer from = {0};
	char bytes[4];
	size_t len = 77;

	assert_int_equal(dial(f), OP_OK);
	assert_int_equal(local_send(&f->client, "longer", 6, NULL), OP_OK);
	assert_int_equal(local_send(&f->client, "next", 4, NULL), OP_OK);
	assert_int_equal(
	    local_receive(&f->server, bytes, sizeof(bytes), &len, &from), OP_TOO_LARGE);
	assert_int_equal(len, 77);
	assert_int_equal(from.uid, getuid());
	assert_int_equal(local_receive(&f->server, bytes, sizeof(bytes), &len, &from), OP_OK);
	assert_memory_equal(bytes, "next", 4);
}

static void
send_to_a_full_queue_does_not_wait(void **state)
{
	struct fixture *f = *state;
	int err = OP_OK;

	assert_int_equal(dial(f), OP_OK);
	for (int i = 0; i < 100000 && err == OP_OK; i++)
		err = local_send(&f->client, "x", 1, NULL);
	assert_int_equal(err, OP_AGAIN);
}

static void
sender_without_a_name_cannot_be_answered(void **state)
{
	struct fixture *f = *state;
	struct sockaddr_un sun = {.sun_family = AF_UNIX};
	struct local_peer from;
	char byte;
	size_t len;
	int fd = socket(AF_UNIX, SOCK_DGRAM, 0);

	snprintf(sun.sun_path, sizeof(sun.sun_path), "%s", f->path);
	assert_int_equal(sendto(fd, "x", 1, 0, (struct sockaddr *)&sun, sizeof(sun)), 1);
	assert_int_equal(local_receive(&f->server, &byte, 1, &len, &from), OP_OK);
	/* a socket that asked for credentials names itself; what matters is that nothing crashes */
	int err = local_send(&f->server, "y", 1, &from);

	assert_true(err == OP_NOT_FOUND || err == OP_OK);
	close(fd);
}

static void
client_learns_why_there_is_no_server(void **state)
{
	struct fixture *f = *state;
	char longer[200];

	local_close(&f->server);
	assert_int_equal(dial(f), OP_NOT_FOUND);
	assert_string_equal(f->why, "no server is there");
	memset(longer, 'x', sizeof(longer));
	longer[sizeof(longer) - 1] = '\0';
	assert_int_equal(
	    local_open_client(&f->client, longer, f->why, sizeof(f->why)), OP_BAD_REQUEST);
	assert_int_equal(
	    local_open_server(&f->server, longer, NULL, f->why, sizeof(f->why)), OP_BAD_REQUEST);
	assert_non_null(strstr(f->why, "107 bytes"));
	int fd = open(f->path, O_CREAT | O_WRONLY, 0600);

	close(fd);
	assert_int_equal(
	    local_open_server(&f->server, f->path, NULL, f->why, sizeof(f->why)), OP_CONFLICT);
	assert_string_equal(f->why, "exists and is not a socket");
	assert_int_equal(access(f->path, F_OK), 0);
}

static void
server_replaces_a_stale_file_only(void **state)
{
	struct fixture *f = *state;
	struct local second;

	assert_int_equal(
	    local_open_server(&second, f->path, NULL, f->why, sizeof(f->why)), OP_CONFLICT);
	assert_string_equal(f->why, "in use by a running server");
	close(f->server.fd); /* as after a crash: the file stays */
	f->server.fd = open("/dev/null", O_RDONLY);
	assert_int_equal(local_open_server(&second, f->path, NULL, f->why, sizeof(f->why)), OP_OK);
	local_close(&f->server); /* its file is another's now */
	assert_int_equal(access(f->path, F_OK), 0);
	local_close(&second);
	assert_int_equal(access(f->path, F_OK), -1);
}

static void
child_does_not_remove_the_file(void **state)
{
	struct fixture *f = *state;
	int status = -1;
	pid_t pid = fork();

	if (pid == 0) {
		local_close(&f->server);
		_exit(0);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
	assert_int_equal(access(f->path, F_OK), 0);
}

int
main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
	    T(receive_names_the_sender_who_can_be_answered),
	    T(receive_of_too_much_drops_it_and_says_whose),
	    T(send_to_a_full_queue_does_not_wait),
	    T(sender_without_a_name_cannot_be_answered),
	    T(client_learns_why_there_is_no_server),
	    T(server_replaces_a_stale_file_only),
	    T(child_does_not_remove_the_file),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
