/* SPDX-License-Identifier: ISC */
/* wrap: standard input to a wrapd, what comes back to standard output.  Both go on at once: the
 * server may begin to answer before all is sent. */
#include <errno.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include "lib/buf.h"
#include "lib/endpoint.h"
#include "lib/err.h"
#include "lib/ev/dial.h"

#define CONNECT_MS 10000

static int
send_some(struct transport *t, struct buf *queue, bool *ended)
{
	unsigned char *room;
	ssize_t n;

	if (buf_len(queue) == 0 && !*ended) {
		if (buf_reserve(queue, 65536, &room))
			return OP_NO_MEMORY;
		n = read(STDIN_FILENO, room, 65536);
		if (n < 0 && errno != EINTR)
			return OP_SYSTEM;
		buf_commit(queue, n > 0 ? (size_t)n : 0);
		*ended = n == 0;
		if (*ended)
			return t->ops->end(t) == 0 ? OP_OK : OP_CLOSED;
	}
	n = transport_write(t, buf_bytes(queue), buf_len(queue));
	if (n < 0)
		return errno == EAGAIN ? OP_OK : OP_CLOSED;
	buf_consume(queue, (size_t)n);
	return OP_OK;
}

/* OP_CLOSED at the end of the answer: *whole says whether it is one. */
static int
receive_some(struct transport *t, bool *whole)
{
	char bytes[65536];
	ssize_t n = transport_read(t, bytes, sizeof(bytes));

	if (n > 0)
		return fwrite(bytes, 1, (size_t)n, stdout) == (size_t)n ? OP_OK : OP_SYSTEM;
	*whole = n == 0;
	return n < 0 && errno == EAGAIN ? OP_OK : OP_CLOSED;
}

static int
exchange(struct transport *t)
{
	struct buf queue;
	bool ended = false, whole = false;
	int err = OP_OK;

	buf_init(&queue);
	while (err == OP_OK) {
		struct pollfd p = {.fd = t->rfd, .events = ended ? POLLIN : POLLIN | POLLOUT};

		if (poll(&p, 1, -1) < 0)
			continue;
		if (p.revents & POLLOUT)
			err = send_some(t, &queue, &ended);
		if (err == OP_OK && (p.revents & (POLLIN | POLLHUP | POLLERR)))
			err = receive_some(t, &whole);
	}
	buf_fini(&queue);
	return err == OP_CLOSED && whole && ended && fflush(stdout) == 0 ? OP_OK : err;
}

int
main(int argc, char **argv)
{
	struct endpoint e = {.kind = ENDPOINT_UNIX};
	const char *path = argc > 1 ? argv[1] : "/tmp/wrapserv";
	struct transport t;
	char why[300] = "the path is too long";
	bool help = argc == 2 && strcmp(path, "--help") == 0;

	if (argc > 2 || help) {
		fprintf(help ? stdout : stderr,
		    "usage: wrap [PATH] <TEXT\n\nLet the wrapd at the UNIX socket PATH "
		    "(/tmp/wrapserv unless given) fill standard input.\n");
		return help ? 0 : 64;
	}
	snprintf(e.path, sizeof(e.path), "%s", path);
	if (strlen(path) >= sizeof(e.path) ||
	    dial_wait(&e, CONNECT_MS, NULL, &t, why, sizeof(why)) != OP_OK) {
		fprintf(stderr, "wrap: %s: %s; is wrapd running?\n", path, why);
		return 1;
	}
	int err = exchange(&t);

	transport_close(&t);
	if (err)
		fprintf(stderr, "wrap: %s\n", op_strerror(err));
	return err ? 1 : 0;
}
