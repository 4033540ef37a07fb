/* SPDX-License-Identifier: ISC */
/* What a handler, and the relay, may ask of a session. */
#include "daemon/server/session_int.h"

struct ev_loop *
session_loop(struct session *s)
{
	return s->loop;
}

const struct server_app *
session_app(const struct session *s)
{
	return s->origin.config->app;
}

const void *
session_settings(const struct session *s)
{
	return s->origin.config->own;
}

const char *
session_peer_text(const struct session *s)
{
	return s->text;
}

const char *
session_peer_name(const struct session *s)
{
	return s->name;
}

const struct netaddr *
session_peer_addr(const struct session *s)
{
	return &s->addr;
}

const char *
session_peer_subject(const struct session *s)
{
	return s->subject;
}

bool
session_is_tls(const struct session *s)
{
	return s->t.state != NULL;
}

const char *
session_listener(const struct session *s)
{
	return s->origin.listener;
}

const struct session_origin *
session_origin(const struct session *s)
{
	return &s->origin;
}

bool
session_is_open(const struct session *s)
{
	return s->state == OPEN;
}

bool
session_is_full(const struct session *s)
{
	return s->full;
}

int
session_fd(const struct session *s)
{
	return s->origin.fd;
}

void
session_set_arg(struct session *s, void *arg)
{
	s->arg = arg;
}

void *
session_arg(const struct session *s)
{
	return s->arg;
}

void
session_timeout(struct session *s, int64_t ms)
{
	s->limits_set++;
	ev_timer_stop(s->loop, &s->timeout);
	if (ms <= 0 || s->state != OPEN)
		return;
	ev_timer_set(&s->timeout, (double)ms / 1000., 0.);
	ev_timer_start(s->loop, &s->timeout);
}

void
session_pause(struct session *s, bool paused)
{
	s->paused = paused;
	session_update_reader(s);
	/* What the handler had left in the buffer. */
	if (!paused && s->state == OPEN && buf_len(&s->in) > 0)
		ev_feed_event(s->loop, &s->reader, EV_CUSTOM);
}
