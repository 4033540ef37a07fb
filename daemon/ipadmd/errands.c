/* SPDX-License-Identifier: ISC */
/*
 * Which process answers a call, the committer, the reader, the publisher or the engine itself; and
 * the way of the answer back to a client that may have gone meanwhile.
 */
#include "daemon/ipadmd/service_int.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/err.h"

/* A call that a clerk has in hand. */
struct errand {
	LIST_ENTRY(errand) link;
	struct service *service;
	uint64_t client;
	uint32_t msgid;
	uint32_t call_id; /* at the clerk */
	bool reads;       /* it is the reader's */
	bool given_up;
	bool publishes; /* the committer only allows it */
	struct publishing_wish wish;
};

/* --- answers --- */

/* A clerk's error, for the client. */
static void
answer_error(struct client *c, uint32_t msgid, const struct rpc_msg *m)
{
	struct rpc_error e = rpc_error_of(m);
	char text[400];
	struct buf data;
	struct mp_out o;

	buf_init(&data);
	snprintf(text, sizeof(text), "%.*s", (int)e.message.len, e.message.s ? e.message.s : "");
	mp_out_init(&o, &data);
	if (e.data)
		mp_object(&o, e.data);
	if (buf_len(&data) > 0 && !o.err)
		client_error_data(c, msgid, e.err, text, &data);
	else
		client_error(c, msgid, e.err, *text ? text : NULL);
	buf_fini(&data);
}

void
errands_check_stopped(struct service *s)
{
	if (s->stopping && LIST_EMPTY(&s->errands))
		engine_stopped(s->engine);
}

static void
on_answer(struct peer *p, int err, const struct rpc_msg *m, void *arg)
{
	struct errand *e = arg;
	struct service *s = e->service;
	struct guest *g = service_guest(s, e->client);

	(void)p;
	if (g && err == OP_OK && e->publishes && e->given_up) {
		client_error(g->client, e->msgid, OP_CANCELLED, NULL);
	} else if (g && err == OP_OK && e->publishes) {
		publishing_call(s->publishing, g->client, e->msgid, &e->wish);
	} else if (g && err == OP_OK) {
		mp_object(client_result_begin(g->client, e->msgid), m->result);
		client_result_end(g->client, e->msgid);
	} else if (g && m) {
		answer_error(g->client, e->msgid, m);
	} else if (g && err == OP_CANCELLED) {
		client_error(g->client, e->msgid, err, NULL);
	} else if (g) {
		client_error(
		    g->client, e->msgid, OP_UNAVAILABLE, "ask again: the outcome is not known");
	}
	LIST_REMOVE(e, link);
	free(e);
	errands_check_stopped(s);
}

/* --- calls --- */

static bool
is_admin(const struct service *s, const struct identity *who, const char *author)
{
	const struct string_list *admins = &s->settings->admins;

	if (who->addr.family != 0)
		return false;
	if (who->uid == 0 || who->uid == geteuid())
		return true;
	for (size_t i = 0; i < admins->count; i++)
		if (strcmp(admins->items[i], author) == 0)
			return true;
	return false;
}

static void
pack_caller(const struct service *s, const struct guest *g, struct mp_out *o)
{
	const struct identity *who = client_identity(g->client);
	char author[160];

	snprintf(author, sizeof(author), "%.*s", (int)strcspn(who->who, "@"), who->who);
	mp_str(o, "caller");
	mp_map(o, 5);
	mp_kstr(o, "who", who->who);
	mp_kstr(o, "author", author);
	mp_kstr(o, "shown", who->shown);
	mp_kstr(o, "session", g->session);
	mp_kbool(o, "admin", is_admin(s, who, author));
}

static int
send_call(struct service *s, struct guest *g, struct hands *h, const char *method,
    const struct rpc_msg *m)
{
	struct errand *e = calloc(1, sizeof(*e));

	if (!e)
		return OP_NO_MEMORY;
	*e = (struct errand){.service = s,
	    .client = g->id,
	    .msgid = m->msgid,
	    .publishes = mp_text_is(m->method, "sdb.publish"),
	    .wish = publishing_wish_of(m->params)};
	struct mp_out *o = hands_begin(h, method, on_answer, e);

	mp_map(o, m->params ? 2 : 1);
	pack_caller(s, g, o);
	if (m->params) {
		mp_str(o, "params");
		mp_object(o, m->params);
	}
	int err = hands_send(h);

	e->call_id = hands_call_id(h);
	e->reads = h == s->reader;
	if (err)
		free(e);
	else
		LIST_INSERT_HEAD(&s->errands, e, link);
	return err;
}

static void
subscribe(struct service *s, struct guest *g, const struct rpc_msg *m)
{
	(void)s;
	g->subscribed = true;
	mp_map(client_result_begin(g->client, m->msgid), 0);
	client_result_end(g->client, m->msgid);
}

static void
status(struct service *s, struct guest *g, const struct rpc_msg *m)
{
	publishing_status(s->publishing, g->client, m);
}

/* What the engine answers itself. */
static const struct own_call {
	const char *name;
	void (*run)(struct service *s, struct guest *g, const struct rpc_msg *m);
} own_calls[] = {
    {"sdb.subscribe", subscribe},
    {"sdb.status", status},
};

static const struct own_call *
find_own(const struct rpc_msg *m)
{
	for (size_t i = 0; i < sizeof(own_calls) / sizeof(own_calls[0]); i++)
		if (mp_text_is(m->method, own_calls[i].name))
			return &own_calls[i];
	return NULL;
}

/* Get with a lock is the committer's. */
static const struct clerk_call *
find_call(const struct rpc_msg *m)
{
	const struct clerk_call *reads = clerk_find(m->method, false);
	bool lock = false;

	if (reads && reads->run == call_get)
		mp_get_bool(m->params, "lock", &lock);
	return reads && !lock ? reads : clerk_find(m->method, true);
}

static void
forward(struct service *s, struct guest *g, const struct clerk_call *call, const struct rpc_msg *m)
{
	struct hands *h = call->writes ? s->committer : s->reader;

	if (s->stopping || !hands_is_up(h)) {
		client_error(g->client, m->msgid, OP_UNAVAILABLE, NULL);
		return;
	}
	int err = send_call(s, g, h, call->name, m);

	if (err)
		client_error(g->client, m->msgid, err, NULL);
}

static void
give_up(struct service *s, struct errand *e)
{
	e->given_up = true;
	if (e->reads)
		hands_cancel(s->reader, e->call_id);
	else
		hands_ask_end(s->committer, e->call_id);
}

void
errands_cancel(struct service *s, const struct guest *g, uint32_t msgid)
{
	struct errand *e;

	LIST_FOREACH (e, &s->errands, link)
		if (e->client == g->id && e->msgid == msgid)
			give_up(s, e);
	publishing_cancel(s->publishing, g->client, msgid);
}

/* A change that a client has asked for and did not give up is done. */
void
errands_forget(struct service *s, const struct guest *g)
{
	struct errand *e;

	LIST_FOREACH (e, &s->errands, link)
		if (e->client == g->id && e->reads)
			give_up(s, e);
}

void
errands_request(struct client *c, const struct rpc_msg *m)
{
	struct service *s = engine_arg(client_engine(c));
	struct guest *g = client_arg(c);
	const struct clerk_call *call = find_call(m);
	const struct own_call *own = find_own(m);
	int err;

	if (!own && !call)
		client_error(c, m->msgid, OP_UNKNOWN_METHOD, NULL);
	else if ((err = service_join(s, g, m)))
		client_error(c, m->msgid, err, NULL);
	else if (own)
		own->run(s, g, m);
	else
		forward(s, g, call, m);
}
