/* SPDX-License-Identifier: ISC */
/* Drafts of the caller: save and drop in the committer, list and get in the reader. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/ipadmd/clerk.h"
#include "daemon/ipadmd/drafts.h"
#include "daemon/ipadmd/pack.h"
#include "lib/clock.h"
#include "lib/err.h"

#define DRAFT_KEYS 6

static void
pack_draft(struct mp_out *o, const struct draft *d)
{
	mp_kstr(o, "id", d->id);
	mp_kstr(o, "file", d->file);
	mp_kstr(o, "base", d->base);
	mp_kint(o, "bytes", (int64_t)buf_len(&d->text));
	mp_kint(o, "saved_at", d->saved_ms);
	mp_str(o, "message");
	pack_text(o, (struct sdb_text){(const char *)buf_bytes(&d->message), buf_len(&d->message)});
}

/* The reason of an error, where the code alone does not tell it. */
static int
explain(struct clerk *k, int err)
{
	if (err == OP_NOT_FOUND)
		return clerk_fail(k, err, "id: no such draft of yours");
	if (err == OP_CONFLICT)
		return clerk_fail(k, err, "id: is a draft of another file");
	if (err == OP_TOO_LARGE)
		return clerk_fail(k, err,
		    "too many drafts of yours, or too large together: drop some "
		    "(at most %lld, %llu bytes)",
		    (long long)k->settings->drafts, (unsigned long long)k->settings->drafts_bytes);
	if (err == OP_PROTOCOL)
		return clerk_fail(k, OP_UNAVAILABLE, "the draft is broken");
	if (err == OP_SYSTEM)
		return clerk_fail(k, OP_UNAVAILABLE, "drafts: %s", strerror(errno));
	return err;
}

static int
read_id(const msgpack_object *params, char id[UUID_SIZE])
{
	struct mp_text t;

	if (mp_get_text(params, "id", &t) || t.len != UUID_SIZE - 1)
		return OP_PROTOCOL;
	snprintf(id, UUID_SIZE, "%.*s", (int)t.len, t.s);
	return OP_OK;
}

static int
copy_text(const msgpack_object *params, const char *key, struct buf *out)
{
	struct mp_text t;

	return mp_get_text(params, key, &t) == OP_OK ? buf_append(out, t.s, t.len) : OP_OK;
}

/* "", or a version. */
static int
read_base(struct clerk *k, const msgpack_object *params, char base[COMMIT_TEXT])
{
	struct mp_text t;

	if (mp_get_text(params, "base", &t))
		return OP_PROTOCOL;
	snprintf(base, COMMIT_TEXT, "%.*s", (int)t.len, t.s);
	if (t.len && (t.len != COMMIT_TEXT - 1 || strspn(base, "0123456789abcdef") != t.len))
		return clerk_fail(k, OP_BAD_REQUEST, "base: not a version");
	return OP_OK;
}

int
call_draft_save(struct clerk *k, const msgpack_object *params)
{
	const struct draft_limits limits = {(size_t)k->settings->drafts, k->settings->drafts_bytes};
	const msgpack_object *text = mp_get(params, "text");
	struct draft d;
	int err = clerk_file(k, params);

	draft_init(&d);
	if (err == OP_OK)
		err = read_id(params, d.id);
	if (err == OP_OK)
		err = read_base(k, params, d.base);
	if (err == OP_OK)
		err = copy_text(params, "message", &d.message);
	if (err == OP_OK)
		err = buf_append(&d.text, text->via.bin.ptr, text->via.bin.size);
	if (err == OP_OK) {
		memcpy(d.file, k->file, strlen(k->file) + 1);
		d.saved_ms = clock_wall_ms();
		err = explain(k, drafts_save(k->drafts_fd, k->caller.who, &d, &limits));
	}
	if (err == OP_OK) {
		mp_map(&k->o, DRAFT_KEYS);
		pack_draft(&k->o, &d);
	}
	draft_fini(&d);
	return err;
}

int
call_draft_drop(struct clerk *k, const msgpack_object *params)
{
	char id[UUID_SIZE];
	int err = read_id(params, id);

	if (err == OP_OK)
		err = explain(k, drafts_drop(k->drafts_fd, k->caller.who, id));
	if (err == OP_OK)
		mp_map(&k->o, 0);
	return err;
}

int
call_draft_get(struct clerk *k, const msgpack_object *params)
{
	char id[UUID_SIZE];
	struct draft d;
	int err = read_id(params, id);

	if (err == OP_OK)
		err = explain(k, drafts_read(k->drafts_fd, k->caller.who, id, &d));
	if (err)
		return err;
	err = tree_refresh(&k->tree);
	if (err == OP_OK) {
		const struct tree_file *f = tree_find(&k->tree, d.file);
		bool there = f && !f->err;

		mp_map(&k->o, DRAFT_KEYS + 1 + (there ? 1 : 0));
		pack_draft(&k->o, &d);
		mp_str(&k->o, "text");
		mp_bin(&k->o, buf_bytes(&d.text), buf_len(&d.text));
		if (there)
			mp_kstr(&k->o, "current", f->version);
	}
	draft_fini(&d);
	return err;
}

/* --- list --- */

struct mine {
	struct clerk *k;
	const char *file; /* NULL: of all */
	struct draft *list;
	size_t count, room;
};

static int
add(const char *file, const char *id, void *arg)
{
	struct mine *m = arg;
	struct draft d;

	if (m->file && strcmp(file, m->file) != 0)
		return OP_OK;
	if (m->count == m->room) {
		size_t room = m->room ? m->room * 2 : 16;
		struct draft *list = reallocarray(m->list, room, sizeof(*list));

		if (!list)
			return OP_NO_MEMORY;
		m->list = list;
		m->room = room;
	}
	int err = drafts_read(m->k->drafts_fd, m->k->caller.who, id, &d);

	if (err == OP_OK)
		m->list[m->count++] = d;
	/* Dropped meanwhile, or broken: the others are shown. */
	return err == OP_NOT_FOUND || err == OP_PROTOCOL ? OP_OK : err;
}

static int
by_time(const void *a, const void *b)
{
	const struct draft *x = a, *y = b;

	return (x->saved_ms > y->saved_ms) - (x->saved_ms < y->saved_ms);
}

int
call_draft_list(struct clerk *k, const msgpack_object *params)
{
	struct mine m = {.k = k};
	int err = OP_OK;

	if (mp_get(params, "file")) {
		err = clerk_file(k, params);
		m.file = k->file;
	}
	if (err == OP_OK)
		err = explain(k, drafts_walk(k->drafts_fd, k->caller.who, add, &m));
	if (m.count)
		qsort(m.list, m.count, sizeof(*m.list), by_time);
	if (err == OP_OK) {
		mp_map(&k->o, 1);
		mp_str(&k->o, "drafts");
		mp_array(&k->o, m.count);
	}
	for (size_t i = 0; i < m.count; i++) {
		if (err == OP_OK) {
			mp_map(&k->o, DRAFT_KEYS);
			pack_draft(&k->o, &m.list[i]);
		}
		draft_fini(&m.list[i]);
	}
	free(m.list);
	return err;
}
