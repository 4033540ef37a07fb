/* SPDX-License-Identifier: ISC */
/*
 * Asking over the RPC protocol.  Before `is_taken` any daemon of the list may take the question,
 * afterwards only the one that did.  `result` is filled in as soon as the response is there; every
 * function between the sending and that returns OP_AGAIN while there is none.
 */
#include "client/mediachangec/asking.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "client/common/rpcsync.h"
#include "client/mediachangec/failover.h"
#include "client/mediachangec/takeback.h"
#include "lib/clock.h"
#include "lib/text.h"

#define FIRST_PAUSE_MS 200
#define MAX_PAUSE_MS 5000
#define ATTEMPT_MS 10000 /* one connection, up to `accepted` */
#define CONFIRM_MS 5000
#define LAST_WORDS_MS 1000
#define CLOCKS_APART_MS 2000 /* our deadline may pass a little before the daemon's */

struct asking {
	const struct settings *settings;
	struct rpcsync *rpc; /* NULL: not connected */
	uint32_t msgid;      /* of alert.ask on this connection */
	size_t server;       /* index; the last one that was sent the question */
	bool is_accepted;    /* on this connection */
	bool is_taken;       /* by that server */
	bool is_unseen;      /* we said that nobody is looking */
	bool is_outage;      /* we said that the connection is lost */
	struct takeback takeback;
	char id[UUID_SIZE]; /* of the alert we wait for: not ours when a key joined them */
	struct answer *result;
};

struct asking *
asking_new(const struct settings *s)
{
	struct asking *a = calloc(1, sizeof(*a));

	if (!a)
		return NULL;
	a->settings = s;
	takeback_init(&a->takeback, s);
	snprintf(a->id, sizeof(a->id), "%s", s->question_id);
	return a;
}

static void
disconnect(struct asking *a)
{
	rpcsync_close(a->rpc);
	a->rpc = NULL;
}

void
asking_free(struct asking *a)
{
	if (!a)
		return;
	disconnect(a);
	takeback_fini(&a->takeback);
	free(a);
}

/* --- what the daemon says --- */

static void
say_desks(struct asking *a, int64_t desks)
{
	if (desks == 0 && !a->is_unseen && !a->settings->require_desk) {
		fprintf(stderr,
		    "mediachangec: nobody is looking at it right now: it is kept until a "
		    "desk is there; mediachangeq can answer it too\n");
		a->is_unseen = true;
	} else if (desks > 0 && a->is_unseen) {
		fprintf(stderr, "mediachangec: a desk shows the question now\n");
		a->is_unseen = false;
	}
}

static void
on_accepted(struct asking *a, const msgpack_object *params)
{
	struct mp_text ask, id;
	int64_t desks;

	if (mp_get_text(params, "ask", &ask) != OP_OK || !mp_text_is(ask, a->settings->question_id))
		return;
	if (mp_get_text(params, "id", &id) == OP_OK && uuid_valid(id.s, id.len))
		snprintf(a->id, sizeof(a->id), "%.*s", (int)id.len, id.s);
	a->is_accepted = a->is_taken = true;
	if (a->is_outage)
		fprintf(stderr, "mediachangec: connected again\n");
	a->is_outage = false;
	if (mp_get_int(params, "desks", &desks) == OP_OK && !a->settings->no_wait)
		say_desks(a, desks);
}

static bool
is_no_desk(const struct rpc_msg *m)
{
	struct rpc_error e = rpc_error_of(m);
	struct mp_text reason;

	return e.err == OP_UNAVAILABLE && mp_get_text(e.data, "reason", &reason) == OP_OK &&
	       mp_text_is(reason, "no_desk");
}

/* OP_OK: the result is there; or the error of the daemon. */
static int
on_response(struct asking *a, const struct rpc_msg *m, char *why, size_t why_size)
{
	if (!m->error)
		return answer_from_alert(a->result, m->result);
	rpcsync_error_text(why, why_size, m);
	if (!is_no_desk(m))
		return rpc_error_of(m).err;
	a->result->outcome = OUTCOME_UNREACHABLE;
	return buf_printf(
	    &a->result->remark, "no desk is there to show the question (--require-desk)");
}

/* Take one message: OP_AGAIN when it was not the response. */
static int
step(struct asking *a, int64_t deadline_ms, char *why, size_t why_size)
{
	const struct rpc_msg *m;
	int err = rpcsync_next(a->rpc, deadline_ms, &m);

	if (err != OP_OK)
		return err;
	if (m->type == RPC_RESPONSE && m->msgid == a->msgid)
		return on_response(a, m, why, why_size);
	if (m->type == RPC_NOTIFY && mp_text_is(m->method, "alert.accepted"))
		on_accepted(a, m->params);
	return OP_AGAIN;
}

/* --- asking --- */

static int
send_question(struct asking *a, int64_t deadline_ms)
{
	settings_pack(rpcsync_begin(a->rpc, "alert.ask", &a->msgid), a->settings);
	return rpcsync_send(a->rpc, deadline_ms);
}

/* Ask on the connection, until it is accepted or refused there. */
static int
ask_connected(struct asking *a, int64_t deadline_ms, char *why, size_t why_size)
{
	int err = send_question(a, deadline_ms);

	a->is_accepted = false;
	if (err == OP_OK)
		err = OP_AGAIN;
	while (err == OP_AGAIN && !a->is_accepted)
		err = step(a, deadline_ms, why, why_size);
	if (err == OP_TIMEOUT)
		snprintf(why, why_size,
		    "it has not said in time that the question is kept; its log tells why");
	/* It has greeted us, so it is the right port; no function here says unavailable, it is the
	 * daemon's own word. */
	return err == OP_UNAVAILABLE || err == OP_TIMEOUT ? OP_NOT_NOW : err;
}

/* Is it a daemon that does not have the question yet, by another way? */
static bool
may_ask(const struct asking *a, const struct endpoint *e, char *why, size_t why_size)
{
	size_t i = (size_t)(e - a->settings->endpoints);
	size_t other = takeback_other(&a->takeback, i, rpcsync_instance(a->rpc));
	char place[ENDPOINT_TEXT];

	if (other == TAKEBACK_NONE)
		return true;
	snprintf(why, why_size, "it is the daemon at %s, and has the question",
	    endpoint_format(place, sizeof(place), &a->settings->endpoints[other]));
	return false;
}

/* Connect and ask; OP_AGAIN: it is on disk there, now wait; OP_OK: the result came at once. */
static int
ask_once(
    struct asking *a, const struct endpoint *e, int64_t deadline_ms, char *why, size_t why_size)
{
	int err = rpcsync_open(e, &takeback_hello, deadline_ms, &a->rpc, why, why_size);

	if (err != OP_OK)
		return err;
	if (!may_ask(a, e, why, why_size)) {
		disconnect(a);
		return OP_NOT_NOW;
	}
	a->server = (size_t)(e - a->settings->endpoints);
	takeback_sent(&a->takeback, a->server, rpcsync_instance(a->rpc));
	err = ask_connected(a, deadline_ms, why, why_size);
	if (err == OP_OK || err == OP_AGAIN || err == OP_CANCELLED)
		return err;
	if (err == OP_NOT_NOW) {
		takeback_keep(&a->takeback, a->server, a->rpc);
		a->rpc = NULL;
	} else if (failover_is_final(err)) {
		takeback_forget(&a->takeback, a->server);
	}
	disconnect(a);
	return err;
}

static int
first_attempt(const struct endpoint *e, int64_t deadline_ms, char *why, size_t why_size, void *arg)
{
	struct asking *a = arg;
	int err = ask_once(a, e, deadline_ms, why, why_size);

	return err == OP_AGAIN ? OP_OK : err;
}

static int64_t
question_deadline(const struct asking *a)
{
	if (a->settings->timeout_ms == 0)
		return STOP_FOREVER;
	return clock_boot_ms() + a->settings->timeout_ms + CLOCKS_APART_MS;
}

static int
give_up(struct asking *a, const char *remark)
{
	const char *label = a->settings->default_label;

	if (strcmp(a->settings->kind, "text") == 0)
		label = NULL; /* a script would take it for the text */
	answer_clear(a->result);
	a->result->outcome = OUTCOME_TIMEOUT;
	int err = buf_printf(&a->result->remark, "%s", remark);

	return err == OP_OK && label ? buf_printf(&a->result->label, "%s", label) : err;
}

static int
refuse(struct asking *a)
{
	a->result->outcome = OUTCOME_REFUSED;
	return OP_OK;
}

static void
complain(const struct endpoint *e, int err, const char *why)
{
	char text[SERVER_WHY];

	fprintf(stderr, "mediachangec: %s\n",
	    server_explain(text, sizeof(text), &server_mediachanged, e, err, why));
}

/* The connection is lost after the question was taken: ask again there until it is back. */
static int
ask_again(struct asking *a, int64_t deadline_ms)
{
	const struct endpoint *e = &a->settings->endpoints[a->server];
	int64_t pause_ms = FIRST_PAUSE_MS;
	char place[ENDPOINT_TEXT], why[SERVER_WHY];
	bool is_told = false; /* that the daemon, or this host, cannot */

	disconnect(a);
	if (!a->is_outage)
		fprintf(stderr, "mediachangec: connection to %s lost, asking again\n",
		    endpoint_format(place, sizeof(place), e));
	a->is_outage = true;
	for (;;) {
		if (failover_pause(&pause_ms, MAX_PAUSE_MS, deadline_ms) != 0)
			return OP_CANCELLED;
		int64_t now_ms = clock_boot_ms();

		if (now_ms >= deadline_ms)
			return give_up(a, "the time is up, and there is no connection");
		int64_t until_ms =
		    deadline_ms - now_ms < ATTEMPT_MS ? deadline_ms : now_ms + ATTEMPT_MS;
		int err = ask_once(a, e, until_ms, why, sizeof(why));

		if (err == OP_OK || err == OP_AGAIN)
			return err;
		if (err == OP_CANCELLED || err == OP_NO_MEMORY)
			return err;
		bool cannot = err == OP_NOT_NOW || err == OP_SYSTEM;

		if (failover_is_final(err) || (cannot && !is_told))
			complain(e, err, why);
		is_told |= cannot;
		if (failover_is_final(err))
			return refuse(a);
	}
}

/* The daemon need not agree, or answer in time.  Has it heard? */
static bool
withdraw(struct asking *a, const char *reason, int64_t deadline_ms)
{
	const struct rpc_msg *m = NULL;
	uint32_t msgid;
	int err = takeback_send(a->rpc, a->settings, a->id, false, reason, deadline_ms, &msgid);

	if (err == OP_OK)
		err = rpcsync_wait(a->rpc, msgid, deadline_ms, &m);
	return m && err != OP_UNAVAILABLE;
}

/* The daemon is there, but cannot write the end of the question (its disk is full, say).  The
 * script gets its status all the same; the daemon is told, should it be able to listen.  An
 * operator may have been quicker than that: then the history has his answer, and so has the script.
 */
static int
expire(struct asking *a)
{
	int64_t deadline_ms = clock_boot_ms() + LAST_WORDS_MS;
	char why[SERVER_WHY];
	uint32_t msgid;
	int err =
	    takeback_send(a->rpc, a->settings, a->id, false, "the time is up", deadline_ms, &msgid);

	if (err == OP_OK)
		err = OP_AGAIN;
	while (err == OP_AGAIN)
		err = step(a, deadline_ms, why, sizeof(why));
	disconnect(a);
	if (err == OP_OK && a->result->outcome != OUTCOME_WITHDRAWN)
		return OP_OK;
	return give_up(a, "the time is up; the daemon did not end the question in time");
}

static int
await(struct asking *a, int64_t deadline_ms)
{
	char why[SERVER_WHY];
	int err = OP_AGAIN;

	while (err == OP_AGAIN) {
		err = step(a, deadline_ms, why, sizeof(why));
		if (err == OP_TIMEOUT && clock_boot_ms() >= deadline_ms)
			return expire(a);
		if (err != OP_OK && err != OP_AGAIN && err != OP_CANCELLED && err != OP_NO_MEMORY)
			err = ask_again(a, deadline_ms);
	}
	return err;
}

int
asking_run(struct asking *a, struct answer *out)
{
	a->result = out;
	int err = failover_run(a->settings, first_attempt, a, &a->server);

	if (err == OP_OK)
		takeback_all(&a->takeback, a->server,
		    a->is_taken ? "another daemon was quicker" : "mediachangec has given up");
	else if (err != OP_CANCELLED)
		takeback_all(&a->takeback, TAKEBACK_NONE, "mediachangec has given up");
	if (err == OP_UNAVAILABLE)
		return OP_OK; /* the answer's initial outcome */
	if (err == OP_DENIED)
		return refuse(a);
	if (err != OP_OK || !a->is_taken)
		return err;
	/* From here, as the daemon's time runs from when it took the question. */
	return await(a, question_deadline(a));
}

/* --- afterwards --- */

/* To the daemon that took the question, if need be. */
static int
connect_again(struct asking *a, int64_t deadline_ms)
{
	char why[SERVER_WHY];

	if (a->rpc)
		return OP_OK;
	return rpcsync_open(&a->settings->endpoints[a->server], &takeback_hello, deadline_ms,
	    &a->rpc, why, sizeof(why));
}

static int
confirm_once(struct asking *a, const char *id, int64_t deadline_ms)
{
	const struct rpc_msg *m;
	uint32_t msgid;
	int err = connect_again(a, deadline_ms);

	if (err == OP_OK) {
		struct mp_out *o = rpcsync_begin(a->rpc, "alert.confirm", &msgid);

		mp_map(o, 1);
		mp_kstr(o, "id", id);
		err = rpcsync_send(a->rpc, deadline_ms);
	}
	if (err == OP_OK)
		err = rpcsync_wait(a->rpc, msgid, deadline_ms, &m);
	if (err != OP_OK)
		disconnect(a);
	return err;
}

void
asking_confirm(struct asking *a, const struct answer *answer)
{
	int64_t deadline_ms = clock_boot_ms() + CONFIRM_MS;
	int64_t pause_ms = FIRST_PAUSE_MS;
	int err;

	if (answer->id[0] == '\0')
		return;
	do {
		err = confirm_once(a, answer->id, deadline_ms);
		if (err == OP_OK || failover_is_final(err) || err == OP_NOT_FOUND)
			break;
		failover_pause(&pause_ms, MAX_PAUSE_MS, deadline_ms);
	} while (clock_boot_ms() < deadline_ms);
	if (err != OP_OK)
		fprintf(stderr,
		    "mediachangec: could not confirm the answer (%s); it stays kept as %s\n",
		    op_strerror(err), answer->id);
}

void
asking_withdraw(struct asking *a)
{
	static const char reason[] = "mediachangec was ended by a signal";
	int64_t deadline_ms = clock_boot_ms() + LAST_WORDS_MS;

	/* The others first: they are not waited for. */
	takeback_all(&a->takeback, a->rpc || a->is_taken ? a->server : TAKEBACK_NONE, reason);
	if (a->is_taken)
		connect_again(a, deadline_ms);
	bool is_heard = a->rpc && withdraw(a, reason, deadline_ms);

	/* An engine that has just died takes what was said to it along: the next one shall hear. */
	if (a->is_taken && !is_heard)
		takeback_later(&a->takeback, a->server, reason);
}
