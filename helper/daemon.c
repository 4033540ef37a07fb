/* SPDX-License-Identifier: ISC */
/*
 * A link to a daemon: messages pass unchanged, both ways.  An answer that nobody waits for any more
 * ends here.  On the relay's loop.
 */
#include "helper/relay_int.h"

#include <stdio.h>
#include <stdlib.h>
#include "lib/log.h"

#define DEFAULT_PROGRAM "mediachanged"
#define STALL_MS 60000
#define LEAST_DEAD_MS 3000 /* a ping a second, no more */

struct daemon {
	struct link *link;
	char role[24];
};

static void
on_state(struct link *link, enum link_state s, const char *reason, int64_t retry_ms, void *arg)
{
	relay_tell_state(arg, s, reason, retry_ms, s == LINK_UP ? link_peer(link) : NULL);
}

static void
on_message(
    struct link *link, const struct rpc_msg *m, const unsigned char *payload, size_t len, void *arg)
{
	struct relay_link *l = arg;

	(void)link;
	if (m->type == RPC_RESPONSE && !calls_take(l->relay->calls, l->number, m->msgid)) {
		log_debug("link %d: late answer dropped: call %u", (int)l->number, m->msgid);
		return;
	}
	struct mp_out o = relay_begin(l->relay, l->number);

	mp_raw(&o, payload, len);
	relay_end(l->relay, &o);
}

static const struct link_events events = {on_state, on_message, NULL};

static void
daemon_close(struct relay_link *l)
{
	struct daemon *d = l->far;

	link_free(d->link);
	free(d);
}

static int
daemon_send(struct relay_link *l, const struct wrap *w, const struct rpc_msg *m)
{
	struct daemon *d = l->far;
	int err = link_send(d->link, w->rpc, w->rpc_len);

	if (err == OP_OK && m->type == RPC_NOTIFY && mp_text_is(m->method, "$/cancel"))
		link_urge(d->link);
	return err;
}

static void
daemon_retry(struct relay_link *l)
{
	struct daemon *d = l->far;

	link_retry(d->link);
}

static void
daemon_pause(struct relay_link *l, bool paused)
{
	struct daemon *d = l->far;

	link_pause(d->link, paused);
}

static const struct relay_kind kind = {daemon_close, daemon_send, daemon_retry, daemon_pause};

int
daemon_open(
    struct relay_link *l, const struct endpoint *e, const msgpack_object *params, const char **why)
{
	struct daemon *d = calloc(1, sizeof(*d));
	struct endpoint to = *e;
	struct mp_text role;
	int64_t dead_ms = 0; /* as the link likes it */

	(void)why;
	if (!d)
		return OP_NO_MEMORY;
	endpoint_default_program(&to, DEFAULT_PROGRAM);
	snprintf(d->role, sizeof(d->role), "desk");
	if (mp_get_text(params, "role", &role) == OP_OK)
		snprintf(d->role, sizeof(d->role), "%.*s", (int)role.len, role.s);
	if (mp_get_int(params, "dead_ms", &dead_ms) == OP_OK && dead_ms < LEAST_DEAD_MS)
		dead_ms = LEAST_DEAD_MS;
	struct link_options options = {
	    .program = "ipadmh",
	    .version = OPDESK_VERSION,
	    .role = d->role,
	    .ping_ms = dead_ms / 3,
	    .dead_ms = dead_ms,
	    .limits = {.max_frame = WRAP_MAX_RPC, .stall_ms = STALL_MS},
	};

	d->link = link_new(l->relay->loop, &to, &options, &events, l);
	if (!d->link) {
		free(d);
		return OP_NO_MEMORY;
	}
	l->kind = &kind;
	l->far = d;
	return OP_OK;
}
