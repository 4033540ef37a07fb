/* SPDX-License-Identifier: ISC */
/*
 * A host's life: waits for a resolver (a bounded number of children at once) → asks an address →
 * answered, or the next address, or failed.  `left` counts those that are not over.
 */
#include "client/opnet/survey.h"

#include <errno.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "lib/clock.h"
#include "lib/err.h"
#include "lib/ev/dial.h"
#include "lib/ev/reason.h"
#include "lib/ev/udp.h"
#include "lib/units.h"

#define RESOLVERS_MAX 32
#define AGAIN_S 2.0

struct survey;

struct host {
	struct survey *survey;
	const char *name;
	struct endpoint e;
	struct resolve *resolve;
	struct resolve_addr addrs[RESOLVE_MAX];
	int addr_count, addr; /* addr: the one that is asked, -1 before */
	bool over;
	int64_t asked_ms;
	/* by datagram */
	struct udp *udp;
	ev_timer again;
	/* by connection */
	struct dial *dial;
	struct transport t; /* ops NULL: none */
	ev_io io;
	unsigned char bytes[SURVEY_ANSWER_MAX];
	size_t got;
};

struct survey {
	struct shell *shell;
	const struct survey_question *q;
	survey_fn *answer;
	void *arg;
	struct host *hosts;
	int count, left, resolving, next;
};

static void resolve_more(struct survey *s);
static void ask_next(struct host *h, int err, const char *why);

/* --- the end of a host --- */

static void
let_go(struct host *h)
{
	struct ev_loop *loop = h->survey->shell->loop;

	resolve_cancel(h->resolve);
	h->resolve = NULL;
	udp_close(h->udp);
	h->udp = NULL;
	ev_timer_stop(loop, &h->again);
	dial_cancel(h->dial);
	h->dial = NULL;
	if (h->t.ops != NULL) {
		ev_io_stop(loop, &h->io);
		transport_close(&h->t);
		h->t.ops = NULL;
	}
}

static void
finish(struct host *h, int err, const char *why, const void *bytes, size_t len)
{
	struct survey *s = h->survey;
	struct survey_answer a = {.host = h->name,
	    .from = h->addr >= 0 && h->addr < h->addr_count ? &h->addrs[h->addr] : NULL,
	    .err = err,
	    .why = why,
	    .bytes = bytes,
	    .len = len,
	    .asked_ms = h->asked_ms,
	    .answered_ms = clock_wall_ms()};

	h->over = true;
	s->answer(&a, s->arg);
	let_go(h);
	if (--s->left == 0)
		shell_end(s->shell);
}

/* --- by datagram --- */

static void
on_datagram(struct udp *u, const struct udp_datagram *d, void *arg)
{
	(void)u;
	/* Too long to be an answer of these services. */
	if (!d->truncated)
		finish(arg, OP_OK, "", d->bytes, d->len);
}

static void
on_failed(struct udp *u, const struct resolve_addr *to, int err, const char *why, void *arg)
{
	(void)u;
	(void)to;
	ask_next(arg, err, why);
}

static void
on_again(struct ev_loop *loop, ev_timer *w, int revents)
{
	struct host *h = w->data;

	(void)loop;
	(void)revents;
	if (h->addr_count > 1) {
		h->addr = (h->addr + 1) % h->addr_count - 1;
		ask_next(h, OP_TIMEOUT, "");
	} else {
		/* asked_ms stays: which of the two is answered cannot be told. */
		(void)udp_send(h->udp, "", 0, NULL, NULL);
	}
}

static int
ask_by_datagram(struct host *h, char *why, size_t why_size)
{
	static const struct udp_events events = {on_datagram, on_failed, NULL};
	struct udp_options options = {.max_bytes = SURVEY_ANSWER_MAX};
	const struct resolve_addr *to = &h->addrs[h->addr];
	struct ev_loop *loop = h->survey->shell->loop;
	struct resolve_addr any;

	udp_any(to->sa.ss_family, 0, &any);
	int err = udp_open(loop, &any, &options, &events, h, &h->udp, why, why_size);

	if (err != OP_OK)
		return err;
	err = udp_connect(h->udp, to);
	h->asked_ms = clock_wall_ms();
	if (err == OP_OK)
		err = udp_send(h->udp, "", 0, NULL, NULL);
	if (err != OP_OK) {
		reason_text(why, why_size, errno);
		return err;
	}
	ev_timer_again(loop, &h->again);
	return OP_OK;
}

/* --- by connection --- */

static void
on_readable(struct ev_loop *loop, ev_io *w, int revents)
{
	struct host *h = w->data;
	size_t enough = h->survey->q->enough > 0 ? h->survey->q->enough : sizeof(h->bytes);
	ssize_t n = transport_read(&h->t, h->bytes + h->got, sizeof(h->bytes) - h->got);
	char why[96];

	(void)loop;
	(void)revents;
	if (n < 0 && errno == EAGAIN)
		return;
	if (n < 0) {
		ask_next(h, reason_err(errno), reason_text(why, sizeof(why), errno));
		return;
	}
	h->got += (size_t)n;
	if (n == 0 || h->got >= enough)
		finish(h, OP_OK, "", h->bytes, h->got);
}

static void
on_connected(struct transport *t, int err, const char *why, void *arg)
{
	struct host *h = arg;

	h->dial = NULL;
	if (t == NULL) {
		ask_next(h, err, why);
		return;
	}
	h->t = *t;
	h->got = 0;
	ev_io_init(&h->io, on_readable, h->t.rfd, EV_READ);
	h->io.data = h;
	ev_io_start(h->survey->shell->loop, &h->io);
}

static int
ask_by_connection(struct host *h, char *why, size_t why_size)
{
	struct endpoint e = {.kind = ENDPOINT_TCP};
	const struct resolve_addr *to = &h->addrs[h->addr];

	/* With the scope of a link-local address, which is not in its bytes. */
	(void)getnameinfo((const struct sockaddr *)&to->sa, to->len, e.host, sizeof(e.host), NULL,
	    0, NI_NUMERICHOST);
	snprintf(e.port, sizeof(e.port), "%s", h->e.port);
	h->asked_ms = clock_wall_ms();
	h->dial = dial_start(h->survey->shell->loop, &e, h->survey->q->timeout_ms, on_connected, h);
	if (h->dial != NULL)
		return OP_OK;
	snprintf(why, why_size, "%s", op_strerror(OP_NO_MEMORY));
	return OP_NO_MEMORY;
}

/* --- a host's addresses, one after the other --- */

/* err and why: what came of the one before, and of the host if there is no other. */
static void
ask_next(struct host *h, int err, const char *why)
{
	char text[160];

	snprintf(text, sizeof(text), "%s", why);
	for (let_go(h); h->addr + 1 < h->addr_count; let_go(h)) {
		h->addr++;
		err = h->survey->q->udp ? ask_by_datagram(h, text, sizeof(text))
					: ask_by_connection(h, text, sizeof(text));
		if (err == OP_OK)
			return;
	}
	finish(h, err, text, NULL, 0);
}

static void
on_resolved(const struct resolve_answer *a, void *arg)
{
	struct host *h = arg;
	struct survey *s = h->survey;

	h->resolve = NULL;
	s->resolving--;
	memcpy(h->addrs, a->addrs, sizeof(h->addrs));
	h->addr_count = a->count;
	ask_next(h, a->err, a->why);
	resolve_more(s);
}

static void
resolve_more(struct survey *s)
{
	while (s->next < s->count && s->resolving < RESOLVERS_MAX) {
		struct host *h = &s->hosts[s->next++];

		h->resolve = resolve_forward(
		    s->shell->loop, h->e.host, h->e.port, s->q->timeout_ms + 1000, on_resolved, h);
		if (h->resolve == NULL)
			finish(h, OP_SYSTEM, "cannot start a resolver process", NULL, 0);
		else
			s->resolving++;
	}
}

/* --- all of them --- */

static void
on_deadline(struct ev_loop *loop, ev_timer *w, int revents)
{
	(void)w;
	(void)revents;
	ev_break(loop, EVBREAK_ALL);
}

static void
run_to_the_end(struct survey *s)
{
	char span[32], why[64];
	ev_timer deadline;

	ev_timer_init(&deadline, on_deadline, (double)s->q->timeout_ms / 1e3, 0.);
	ev_now_update(s->shell->loop);
	ev_timer_start(s->shell->loop, &deadline);
	resolve_more(s);
	if (s->left > 0)
		shell_run(s->shell);
	ev_timer_stop(s->shell->loop, &deadline);
	snprintf(why, sizeof(why), "no answer within %s",
	    units_format_ms(span, sizeof(span), s->q->timeout_ms));
	for (int i = 0; i < s->count; i++)
		if (!s->hosts[i].over)
			finish(&s->hosts[i], s->shell->signo != 0 ? OP_CANCELLED : OP_TIMEOUT,
			    s->shell->signo != 0 ? "interrupted" : why, NULL, 0);
}

static int
prepare(struct survey *s, char *const *names)
{
	const char *why;

	for (int i = 0; i < s->count; i++) {
		struct host *h = &s->hosts[i];

		h->survey = s;
		h->name = names[i];
		h->addr = -1;
		ev_timer_init(&h->again, on_again, AGAIN_S, AGAIN_S);
		h->again.data = h;
		if (shell_parse_host(
			names[i], s->q->port, s->q->udp ? "udp" : "tcp", &h->e, &why) == OP_OK)
			continue;
		shell_say("\"%s\" is no host: %s", names[i], why);
		return OP_BAD_REQUEST;
	}
	return OP_OK;
}

int
survey_run(struct shell *shell, const struct survey_question *q, char *const *hosts, int count,
    survey_fn *answer, void *arg)
{
	struct survey s = {
	    .shell = shell, .q = q, .answer = answer, .arg = arg, .count = count, .left = count};

	if (count > SURVEY_HOSTS_MAX) {
		shell_say("at most %d hosts at once", SURVEY_HOSTS_MAX);
		return OP_BAD_REQUEST;
	}
	s.hosts = calloc((size_t)count, sizeof(*s.hosts));
	if (s.hosts == NULL) {
		shell_say("%s", op_strerror(OP_NO_MEMORY));
		return OP_NO_MEMORY;
	}
	int err = prepare(&s, hosts);

	if (err == OP_OK)
		run_to_the_end(&s);
	free(s.hosts);
	return err;
}
