/* SPDX-License-Identifier: ISC */
/* The commands that change a file: add, change, remove, allocate, put, revert. */
#include <stdio.h>
#include <string.h>
#include "client/ipadmc/input.h"
#include "client/ipadmc/ipadmc.h"
#include "client/ipadmc/say.h"
#include "client/ipadmc/subnet.h"
#include "lib/err.h"

/* The text values of a call, in the order of its method; those that are NULL are left out. */
struct value {
	const char *key, *text;
};

struct change {
	char file[SUBNET_FILE]; /* empty: none is named */
	struct value values[8]; /* ended by a NULL key */
	int64_t count;          /* allocate; 0: not given */
	const struct buf *text; /* put; else NULL */
};

static void
pack_change(struct mp_out *o, const struct query *q, const void *arg)
{
	const struct ipadmc *s = settings_of(q);
	const struct change *c = arg;
	size_t pairs =
	    1 + (*c->file != '\0') + (s->message != NULL) + (c->count > 0) + (c->text ? 2 : 0);

	for (const struct value *v = c->values; v->key; v++)
		pairs += v->text != NULL;
	mp_map(o, pairs);
	mp_kstr(o, "id", s->id);
	if (*c->file)
		mp_kstr(o, "file", c->file);
	for (const struct value *v = c->values; v->key; v++)
		if (v->text)
			mp_kstr(o, v->key, v->text);
	if (s->message)
		mp_kstr(o, "message", s->message);
	if (c->count > 0)
		mp_kint(o, "count", c->count);
	if (!c->text)
		return;
	mp_str(o, "text");
	mp_bin(o, buf_bytes(c->text), buf_len(c->text));
	mp_kbool(o, "keep_lock", true); /* `unlock` is a command of its own */
}

static int
call(struct query *q, const char *method, struct change *c, bool addresses)
{
	const msgpack_object *done;
	int err = query_call(q, method, pack_change, c, &done);

	return err == OP_OK ? say_done(q, done, addresses) : err;
}

/* The first operand is the file. */
static int
run(struct query *q, const char *method, struct change *c, bool addresses)
{
	int err = subnet_resolve(q, q->operands[0], c->file);

	return err == OP_OK ? call(q, method, c, addresses) : err;
}

int
ipadmc_add(struct query *q)
{
	const struct ipadmc *s = settings_of(q);
	struct change c = {
	    .values = {{"name", q->operands[1]}, {"address", q->operands[2]}, {"ethernet", s->mac},
		{"alias", s->alias}, {"mx", s->mx}, {"comment", s->comment}}};

	return run(q, "sdb.add", &c, false);
}

int
ipadmc_change(struct query *q)
{
	const struct ipadmc *s = settings_of(q);
	struct change c = {
	    .values = {{"node", q->operands[1]}, {"name", s->name}, {"address", s->address},
		{"ethernet", s->mac}, {"alias", s->alias}, {"mx", s->mx}, {"comment", s->comment}}};

	return run(q, "sdb.change", &c, false);
}

int
ipadmc_remove(struct query *q)
{
	struct change c = {.values = {{"node", q->operands[1]}}};

	return run(q, "sdb.remove", &c, false);
}

int
ipadmc_allocate(struct query *q)
{
	const struct ipadmc *s = settings_of(q);
	struct change c = {
	    .values = {{"name", q->operands[1]}, {"ethernet", s->mac}, {"comment", s->comment}},
	    .count = s->count};

	return run(q, "sdb.allocate", &c, true);
}

/* Without a file: what the commit did to all its files. */
int
ipadmc_revert(struct query *q)
{
	bool has_file = q->operands[1] != NULL, restores = settings_of(q)->restore;
	struct change c = {.values = {{restores ? "to" : "undo", q->operands[has_file ? 1 : 0]}}};

	if (!has_file && restores)
		return query_complain(q, IPADMC_USAGE, "--restore needs a subnet");
	return has_file ? run(q, "sdb.revert", &c, false) : call(q, "sdb.revert", &c, false);
}

/* --- put --- */

static void
pack_get(struct mp_out *o, const struct query *q, const void *file)
{
	(void)q;
	mp_map(o, 1);
	mp_kstr(o, "file", file);
}

/* The version that is there; empty when there is no such file. */
static int
find_version(struct query *q, const char *file, char *dst, size_t size)
{
	struct query_answer a;
	struct mp_text version;
	int err = query_try(q, "sdb.get", pack_get, file, &a);

	dst[0] = '\0';
	if (err == OP_NOT_FOUND && a.m)
		return OP_OK;
	if (err != OP_OK)
		return query_complain_answer(q, err, &a);
	if (mp_get_text(a.m->result, "version", &version) != OP_OK || version.len >= size)
		return query_nonsense(q);
	snprintf(dst, size, "%.*s", (int)version.len, version.s);
	return OP_OK;
}

int
ipadmc_put(struct query *q)
{
	const char *path = q->operands[1] ? q->operands[1] : "-";
	const char *base = settings_of(q)->base;
	const msgpack_object *done;
	char version[64];
	struct buf text;
	struct change c = {.text = &text};

	buf_init(&text);
	int err = subnet_resolve(q, q->operands[0], c.file);

	if (err == OP_OK)
		err = input_read(q, path, &text);
	if (err == OP_OK && !base)
		err = find_version(q, c.file, version, sizeof(version));
	c.values[0] = (struct value){"base", base ? base : version};
	if (err == OP_OK)
		err = query_call(q, "sdb.put", pack_change, &c, &done);
	if (err == OP_OK)
		err = say_done(q, done, false);
	buf_fini(&text);
	return err;
}
