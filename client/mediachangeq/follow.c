/* SPDX-License-Identifier: ISC */
/*
 * mediachangeq follow: a line for what is waiting and for every change, for as long as it runs.  It
 * remembers what it has shown as waiting, so that after a lost connection it prints what has
 * changed and nothing twice.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include "client/mediachangeq/commands.h"
#include "client/mediachangeq/cells.h"
#include "lib/clock.h"
#include "lib/err.h"

struct known {
	char id[UUID_SIZE];
	int64_t version;
	bool is_in_snapshot;
	char *line; /* owned, without the time; NULL: none was printed */
};

struct follow {
	struct query *q;
	struct known *known; /* owned; those that wait */
	size_t count, room;
};

/* --- what was shown --- */

static struct known *
find(struct follow *f, struct mp_text id)
{
	for (size_t i = 0; i < f->count; i++)
		if (mp_text_is(id, f->known[i].id))
			return &f->known[i];
	return NULL;
}

static void
forget(struct follow *f, struct known *k)
{
	free(k->line);
	*k = f->known[--f->count];
}

static struct known *
remember(struct follow *f, struct mp_text id)
{
	if (f->count == f->room) {
		size_t room = f->room ? f->room * 2 : 64;
		struct known *grown = reallocarray(f->known, room, sizeof(*grown));

		if (!grown)
			return NULL;
		f->known = grown;
		f->room = room;
	}
	struct known *k = &f->known[f->count++];

	*k = (struct known){.version = -1};
	snprintf(k->id, sizeof(k->id), "%.*s", (int)id.len, id.s);
	return k;
}

/* --- lines --- */

/* What stands behind the time, with an end of text behind it. */
static int
format_line(struct buf *out, const msgpack_object *alert)
{
	static cell_fn *const cells[] = {
	    cell_id, cell_state, cell_severity, cell_from, cell_question};
	int err = OP_OK;

	for (size_t i = 0; i < sizeof(cells) / sizeof(cells[0]) && err == OP_OK; i++) {
		err = buf_append(out, "  ", 2);
		if (err == OP_OK)
			err = cells[i](out, alert);
	}
	return err == OP_OK ? buf_append(out, "", 1) : err;
}

/* A change that none of the columns shows would be the same line once more: not printed. */
static int
print_line(struct known *k, const msgpack_object *alert)
{
	struct buf line, time;
	int err;

	buf_init(&line);
	buf_init(&time);
	err = format_line(&line, alert);
	const char *text = err == OP_OK ? (const char *)buf_bytes(&line) : "";

	if (err == OP_OK && (!k->line || strcmp(k->line, text) != 0)) {
		free(k->line);
		k->line = strdup(text);
		err = k->line ? cell_time(&time, clock_wall_ms()) : OP_NO_MEMORY;
		if (err == OP_OK)
			printf(
			    "%.*s%s\n", (int)buf_len(&time), (const char *)buf_bytes(&time), text);
	}
	buf_fini(&time);
	buf_fini(&line);
	return err;
}

static int
print_alert(const struct follow *f, struct known *k, const msgpack_object *alert)
{
	int err = f->q->json ? query_print_json(alert) : print_line(k, alert);

	if (err == OP_OK && fflush(stdout) != 0)
		err = OP_SYSTEM;
	return err;
}

/* A state of an alert: print it unless it was shown. */
static int
on_alert(struct follow *f, const msgpack_object *alert)
{
	struct mp_text id, state;
	int64_t version;

	if (mp_get_text(alert, "id", &id) != OP_OK ||
	    mp_get_text(alert, "state", &state) != OP_OK ||
	    mp_get_int(alert, "version", &version) != OP_OK)
		return query_nonsense(f->q);
	struct known *k = find(f, id);

	if (!k && !(k = remember(f, id)))
		return OP_NO_MEMORY;
	k->is_in_snapshot = true;
	if (version <= k->version)
		return OP_OK;
	k->version = version;
	int err = print_alert(f, k, alert);

	if (!mp_text_is(state, "pending"))
		forget(f, k);
	return err;
}

/* --- the conversation --- */

static void
pack_id(struct mp_out *o, const struct query *q, const void *arg)
{
	(void)q;
	mp_map(o, 1);
	mp_kstr(o, "id", arg);
}

/* What waited and is not in the snapshot was closed while we were not connected. */
static int
show_missed(struct follow *f)
{
	const msgpack_object *alert;

	for (size_t i = f->count; i-- > 0;) {
		if (f->known[i].is_in_snapshot)
			continue;
		int err = query_call(f->q, "alert.show", pack_id, f->known[i].id, &alert);

		if (err == OP_OK)
			err = print_alert(f, &f->known[i], alert);
		if (err != OP_OK && err != OP_NOT_FOUND)
			return err;
		forget(f, &f->known[i]);
	}
	return OP_OK;
}

/* The snapshot is whole.  What comes while show_missed() waits is dropped, so the subscription is
 * made anew afterwards: OP_AGAIN.  Mostly nothing was missed. */
static int
on_complete(struct follow *f)
{
	bool is_missing = false;

	for (size_t i = 0; i < f->count; i++)
		is_missing |= !f->known[i].is_in_snapshot;
	if (!is_missing)
		return OP_OK;
	int err = show_missed(f);

	return err == OP_OK ? OP_AGAIN : err;
}

/* The snapshot first, or its beginning: what comes after it on the connection is newer. */
static int
subscribe(struct follow *f)
{
	const msgpack_object_array *alerts;
	const msgpack_object *result;
	bool is_more = false;

	for (size_t i = 0; i < f->count; i++)
		f->known[i].is_in_snapshot = false;
	int err = query_call(f->q, "alert.subscribe", query_pack_nothing, NULL, &result);

	if (err != OP_OK)
		return err;
	if (mp_get_array(result, "alerts", &alerts) != OP_OK)
		return query_nonsense(f->q);
	for (uint32_t i = 0; i < alerts->size && err == OP_OK; i++)
		err = on_alert(f, &alerts->ptr[i]);
	mp_get_bool(result, "more", &is_more);
	return err != OP_OK || is_more ? err : on_complete(f);
}

static int
on_note(struct follow *f, const struct rpc_msg *m)
{
	if (mp_text_is(m->method, "server.reset"))
		return OP_AGAIN;
	if (mp_text_is(m->method, "alert.changed"))
		return on_alert(f, m->params);
	return mp_text_is(m->method, "alert.complete") ? on_complete(f) : OP_OK;
}

/* OP_AGAIN: subscribe again, on this connection or on a new one. */
static int
read_changes(struct follow *f)
{
	const struct rpc_msg *m;

	for (;;) {
		int err = rpcsync_next(f->q->rpc, STOP_FOREVER, &m);

		if (err == OP_CLOSED) {
			query_lost(f->q);
			return OP_AGAIN;
		}
		if (err != OP_OK)
			return query_complain(f->q, err, "%s", op_strerror(err));
		if (m->type == RPC_NOTIFY && (err = on_note(f, m)) != OP_OK)
			return err;
	}
}

int
command_follow(struct query *q)
{
	struct follow f = {.q = q};
	int err;

	q->is_patient = true;
	do {
		err = subscribe(&f);
		if (err == OP_OK)
			err = read_changes(&f);
	} while (err == OP_AGAIN);
	while (f.count)
		forget(&f, f.known);
	free(f.known);
	return err;
}
