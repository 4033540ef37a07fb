/* SPDX-License-Identifier: ISC */
/*
 * The methods of mediachanged: each takes its params to the book or the reader.  Types, lengths and
 * rights were checked by the framework.
 */
#include "daemon/mediachanged/service.h"

#include <stdlib.h>
#include <string.h>

#include "daemon/mediachanged/request.h"
#include "lib/err.h"

#define CLAIM_DEFAULT_MS (3600 * 1000)

static struct book_caller
caller_of(struct client *c, const struct rpc_msg *m)
{
	const struct identity *who = client_identity(c);

	return (struct book_caller){.client = client_id(c),
	    .msgid = m->msgid,
	    .who = who->who,
	    .is_operator = who->is_operator};
}

static void
ask(struct service *s, struct client *c, const struct rpc_msg *m)
{
	struct book_caller caller = caller_of(c, m);
	struct book_now now = service_now();
	struct book_ask q = {.require_desk = request_bool(m->params, "require_desk", false)};
	const char *why;
	int err = request_ask(m->params, client_identity(c), &q.alert, &why);

	if (err)
		client_error(c, m->msgid, err, why);
	else
		book_ask(s->book, &caller, &q, &now);
}

static void
confirm(struct service *s, struct client *c, const struct rpc_msg *m)
{
	struct book_caller caller = caller_of(c, m);
	struct book_now now = service_now();
	char id[UUID_SIZE];

	request_id(m->params, "id", id);
	book_confirm(s->book, &caller, id, &now);
}

static void
withdraw(struct service *s, struct client *c, const struct rpc_msg *m)
{
	struct book_caller caller = caller_of(c, m);
	struct book_now now = service_now();
	char id[UUID_SIZE], ask[UUID_SIZE], *reason = mp_dup(m->params, "reason");

	request_id(m->params, "id", id);
	request_id(m->params, "ask", ask);
	book_withdraw(s->book, &caller,
	    &(struct book_withdrawal){.id = id,
		.ask = ask,
		.reason = reason,
		.if_alone = request_bool(m->params, "if_alone", false)},
	    &now);
	free(reason);
}

static void
answer(struct service *s, struct client *c, const struct rpc_msg *m)
{
	struct book_caller caller = caller_of(c, m);
	struct book_now now = service_now();
	char id[UUID_SIZE], answer_id[UUID_SIZE];
	char *label = mp_dup(m->params, "label"), *text = mp_dup(m->params, "text");
	char *note = mp_dup(m->params, "note"), *desk = mp_dup(m->params, "desk");

	request_id(m->params, "id", id);
	request_id(m->params, "answer_id", answer_id);
	if (label)
		book_answer(s->book, &caller,
		    &(struct book_answer){id, answer_id, label, text, note, desk}, &now);
	else
		client_error(c, m->msgid, OP_NO_MEMORY, NULL);
	free(label);
	free(text);
	free(note);
	free(desk);
}

static void
claim(struct service *s, struct client *c, const struct rpc_msg *m)
{
	struct book_caller caller = caller_of(c, m);
	struct book_now now = service_now();
	char id[UUID_SIZE];

	request_id(m->params, "id", id);
	book_claim(s->book, &caller, id, request_int(m->params, "for_ms", CLAIM_DEFAULT_MS), &now);
}

static void
snooze(struct service *s, struct client *c, const struct rpc_msg *m)
{
	struct book_caller caller = caller_of(c, m);
	struct book_now now = service_now();
	char id[UUID_SIZE];

	request_id(m->params, "id", id);
	book_snooze(s->book, &caller, id, request_int(m->params, "for_ms", 0), &now);
}

static void
note(struct service *s, struct client *c, const struct rpc_msg *m)
{
	struct book_caller caller = caller_of(c, m);
	struct book_now now = service_now();
	char id[UUID_SIZE], *text = mp_dup(m->params, "note");

	request_id(m->params, "id", id);
	book_note(s->book, &caller, id, text, &now);
	free(text);
}

static void
shown(struct service *s, struct client *c, const struct rpc_msg *m)
{
	struct book_caller caller = caller_of(c, m);
	struct book_now now = service_now();
	char id[UUID_SIZE], *desk = mp_dup(m->params, "desk");

	request_id(m->params, "id", id);
	if (desk)
		book_shown(s->book, &caller, id, desk, &now);
	else
		client_error(c, m->msgid, OP_NO_MEMORY, NULL);
	free(desk);
}

static void
list(struct service *s, struct client *c, const struct rpc_msg *m)
{
	subscribers_list(s, c, m->msgid);
}

static void
subscribe(struct service *s, struct client *c, const struct rpc_msg *m)
{
	subscribers_add(s, c, m->msgid);
}

static void
desks(struct service *s, struct client *c, const struct rpc_msg *m)
{
	const char *trouble = book_trouble(s->book);

	if (trouble) {
		client_error(c, m->msgid, OP_UNAVAILABLE, trouble);
		return;
	}
	struct mp_out *o = client_result_begin(c, m->msgid);

	mp_map(o, 1);
	mp_kint(o, "desks", s->desks);
	client_result_end(c, m->msgid);
}

struct method_row {
	const char *name;
	void (*run)(struct service *s, struct client *c, const struct rpc_msg *m);
};

static const struct method_row rows[] = {
    {"alert.ask", ask},
    {"alert.confirm", confirm},
    {"alert.withdraw", withdraw},
    {"alert.answer", answer},
    {"alert.claim", claim},
    {"alert.snooze", snooze},
    {"alert.note", note},
    {"alert.shown", shown},
    {"alert.desks", desks},
    {"alert.list", list},
    {"alert.show", search_show},
    {"alert.history", search_history},
    {"alert.stats", search_stats},
    {"alert.subscribe", subscribe},
};

void
calls_request(struct service *s, struct client *c, const struct rpc_msg *m)
{
	size_t i = 0, count = sizeof(rows) / sizeof(rows[0]);

	while (i < count && !mp_text_is(m->method, rows[i].name))
		i++;
	if (i < count)
		rows[i].run(s, c, m);
	else
		client_error(c, m->msgid, OP_UNKNOWN_METHOD, NULL);
	tell_all(s);
}

void
calls_cancel(struct service *s, struct client *c, const struct rpc_msg *m)
{
	struct book_now now = service_now();
	int64_t msgid = request_int(m->params, "msgid", -1);

	if (msgid < 0 || msgid > UINT32_MAX)
		return;
	if (search_cancel(s, client_id(c), (uint32_t)msgid))
		client_error(c, (uint32_t)msgid, OP_CANCELLED, NULL);
	else
		book_cancel(s->book, client_id(c), (uint32_t)msgid, &now);
	tell_all(s);
}
