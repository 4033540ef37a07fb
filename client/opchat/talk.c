/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include "client/opchat/opchat.h"
#include "lib/clock.h"
#include "lib/err.h"
#include "lib/ev/udp.h"

struct talk {
	struct ev_loop *loop;
	const struct opchat_settings *settings;
	struct chatter *chatter;
	struct netaddr server;
	struct udp *udp, *groups; /* groups: opened when there is one to hear */
	uint16_t group_port;
	ev_timer timer;
	ev_io input;
	ev_signal stop[2];
	struct buf line;
	int status;
	bool over;
};

static void turn(struct talk *t);

static void
finish(struct talk *t, int status)
{
	if (t->over)
		return;
	t->over = true;
	t->status = status;
	chatter_leave(t->chatter);
	turn(t);
	ev_break(t->loop, EVBREAK_ALL);
}

/* --- datagrams --- */

static void
on_datagram(struct udp *u, const struct udp_datagram *d, void *arg)
{
	struct talk *t = arg;

	(void)u;
	if (!d->truncated)
		chatter_receive(t->chatter, d->bytes, d->len, NULL, clock_boot_ms());
	turn(t);
}

/* Only what the server sends to a group; on a host of its own it may speak from another address. */
static void
on_group(struct udp *u, const struct udp_datagram *d, void *arg)
{
	struct talk *t = arg;
	struct netaddr from;
	uint16_t port;

	(void)u;
	netaddr_from_sockaddr((const struct sockaddr *)&d->from->sa, &from, &port);
	if (!d->truncated && (netaddr_equal(&from, &t->server) || netaddr_is_loopback(&t->server)))
		chatter_receive(t->chatter, d->bytes, d->len, &d->to, clock_boot_ms());
	turn(t);
}

/* Nobody is there: said once a round by the conversation itself. */
static void
on_failed(struct udp *u, const struct resolve_addr *to, int err, const char *why, void *arg)
{
	(void)u;
	(void)to;
	(void)err;
	(void)why;
	(void)arg;
}

static const struct udp_events to_us = {.datagram = on_datagram, .failed = on_failed};
static const struct udp_events to_groups = {.datagram = on_group, .failed = on_failed};

static void
hear(struct talk *t, const struct chatter_event *e)
{
	const char *interface = t->settings->interface ? t->settings->interface : "";
	char why[200] = "", text[NETADDR_TEXT];
	int err = OP_OK;

	if (t->groups && t->group_port != e->port) {
		udp_close(t->groups);
		t->groups = NULL;
	}
	if (!t->groups) {
		struct resolve_addr any;

		udp_any(e->group.family == 6 ? AF_INET6 : AF_INET, e->port, &any);
		err = udp_open(t->loop, &any,
		    &(struct udp_options){.reuse = true, .max_bytes = CHAT_BYTES_MAX}, &to_groups,
		    t, &t->groups, why, sizeof(why));
		t->group_port = e->port;
	}
	if (err == OP_OK)
		err = udp_join(t->groups, &e->group, interface, why, sizeof(why));
	if (err && err != OP_CONFLICT)
		fprintf(
		    stderr, "opchat: cannot hear %s: %s\n", netaddr_format(text, &e->group), why);
}

static void
hear_not(struct talk *t, const struct chatter_event *e)
{
	char why[200];

	if (t->groups)
		udp_leave(t->groups, &e->group,
		    t->settings->interface ? t->settings->interface : "", why, sizeof(why));
}

/* --- events --- */

static void
show(struct talk *t, const struct chatter_event *e)
{
	struct buf out;

	buf_init(&out);
	if (opchat_describe(e, &out) == OP_OK && buf_len(&out) > 0) {
		char when[10] = "";
		time_t now = time(NULL);
		struct tm tm;

		if (t->settings->times)
			strftime(when, sizeof(when), "%H:%M ", localtime_r(&now, &tm));
		printf("%s%.*s", when, (int)buf_len(&out), (const char *)buf_bytes(&out));
		fflush(stdout);
	}
	buf_fini(&out);
}

static void
turn(struct talk *t)
{
	struct chatter_event e;
	bool refused = false;

	while (chatter_next(t->chatter, &e)) {
		show(t, &e);
		if (e.type == CHATTER_SEND)
			udp_send(t->udp, e.bytes, e.len, NULL, NULL);
		else if (e.type == CHATTER_LISTEN)
			hear(t, &e);
		else if (e.type == CHATTER_LISTEN_NOT)
			hear_not(t, &e);
		refused |= e.type == CHATTER_REFUSED;
	}
	if (refused)
		finish(t, 1);
	int64_t wake = chatter_wake_ms(t->chatter);

	ev_timer_stop(t->loop, &t->timer);
	if (wake == INT64_MAX)
		return;
	ev_timer_set(&t->timer, (double)(wake - clock_boot_ms()) / 1000. + 0.001, 0.);
	ev_timer_start(t->loop, &t->timer);
}

static void
on_timer(struct ev_loop *loop, ev_timer *timer, int revents)
{
	struct talk *t = timer->data;

	(void)loop;
	(void)revents;
	chatter_tick(t->chatter, clock_boot_ms());
	turn(t);
}

static void
on_signal(struct ev_loop *loop, ev_signal *w, int revents)
{
	(void)loop;
	(void)revents;
	finish(w->data, 0);
}

/* --- input --- */

static void
complain(int err, const char *what)
{
	if (err == OP_CONFLICT)
		fprintf(stderr, "* not now: %s\n", what);
	else if (err == OP_BAD_REQUEST)
		fprintf(stderr,
		    "* a channel or nick is one word of at most %d bytes, a text has at most "
		    "%d\n",
		    CHAT_WORD_MAX, CHAT_TEXT_MAX);
}

static void
obey(struct talk *t, char *line)
{
	struct opchat_wish w = opchat_understand(line);
	struct chatter *c = t->chatter;
	int64_t now = clock_boot_ms();

	switch (w.type) {
	case WISH_NOTHING:
		return;
	case WISH_SAY:
		complain(chatter_say(c, w.text, now), "you are not logged in yet");
		return;
	case WISH_JOIN:
		complain(chatter_join(c, w.word, now), "you are in too many channels");
		return;
	case WISH_PART:
		complain(chatter_part(c, w.word, now), "you are not in that channel");
		return;
	case WISH_CHANNELS:
		complain(chatter_list_channels(c, now), "you are not logged in yet");
		return;
	case WISH_USERS:
		complain(chatter_list_users(c, now), "you are not logged in yet");
		return;
	case WISH_WHISPER:
		complain(chatter_whisper(c, w.word, w.text, now), "you are not logged in yet");
		return;
	case WISH_QUIT:
		finish(t, 0);
		return;
	case WISH_HELP:
		opchat_print_help();
		return;
	case WISH_BAD:
		fprintf(stderr, "* %s\n", w.text);
		return;
	}
}

/* Whole lines; one that is too long is cut by refusing what it says. */
static void
take_lines(struct talk *t, bool ended)
{
	const unsigned char *bytes, *end;

	while (!t->over && (bytes = buf_bytes(&t->line)) && buf_len(&t->line) > 0) {
		char line[OPCHAT_LINE_MAX];

		end = memchr(bytes, '\n', buf_len(&t->line));
		size_t len = end ? (size_t)(end - bytes) + 1 : buf_len(&t->line);

		if (!end && !ended && len < sizeof(line))
			return;
		snprintf(line, sizeof(line), "%.*s",
		    (int)(len < sizeof(line) ? len : sizeof(line) - 1), (const char *)bytes);
		buf_consume(&t->line, len);
		obey(t, line);
	}
}

static void
on_input(struct ev_loop *loop, ev_io *io, int revents)
{
	struct talk *t = io->data;
	char bytes[4096];
	ssize_t n = read(STDIN_FILENO, bytes, sizeof(bytes));

	(void)loop;
	(void)revents;
	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n > 0 && buf_append(&t->line, bytes, (size_t)n) != OP_OK)
		n = 0;
	take_lines(t, n <= 0);
	if (n <= 0)
		finish(t, 0);
	else if (!t->over)
		turn(t);
}

/* --- beginning --- */

static int
open_socket(struct talk *t, const struct resolve_addr *server)
{
	const struct udp_options options = {.max_bytes = CHAT_BYTES_MAX};
	struct resolve_addr any;
	char why[200] = "";
	uint16_t port;

	netaddr_from_sockaddr((const struct sockaddr *)&server->sa, &t->server, &port);
	udp_any(server->sa.ss_family, 0, &any);
	int err = udp_open(t->loop, &any, &options, &to_us, t, &t->udp, why, sizeof(why));

	if (err == OP_OK)
		err = udp_connect(t->udp, server);
	if (err)
		fprintf(stderr, "opchat: cannot send: %s\n", *why ? why : op_strerror(err));
	return err;
}

static void
watch(struct talk *t)
{
	static const int signals[] = {SIGINT, SIGTERM};

	ev_timer_init(&t->timer, on_timer, 0., 0.);
	t->timer.data = t;
	ev_io_init(&t->input, on_input, STDIN_FILENO, EV_READ);
	t->input.data = t;
	ev_io_start(t->loop, &t->input);
	for (int i = 0; i < 2; i++) {
		ev_signal_init(&t->stop[i], on_signal, signals[i]);
		t->stop[i].data = t;
		ev_signal_start(t->loop, &t->stop[i]);
	}
}

int
opchat_talk(
    struct ev_loop *loop, const struct opchat_settings *s, const struct resolve_addr *server)
{
	struct talk t = {.loop = loop, .settings = s, .status = 1};

	buf_init(&t.line);
	t.chatter = chatter_new(s->nick, clock_boot_ms());
	if (!t.chatter || open_socket(&t, server) != OP_OK) {
		chatter_free(t.chatter);
		return 1;
	}
	for (size_t i = 0; i < s->channels.count; i++)
		complain(
		    chatter_join(t.chatter, s->channels.items[i], clock_boot_ms()), "too many");
	watch(&t);
	chatter_tick(t.chatter, clock_boot_ms());
	turn(&t);
	ev_run(loop, 0);
	udp_close(t.udp);
	udp_close(t.groups);
	chatter_free(t.chatter);
	buf_fini(&t.line);
	return t.status;
}
