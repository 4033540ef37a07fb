/* SPDX-License-Identifier: ISC */
/*
 * ipadmc watch: a line for every notification, for as long as it runs.  The newest commit that was
 * told is remembered; after a lost connection the history tells what came since.  Notifications
 * come in while the history is asked for, so what was told already is kept apart until then.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "client/common/cells.h"
#include "client/ipadmc/ipadmc.h"
#include "client/ipadmc/say.h"
#include "lib/clock.h"
#include "lib/err.h"
#include "lib/text.h"

#define COMMIT_TEXT 41
#define COMMIT_CHARS 10
#define MISSED_MAX 1000 /* commits that are told after a lost connection */
#define CALL_MS 60000

struct watch {
	struct query *q;
	char last[COMMIT_TEXT]; /* told last; empty: none */
	/* told while the history is being asked for; owned */
	char (*told)[COMMIT_TEXT];
	size_t told_count;
	bool is_catching_up;
};

/* --- lines --- */

static int
say_changed(struct buf *out, const msgpack_object *p)
{
	struct mp_text commit = {"", 0}, message;
	bool is_foreign = false, is_gone = false;
	int err = cell_text(out, p, "file");

	mp_get_text(p, "commit", &commit);
	mp_get_bool(p, "foreign", &is_foreign);
	mp_get_bool(p, "gone", &is_gone);
	if (err == OP_OK)
		err = buf_printf(out, "  %s by ", is_gone ? "removed" : "changed");
	if (err == OP_OK)
		err = cell_text(out, p, "who");
	if (err == OP_OK)
		err = buf_printf(out, "%s  %.*s", is_foreign ? " with another program" : "",
		    (int)(commit.len < COMMIT_CHARS ? commit.len : COMMIT_CHARS), commit.s);
	if (err != OP_OK || is_foreign || mp_get_text(p, "message", &message) != OP_OK)
		return err;
	err = buf_append(out, "  ", 2);
	return err == OP_OK ? text_plain(out, message.s, message.len, false) : err;
}

static int
say_locked(struct buf *out, const msgpack_object *p)
{
	const msgpack_object *lock = mp_get(p, "lock");
	int err = cell_text(out, p, "file");

	if (err == OP_OK)
		err = buf_append(out, "  ", 2);
	if (err != OP_OK)
		return err;
	return lock ? say_lock(out, lock) : buf_printf(out, "unlocked");
}

static int
say_taken(struct buf *out, const msgpack_object *p)
{
	int err = cell_text(out, p, "file");

	if (err == OP_OK)
		err = buf_printf(out, "  lock taken over by ");
	return err == OP_OK ? cell_text(out, p, "by") : err;
}

static int
say_publishing(struct buf *out, const msgpack_object *p)
{
	int err = buf_printf(out, "publishing: ");

	return err == OP_OK ? cell_text(out, p, "step") : err;
}

static int
say_published(struct buf *out, const msgpack_object *p)
{
	struct mp_text commit = {"", 0};
	int err = buf_printf(out, "publishing: ");

	mp_get_text(p, "commit", &commit);
	if (err == OP_OK)
		err = cell_text(out, p, "state");
	if (err == OP_OK)
		err = buf_printf(out, "  %.*s",
		    (int)(commit.len < COMMIT_CHARS ? commit.len : COMMIT_CHARS), commit.s);
	if (err == OP_OK && mp_get(p, "reason"))
		err = buf_append(out, "  ", 2);
	return err == OP_OK ? cell_text(out, p, "reason") : err;
}

static const struct {
	const char *method;
	int (*say)(struct buf *out, const msgpack_object *p);
} notes[] = {{"sdb.changed", say_changed}, {"sdb.locked", say_locked}, {"sdb.taken", say_taken},
    {"sdb.publishing", say_publishing}, {"sdb.published", say_published}};

/* {"event": METHOD, …the parameters} */
static int
print_json(struct mp_text method, const msgpack_object *p)
{
	const msgpack_object_map *map = &p->via.map;
	struct buf bytes;
	struct mp_out o;
	struct mp_doc doc;

	buf_init(&bytes);
	mp_out_init(&o, &bytes);
	mp_map(&o, map->size + 1);
	mp_str(&o, "event");
	mp_strn(&o, method.s, method.len);
	for (uint32_t i = 0; i < map->size; i++) {
		mp_object(&o, &map->ptr[i].key);
		mp_object(&o, &map->ptr[i].val);
	}
	int err = o.err;

	if (err == OP_OK)
		err = mp_parse(&doc, buf_bytes(&bytes), buf_len(&bytes));
	if (err == OP_OK) {
		err = query_print_json(&doc.root);
		mp_fini(&doc);
	}
	buf_fini(&bytes);
	return err;
}

static int
print_note(const struct watch *w, struct mp_text method, const msgpack_object *p)
{
	struct buf line;
	int err = OP_NOT_FOUND;

	if (w->q->json)
		return print_json(method, p);
	buf_init(&line);
	if (cell_time(&line, clock_wall_ms()) == OP_OK && buf_append(&line, "  ", 2) == OP_OK)
		for (size_t i = 0; i < sizeof(notes) / sizeof(notes[0]); i++)
			if (mp_text_is(method, notes[i].method))
				err = notes[i].say(&line, p);
	if (err == OP_OK)
		err = buf_append(&line, "\n", 1);
	if (err == OP_OK)
		err = say_write(stdout, &line);
	buf_fini(&line);
	return err == OP_NOT_FOUND ? OP_OK : err;
}

/* --- what was told --- */

static void
remember(struct watch *w, struct mp_text commit)
{
	snprintf(w->last, sizeof(w->last), "%.*s", (int)commit.len, commit.s);
	if (!w->is_catching_up || w->told_count == MISSED_MAX)
		return;
	if (!w->told)
		w->told = calloc(MISSED_MAX, sizeof(*w->told));
	if (w->told)
		memcpy(w->told[w->told_count++], w->last, COMMIT_TEXT);
}

static bool
was_told(const struct watch *w, struct mp_text commit)
{
	for (size_t i = 0; i < w->told_count; i++)
		if (mp_text_is(commit, w->told[i]))
			return true;
	return false;
}

static int
on_note(struct watch *w, const struct rpc_msg *m)
{
	struct mp_text commit;

	if (mp_text_is(m->method, "server.reset"))
		return OP_AGAIN;
	if (!m->params || m->method.len < 4 || memcmp(m->method.s, "sdb.", 4) != 0)
		return OP_OK;
	if (mp_text_is(m->method, "sdb.changed") &&
	    mp_get_text(m->params, "commit", &commit) == OP_OK)
		remember(w, commit);
	int err = print_note(w, m->method, m->params);

	return err == OP_OK && fflush(stdout) != 0 ? OP_SYSTEM : err;
}

/* --- what was missed --- */

/* A commit of the history, as the notification for each of its files would have told it. */
static int
print_missed(const struct watch *w, const msgpack_object *commit)
{
	static const char *const keys[] = {"commit", "who", "message", "foreign"};
	const msgpack_object_array *files;
	int err = OP_OK;

	if (mp_get_array(commit, "files", &files) != OP_OK)
		return OP_PROTOCOL;
	for (uint32_t i = 0; i < files->size && err == OP_OK; i++) {
		msgpack_object_kv pairs[5];
		uint32_t n = 1;

		pairs[0].key = (msgpack_object){
		    .type = MSGPACK_OBJECT_STR, .via.str = {.size = 4, .ptr = "file"}};
		pairs[0].val = files->ptr[i];
		for (size_t k = 0; k < sizeof(keys) / sizeof(keys[0]); k++) {
			const msgpack_object *v = mp_get(commit, keys[k]);

			if (!v)
				continue;
			pairs[n].key = (msgpack_object){.type = MSGPACK_OBJECT_STR,
			    .via.str = {.size = (uint32_t)strlen(keys[k]), .ptr = keys[k]}};
			pairs[n++].val = *v;
		}
		msgpack_object map = {
		    .type = MSGPACK_OBJECT_MAP, .via.map = {.size = n, .ptr = pairs}};

		err = print_note(w, (struct mp_text){"sdb.changed", 11}, &map);
	}
	return err;
}

/* Newest first in the answer, oldest first for the reader.  At the start nothing was missed. */
static int
catch_up(struct watch *w, const msgpack_object *result, const char *since)
{
	const msgpack_object_array *commits;
	struct mp_text id;
	uint32_t n = 0;
	int err = OP_OK;

	if (mp_get_array(result, "commits", &commits) != OP_OK)
		return OP_PROTOCOL;
	for (; n < commits->size; n++)
		if (mp_get_text(&commits->ptr[n], "commit", &id) != OP_OK || mp_text_is(id, since))
			break;
	for (uint32_t i = *since ? n : 0; i-- > 0 && err == OP_OK;)
		if (mp_get_text(&commits->ptr[i], "commit", &id) == OP_OK && !was_told(w, id))
			err = print_missed(w, &commits->ptr[i]);
	if (err == OP_OK && w->told_count == 0 && commits->size > 0 &&
	    mp_get_text(&commits->ptr[0], "commit", &id) == OP_OK)
		remember(w, id);
	return err;
}

/* --- the conversation --- */

static void
pack_log(struct mp_out *o, const char *since)
{
	mp_map(o, 1);
	mp_kint(o, "limit", *since ? MISSED_MAX : 1);
}

/* What was missed is asked for, and then changes come, until the connection ends. */
static int
listen_on(struct watch *w, const char *since)
{
	const struct rpc_msg *m;
	uint32_t log_id = 0;

	pack_log(rpcsync_begin(w->q->rpc, "sdb.log", &log_id), since);
	int err = rpcsync_send(w->q->rpc, clock_boot_ms() + CALL_MS);

	while (err == OP_OK) {
		err = rpcsync_next(w->q->rpc, STOP_FOREVER, &m);
		if (err == OP_OK && m->type == RPC_NOTIFY) {
			err = on_note(w, m);
		} else if (err == OP_OK && m->type == RPC_RESPONSE && m->msgid == log_id) {
			err = m->error ? rpc_error_of(m).err : catch_up(w, m->result, since);
			w->is_catching_up = false;
			if (err == OP_OK && fflush(stdout) != 0)
				err = OP_SYSTEM;
		}
	}
	return err;
}

/* The subscription first, then the history: between them nothing is lost. */
static int
follow(struct watch *w)
{
	char since[COMMIT_TEXT];
	const msgpack_object *result;

	memcpy(since, w->last, sizeof(since));
	w->told_count = 0;
	w->is_catching_up = true;
	int err = query_call(w->q, "sdb.subscribe", query_pack_nothing, NULL, &result);

	if (err != OP_OK)
		return err;
	err = listen_on(w, since);
	if (err == OP_PROTOCOL)
		return query_nonsense(w->q);
	if (err != OP_CLOSED && err != OP_UNAVAILABLE)
		return err;
	query_lost(w->q);
	return OP_AGAIN;
}

int
ipadmc_watch(struct query *q)
{
	struct watch w = {.q = q};
	int err;

	q->is_patient = true;
	do
		err = follow(&w);
	while (err == OP_AGAIN);
	free(w.told);
	return err;
}
