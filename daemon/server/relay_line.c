/* SPDX-License-Identifier: ISC */
/*
 * A client of the one-line protocol as an RPC client (relay.h, struct relay_line): its line becomes
 * hello and one request, the response its line, and how it ended a last request.
 */
#include "daemon/server/relay_int.h"

#include "lib/clock.h"
#include "lib/line.h"
#include "lib/log.h"
#include "lib/text.h"

enum { MSGID_HELLO = 1, MSGID_ASK = 2, MSGID_LAST = 3 };

/* --- the answer --- */

static void
log_no_answer(const struct relay *r, const struct rpc_msg *m)
{
	struct rpc_error e = rpc_error_of(m);
	char shown[200];

	log_notice("%s: closed without an answer: %s", session_peer_text(r->s),
	    e.message.len ? text_log(shown, sizeof(shown), e.message.s, e.message.len)
			  : op_strerror(e.err));
}

static void
answer_line(struct relay *r, const struct rpc_msg *m)
{
	struct buf out;

	if (m->type != RPC_RESPONSE || (m->msgid == MSGID_HELLO && !m->error))
		return;
	r->waits = false;
	buf_init(&out);
	if (m->error)
		log_no_answer(r, m);
	if (m->msgid == MSGID_ASK)
		session_app(r->s)->line->reply(m, &out);
	if (buf_len(&out) > 0)
		r->answered = session_write(r->s, buf_bytes(&out), buf_len(&out)) == OP_OK;
	session_close(r->s);
	buf_fini(&out);
}

void
relay_line_message(struct relay *r, const void *payload, size_t len)
{
	struct rpc_msg m;

	if (rpc_parse(&m, payload, len))
		return;
	answer_line(r, &m);
	rpc_fini(&m);
}

/* --- the line --- */

static void
send_hello(struct relay *r)
{
	struct buf b;
	struct mp_out o;

	buf_init(&b);
	mp_out_init(&o, &b);
	rpc_request(&o, MSGID_HELLO, "hello");
	mp_map(&o, 4);
	mp_kint(&o, "proto", RPC_PROTO);
	mp_kstr(&o, "program", "line");
	mp_kstr(&o, "version", OPDESK_VERSION);
	mp_kstr(&o, "role", "asker");
	relay_pass_on(r, buf_bytes(&b), buf_len(&b));
	buf_fini(&b);
}

static void
ask(struct relay *r, const char *line, size_t len)
{
	struct buf b;
	struct mp_out o;

	uuid_new(r->id);
	r->waits = true;
	r->asked_ms = clock_boot_ms();
	session_timeout(r->s, 0);
	send_hello(r);
	if (!session_is_open(r->s))
		return; /* it was not welcome */
	buf_init(&b);
	mp_out_init(&o, &b);
	session_app(r->s)->line->request(&o, MSGID_ASK, r->id, line, len);
	if (o.err)
		relay_refuse(r, op_strerror(o.err));
	else
		relay_pass_on(r, buf_bytes(&b), buf_len(&b));
	buf_fini(&b);
}

void
relay_line_input(struct relay *r, struct buf *in, bool eof)
{
	const char *why = "longer than 8 KiB";
	size_t len = 0;
	int err;

	if (r->asked_ms > 0) {
		buf_clear(in);
		return;
	}
	err = line_parse(buf_bytes(in), buf_len(in), eof, &len, &why);
	if (err == OP_AGAIN)
		return;
	if (err) {
		log_notice("%s: line refused: %s", session_peer_text(r->s),
		    err == OP_CLOSED ? "empty" : why);
		session_close(r->s);
		return;
	}
	ask(r, (const char *)buf_bytes(in), len);
	buf_clear(in);
}

/* --- the end --- */

void
relay_line_last(const struct relay *r, bool delivered, struct buf *out)
{
	const struct relay_line *line = session_app(r->s)->line;
	struct mp_out o;

	mp_out_init(&o, out);
	if (r->answered && delivered)
		line->delivered(&o, MSGID_LAST, r->id);
	else if (r->waits && !r->stopping)
		line->gone(&o, MSGID_LAST, r->id);
	if (o.err)
		buf_clear(out);
}
