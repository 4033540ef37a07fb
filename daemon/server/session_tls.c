/* SPDX-License-Identifier: ISC */
/*
 * The handshake of TLS, between the lists and `opened`: on listeners that are TLS, and where
 * clients begin, on plain TCP for those whose first byte is that of TLS (docs/protocol.md, 3).
 * Whoever is on no list costs no handshake.
 */
#include "daemon/server/session_int.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include "lib/err.h"
#include "lib/ev/tls.h"
#include "lib/line.h"
#include "lib/log.h"

static void shake(struct session *s);

static void
fail(struct session *s, const char *why)
{
	log_notice("%s: closed: %s", s->text, why);
	session_give_up(s);
}

static void
begin(struct session *s)
{
	ev_io_stop(s->loop, &s->reader);
	ev_timer_stop(s->loop, &s->stall);
	ev_set_cb(&s->reader, session_on_readable);
	ev_io_set(&s->reader, s->origin.fd, EV_READ);
	session_open(s);
}

static void
limit(struct session *s, int64_t ms)
{
	s->stall.repeat = (double)ms / 1000.;
	ev_timer_again(s->loop, &s->stall);
}

/* --- the handshake --- */

static int
context(const struct session *s, char *why, size_t size)
{
	const struct tls_files files = server_config_tls(s->origin.config);

	return *s->origin.tls ? OP_OK : tls_server_new(&files, s->origin.tls, why, size);
}

static void
wrap(struct session *s)
{
	char why[300];

	if (context(s, why, sizeof(why))) {
		log_error("TLS: cannot be served: %s", why);
		session_give_up(s);
		return;
	}
	if (tls_wrap(*s->origin.tls, s->origin.fd, NULL, &s->t)) {
		fail(s, "out of memory");
		return;
	}
	limit(s, s->origin.config->generic.tls_handshake_ms);
	shake(s);
}

static void
on_shake(struct ev_loop *loop, ev_io *io, int revents)
{
	(void)loop;
	(void)revents;
	shake(io->data);
}

static void
shake(struct session *s)
{
	char why[300];
	short events = 0;
	int err = tls_handshake(&s->t, &events, why, sizeof(why));

	ev_io_stop(s->loop, &s->reader);
	if (err == OP_OK) {
		tls_subject(&s->t, s->subject, sizeof(s->subject));
		if (*s->subject)
			log_info("%s: TLS: certificate of %s", s->text, s->subject);
		begin(s);
	} else if (err == OP_AGAIN) {
		ev_set_cb(&s->reader, on_shake);
		ev_io_set(&s->reader, s->origin.fd, events == POLLOUT ? EV_WRITE : EV_READ);
		ev_io_start(s->loop, &s->reader);
	} else {
		fail(s, why);
	}
}

/* --- which kind of client it is --- */

static void
on_first(struct ev_loop *loop, ev_io *io, int revents)
{
	struct session *s = io->data;
	unsigned char first;
	ssize_t n = recv(s->origin.fd, &first, 1, MSG_PEEK);

	(void)loop;
	(void)revents;
	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n == 1 && line_first_byte(first) == LINE_PEER_TLS)
		wrap(s);
	else
		begin(s);
}

static bool
is_tls_listener(const struct session *s)
{
	return strncmp(s->origin.listener, "tls:", 4) == 0;
}

void
session_shake(struct session *s)
{
	const struct server_config *c = s->origin.config;

	bool may_begin = server_config_has_tls(c) && s->events->client_begins;

	if (s->addr.family == 0 || (!is_tls_listener(s) && !may_begin)) {
		session_open(s);
		return;
	}
	s->state = SHAKING;
	if (is_tls_listener(s) && !server_config_has_tls(c)) {
		/* The endpoint stays until the next start; in the clear nothing is said there. */
		fail(s, "tls_certificate is no longer configured");
		return;
	}
	if (is_tls_listener(s)) {
		wrap(s);
		return;
	}
	limit(s, c->generic.first_byte_ms);
	ev_set_cb(&s->reader, on_first);
	ev_io_start(s->loop, &s->reader);
}

void
session_shake_timeout(struct session *s)
{
	if (session_is_tls(s)) {
		fail(s, "no handshake of TLS in time");
		return;
	}
	log_info("%s: closed: it said nothing", s->text);
	session_give_up(s);
}
