/* SPDX-License-Identifier: ISC */
/* A list of names first, then one file after the other. */
#include "client/ipadmc/subnets.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "lib/err.h"
#include "lib/sdb/name.h"

static void
pack_file(struct mp_out *o, const struct query *q, const void *file)
{
	(void)q;
	mp_map(o, 1);
	mp_kstr(o, "file", file);
}

static int
load_one(struct query *q, struct subnets_file *f)
{
	const msgpack_object *result, *text;
	struct mp_text version;
	int err = query_call(q, "sdb.get", pack_file, f->name, &result);

	if (err != OP_OK)
		return err;
	text = mp_get(result, "text");
	if (!text || text->type != MSGPACK_OBJECT_BIN ||
	    mp_get_text(result, "version", &version) != OP_OK || version.len >= SUBNETS_VERSION)
		return query_nonsense(q);
	snprintf(f->version, sizeof(f->version), "%.*s", (int)version.len, version.s);
	err = text->via.bin.size ? buf_append(&f->text, text->via.bin.ptr, text->via.bin.size)
				 : OP_OK;
	if (err == OP_OK)
		err = sdb_file_parse(buf_bytes(&f->text), buf_len(&f->text), &f->file);
	return err == OP_OK ? err : query_complain(q, err, "%s: %s", f->name, op_strerror(err));
}

/* Which is then left out. */
static bool
is_unreadable(struct query *q, const msgpack_object *row, const char *name)
{
	struct mp_text why;

	if (mp_get_text(row, "error", &why) != OP_OK)
		return false;
	query_complain(q, OP_OK, "%s is passed over: %.*s", name, (int)why.len, why.s);
	return true;
}

/* Other files have no nodes. */
static int
take_names(struct query *q, const msgpack_object_array *files, struct subnets *out)
{
	out->list = calloc(files->size + 1, sizeof(*out->list));
	if (!out->list)
		return query_complain(q, OP_NO_MEMORY, "%s", op_strerror(OP_NO_MEMORY));
	for (uint32_t i = 0; i < files->size; i++) {
		struct sdb_name name;
		struct mp_text t;

		if (mp_get_text(&files->ptr[i], "file", &t) != OP_OK ||
		    sdb_name_parse(t.s, t.len, &name) != OP_OK)
			continue;
		sdb_name_format(out->list[out->count].name, &name);
		out->count += !is_unreadable(q, &files->ptr[i], out->list[out->count].name);
	}
	return OP_OK;
}

static int
take_operands(struct query *q, char *const *operands, struct subnets *out)
{
	size_t n = 0;
	int err = OP_OK;

	while (operands[n])
		n++;
	out->list = calloc(n + 1, sizeof(*out->list));
	if (!out->list)
		return query_complain(q, OP_NO_MEMORY, "%s", op_strerror(OP_NO_MEMORY));
	for (size_t i = 0; i < n && err == OP_OK; i++)
		err = subnet_resolve(q, operands[i], out->list[out->count++].name);
	return err;
}

static int
take_all(struct query *q, struct subnets *out)
{
	const msgpack_object_array *files;
	const msgpack_object *result;
	int err = query_call(q, "sdb.list", query_pack_nothing, NULL, &result);

	if (err != OP_OK)
		return err;
	if (mp_get_array(result, "files", &files) != OP_OK)
		return query_nonsense(q);
	return take_names(q, files, out);
}

int
subnets_load(struct query *q, char *const *operands, struct subnets *out)
{
	*out = (struct subnets){0};
	int err = operands && operands[0] ? take_operands(q, operands, out) : take_all(q, out);

	for (size_t i = 0; i < out->count && err == OP_OK; i++)
		err = load_one(q, &out->list[i]);
	if (err != OP_OK)
		subnets_fini(out);
	return err;
}

void
subnets_fini(struct subnets *s)
{
	for (size_t i = 0; i < s->count; i++) {
		sdb_file_free(s->list[i].file);
		buf_fini(&s->list[i].text);
	}
	free(s->list);
	*s = (struct subnets){0};
}
