/* SPDX-License-Identifier: ISC */
/*
 * talk: two people at two terminals, over the message toolkit.  A line typed is one message.  Every
 * line is written before the next is read (msg_send_now), so nothing is ever queued here, and the
 * end of standard input needs no good-bye.
 */
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include "lib/buf.h"
#include "lib/err.h"
#include "lib/ev/msg.h"
#include "lib/text.h"

#define CONNECT_MS 10000
#define SEND_MS 10000
#define LINE_BYTES 4096
#define EXIT_USAGE 64

static const char usage[] =
    "usage: talk ENDPOINT\n"
    "       talk -l ENDPOINT\n"
    "\n"
    "Talk with somebody: one of you listens (-l), the other connects.  ENDPOINT: HOST[:PORT]\n"
    "(port 2346 unless given) or unix:PATH.  The end of input (^D) or the other's ends it.\n";

struct talk {
	struct msg *m;
	struct msg_server *server; /* NULL: nobody else is let in */
	struct msg_conn *other;
	struct buf typed; /* an unfinished line */
	int status;
};

static void
hang_up(struct talk *t, int err)
{
	if (err != OP_OK) {
		fprintf(stderr, "talk: %s\n", op_strerror(err));
		t->status = 1;
	}
	(void)msg_disconnect(t->other);
	t->other = NULL;
	(void)msg_set_event_handler(t->m, STDIN_FILENO, MSG_READ, NULL, NULL);
}

static void
on_message(struct msg_conn *c, const void *bytes, size_t len, int err, void *arg)
{
	struct talk *t = arg;
	struct buf plain;

	(void)c;
	if (bytes == NULL) {
		hang_up(t, err);
		return;
	}
	buf_init(&plain); /* what others send must not reach the terminal as it is */
	if (text_plain(&plain, bytes, len, false) == OP_OK)
		printf("> %.*s\n", (int)buf_len(&plain), (const char *)buf_bytes(&plain));
	fflush(stdout);
	buf_fini(&plain);
}

/* The whole lines of what was typed; with `all` the rest, too. */
static int
send_lines(struct talk *t, bool all)
{
	int err = OP_OK;

	while (err == OP_OK && buf_len(&t->typed) > 0) {
		const unsigned char *line = buf_bytes(&t->typed);
		const unsigned char *end = memchr(line, '\n', buf_len(&t->typed));
		size_t len = end != NULL ? (size_t)(end - line) : buf_len(&t->typed);

		if (end == NULL && !all && len < LINE_BYTES)
			break;
		if (len > 0)
			err = msg_send_now(t->other, line, len, SEND_MS);
		buf_consume(&t->typed, len + (end != NULL));
	}
	return err;
}

static void
on_typed(int fd, void *arg)
{
	struct talk *t = arg;
	char bytes[LINE_BYTES];
	ssize_t n = read(fd, bytes, sizeof(bytes));
	int err = OP_OK;

	if (n > 0)
		err = buf_append(&t->typed, bytes, (size_t)n);
	if (err == OP_OK)
		err = send_lines(t, n <= 0);
	if (err != OP_OK || n <= 0)
		hang_up(t, err);
}

static int
begin(struct talk *t)
{
	printf("talking\n");
	fflush(stdout);
	return msg_set_event_handler(t->m, STDIN_FILENO, MSG_READ, on_typed, t);
}

static void
close_door(void *arg)
{
	struct talk *t = arg;

	msg_close_server(t->server);
	t->server = NULL;
}

static msg_rcv_fn *
on_login(struct msg_conn *c, const char *host, unsigned port, void *arg)
{
	struct talk *t = arg;

	if (t->other != NULL || begin(t) != OP_OK)
		return NULL;
	fprintf(stderr, "talk: %s port %u is here\n", host, port);
	t->other = c;
	(void)msg_timer_start(t->m, 0, 0, close_door, t);
	return on_message;
}

static int
listen_at(struct talk *t, const struct endpoint *e, char *why, size_t size)
{
	char text[ENDPOINT_TEXT];
	struct endpoint real;

	t->server = msg_new_server(t->m, e, NULL, on_login, t, why, size);
	if (t->server == NULL)
		return OP_UNAVAILABLE;
	if (msg_server_endpoint(t->server, &real) == OP_OK)
		printf("listening %s\n", endpoint_format(text, sizeof(text), &real));
	fflush(stdout);
	return OP_OK;
}

static int
call(struct talk *t, const struct endpoint *e, char *why, size_t size)
{
	int err = msg_connect(t->m, e, CONNECT_MS, on_message, t, &t->other, why, size);

	return err != OP_OK ? err : begin(t);
}

int
main(int argc, char **argv)
{
	struct talk t = {0};
	bool listens = argc == 3 && strcmp(argv[1], "-l") == 0;
	const char *bad = "one endpoint";
	struct endpoint e;
	char why[300];

	if (argc == 2 && (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0))
		return fputs(usage, stdout) < 0;
	if (argc != 2 + listens || endpoint_parse(argv[argc - 1], "2346", &e, &bad) != 0) {
		fprintf(stderr, "talk: %s\n%s", bad, usage);
		return EXIT_USAGE;
	}
	t.m = msg_new();
	if (t.m == NULL)
		return 1;
	buf_init(&t.typed);
	if ((listens ? listen_at : call)(&t, &e, why, sizeof(why)) != OP_OK) {
		fprintf(stderr, "talk: %s\n", why);
		t.status = 1;
	} else {
		msg_event_loop(t.m, 0);
	}
	buf_fini(&t.typed);
	msg_free(t.m);
	return t.status;
}
