/* SPDX-License-Identifier: ISC */
/* The engine of testd: questions, kept in memory only. */
#include "tests/server/testd.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "lib/err.h"
#include "lib/log.h"

struct question {
	struct question *next;
	struct client *client;
	uint32_t msgid;
	char id[40];
};

static struct question *questions;
static int holder_fd = -1;
static struct client *desks[16];

static void
copy(const struct rpc_msg *m, const char *key, char *dst, size_t size)
{
	struct mp_text t = {"", 0};

	mp_get_text(m->params, key, &t);
	snprintf(dst, size, "%.*s", (int)t.len, t.s);
}

static void
reply(struct client *c, uint32_t msgid, const char *key, const char *value)
{
	struct mp_out *o = client_result_begin(c, msgid);

	mp_map(o, key ? 1 : 0);
	if (key)
		mp_kstr(o, key, value);
	client_result_end(c, msgid);
}

static void
tell_desks(const char *text)
{
	static const char wide[100000];
	size_t len = strcmp(text, "echo wide") == 0 ? sizeof(wide) : 0;

	for (size_t i = 0; i < sizeof(desks) / sizeof(*desks); i++) {
		if (!desks[i])
			continue;
		struct mp_out *o = client_notify_begin(desks[i], "alert.changed");

		mp_map(o, 1);
		mp_str(o, "body");
		mp_bin(o, wide, len);
		client_notify_end(desks[i]);
		log_debug("told a desk: %s", text);
	}
}

static void
ask(struct client *c, const struct rpc_msg *m)
{
	struct question *q;
	char text[200], id[40], large[8192] = "";

	copy(m, "text", text, sizeof(text));
	copy(m, "id", id, sizeof(id));
	log_info("asked: %s by %s", text, client_identity(c)->shown);
	tell_desks(text);
	if (strncmp(text, "echo ", 5) == 0) {
		reply(c, m->msgid, "answer", text + 5);
	} else if (strncmp(text, "large ", 6) == 0) {
		memset(large, 'x', sizeof(large) - 1);
		reply(c, m->msgid, "answer", large);
	} else if (strcmp(text, "broken") == 0) {
		client_send(c, "\xc1", 1);
	} else {
		q = calloc(1, sizeof(*q));
		*q = (struct question){questions, c, m->msgid, ""};
		snprintf(q->id, sizeof(q->id), "%s", id);
		questions = q;
	}
}

static void
answer(struct client *c, const struct rpc_msg *m)
{
	char id[40], label[80];

	copy(m, "id", id, sizeof(id));
	copy(m, "label", label, sizeof(label));
	for (struct question **q = &questions; *q; q = &(*q)->next) {
		struct question *found = *q;

		if (strcmp(found->id, id) != 0)
			continue;
		reply(found->client, found->msgid, "answer", label);
		*q = found->next;
		free(found);
		reply(c, m->msgid, NULL, NULL);
		return;
	}
	client_error(c, m->msgid, OP_NOT_FOUND, NULL);
}

static void
subscribe(struct client *c, const struct rpc_msg *m)
{
	for (size_t i = 0; i < sizeof(desks) / sizeof(*desks); i++) {
		if (desks[i])
			continue;
		desks[i] = c;
		reply(c, m->msgid, NULL, NULL);
		return;
	}
}

static void
on_program(struct engine *e, int status, void *arg)
{
	(void)e;
	(void)arg;
	log_info("program ended: %d", status);
}

static void
run_program(struct client *c, const struct rpc_msg *m)
{
	char text[400];
	char *argv[16] = {NULL}, *env[] = {"EXTRA=yes", NULL};
	size_t n = 0;

	copy(m, "note", text, sizeof(text));
	for (char *word = strtok(text, " "); word && n < 15; word = strtok(NULL, " "))
		argv[n++] = word;
	engine_spawn(client_engine(c), argv, env,
	    ((const struct settings *)engine_settings(client_engine(c)))->program_limit_ms,
	    on_program, NULL);
	reply(c, m->msgid, NULL, NULL);
}

static void
told(struct client *c, const struct rpc_msg *m)
{
	char id[40];

	copy(m, "id", id, sizeof(id));
	log_info("heard: %.*s", (int)m->method.len, m->method.s);
	reply(c, m->msgid, NULL, NULL);
}

static void
poke(struct client *c, const struct rpc_msg *m)
{
	if (write(holder_fd, "", 1) == 1)
		reply(c, m->msgid, NULL, NULL);
}

static void
list(struct client *c, const struct rpc_msg *m)
{
	char text[40];
	int n = 0;

	for (const struct question *q = questions; q; q = q->next)
		n++;
	snprintf(text, sizeof(text), "%d", n);
	reply(c, m->msgid, "count", text);
}

static void
on_request(struct client *c, const struct rpc_msg *m)
{
	static const struct {
		const char *method;
		void (*handle)(struct client *c, const struct rpc_msg *m);
	} rows[] = {{"alert.ask", ask}, {"alert.answer", answer}, {"alert.subscribe", subscribe},
	    {"alert.confirm", told}, {"alert.withdraw", told}, {"alert.note", run_program},
	    {"alert.list", list}, {"alert.claim", poke}};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		if (mp_text_is(m->method, rows[i].method)) {
			rows[i].handle(c, m);
			return;
		}
	}
	client_error(c, m->msgid, OP_UNKNOWN_METHOD, NULL);
}

static void
on_notify(struct client *c, const struct rpc_msg *m)
{
	int64_t msgid = -1;

	mp_get_int(m->params, "msgid", &msgid);
	for (struct question **q = &questions; *q; q = &(*q)->next) {
		struct question *found = *q;

		if (found->client != c || found->msgid != (uint32_t)msgid)
			continue;
		*q = found->next;
		client_error(c, found->msgid, OP_CANCELLED, NULL);
		free(found);
		return;
	}
}

static void
on_attached(struct client *c)
{
	log_debug("attached %s as %s", client_identity(c)->shown, client_role(c));
}

static void
on_detached(struct client *c)
{
	struct question **q = &questions;

	log_info("detached %s", client_identity(c)->shown);
	for (size_t i = 0; i < sizeof(desks) / sizeof(*desks); i++)
		if (desks[i] == c)
			desks[i] = NULL;
	while (*q) {
		struct question *found = *q;

		if (found->client == c) {
			*q = found->next;
			free(found);
		} else {
			q = &found->next;
		}
	}
}

/* A part of the daemon that holds the lock, as a storer does, and says how often it was poked. */
static int
holder(int fd, int lifeline_fd, void *arg)
{
	char byte;
	int poked = 0;

	(void)lifeline_fd;
	(void)arg;
	while (read(fd, &byte, 1) == 1)
		log_info("holder: poked %d", ++poked);
	return 0;
}

static void
on_holder(struct engine *e, int status, void *arg)
{
	(void)arg;
	(void)status;
	engine_fail(e, "the holder is gone");
}

static int
on_start(struct engine *e, const void *arg)
{
	const struct settings *s = arg;

	if (s->fail_start)
		engine_fail(e, "told not to start");
	if (!engine_fork(e, "holder", engine_lock_fd(e), holder, NULL, on_holder, &holder_fd))
		return OP_SYSTEM;
	log_info("greeting: %s", s->greeting);
	return OP_OK;
}

static void
on_reload(struct engine *e, const void *arg)
{
	const struct settings *s = arg;

	(void)e;
	log_info("greeting: %s", s->greeting);
}

const struct engine_events testd_engine = {
    .start = on_start,
    .attached = on_attached,
    .request = on_request,
    .notify = on_notify,
    .detached = on_detached,
    .reload = on_reload,
};
