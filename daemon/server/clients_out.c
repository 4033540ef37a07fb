/* SPDX-License-Identifier: ISC */
/*
 * What is said to clients.  Others share a client's worker, so nothing here harms more than the one
 * client: what it does not read is bounded, and what is past the bound is answered by an error, for
 * which every open call has room of its own.  On the engine's loop.
 */
#include "daemon/server/engine_internal.h"

#include "lib/err.h"
#include "lib/frame.h"
#include "lib/log.h"

#define HIGH_WATER (256u * 1024u)
/* One result of the largest size always has room behind what makes the queue full. */
#define QUEUE_MAX (HIGH_WATER + FRAME_HEADER + FRAME_MAX)
/* Messages so small go past it: an error and what is told before it, for each open call. */
#define SMALL 1024u
#define SMALL_OF_A_CALL 2u

struct conn_limits
clients_limits(const struct server_settings *g)
{
	/* The relay's bound, and room for what it makes itself. */
	return (struct conn_limits){
	    .max_frame = g->max_frame,
	    .high_water = HIGH_WATER,
	    .max_queue = QUEUE_MAX + (size_t)g->max_calls * SMALL_OF_A_CALL * SMALL,
	};
}

/* --- the end of one client --- */

void
client_end(struct client *c, const char *why)
{
	if (c->is_ending)
		return;
	log_warn("%s: its link is closed: %s", c->identity.shown, why);
	c->is_ending = true;
	ev_feed_event(c->engine->loop, &c->engine->ending, EV_CUSTOM);
}

static struct client *
first_ending(const struct engine *e)
{
	struct client *c = e->clients;

	while (c && !c->is_ending)
		c = c->next;
	return c;
}

/* One's end may lead to that of others. */
void
clients_on_ending(struct ev_loop *loop, ev_prepare *w, int revents)
{
	struct client *c;

	(void)loop;
	(void)revents;
	while ((c = first_ending(w->data)))
		client_free(c);
}

/* --- messages --- */

static bool
has_room(size_t queued, size_t len)
{
	return len <= SMALL || queued + len <= QUEUE_MAX;
}

/* Told once, until it has read what was queued.  It may read, only not as fast as it calls: results
 * do not wait for the reading of one another. */
static void
tell_deaf(struct client *c)
{
	if (!c->is_deaf)
		log_notice("%s: does not read as fast as it calls: what it calls for is refused",
		    c->identity.shown);
	c->is_deaf = true;
}

static void
begin(struct client *c)
{
	c->queued = conn_unsent(peer_conn(c->peer));
}

static int
finish(struct client *c)
{
	size_t len = conn_unsent(peer_conn(c->peer)) - c->queued;

	if (!c->out->err && !has_room(c->queued, len))
		c->out->err = OP_UNAVAILABLE;
	return peer_end(c->peer);
}

struct mp_out *
client_result_begin(struct client *c, uint32_t msgid)
{
	begin(c);
	return c->out = peer_result_begin(c->peer, msgid);
}

/* What a client is told instead of what could not be queued for it. */
static void
answer_instead(struct client *c, uint32_t msgid, int err)
{
	const char *message = NULL;

	if (err == OP_UNAVAILABLE) {
		tell_deaf(c);
		message = "too much waits for this client: it must read first";
	} else if (err == OP_TOO_LARGE) {
		message = "the answer is larger than a message may be";
	}
	client_error(c, msgid, err, message);
}

void
client_result_end(struct client *c, uint32_t msgid)
{
	int err = finish(c);

	if (err && err != OP_CLOSED)
		answer_instead(c, msgid, err);
}

struct mp_out *
client_notify_begin(struct client *c, const char *method)
{
	begin(c);
	return c->out = peer_notify_begin(c->peer, method);
}

/* It must not miss anything unknowingly. */
static int
checked(struct client *c, int err)
{
	if (err && err != OP_CLOSED)
		client_end(c, err == OP_UNAVAILABLE
				  ? "it does not read, and must not miss what it is told"
				  : op_strerror(err));
	return err;
}

int
client_notify_end(struct client *c)
{
	return checked(c, finish(c));
}

int
client_send(struct client *c, const void *payload, size_t len)
{
	if (!has_room(conn_unsent(peer_conn(c->peer)), FRAME_HEADER + len))
		return OP_UNAVAILABLE;
	return peer_send_raw(c->peer, payload, len);
}

void
client_error(struct client *c, uint32_t msgid, int err, const char *message)
{
	checked(c, peer_error(c->peer, msgid, err, message));
}

void
client_error_data(
    struct client *c, uint32_t msgid, int err, const char *message, const struct buf *data)
{
	struct buf bytes;
	struct mp_out o;
	int failed;

	buf_init(&bytes);
	mp_out_init(&o, &bytes);
	rpc_error_data(&o, msgid, err, message, data);
	failed = o.err ? o.err : client_send(c, buf_bytes(&bytes), buf_len(&bytes));
	if (failed && failed != OP_CLOSED)
		answer_instead(c, msgid, failed);
	buf_fini(&bytes);
}

bool
client_is_full(const struct client *c)
{
	return conn_is_full(peer_conn(c->peer));
}

size_t
client_unsent(const struct client *c)
{
	return conn_unsent(peer_conn(c->peer));
}
