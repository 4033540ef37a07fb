/* SPDX-License-Identifier: ISC */
/*
 * What was: log, show, diff.  They walk the history from its newest commit.  In the reader.
 */
#include "daemon/ipadmd/past.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/ipadmd/answer.h"
#include "daemon/ipadmd/edit.h"
#include "daemon/ipadmd/file_type.h"
#include "daemon/ipadmd/pack.h"
#include "lib/err.h"
#include "lib/sdb/diff.h"
#include "lib/sdb/node.h"

#define LOG_DEFAULT 100

int
past_bytes(struct clerk *k, const char *commit, struct buf *out)
{
	char version[COMMIT_TEXT];
	int err = *commit ? history_file(k->history, commit, k->file, out, version) : OP_OK;

	return err == OP_NOT_FOUND ? OP_OK : err;
}

int
past_parse(struct clerk *k, const char *commit, struct sdb_file **out)
{
	struct buf bytes;

	buf_init(&bytes);
	int err = past_bytes(k, commit, &bytes);

	if (err == OP_OK)
		err = sdb_file_parse(buf_bytes(&bytes), buf_len(&bytes), out);
	buf_fini(&bytes);
	return err;
}

/* The version of the file in a commit; "" when it is not there. */
static int
version_at(struct clerk *k, const char *commit, char out[COMMIT_TEXT])
{
	int err = OP_NOT_FOUND;

	if (*commit)
		err = history_file(k->history, commit, k->file, NULL, out);
	if (err == OP_NOT_FOUND)
		out[0] = '\0';
	return err == OP_NOT_FOUND ? OP_OK : err;
}

int
past_touches(struct clerk *k, const struct history_commit *c, bool *out)
{
	char now[COMMIT_TEXT], before[COMMIT_TEXT];
	int err = version_at(k, c->id, now);

	if (err == OP_OK)
		err = version_at(k, c->parent, before);
	if (err == OP_OK)
		*out = strcmp(now, before) != 0;
	return err;
}

/* --- which node --- */

struct past_which
past_which(const msgpack_object *params)
{
	struct past_which w = {0};
	struct mp_text t;

	w.any = mp_get_text(params, "node", &t) != OP_OK;
	if (w.any)
		return w;
	w.text = (struct sdb_text){t.s, t.len};
	if (edit_address(w.text, &w.address))
		w.address = (struct netaddr){0};
	return w;
}

bool
past_is_it(const struct past_which *w, const struct sdb_line *line)
{
	if (!line || line->kind != SDB_NODE)
		return false;
	if (w->any)
		return true;
	if (w->address.family)
		return netaddr_equal(&line->address, &w->address);
	return sdb_text_same_letters(sdb_node_field(line, SDB_NAME), w->text);
}

static int
touches_node(struct clerk *k, const struct history_commit *c, const struct past_which *w, bool *out)
{
	struct sdb_file *old = NULL, *new = NULL;
	struct sdb_diff d;
	int err = past_parse(k, c->parent, &old);

	if (err == OP_OK)
		err = past_parse(k, c->id, &new);
	if (err == OP_OK)
		err = sdb_diff(old, new, &d);
	if (err == OP_OK) {
		*out = false;
		for (size_t i = 0; i < d.count; i++)
			*out = *out || past_is_it(w, d.list[i].old) || past_is_it(w, d.list[i].new);
		sdb_diff_fini(&d);
	}
	sdb_file_free(old);
	sdb_file_free(new);
	return err;
}

/* --- log --- */

struct log {
	struct clerk *k;
	bool all_files;
	struct past_which node;
	size_t limit, found;
	struct buf commits;
	struct mp_out o;
};

static int
count_file(const char *file, const char *version, void *arg)
{
	(void)file;
	(void)version;
	++*(size_t *)arg;
	return OP_OK;
}

static int
pack_file(const char *file, const char *version, void *arg)
{
	(void)version;
	mp_str(arg, file);
	return OP_OK;
}

static int
pack_with_files(struct clerk *k, struct mp_out *o, const struct history_commit *c, size_t more)
{
	size_t files = 0;
	int err = history_files(k->history, c->id, true, count_file, &files);

	if (err)
		return err;
	mp_map(o, PACK_COMMIT_KEYS + 1 + more);
	pack_commit(o, c);
	mp_str(o, "files");
	mp_array(o, files);
	return history_files(k->history, c->id, true, pack_file, o);
}

static int
log_one(struct log *l, const struct history_commit *c)
{
	bool wanted = true;
	int err = l->all_files ? OP_OK : past_touches(l->k, c, &wanted);

	if (err == OP_OK && wanted && !l->node.any)
		err = touches_node(l->k, c, &l->node, &wanted);
	if (err || !wanted || ++l->found > l->limit)
		return err;
	return pack_with_files(l->k, &l->o, c, 0);
}

/* From `id` on, until the limit is passed. */
static int
log_walk(struct log *l, char id[COMMIT_TEXT])
{
	int err = OP_OK;

	while (err == OP_OK && *id && l->found <= l->limit) {
		struct history_commit c;

		if (clerk_is_cancelled(l->k))
			return OP_CANCELLED;
		if ((err = history_read(l->k->history, id, &c)))
			break;
		err = log_one(l, &c);
		memcpy(id, c.parent, COMMIT_TEXT);
		history_commit_fini(&c);
	}
	return err;
}

/* Where to begin: at the newest, or behind `before`. */
static int
log_start(struct clerk *k, const msgpack_object *params, char id[COMMIT_TEXT])
{
	struct history_commit c;
	char *before = mp_dup(params, "before");
	int err;

	id[0] = '\0';
	if (before) {
		err = history_read(k->history, before, &c);
		if (err == OP_OK) {
			memcpy(id, c.parent, COMMIT_TEXT);
			history_commit_fini(&c);
		}
		free(before);
		return err ? clerk_fail(k, err, "before: no such commit") : err;
	}
	err = history_head(k->history, id);
	return err == OP_NOT_FOUND ? OP_OK : err;
}

int
call_log(struct clerk *k, const msgpack_object *params)
{
	struct log l = {.k = k, .limit = LOG_DEFAULT, .node = past_which(params)};
	char id[COMMIT_TEXT];
	int64_t limit;
	int err = OP_OK;

	l.all_files = !mp_get(params, "file");
	if (!l.all_files)
		err = clerk_file(k, params);
	else if (!l.node.any)
		err = clerk_fail(k, OP_BAD_REQUEST, "node: needs file");
	if (err == OP_OK && !l.node.any && k->place.flat)
		err = clerk_fail(k, OP_BAD_REQUEST, "node: %s is not a subnet", k->file);
	if (mp_get_int(params, "limit", &limit) == OP_OK)
		l.limit = (size_t)limit;
	if (err == OP_OK)
		err = log_start(k, params, id);
	buf_init(&l.commits);
	mp_out_init(&l.o, &l.commits);
	if (err == OP_OK)
		err = log_walk(&l, id);
	if (err == OP_OK) {
		mp_map(&k->o, 2);
		mp_kbool(&k->o, "more", l.found > l.limit);
		mp_str(&k->o, "commits");
		mp_array(&k->o, l.found < l.limit ? l.found : l.limit);
		mp_raw(&k->o, buf_bytes(&l.commits), buf_len(&l.commits));
		err = l.o.err;
	}
	buf_fini(&l.commits);
	return err;
}

/* --- show --- */

int
call_show(struct clerk *k, const msgpack_object *params)
{
	struct history_commit c;
	char version[COMMIT_TEXT], *id = mp_dup(params, "commit");
	struct buf bytes;
	int err = clerk_file(k, params);

	if (err == OP_OK && (!id || history_read(k->history, id, &c)))
		err = clerk_fail(k, OP_NOT_FOUND, "no such commit: %s", id ? id : "?");
	free(id);
	if (err)
		return err;
	buf_init(&bytes);
	err = history_file(k->history, c.id, k->file, &bytes, version);
	if (err == OP_NOT_FOUND)
		clerk_fail(k, err, "%s: not in commit %s", k->file, c.id);
	if (err == OP_OK)
		err = pack_with_files(k, &k->o, &c, 3);
	if (err == OP_OK) {
		mp_kstr(&k->o, "file", k->file);
		mp_kstr(&k->o, "version", version);
		mp_str(&k->o, "text");
		mp_bin(&k->o, buf_bytes(&bytes), buf_len(&bytes));
	}
	buf_fini(&bytes);
	history_commit_fini(&c);
	return err;
}

/* --- diff --- */

/* The newest commit that touches the file, and the one before it; both "" when there is none. */
static int
last_change(struct clerk *k, char from[COMMIT_TEXT], char to[COMMIT_TEXT])
{
	bool found = false;
	int err = history_head(k->history, to);

	from[0] = '\0';
	if (err == OP_NOT_FOUND)
		to[0] = '\0';
	while (err == OP_OK && *to && !found) {
		struct history_commit c;

		if (clerk_is_cancelled(k))
			return OP_CANCELLED;
		if ((err = history_read(k->history, to, &c)))
			break;
		err = past_touches(k, &c, &found);
		memcpy(found ? from : to, c.parent, COMMIT_TEXT);
		history_commit_fini(&c);
	}
	return err == OP_NOT_FOUND ? OP_OK : err;
}

/* A commit's whole id. */
static int
resolve(struct clerk *k, const msgpack_object *params, const char *key, char out[COMMIT_TEXT])
{
	struct history_commit c;
	char *id = mp_dup(params, key);
	int err = id ? history_read(k->history, id, &c) : OP_NO_MEMORY;

	if (err == OP_NOT_FOUND)
		clerk_fail(k, err, "%s: no such commit: %s", key, id);
	if (err == OP_OK) {
		memcpy(out, c.id, COMMIT_TEXT);
		history_commit_fini(&c);
	}
	free(id);
	return err;
}

static int
ends_of(struct clerk *k, const msgpack_object *params, char from[COMMIT_TEXT], char to[COMMIT_TEXT])
{
	bool has_from = mp_get(params, "from"), has_to = mp_get(params, "to");
	struct history_commit c;
	int err = OP_OK;

	if (!has_from && !has_to)
		return last_change(k, from, to);
	if (has_to)
		err = resolve(k, params, "to", to);
	else
		err = history_head(k->history, to);
	if (err == OP_OK && has_from)
		return resolve(k, params, "from", from);
	if (err == OP_OK && (err = history_read(k->history, to, &c)) == OP_OK) {
		memcpy(from, c.parent, COMMIT_TEXT);
		history_commit_fini(&c);
	}
	return err;
}

int
call_diff(struct clerk *k, const msgpack_object *params)
{
	char from[COMMIT_TEXT], to[COMMIT_TEXT];
	struct buf old, new;
	int err = clerk_file(k, params);

	buf_init(&old);
	buf_init(&new);
	if (err == OP_OK)
		err = ends_of(k, params, from, to);
	if (err == OP_OK)
		err = past_bytes(k, from, &old);
	if (err == OP_OK)
		err = past_bytes(k, to, &new);
	if (err == OP_OK)
		err = k->place.type->pack_diff(&k->place, &old, &new, &k->o);
	buf_fini(&old);
	buf_fini(&new);
	return err;
}
