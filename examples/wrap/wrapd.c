/* SPDX-License-Identifier: ISC */
/* wrapd: fills the paragraphs that a client sends on a UNIX socket, when the client has
 * half-closed. */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include "examples/common/forkserver.h"
#include "examples/wrap/fill.h"
#include "lib/err.h"
#include "lib/log.h"

#define COLUMNS 30
#define MAX_BYTES (16u << 20)
#define IDLE_MS 60000

static int
read_all(int fd, struct buf *in)
{
	struct pollfd p = {.fd = fd, .events = POLLIN};
	unsigned char *room;
	ssize_t n = 1;

	while (n != 0) {
		if (poll(&p, 1, IDLE_MS) == 0)
			return OP_TIMEOUT;
		if (buf_reserve(in, 65536, &room))
			return OP_NO_MEMORY;
		n = recv(fd, room, 65536, MSG_DONTWAIT);
		if (n < 0 && errno != EINTR && errno != EAGAIN)
			return OP_CLOSED;
		buf_commit(in, n > 0 ? (size_t)n : 0);
		if (buf_len(in) > MAX_BYTES)
			return OP_TOO_LARGE;
	}
	return OP_OK;
}

static int
serve(int fd, bool is_unix, void *arg)
{
	struct buf in, out;

	(void)is_unix;
	(void)arg;
	buf_init(&in);
	buf_init(&out);
	int err = read_all(fd, &in);

	if (err == OP_OK)
		err = fill((const char *)buf_bytes(&in), buf_len(&in), COLUMNS, &out);
	if (err == OP_TOO_LARGE)
		buf_printf(&out, "the text is longer than %u bytes\n", MAX_BYTES);
	if (buf_len(&out) > 0 && !forkserver_write(fd, buf_bytes(&out), buf_len(&out)))
		err = OP_CLOSED;
	if (err)
		log_warn("text: not filled: %s", op_strerror(err));
	buf_fini(&in);
	buf_fini(&out);
	return err ? 1 : 0;
}

int
main(int argc, char **argv)
{
	struct forkserver s = {.name = "wrapd", .serve = serve};
	const char *path = argc > 1 ? argv[1] : "/tmp/wrapserv";
	char text[ENDPOINT_TEXT];
	const char *why = "one path";

	snprintf(text, sizeof(text), "unix:%s", path);
	if (argc <= 2 && *path != '-' && endpoint_parse(text, "0", &s.listen, &why) == OP_OK)
		return forkserver_run(&s);
	bool help = argc == 2 && strcmp(path, "--help") == 0;

	fprintf(help ? stdout : stderr,
	    "%s%s%susage: wrapd [PATH]\n\nFill paragraphs to %d columns for clients of the UNIX "
	    "socket "
	    "PATH (/tmp/wrapserv unless given).\n",
	    help ? "" : "wrapd: ", help ? "" : why, help ? "" : "\n", COLUMNS);
	return help ? 0 : 64;
}
