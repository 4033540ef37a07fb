/* SPDX-License-Identifier: ISC */
/*
 * Link 0: the helper's own methods, as a table.  Calls are checked against lib/method.h before
 * their handler runs, so that a handler finds the keys it needs.  On the relay's loop.
 */
#include "helper/relay_int.h"

#include <stdio.h>
#include <stdlib.h>
#include "lib/log.h"
#include "lib/method.h"

#define DEFAULT_PORT "8979"

static void
reply_empty(struct relay *r, uint32_t msgid)
{
	struct mp_out o = relay_begin(r, 0);

	rpc_result(&o, msgid);
	mp_map(&o, 0);
	relay_end(r, &o);
}

/* The desk wants to know whether this loop turns. */
static void
on_ping(struct relay *r, const struct rpc_msg *m)
{
	reply_empty(r, m->msgid);
}

static struct relay_link **
free_place(struct relay *r)
{
	for (size_t i = 0; i < RELAY_LINKS_MAX; i++)
		if (!r->links[i])
			return &r->links[i];
	return NULL;
}

static void
copy_text(char *dst, size_t size, const msgpack_object *params, const char *key)
{
	struct mp_text t;

	if (mp_get_text(params, key, &t) == OP_OK)
		snprintf(dst, size, "%.*s", (int)t.len, t.s);
}

static relay_open_fn *const openers[] = {
    [ENDPOINT_TCP] = daemon_open,
    [ENDPOINT_UNIX] = daemon_open,
    [ENDPOINT_SSH] = daemon_open,
    [ENDPOINT_TLS] = daemon_open,
    [ENDPOINT_CHAT] = chat_open,
    [ENDPOINT_WATCH] = watch_open,
};
#define N_OPENERS (sizeof(openers) / sizeof(openers[0]))

static int
open_link(struct relay *r, const msgpack_object *params, struct relay_link **out, const char **why)
{
	struct relay_link *l = calloc(1, sizeof(*l));
	struct endpoint e;

	if (!l)
		return OP_NO_MEMORY;
	l->relay = r;
	l->number = r->last_number + 1;
	copy_text(l->endpoint, sizeof(l->endpoint), params, "endpoint");
	int err = endpoint_parse_link(l->endpoint, DEFAULT_PORT, &e, why);

	if (err == OP_OK && ((size_t)e.kind >= N_OPENERS || !openers[e.kind])) {
		*why = "no link can be made to such an endpoint";
		err = OP_BAD_REQUEST;
	}
	if (err == OP_OK)
		err = openers[e.kind](l, &e, params, why);
	if (err != OP_OK) {
		free(l);
		return err;
	}
	l->kind->pause(l, r->is_paused);
	r->last_number = l->number;
	*out = l;
	return OP_OK;
}

static void
on_open(struct relay *r, const struct rpc_msg *m)
{
	struct relay_link **at = free_place(r);
	const char *why = at ? NULL : "no room for another link";
	int err = at ? open_link(r, m->params, at, &why) : OP_UNAVAILABLE;

	if (err != OP_OK) {
		relay_reply_error(r, 0, m->msgid, err, why);
		return;
	}
	struct mp_out o = relay_begin(r, 0);

	rpc_result(&o, m->msgid);
	mp_map(&o, 1);
	mp_kint(&o, "link", (*at)->number);
	relay_end(r, &o);
}

/* The link that the call names; when there is none the call is answered. */
static struct relay_link **
named_link(struct relay *r, const struct rpc_msg *m)
{
	int64_t number = 0;

	mp_get_int(m->params, "link", &number);
	struct relay_link **at = relay_find_link(r, number);

	if (!at)
		relay_reply_error(r, 0, m->msgid, OP_NOT_FOUND, "there is no such link");
	return at;
}

static void
on_close(struct relay *r, const struct rpc_msg *m)
{
	struct relay_link **at = named_link(r, m);

	if (!at)
		return;
	calls_take_link(r->calls, (*at)->number, relay_on_lost, r);
	(*at)->kind->close(*at);
	free(*at);
	*at = NULL;
	reply_empty(r, m->msgid);
}

static void
on_retry(struct relay *r, const struct rpc_msg *m)
{
	struct relay_link **at = named_link(r, m);

	if (!at)
		return;
	reply_empty(r, m->msgid);
	(*at)->kind->retry(*at);
}

/* To whoever works on the call; only a daemon may still be able to stop. */
static void
send_cancel(struct relay_link *l, uint32_t msgid)
{
	struct buf bytes;
	struct mp_out o;
	struct rpc_msg m;

	buf_init(&bytes);
	mp_out_init(&o, &bytes);
	rpc_notify(&o, "$/cancel");
	mp_map(&o, 1);
	mp_kint(&o, "msgid", msgid);
	int err = o.err;
	struct wrap w = {.link = l->number, .rpc = buf_bytes(&bytes), .rpc_len = buf_len(&bytes)};

	if (err == OP_OK)
		err = rpc_parse(&m, w.rpc, w.rpc_len);
	if (err == OP_OK) {
		err = l->kind->send(l, &w, &m);
		rpc_fini(&m);
	}
	if (err != OP_OK)
		log_warn("link %d: cancellation lost: call %u", (int)l->number, msgid);
	buf_fini(&bytes);
}

static void
on_cancel(struct relay *r, const struct rpc_msg *m)
{
	int64_t number = 0, msgid = 0;

	mp_get_int(m->params, "link", &number);
	mp_get_int(m->params, "msgid", &msgid);
	if (!calls_take(r->calls, number, (uint32_t)msgid))
		return; /* its answer was quicker */
	relay_reply_error(r, number, (uint32_t)msgid, OP_CANCELLED, NULL);
	send_cancel(*relay_find_link(r, number), (uint32_t)msgid);
}

static const struct {
	const char *name;
	enum rpc_type type;
	void (*handle)(struct relay *r, const struct rpc_msg *m);
} methods[] = {
    {"ping", RPC_REQUEST, on_ping},
    {"link.open", RPC_REQUEST, on_open},
    {"link.close", RPC_REQUEST, on_close},
    {"link.retry", RPC_REQUEST, on_retry},
    {"$/cancel", RPC_NOTIFY, on_cancel},
};

void
relay_own(struct relay *r, const struct rpc_msg *m)
{
	char why[160] = "no such method on link 0";
	const struct method *known = method_find(m->method.s, m->method.len, true);
	int err = OP_UNKNOWN_METHOD;

	for (size_t i = 0; known && i < sizeof(methods) / sizeof(methods[0]); i++) {
		if (m->type != methods[i].type || !mp_text_is(m->method, methods[i].name))
			continue;
		err = method_check(known, m->params, why, sizeof(why));
		if (err != OP_OK)
			break;
		methods[i].handle(r, m);
		return;
	}
	if (m->type == RPC_REQUEST)
		relay_reply_error(r, 0, m->msgid, err, why);
	else
		log_warn("desk: message to the helper not understood: %s", why);
}
