/* SPDX-License-Identifier: ISC */
/* Calls of theirs: one is in `queries` for as long as an answer is owed. */
#include <stdlib.h>
#include "lib/err.h"
#include "lib/ev/rpcmsg_int.h"

#define MAX_QUERIES 65536u

struct rpcmsg_owed {
	LIST_ENTRY(rpcmsg_owed) link;
	uint32_t msgid;
};

static void
drop_query(struct rpcmsg *r, struct rpcmsg_owed *q)
{
	LIST_REMOVE(q, link);
	r->query_count--;
	free(q);
}

void
rpcmsg_queries_end(struct rpcmsg *r)
{
	while (!LIST_EMPTY(&r->queries))
		drop_query(r, LIST_FIRST(&r->queries));
}

static struct rpcmsg_owed *
find_query(const struct rpcmsg *r, uint32_t msgid)
{
	struct rpcmsg_owed *q;

	LIST_FOREACH (q, &r->queries, link)
		if (q->msgid == msgid)
			return q;
	return NULL;
}

static int
add_query(struct rpcmsg *r, uint32_t msgid)
{
	struct rpcmsg_owed *q;

	if (r->query_count >= MAX_QUERIES)
		return OP_UNAVAILABLE;
	q = malloc(sizeof(*q));
	if (q == NULL)
		return OP_NO_MEMORY;
	q->msgid = msgid;
	LIST_INSERT_HEAD(&r->queries, q, link);
	r->query_count++;
	return OP_OK;
}

bool
rpcmsg_is_wanted(const struct rpcmsg *r, uint32_t msgid)
{
	return find_query(r, msgid) != NULL;
}

/* --- answers --- */

int
rpcmsg_send_error(struct rpcmsg *r, uint32_t msgid, int err, const char *why)
{
	struct mp_out o;
	struct buf b;
	int sent;

	buf_init(&b);
	mp_out_init(&o, &b);
	rpc_error(&o, msgid, err, why);
	sent = rpcmsg_send_whole(r, &o);
	buf_fini(&b);
	if (sent != OP_OK)
		rpcmsg_hang_up(r, sent);
	return sent;
}

static int
send_result(struct rpcmsg *r, uint32_t msgid, const struct mp_out *result)
{
	struct mp_out head;
	struct buf b;
	int err = result->err;

	buf_init(&b);
	mp_out_init(&head, &b);
	rpc_result(&head, msgid);
	if (err == OP_OK)
		err = rpcmsg_send_value(r, &head, result->buf);
	buf_fini(&b);
	return err == OP_OK ? OP_OK : rpcmsg_send_error(r, msgid, err, NULL);
}

/* The answer is given now, and once. */
static bool
settle(struct rpcmsg *r, uint32_t msgid)
{
	struct rpcmsg_owed *q = find_query(r, msgid);

	if (q != NULL)
		drop_query(r, q);
	return q != NULL;
}

int
rpcmsg_answer(struct rpcmsg *r, uint32_t msgid)
{
	int err = OP_NOT_FOUND;

	rpcmsg_enter(r);
	if (settle(r, msgid))
		err = send_result(r, msgid, &r->out);
	(void)rpcmsg_begin(r);
	rpcmsg_leave(r);
	return err;
}

int
rpcmsg_answer_error(struct rpcmsg *r, uint32_t msgid, int err, const char *why)
{
	return settle(r, msgid) ? rpcmsg_send_error(r, msgid, err, why) : OP_NOT_FOUND;
}

static int
run_method(struct rpcmsg *r, const struct rpc_msg *m, struct rpcmsg_query *q)
{
	const struct rpcmsg_method *method = r->methods;

	while (method != NULL && method->name != NULL && !mp_text_is(m->method, method->name))
		method++;
	if (method == NULL || method->name == NULL)
		return OP_UNKNOWN_METHOD;
	return method->fn(q, r->arg);
}

void
rpcmsg_query_came(struct rpcmsg *r, const struct rpc_msg *m)
{
	struct rpcmsg_query q = {.from = r, .msgid = m->msgid, .params = m->params};
	struct mp_out result;
	struct buf b;
	int err = OP_OK;

	buf_init(&b);
	mp_out_init(&result, &b);
	q.result = &result;
	q.is_notify = m->type == RPC_NOTIFY;
	if (!q.is_notify)
		err = add_query(r, m->msgid);
	if (err != OP_OK)
		(void)rpcmsg_send_error(r, m->msgid, err, NULL);
	else
		err = run_method(r, m, &q);
	/* Meanwhile it may have been cancelled, or everything may be over. */
	if (!q.is_notify && err != OP_AGAIN && settle(r, m->msgid))
		(void)(err == OP_OK ? send_result(r, m->msgid, &result)
				    : rpcmsg_send_error(r, m->msgid, err, q.why));
	buf_fini(&b);
}

/* The query is answered at once, so that nobody waits for a method that does not look. */
void
rpcmsg_query_cancelled(struct rpcmsg *r, const struct rpc_msg *m)
{
	int64_t msgid;

	if (mp_get_int(m->params, "msgid", &msgid) == OP_OK && msgid >= 0 && msgid <= UINT32_MAX)
		(void)rpcmsg_answer_error(r, (uint32_t)msgid, OP_CANCELLED, NULL);
}
