/* SPDX-License-Identifier: ISC */
/* The one-line protocol, blocking.  The connection is the question: it cannot be made again. */
#include "client/mediachangec/oneline.h"

#include <errno.h>
#include <stdio.h>
#include <sys/socket.h>
#include "client/common/stop.h"
#include "client/mediachangec/failover.h"
#include "lib/clock.h"
#include "lib/err.h"
#include "lib/line.h"
#include "lib/text.h"

#define REPLY_MAX 256u

struct oneline {
	struct buf line;
	struct buf reply;
	struct transport t; /* ops NULL: not connected */
};

/* Line ends inside the message become blanks. */
static int
make_line(struct buf *line, const struct buf *text)
{
	int err = OP_OK;

	for (size_t i = 0; i < buf_len(text) && err == OP_OK; i++) {
		unsigned char c = buf_bytes(text)[i];

		err = buf_append(line, c == '\n' || c == '\r' ? " " : (const char *)&c, 1);
	}
	return err == OP_OK ? buf_append(line, "\n", 1) : err;
}

static int
send_line(struct transport *t, const struct buf *line, int64_t deadline_ms)
{
	size_t done = 0;

	while (done < buf_len(line)) {
		struct pollfd p = {.fd = t->wfd, .events = POLLOUT};
		int ready = stop_poll(&p, 1, deadline_ms);

		if (ready <= 0)
			return ready < 0 ? ready : OP_TIMEOUT;
		ssize_t n = transport_write(t, buf_bytes(line) + done, buf_len(line) - done);

		if (n > 0)
			done += (size_t)n;
		else if (errno != EAGAIN)
			return OP_CLOSED;
	}
	return OP_OK;
}

static int
attempt(const struct endpoint *e, int64_t deadline_ms, char *why, size_t why_size, void *arg)
{
	struct oneline *l = arg;
	struct transport t;
	int err = stop_dial(e, deadline_ms, &t, why, why_size);

	if (err != OP_OK)
		return err;
	err = send_line(&t, &l->line, deadline_ms);
	if (err == OP_OK)
		l->t = t;
	else
		transport_close(&t);
	return err;
}

/* Until the daemon closes, or has sent a line end. */
static int
read_reply(struct oneline *l, int64_t deadline_ms)
{
	char bytes[REPLY_MAX];

	for (;;) {
		struct pollfd p = {.fd = l->t.rfd, .events = POLLIN};
		int ready = stop_poll(&p, 1, deadline_ms);

		if (ready <= 0)
			return ready < 0 ? ready : OP_TIMEOUT;
		ssize_t n = transport_read(&l->t, bytes, sizeof(bytes));

		if (n < 0 && errno == EAGAIN)
			continue;
		if (n < 0)
			return OP_CLOSED;
		if (buf_append(&l->reply, bytes, (size_t)n) != OP_OK)
			return OP_NO_MEMORY;
		size_t len;
		const char *why;
		int err = line_parse(buf_bytes(&l->reply), buf_len(&l->reply), n == 0, &len, &why);

		if (err == OP_OK)
			buf_truncate(&l->reply, len);
		if (err != OP_AGAIN)
			return err;
		if (buf_len(&l->reply) > REPLY_MAX)
			return OP_PROTOCOL;
	}
}

/* The other end is no daemon of ours: a mail server, say, that greets whoever connects. */
static int
wonder(const struct oneline *l, const struct endpoint *e, struct answer *out)
{
	char place[ENDPOINT_TEXT], said[80];

	out->outcome = OUTCOME_UNREACHABLE;
	text_log(said, sizeof(said), (const char *)buf_bytes(&l->reply), buf_len(&l->reply));
	return buf_printf(&out->remark,
	    "%s said \"%s\", which is neither Ok nor Cancel; is that the port of mediachanged?",
	    endpoint_format(place, sizeof(place), e), said);
}

static int
finish(struct oneline *l, int err, const struct settings *s, size_t index, struct answer *out)
{
	if (err == OP_OK)
		err = answer_from_line(out, (const char *)buf_bytes(&l->reply), buf_len(&l->reply));
	switch (err) {
	case OP_TIMEOUT:
		out->outcome = OUTCOME_TIMEOUT;
		if (s->default_label && buf_printf(&out->label, "%s", s->default_label) != OP_OK)
			return OP_NO_MEMORY;
		return buf_printf(&out->remark, "nobody answered in time");
	case OP_CLOSED:
		out->outcome = OUTCOME_WITHDRAWN;
		return buf_printf(&out->remark, "the daemon closed the connection without an "
						"answer: the question was withdrawn, "
						"or this host may not ask");
	case OP_PROTOCOL:
	case OP_BAD_REQUEST: /* of line_parse() */
	case OP_TOO_LARGE:
		return wonder(l, &s->endpoints[index], out);
	default:
		return err;
	}
}

static int
run(struct oneline *l, const struct settings *s, struct answer *out)
{
	int64_t deadline_ms = s->timeout_ms ? clock_boot_ms() + s->timeout_ms : STOP_FOREVER;
	size_t index;
	int err = make_line(&l->line, &s->text);

	if (err != OP_OK)
		return err;
	if (buf_len(&l->line) > LINE_MAX_BYTES) {
		fprintf(stderr,
		    "mediachangec: the message is longer than %u bytes, which --line cannot "
		    "carry\n",
		    LINE_MAX_BYTES - 1);
		return OP_BAD_REQUEST;
	}
	err = failover_run(s, attempt, l, &index);
	if (err == OP_UNAVAILABLE)
		return OP_OK;
	if (err == OP_DENIED) {
		out->outcome = OUTCOME_REFUSED;
		return OP_OK;
	}
	return err == OP_OK ? finish(l, read_reply(l, deadline_ms), s, index, out) : err;
}

/* Without an answer a soft end could be that of a client which only has no more to say: a reset
 * says at once that nobody waits.  (No effect on UNIX sockets, where the daemon sees it anyway.) */
static void
hang_up(struct oneline *l)
{
	const struct linger at_once = {.l_onoff = 1, .l_linger = 0};

	if (buf_len(&l->reply) == 0)
		setsockopt(l->t.wfd, SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once));
	transport_close(&l->t);
}

int
oneline_run(const struct settings *s, struct answer *out)
{
	struct oneline l = {.t.ops = NULL};

	buf_init(&l.line);
	buf_init(&l.reply);
	int err = run(&l, s, out);

	if (l.t.ops)
		hang_up(&l);
	buf_fini(&l.line);
	buf_fini(&l.reply);
	return err;
}
