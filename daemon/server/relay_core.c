/* SPDX-License-Identifier: ISC */
/*
 * Open calls are a list in the order of asking, each with the bytes it came in, and are found by
 * their msgid; a client has few, but may have as many as `max_calls` says.  hello is an open call
 * like the others until it is answered, then its bytes are kept apart: a new engine is told again,
 * and that second answer is swallowed.
 */
#include "daemon/server/relay_core.h"

#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>
#include "daemon/server/hello.h"
#include "lib/method.h"
#include "lib/rpc.h"
#include "lib/table.h"

struct call {
	struct table_node node; /* first: what the table hands out */
	TAILQ_ENTRY(call) order;
	uint32_t msgid;
	bool is_hello, is_subscribe, only_looks, cancelled;
	size_t len;
	unsigned char bytes[];
};

struct relay_core {
	struct relay_limits limits;
	TAILQ_HEAD(, call) calls;
	struct table by_msgid; /* the same */
	size_t bytes;
	struct call *hello;  /* answered: kept for the next engine */
	bool hello_repeated; /* its second answer is on the way */
	bool subscribed;
};

struct relay_core *
relay_core_new(const struct relay_limits *limits)
{
	struct relay_core *r = calloc(1, sizeof(*r));

	if (!r)
		return NULL;
	r->limits = *limits;
	TAILQ_INIT(&r->calls);
	return r;
}

bool
relay_core_said_hello(const struct relay_core *r)
{
	const struct call *first = TAILQ_FIRST(&r->calls);

	return r->hello || (first && first->is_hello);
}

size_t
relay_core_open_calls(const struct relay_core *r)
{
	return r->by_msgid.count;
}

/* --- the open calls --- */

static uint64_t
hash_of(uint32_t msgid)
{
	return table_hash(TABLE_HASH_START, &msgid, sizeof(msgid));
}

static bool
has_msgid(const struct table_node *node, const void *msgid)
{
	return ((const struct call *)node)->msgid == *(const uint32_t *)msgid;
}

static struct call *
find(const struct relay_core *r, uint32_t msgid)
{
	return (struct call *)table_find(&r->by_msgid, hash_of(msgid), has_msgid, &msgid);
}

static struct call *
take(struct relay_core *r, struct call *c)
{
	TAILQ_REMOVE(&r->calls, c, order);
	table_remove(&r->by_msgid, &c->node);
	r->bytes -= c->len;
	return c;
}

static struct call *
add(struct relay_core *r, uint32_t msgid, const void *payload, size_t len)
{
	struct call *c = malloc(sizeof(*c) + len);

	if (!c)
		return NULL;
	*c = (struct call){.msgid = msgid, .len = len};
	memcpy(c->bytes, payload, len);
	if (table_add(&r->by_msgid, &c->node, hash_of(msgid)) < 0) {
		free(c);
		return NULL;
	}
	TAILQ_INSERT_TAIL(&r->calls, c, order);
	r->bytes += len;
	return c;
}

void
relay_core_free(struct relay_core *r)
{
	if (!r)
		return;
	while (!TAILQ_EMPTY(&r->calls))
		free(take(r, TAILQ_FIRST(&r->calls)));
	table_fini(&r->by_msgid);
	free(r->hello);
	free(r);
}

/* --- from the client --- */

static enum relay_verdict
answer(struct buf *reply, uint32_t msgid, int err, const char *message)
{
	struct mp_out o;

	mp_out_init(&o, reply);
	rpc_error(&o, msgid, err, message);
	return RELAY_REPLY;
}

static bool
ends_with(struct mp_text t, const char *tail)
{
	size_t len = strlen(tail);

	return t.len >= len && memcmp(t.s + t.len - len, tail, len) == 0;
}

/* NULL: the hello may pass. */
static const char *
judge_hello(const struct relay_core *r, const struct rpc_msg *m, int *err, char *text, size_t size)
{
	*err = OP_BAD_REQUEST;
	if (relay_core_said_hello(r))
		return "hello: already said";
	*err = hello_check(m->params, text, size);
	if (*err)
		return text;
	if (!r->limits.no_askers || strcmp(hello_role(m->params), "asker") != 0)
		return NULL;
	*err = OP_UNAVAILABLE;
	return "all places are taken (max_workers); those in reserve are for who answers";
}

/* NULL: a good request. */
static const char *
judge(const struct relay_core *r, const struct rpc_msg *m, size_t len, int *err, char *text,
    size_t size)
{
	const struct method *method = method_find(m->method.s, m->method.len, true);
	bool is_hello = mp_text_is(m->method, "hello");

	*err = OP_BAD_REQUEST;
	if (!is_hello && !relay_core_said_hello(r))
		return "hello must come first";
	if (!method || method->way != METHOD_CALL) {
		*err = OP_UNKNOWN_METHOD;
		return op_strerror(*err);
	}
	*err = method_check(method, m->params, text, size);
	if (*err)
		return text;
	if (is_hello)
		return judge_hello(r, m, err, text, size);
	*err = OP_UNAVAILABLE;
	if (r->by_msgid.count >= r->limits.max_calls || r->bytes + len > r->limits.max_bytes)
		return "too many calls are open on this connection";
	return NULL;
}

static enum relay_verdict
client_request(struct relay_core *r, const struct rpc_msg *m, const void *payload, size_t len,
    struct buf *reply, const char **why)
{
	char text[200];
	const char *problem;
	struct call *c;
	int err;

	if (find(r, m->msgid)) {
		*why = "a msgid was used for two calls at a time";
		return RELAY_BAD;
	}
	problem = judge(r, m, len, &err, text, sizeof(text));
	if (problem)
		return answer(reply, m->msgid, err, problem);
	c = add(r, m->msgid, payload, len);
	if (!c)
		return answer(reply, m->msgid, OP_NO_MEMORY, NULL);
	c->is_hello = mp_text_is(m->method, "hello");
	c->is_subscribe = ends_with(m->method, ".subscribe");
	c->only_looks = method_find(m->method.s, m->method.len, true)->only_looks;
	return RELAY_FORWARD;
}

static enum relay_verdict
client_notify(struct relay_core *r, const struct rpc_msg *m)
{
	const struct method *method = method_find(m->method.s, m->method.len, true);
	char text[200];
	int64_t msgid;
	struct call *c;

	if (!relay_core_said_hello(r) || !method || method->way != METHOD_NOTIFY_IN ||
	    method_check(method, m->params, text, sizeof(text)))
		return RELAY_DROP;
	if (!mp_text_is(m->method, "$/cancel"))
		return RELAY_FORWARD;
	if (mp_get_int(m->params, "msgid", &msgid) || msgid < 0 || msgid > UINT32_MAX)
		return RELAY_DROP;
	c = find(r, (uint32_t)msgid);
	/* What follows a hello needs it: its real answer is on the way. */
	if (!c || c->cancelled || c->is_hello)
		return RELAY_DROP;
	c->cancelled = true;
	return RELAY_FORWARD;
}

bool
relay_core_is_cancel(const void *payload, size_t len)
{
	struct rpc_msg m;

	if (rpc_parse(&m, payload, len))
		return false;
	bool is = m.type == RPC_NOTIFY && mp_text_is(m.method, "$/cancel");

	rpc_fini(&m);
	return is;
}

enum relay_verdict
relay_core_client(
    struct relay_core *r, const void *payload, size_t len, struct buf *reply, const char **why)
{
	struct rpc_msg m = {.type = RPC_RESPONSE};
	int err = rpc_parse(&m, payload, len);
	enum relay_verdict v = RELAY_BAD;

	*why = "not an RPC message";
	if (err == OP_BAD_REQUEST && m.type == RPC_REQUEST && !find(r, m.msgid))
		return answer(reply, m.msgid, err, "params: expected [] or [{...}]");
	if (err == OP_NO_MEMORY)
		*why = op_strerror(err);
	if (err)
		return err == OP_BAD_REQUEST && m.type == RPC_NOTIFY ? RELAY_DROP : RELAY_BAD;
	if (m.type == RPC_REQUEST)
		v = client_request(r, &m, payload, len, reply, why);
	else if (m.type == RPC_NOTIFY)
		v = client_notify(r, &m);
	else
		*why = "a response to a call that was never made";
	rpc_fini(&m);
	return v;
}

/* --- from the engine --- */

static enum relay_verdict
engine_response(
    struct relay_core *r, const struct rpc_head *m, size_t len, struct buf *reply, const char **why)
{
	struct call *c;
	bool is_dropped;

	if (r->hello_repeated && r->hello->msgid == m->msgid) {
		r->hello_repeated = false;
		return RELAY_DROP;
	}
	c = find(r, m->msgid);
	if (!c) {
		*why = "a response to no open call";
		return RELAY_BAD;
	}
	take(r, c);
	is_dropped = c->cancelled && c->only_looks && !m->failed && len > RELAY_WORTH_DROPPING;
	if (c->is_subscribe && !m->failed)
		r->subscribed = true;
	if (c->is_hello && !m->failed)
		r->hello = c;
	else
		free(c);
	return is_dropped ? answer(reply, m->msgid, OP_CANCELLED, NULL) : RELAY_FORWARD;
}

enum relay_verdict
relay_core_engine(
    struct relay_core *r, const void *payload, size_t len, struct buf *reply, const char **why)
{
	enum relay_verdict v = RELAY_BAD;
	struct rpc_head m;

	*why = "not an RPC message";
	if (rpc_head(&m, payload, len))
		return RELAY_BAD;
	if (m.type == RPC_RESPONSE)
		v = engine_response(r, &m, len, reply, why);
	else if (m.type == RPC_NOTIFY)
		v = RELAY_FORWARD;
	else
		*why = "a request";
	return v;
}

/* --- a new engine --- */

static int
answer_cancelled(struct call *c, relay_send_fn *reply, void *arg)
{
	struct buf b;
	struct mp_out o;
	int err;

	buf_init(&b);
	mp_out_init(&o, &b);
	rpc_error(&o, c->msgid, OP_CANCELLED, NULL);
	err = o.err ? o.err : reply(buf_bytes(&b), buf_len(&b), arg);
	buf_fini(&b);
	free(c);
	return err;
}

int
relay_core_repeat(struct relay_core *r, relay_send_fn *send, relay_send_fn *reply, void *arg,
    bool *had_subscribed)
{
	struct call *c, *next;
	int err = OP_OK;

	if (r->hello) {
		err = send(r->hello->bytes, r->hello->len, arg);
		r->hello_repeated = !err;
	}
	for (c = TAILQ_FIRST(&r->calls); c && !err; c = next) {
		next = TAILQ_NEXT(c, order);
		err = c->cancelled ? answer_cancelled(take(r, c), reply, arg)
				   : send(c->bytes, c->len, arg);
	}
	*had_subscribed = r->subscribed;
	r->subscribed = false;
	return err;
}
