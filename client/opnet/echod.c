/* SPDX-License-Identifier: ISC */
/*
 * opnet echod: what comes goes back (RFC 862), as it was or reversed, by datagram, on a good
 * network or on one that is bad on purpose (lossy.h), and by connection (echo_stream.h).  Answers
 * that wait are bounded; past that they are dropped, as a full queue does.
 */
#include <stdio.h>
#include <stdlib.h>
#include "client/common/options.h"
#include "client/opnet/commands.h"
#include "client/opnet/echo_stream.h"
#include "client/opnet/lossy.h"
#include "client/opnet/serve.h"
#include "lib/datagram/echoline.h"
#include "lib/err.h"
#include "lib/ev/discoverable.h"

#define WAITING_MAX 10000
#define RATE 1000 /* an echo is no larger than what asked for it */
#define LOSSY_PERCENT 10
#define LOSSY_DELAY_MS 300

struct settings {
	struct serve_settings serve;
	bool reverse, quiet, announce, lossy;
	struct lossy chance;
	int64_t seed;
};

#define AT(field) offsetof(struct settings, field)

static const struct option_row rows[] = {{'r', "reverse", NULL, OPTION_FLAG, AT(reverse), NULL,
					     "send the text back to front (port 2007)"},
    SERVE_LISTEN_ROW(AT(serve.listen)),
    {'p', "port", "PORT", OPTION_TEXT, AT(serve.port), NULL,
	"a number or the name of a service (default: 7, with --reverse 2007)"},
    SERVE_UDP_ROW(AT(serve.udp)), SERVE_TCP_ROW(AT(serve.tcp)),
    SERVE_RATE_ROW(AT(serve.rate), "1000"),
    {0, "announce", NULL, OPTION_FLAG, AT(announce), NULL, "let opnet discover find it"},
    {'q', "quiet", NULL, OPTION_FLAG, AT(quiet), NULL, "do not log each datagram and connection"},
    {0, "lossy", NULL, OPTION_FLAG, AT(lossy), NULL,
	"be a bad network: each of the four below at 10 per cent"},
    {0, "drop", "PERCENT", OPTION_NUMBER, AT(chance.drop), NULL, "drop so many answers"},
    {0, "double", "PERCENT", OPTION_NUMBER, AT(chance.twice), NULL, "send so many twice"},
    {0, "delay", "PERCENT", OPTION_NUMBER, AT(chance.delay), NULL, "delay so many"},
    {0, "delay-max", "TIME", OPTION_DURATION, AT(chance.delay_ms), NULL,
	"by 1 ms up to this (default: 300ms)"},
    {0, "reorder", "PERCENT", OPTION_NUMBER, AT(chance.reorder), NULL,
	"let the next answer overtake so many"},
    {0, "seed", "N", OPTION_NUMBER, AT(seed), NULL, "the same N, the same chances (default: 1)"},
    {0}};

static const struct options_program program = {.name = "opnet echod",
    .usage = "[OPTION]...",
    .summary = "Send back what comes, by datagram or connection, until interrupted.",
    .rows = rows};

struct echo {
	const struct settings *settings;
	struct ev_loop *loop;
	struct streams streams;
	struct lossy chance;
	struct waiting *held;  /* until the next answer is out */
	struct waiting *timed; /* until their time */
	int waiting;           /* all of them */
};

/* An answer that leaves later. */
struct waiting {
	struct echo *echo;
	struct udp *udp;
	struct resolve_addr to;
	struct udp_path path;
	struct buf bytes;
	ev_timer timer;
	struct waiting *next, **previous; /* of the timed ones */
};

/* --- answers that wait --- */

static void
forget(struct waiting *w)
{
	ev_timer_stop(w->echo->loop, &w->timer);
	if (w->previous != NULL) {
		*w->previous = w->next;
		if (w->next != NULL)
			w->next->previous = w->previous;
	}
	w->echo->waiting--;
	buf_fini(&w->bytes);
	free(w);
}

static void
send_waiting(struct waiting *w)
{
	(void)udp_send(w->udp, buf_bytes(&w->bytes), buf_len(&w->bytes), &w->to, &w->path);
	forget(w);
}

static void
on_time(struct ev_loop *loop, ev_timer *t, int revents)
{
	(void)loop;
	(void)revents;
	send_waiting(t->data);
}

static struct waiting *
keep(struct echo *e, struct udp *u, const struct udp_datagram *d, const struct buf *b)
{
	struct waiting *w = e->waiting < WAITING_MAX ? calloc(1, sizeof(*w)) : NULL;

	if (w == NULL)
		return NULL;
	w->echo = e;
	w->udp = u;
	w->to = *d->from;
	w->path = d->path;
	buf_init(&w->bytes);
	ev_timer_init(&w->timer, on_time, 0., 0.);
	w->timer.data = w;
	e->waiting++;
	if (buf_append(&w->bytes, buf_bytes(b), buf_len(b)) == OP_OK)
		return w;
	forget(w);
	return NULL;
}

static void
send_later(struct waiting *w, int64_t delay_ms)
{
	ev_timer_set(&w->timer, (double)delay_ms / 1e3, 0.);
	ev_timer_start(w->echo->loop, &w->timer);
	w->next = w->echo->timed;
	if (w->next != NULL)
		w->next->previous = &w->next;
	w->previous = &w->echo->timed;
	w->echo->timed = w;
}

static void
release_held(struct echo *e)
{
	struct waiting *w = e->held;

	e->held = NULL;
	if (w != NULL)
		send_waiting(w);
}

static void
send_by_chance(struct echo *e, struct udp *u, const struct udp_datagram *d, const struct buf *b)
{
	struct lossy_fate f = lossy_decide(&e->chance);

	if (f.copies > 0 && f.held && e->held == NULL && (e->held = keep(e, u, d, b)) != NULL)
		return;
	for (int i = 0; i < f.copies; i++) {
		struct waiting *w = f.delay_ms[i] > 0 ? keep(e, u, d, b) : NULL;

		if (w != NULL)
			send_later(w, f.delay_ms[i]);
		else
			(void)udp_send(u, buf_bytes(b), buf_len(b), d->from, &d->path);
	}
	release_held(e);
}

/* --- what comes --- */

static void
log_datagram(const struct udp_datagram *d)
{
	char host[SHELL_ADDRESS];
	struct netaddr a;
	uint16_t port;

	netaddr_from_sockaddr((const struct sockaddr *)&d->from->sa, &a, &port);
	printf("Received %zu bytes from [%s,%u]\n", d->len, netaddr_format(host, &a), port);
}

static void
on_datagram(struct udp *u, const struct udp_datagram *d, void *arg)
{
	struct echo *e = arg;
	struct buf b;

	if (!e->settings->quiet)
		log_datagram(d);
	buf_init(&b);
	int err = e->settings->reverse ? echoline_reverse(&b, d->bytes, d->len)
				       : buf_append(&b, d->bytes, d->len);

	if (err == OP_OK)
		send_by_chance(e, u, d, &b);
	buf_fini(&b);
}

static void
on_connection(int fd, void *arg)
{
	struct echo *e = arg;

	streams_add(&e->streams, fd);
}

/* --- the command --- */

static int
check_chances(void *settings)
{
	struct settings *s = settings;
	int64_t *const percents[] = {
	    &s->chance.drop, &s->chance.twice, &s->chance.delay, &s->chance.reorder};

	for (int i = 0; i < 4; i++) {
		if (s->lossy && *percents[i] == 0)
			*percents[i] = LOSSY_PERCENT;
		if (*percents[i] > 100)
			return options_complain(
			    &program, "%lld per cent is too much", (long long)*percents[i]);
	}
	if (s->serve.port == NULL)
		s->serve.port = s->reverse ? ECHOLINE_REVERSE_PORT : ECHOLINE_PORT;
	s->chance.state = (uint64_t)s->seed;
	return OP_OK;
}

static int
announce(const struct serve *serve, struct shell *shell, struct discoverable **out)
{
	char why[200];
	size_t count;
	struct udp *const *udps = serve_udps(serve, &count);
	int err = discoverable_sockets(shell->loop, "echo", udps, count, out, why, sizeof(why));

	if (err != OP_OK)
		shell_say("cannot answer discovery: %s", why);
	return err;
}

static int
serve(void *settings, struct shell *shell)
{
	struct settings *s = settings;
	struct echo e = {.settings = s, .loop = shell->loop, .chance = s->chance};

	e.streams = (struct streams){shell->loop, s->reverse, s->quiet, NULL, 0};
	struct discoverable *found = NULL;
	struct serve *serve = NULL;
	int err = serve_open(shell, &s->serve, on_datagram, on_connection, &e, &serve);

	if (err == OP_OK && s->announce)
		err = announce(serve, shell, &found);
	if (err == OP_OK) {
		serve_ready();
		shell_run(shell);
	}
	if (e.held != NULL)
		forget(e.held);
	while (e.timed != NULL)
		forget(e.timed);
	streams_close(&e.streams);
	serve_close(serve);
	discoverable_stop(found);
	return shell_status(err);
}

int
opnet_echod(int argc, char **argv)
{
	struct settings settings = {
	    .serve.rate = RATE, .chance.delay_ms = LOSSY_DELAY_MS, .seed = 1};
	static const struct shell_command command = {&program, check_chances, serve};

	return shell_command(&command, argc, argv, &settings);
}
