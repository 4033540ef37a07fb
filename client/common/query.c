/* SPDX-License-Identifier: ISC */
/* Calls for the sub-commands of a terminal client.  Blocking; ^C ends the program, or the wait
 * where it is caught (stop.h). */
#include "client/common/query.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include "lib/clock.h"
#include "lib/text.h"

#define CONNECT_MS 10000
#define CALL_MS 60000  /* unless the program says more */
#define AGAIN_MS 10000 /* a lost connection is made anew for that long */
#define PAUSE_MS 200
#define SAY_MS 1500  /* who waits longer is told why */
#define SLOW_MS 3000 /* the same while a call is out: a search of years may take two seconds */
#define PAUSE_MAX_MS 5000

int
query_complain(const struct query *q, int err, const char *fmt, ...)
{
	va_list ap;

	fflush(stdout);
	fprintf(stderr, "%s: %s: ", q->kind->hello.program, q->command);
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fputc('\n', stderr);
	return err;
}

int
query_nonsense(const struct query *q)
{
	return query_complain(q, OP_PROTOCOL, "the daemon's answer makes no sense");
}

static int
connect_once(struct query *q, char *why, size_t why_size)
{
	if (q->rpc)
		return OP_OK;
	return rpcsync_open(
	    &q->endpoint, &q->kind->hello, clock_boot_ms() + CONNECT_MS, &q->rpc, why, why_size);
}

static int
complain_connect(const struct query *q, int err, const char *why)
{
	char text[SERVER_WHY + ENDPOINT_TEXT];

	/* As statuses these would say that the question is not there, that a file was not written.
	 */
	int status = err == OP_NOT_FOUND || err == OP_SYSTEM ? OP_UNAVAILABLE : err;

	return query_complain(q, status, "%s",
	    server_explain(text, sizeof(text), q->kind->server, &q->endpoint, err, why));
}

void
query_disconnect(struct query *q)
{
	rpcsync_close(q->rpc);
	q->rpc = NULL;
}

void
query_lost(struct query *q)
{
	if (!q->said_away)
		query_complain(q, OP_OK, "connection lost, connecting again");
	q->said_away = true;
	query_disconnect(q);
	stop_poll(NULL, 0, clock_boot_ms() + PAUSE_MS);
}

void
query_pack_nothing(struct mp_out *o, const struct query *q, const void *arg)
{
	(void)q;
	(void)arg;
	mp_map(o, 0);
}

static int
complain_remote(const struct query *q, const struct rpc_msg *m)
{
	struct rpc_error e = rpc_error_of(m);
	char message[300];

	if (q->kind->explain && q->kind->explain(q, &e))
		return e.err;
	rpcsync_error_text(message, sizeof(message), m);
	return query_complain(q, e.err, "%s", message);
}

/* Wait for the answer; who waits long, for a full or slow disk say, is told that once. */
static int
wait_answer(struct query *q, uint32_t msgid, int64_t deadline_ms, const struct rpc_msg **m)
{
	int64_t say_ms = clock_boot_ms() + SLOW_MS;

	if (!q->said_slow && say_ms < deadline_ms) {
		int err = rpcsync_wait(q->rpc, msgid, say_ms, m);

		if (err != OP_TIMEOUT)
			return err;
		q->said_slow = true;
		query_complain(
		    q, OP_OK, "the daemon has taken the call, but not answered; waiting");
	}
	return rpcsync_wait(q->rpc, msgid, deadline_ms, m);
}

/* *m stays NULL when the connection failed, which is not said here. */
static int
call_once(struct query *q, const char *method, query_pack_fn *pack, const void *arg,
    const struct rpc_msg **m)
{
	int64_t deadline_ms = clock_boot_ms() + (q->kind->call_ms ? q->kind->call_ms : CALL_MS);
	uint32_t msgid;

	*m = NULL;
	pack(rpcsync_begin(q->rpc, method, &msgid), q, arg);
	int err = rpcsync_send(q->rpc, deadline_ms);

	return err == OP_OK ? wait_answer(q, msgid, deadline_ms, m) : err;
}

int
query_complain_answer(const struct query *q, int err, const struct query_answer *a)
{
	if (a->m)
		return complain_remote(q, a->m);
	return q->rpc ? query_complain(q, err, "%s", op_strerror(err))
		      : complain_connect(q, err, a->why);
}

/* Once connected, a daemon that is away is waited for. */
static bool
is_passing(const struct query *q, int err, bool has_answered)
{
	if (err == OP_UNAVAILABLE || err == OP_NOT_NOW || err == OP_CLOSED)
		return q->was_connected;
	return q->is_patient && q->was_connected && !has_answered &&
	       (err == OP_TIMEOUT || err == OP_NOT_FOUND || err == OP_SYSTEM);
}

static void
say_away(struct query *q, const struct rpc_msg *refusal)
{
	char why[300] = "the daemon is away";

	if (q->said_away)
		return;
	q->said_away = true;
	if (refusal)
		rpcsync_error_text(why, sizeof(why), refusal);
	query_complain(q, OP_OK, "%s; trying again %s", why,
	    q->is_patient ? "until it is back" : "for some seconds");
}

static void
say_back(struct query *q)
{
	if (q->said_away && q->is_patient)
		query_complain(q, OP_OK, "connected again");
	q->said_away = false;
}

static int
try_once(struct query *q, const char *method, query_pack_fn *pack, const void *arg,
    struct query_answer *a)
{
	int err = connect_once(q, a->why, sizeof(a->why));

	a->m = NULL;
	q->was_connected |= err == OP_OK;
	return err == OP_OK ? call_once(q, method, pack, arg, &a->m) : err;
}

int
query_try(struct query *q, const char *method, query_pack_fn *pack, const void *arg,
    struct query_answer *a)
{
	int64_t now_ms = clock_boot_ms(), until_ms = now_ms + AGAIN_MS, say_ms = now_ms + SAY_MS;
	int64_t pause_ms = PAUSE_MS;

	a->why[0] = '\0';
	for (;;) {
		int err = try_once(q, method, pack, arg, a);

		now_ms = clock_boot_ms();
		if (err == OP_OK)
			say_back(q);
		if (err == OP_OK || !is_passing(q, err, a->m) ||
		    (!q->is_patient && now_ms >= until_ms))
			return err;
		if (now_ms >= say_ms)
			say_away(q, a->m);
		if (!a->m)
			query_disconnect(q);
		if (stop_poll(NULL, 0, now_ms + pause_ms) == OP_CANCELLED)
			return OP_CANCELLED;
		if (q->is_patient)
			pause_ms = pause_ms * 2 < PAUSE_MAX_MS ? pause_ms * 2 : PAUSE_MAX_MS;
	}
}

int
query_call(struct query *q, const char *method, query_pack_fn *pack, const void *arg,
    const msgpack_object **result)
{
	struct query_answer a;
	int err = query_try(q, method, pack, arg, &a);

	if (err != OP_OK)
		return query_complain_answer(q, err, &a);
	*result = a.m->result;
	return OP_OK;
}

int
query_print_json(const msgpack_object *v)
{
	struct buf line;

	buf_init(&line);
	int err = text_json(&line, v);

	if (err == OP_OK)
		printf("%.*s\n", (int)buf_len(&line), (const char *)buf_bytes(&line));
	buf_fini(&line);
	return err;
}

int
query_print_json_lines(const msgpack_object_array *items)
{
	int err = OP_OK;

	for (uint32_t i = 0; err == OP_OK && i < items->size; i++)
		err = query_print_json(&items->ptr[i]);
	return err;
}
