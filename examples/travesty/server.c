/* SPDX-License-Identifier: ISC */
/*
 * travestyd: the conversation of session.h on TCP, interruptible by urgent data in both directions.
 * A child for each connection moves the bytes; it takes the urgent byte out of band, so the mark is
 * where reading stops (lib/ev/urgent.h).
 */
#include <errno.h>
#include <getopt.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <unistd.h>
#include "examples/common/forkserver.h"
#include "examples/travesty/session.h"
#include "lib/clock.h"
#include "lib/err.h"
#include "lib/ev/urgent.h"
#include "lib/log.h"

#define LINE_MAX_BYTES 65536
#define IDLE_MS (10 * 60 * 1000)
#define MARK_MS 10000 /* from the news of the urgent byte to the byte itself */

struct talk {
	struct session session;
	struct buf in, out;
	int fd;
};

static bool
flush(struct talk *t)
{
	bool ok =
	    buf_len(&t->out) == 0 || forkserver_write(t->fd, buf_bytes(&t->out), buf_len(&t->out));

	buf_clear(&t->out);
	return ok;
}

/* Lines that are there, until the session generates: then the others wait. */
static int
take_lines(struct talk *t)
{
	int err = OP_OK;

	while (err == OP_OK && t->session.state <= SESSION_TEXT) {
		const unsigned char *line = buf_bytes(&t->in);
		const unsigned char *end = line ? memchr(line, '\n', buf_len(&t->in)) : NULL;

		if (!end)
			return buf_len(&t->in) < LINE_MAX_BYTES ? OP_OK : OP_TOO_LARGE;
		size_t len = (size_t)(end - line);
		bool cr = len > 0 && line[len - 1] == '\r';

		err = session_line(&t->session, (const char *)line, len - cr, &t->out);
		buf_consume(&t->in, len + 1);
	}
	return err;
}

static int
read_some(struct talk *t)
{
	unsigned char *room;

	if (buf_reserve(&t->in, 16384, &room))
		return OP_NO_MEMORY;
	ssize_t n = recv(t->fd, room, 16384, MSG_DONTWAIT);

	if (n < 0)
		return errno == EAGAIN || errno == EINTR ? OP_OK : OP_CLOSED;
	buf_commit(&t->in, (size_t)n);
	return n == 0 ? OP_CLOSED : OP_OK;
}

/* Throw away what is before the mark, and take the byte. */
static int
pass_mark(int fd)
{
	int64_t until_ms = clock_boot_ms() + MARK_MS;
	unsigned char byte, waste[4096];

	while (clock_boot_ms() < until_ms) {
		if (urgent_at_mark(fd)) {
			int err = urgent_take(fd, &byte);

			if (err != OP_AGAIN)
				return err;
		}
		struct pollfd p = {.fd = fd, .events = POLLIN};

		/* at the mark POLLIN is for what lies after it: the byte comes first */
		if (poll(&p, 1, 100) == 1 && !urgent_at_mark(fd) &&
		    recv(fd, waste, sizeof(waste), MSG_DONTWAIT) == 0)
			return OP_CLOSED;
	}
	return OP_TIMEOUT;
}

static int
interrupt(struct talk *t)
{
	bool answer;
	int err = pass_mark(t->fd);

	if (err)
		return err;
	buf_clear(&t->in);
	buf_clear(&t->out);
	err = session_interrupt(&t->session, &t->out, &answer);
	if (err == OP_OK && !flush(t))
		err = OP_CLOSED;
	if (err == OP_OK && answer)
		err = urgent_send(t->fd, "!", 1, NULL);
	return err;
}

/* One turn: what is urgent, then what came, then the next portion. */
static int
turn(struct talk *t)
{
	bool busy = t->session.state == SESSION_GENERATES;
	struct pollfd p = {.fd = t->fd, .events = busy ? POLLPRI : POLLIN | POLLPRI};
	int n = poll(&p, 1, busy ? 0 : IDLE_MS);
	int err = OP_OK;

	if (n < 0)
		return errno == EINTR ? OP_OK : OP_SYSTEM;
	if (n == 0 && !busy)
		return OP_TIMEOUT;
	if (p.revents & POLLPRI)
		return interrupt(t);
	if (p.revents & (POLLIN | POLLHUP | POLLERR))
		err = read_some(t);
	if (err == OP_OK && busy)
		err = session_generate(&t->session, &t->out);
	if (err == OP_OK)
		err = take_lines(t);
	return err;
}

static int
serve(int fd, bool is_unix, void *arg)
{
	struct talk t = {.fd = fd};
	uint64_t seed = 1;

	(void)is_unix;
	(void)arg;
	buf_init(&t.in);
	buf_init(&t.out);
	if (getrandom(&seed, sizeof(seed), 0) < 0)
		seed = (uint64_t)clock_boot_ms();
	int err = session_init(&t.session, seed, &t.out);

	while (err == OP_OK && flush(&t) && t.session.state != SESSION_OVER)
		err = turn(&t);
	if (err == OP_TOO_LARGE && buf_printf(&t.out, "500 the line is too long\r\n") == OP_OK)
		flush(&t);
	if (err && err != OP_CLOSED)
		log_warn("conversation: ended: %s", op_strerror(err));
	session_fini(&t.session);
	buf_fini(&t.in);
	buf_fini(&t.out);
	return err && err != OP_CLOSED;
}

static const char usage[] =
    "usage: travestyd [ENDPOINT]\n"
    "\n"
    "Make travesties of the texts that clients send.  ENDPOINT: tcp:127.0.0.1:2007 unless given.\n"
    "Log on standard error; SIGTERM or ^C ends it.\n";

int
main(int argc, char **argv)
{
	struct forkserver s = {.name = "travestyd", .serve = serve};
	const char *why = "";

	if (argc > 1 && (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0)) {
		fputs(usage, stdout);
		return 0;
	}
	if (argc > 2 || endpoint_parse(argc > 1 ? argv[1] : "tcp:127.0.0.1:2007", "2007", &s.listen,
			    &why) != OP_OK) {
		fprintf(stderr, "travestyd: %s\n%s", why, usage);
		return 64;
	}
	return forkserver_run(&s);
}
