/* SPDX-License-Identifier: ISC */
/*
 * A relay of two directions on poll(2), each with one buffer, which is filled when it is empty: who
 * does not read is waited for, and nothing else is.  Standard input and output stay as they are,
 * blocking or not, as other processes may share them; of what POLLOUT allows at most PIPE_BUF bytes
 * are written at a time, which do not block.
 */
#include "daemon/server/stdio.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <unistd.h>
#include "daemon/server/server.h"
#include "lib/err.h"
#include "lib/ev/dial.h"
#include "lib/log.h"
#include "lib/paths.h"

#define CONNECT_MS 5000
#define FLOW_BYTES 65536u

struct flow {
	size_t start, len;
	bool is_over; /* nothing more comes from its source */
	unsigned char bytes[FLOW_BYTES];
};

struct search {
	const struct server_config *config;
	struct transport socket;
	int err;
	char tried[700]; /* "unix:/a: no such file or directory, unix:/b: …" */
};

/* --- what goes wrong --- */

/* inetd makes the client's socket standard error too: nothing of ours may get between. */
static bool
is_session_on_stderr(void)
{
	struct stat out, err;

	return fstat(STDOUT_FILENO, &out) == 0 && fstat(STDERR_FILENO, &err) == 0 &&
	       S_ISSOCK(err.st_mode) && out.st_dev == err.st_dev && out.st_ino == err.st_ino;
}

static int
complain(const char *program, const char *what, int status)
{
	if (is_session_on_stderr()) {
		log_ident(program, "stdio");
		log_to_syslog();
		log_error("%s", what);
	} else {
		fprintf(stderr, "%s: %s\n", program, what);
	}
	return status;
}

/* --- the daemon's socket --- */

static bool
try_endpoint(struct search *s, const struct endpoint *e)
{
	char place[ENDPOINT_TEXT], why[160];
	size_t len = strlen(s->tried);
	int err = dial_wait(e, CONNECT_MS, NULL, &s->socket, why, sizeof(why));

	if (err == OP_OK)
		return true;
	if (s->err != OP_DENIED)
		s->err = err;
	snprintf(s->tried + len, sizeof(s->tried) - len, "%s%s: %s", len > 0 ? ", " : "",
	    endpoint_format(place, sizeof(place), e), why);
	return false;
}

/* The socket of the system's daemon, which paths_runtime() gives to root alone. */
static bool
try_system(struct search *s)
{
	struct endpoint e = {.kind = ENDPOINT_UNIX};

	snprintf(e.path, sizeof(e.path), PATHS_SYSTEM_RUNTIME "/%s.sock", s->config->app->name);
	return geteuid() != 0 && try_endpoint(s, &e);
}

static bool
find_daemon(struct search *s)
{
	const struct string_list *list = &s->config->generic.listen;
	bool is_default = false;
	struct endpoint e;
	char why[200];

	for (size_t i = 0; i < list->count; i++) {
		if (server_config_endpoint(s->config->app, list->items[i], &e, why, sizeof(why)) ||
		    e.kind != ENDPOINT_UNIX)
			continue;
		if (strcmp(list->items[i], "unix:") == 0)
			is_default = true;
		if (try_endpoint(s, &e))
			return true;
	}
	return is_default && try_system(s);
}

static int
complain_no_daemon(const struct search *s)
{
	const char *name = s->config->app->name;
	char what[800];

	if (s->tried[0] == '\0')
		return complain(name, "listen: no UNIX socket is configured", EX_UNAVAILABLE);
	if (s->err == OP_DENIED) {
		snprintf(what, sizeof(what), "not allowed at %s", s->tried);
		return complain(name, what, EX_NOPERM);
	}
	snprintf(what, sizeof(what), "no daemon at %s; is it running?", s->tried);
	return complain(name, what, EX_UNAVAILABLE);
}

/* --- the relay --- */

/* What a read gave; false: it failed for good, which is the end too. */
static bool
filled(struct flow *f, ssize_t n)
{
	bool failed = n < 0 && errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR;

	f->start = 0;
	f->len = n > 0 ? (size_t)n : 0;
	f->is_over = n == 0 || failed;
	return !failed;
}

/* What a write gave; false: it failed for good. */
static bool
drained(struct flow *f, ssize_t n)
{
	if (n > 0) {
		f->start += (size_t)n;
		f->len -= (size_t)n;
	}
	return n >= 0 || errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR;
}

/* However this direction ends: what the daemon has to say yet is still passed on. */
static void
pass_in(struct flow *f, struct transport *t, bool readable, bool writable)
{
	if (readable)
		(void)filled(f, read(STDIN_FILENO, f->bytes, FLOW_BYTES));
	if (writable && !drained(f, transport_write(t, f->bytes + f->start, f->len))) {
		f->len = 0;
		f->is_over = true;
	}
	if (readable && f->is_over)
		(void)t->ops->end(t);
}

static bool
pass_out(struct flow *f, struct transport *t, bool readable, bool writable)
{
	size_t len = f->len < PIPE_BUF ? f->len : PIPE_BUF;

	if (readable)
		return filled(f, transport_read(t, f->bytes, FLOW_BYTES));
	return !writable || drained(f, write(STDOUT_FILENO, f->bytes + f->start, len));
}

static int
watch(int fd, bool wanted)
{
	return wanted ? fd : -1; /* else a hang-up would be reported again and again */
}

static bool
wants(const struct flow *f)
{
	return f->len == 0 && !f->is_over;
}

/* The exit status. */
static int
relay(struct transport *t, struct flow *in, struct flow *out)
{
	while (!out->is_over || out->len > 0) {
		struct pollfd p[] = {
		    {.fd = watch(STDIN_FILENO, wants(in)), .events = POLLIN},
		    {.fd = watch(t->wfd, in->len > 0), .events = POLLOUT},
		    {.fd = watch(t->rfd, wants(out)), .events = POLLIN},
		    {.fd = STDOUT_FILENO, .events = out->len > 0 ? POLLOUT : 0},
		};

		if (poll(p, sizeof(p) / sizeof(p[0]), -1) < 0) {
			if (errno == EINTR)
				continue;
			return EX_OSERR;
		}
		if (p[3].revents & (POLLERR | POLLHUP))
			return EX_OK; /* nobody reads any more */
		pass_in(in, t, p[0].revents != 0, p[1].revents != 0);
		if (!pass_out(out, t, p[2].revents != 0, p[3].revents != 0))
			return errno == EPIPE ? EX_OK : EX_IOERR;
	}
	return EX_OK;
}

int
stdio_session(const struct server_config *c)
{
	static struct flow in, out;
	struct search s = {.config = c, .err = OP_UNAVAILABLE};
	int status;

	if (fcntl(STDIN_FILENO, F_GETFD) < 0 || fcntl(STDOUT_FILENO, F_GETFD) < 0)
		return complain(c->app->name, "standard input and output must be open", EX_USAGE);
	signal(SIGPIPE, SIG_IGN);
	if (!find_daemon(&s))
		return complain_no_daemon(&s);
	status = relay(&s.socket, &in, &out);
	if (status != EX_OK)
		(void)complain(c->app->name, strerror(errno), status);
	transport_close(&s.socket);
	return status;
}
