/* SPDX-License-Identifier: ISC */
/* The commands about what servers are given: preview, publish, status. */
#include <stdio.h>
#include <string.h>
#include "client/common/table.h"
#include "client/ipadmc/input.h"
#include "client/ipadmc/ipadmc.h"
#include "client/ipadmc/say.h"
#include "client/ipadmc/subnet.h"
#include "lib/err.h"
#include "lib/text.h"

/* --- pieces --- */

/* "TITLE  value" for what is there. */
static int
add_field(struct buf *out, const msgpack_object *map, const char *title, const char *key,
    cell_key_fn *show)
{
	struct buf value;

	buf_init(&value);
	int err = show(&value, map, key);

	if (err == OP_OK && buf_len(&value) > 0)
		err = buf_printf(out, "%-14s %.*s\n", title, (int)buf_len(&value),
		    (const char *)buf_bytes(&value));
	buf_fini(&value);
	return err;
}

static int
show_time(struct buf *out, const msgpack_object *map, const char *key)
{
	int64_t at_ms;

	return mp_get_int(map, key, &at_ms) == OP_OK ? cell_time(out, at_ms) : OP_OK;
}

static int
show_list(struct buf *out, const msgpack_object *map, const char *key)
{
	const msgpack_object_array *items;
	int err = OP_OK;

	if (mp_get_array(map, key, &items) != OP_OK)
		return OP_OK;
	for (uint32_t i = 0; i < items->size && err == OP_OK; i++) {
		const msgpack_object *v = &items->ptr[i];

		if (v->type != MSGPACK_OBJECT_STR)
			continue;
		if (i > 0)
			err = buf_append(out, ", ", 2);
		if (err == OP_OK)
			err = text_plain(out, v->via.str.ptr, v->via.str.size, false);
	}
	return err;
}

/* What the brake says: {path, before, after}. */
static int
show_brake(struct buf *out, const msgpack_object *map, const char *key)
{
	const msgpack_object *brake = mp_get(map, key);
	int64_t before = 0, after = 0;

	if (!brake)
		return OP_OK;
	mp_get_int(brake, "before", &before);
	mp_get_int(brake, "after", &after);
	int err = buf_printf(out, "only %lld of %lld records would be left in ", (long long)after,
	    (long long)before);

	if (err != OP_OK)
		return err;
	return mp_get(brake, "path") ? cell_text(out, brake, "path")
				     : buf_printf(out, "all files together");
}

static const struct {
	const char *title, *key;
	cell_key_fn *show;
} published_fields[] = {{"State", "state", cell_text}, {"Failed at", "step", cell_text},
    {"Reason", "reason", cell_text}, {"Brake", "brake", show_brake},
    {"Commit", "commit", cell_text}, {"At", "at", show_time}, {"Outputs", "files", cell_int},
    {"Changed", "changed", cell_int}, {"Records", "records_new", cell_int},
    {"Errors", "errors", cell_int}, {"Warnings", "warnings", cell_int},
    {"Unpublished", "since_at", show_time}};

/* What the programs said that ran last. */
static int
add_output(struct buf *out, const msgpack_object *published)
{
	const msgpack_object_array *items;
	int err = OP_OK;

	if (mp_get_array(published, "output", &items) != OP_OK)
		return OP_OK;
	for (uint32_t i = 0; i < items->size && err == OP_OK; i++) {
		const msgpack_object *item = &items->ptr[i];
		struct mp_text text = {"", 0};
		int64_t status = 0;

		mp_get_int(item, "status", &status);
		mp_get_text(item, "text", &text);
		if (status == 0 && text.len == 0)
			continue;
		err = cell_text(out, item, "command");
		if (err == OP_OK)
			err = buf_printf(out, ": status %lld\n", (long long)status);
		if (err == OP_OK && text.len)
			err = text_plain(out, text.s, text.len, true);
		if (err == OP_OK && text.len && text.s[text.len - 1] != '\n')
			err = buf_append(out, "\n", 1);
	}
	return err;
}

static int
print_published(const msgpack_object *published)
{
	struct buf out;
	int err = OP_OK;

	buf_init(&out);
	for (size_t i = 0; i < sizeof(published_fields) / sizeof(published_fields[0]); i++)
		if (err == OP_OK)
			err = add_field(&out, published, published_fields[i].title,
			    published_fields[i].key, published_fields[i].show);
	if (err == OP_OK)
		err = add_output(&out, published);
	if (err == OP_OK)
		err = say_write(stdout, &out);
	buf_fini(&out);
	return err;
}

/* --- status --- */

/* OP_UNAVAILABLE, said: nothing is published there. */
static int
ask_status(struct query *q, const msgpack_object **status)
{
	int err = query_call(q, "sdb.status", query_pack_nothing, NULL, status);
	bool is_enabled = false;

	if (err != OP_OK)
		return err;
	mp_get_bool(*status, "enabled", &is_enabled);
	if (is_enabled)
		return OP_OK;
	return query_complain(
	    q, OP_NOT_FOUND, "nothing is published there: see `publish` in ipadmd.conf(5)");
}

int
ipadmc_status(struct query *q)
{
	const msgpack_object *status, *published;
	struct buf out;
	int err = ask_status(q, &status);

	if (err != OP_OK)
		return err;
	if (q->json)
		return query_print_json(status);
	buf_init(&out);
	published = mp_get(status, "published");
	err = add_field(&out, status, "Generators", "generators", show_list);
	if (err == OP_OK)
		err = add_field(&out, status, "Directory", "directory", cell_text);
	if (err == OP_OK)
		err = add_field(&out, status, "Not checked", "missing", show_list);
	if (err == OP_OK)
		err = add_field(&out, status, "Working", "step", cell_text);
	if (err == OP_OK && published)
		err = add_field(&out, published, "Published", "commit", cell_text);
	if (err == OP_OK && published)
		err = add_field(&out, published, "Published at", "at", show_time);
	if (err == OP_OK)
		err = add_field(&out, status, "Unpublished", "since_at", show_time);
	if (err == OP_OK)
		err = say_write(stdout, &out);
	buf_fini(&out);
	if (err == OP_OK && mp_get(status, "last")) {
		printf("\nThe last time:\n");
		err = print_published(mp_get(status, "last"));
	}
	return err;
}

/* --- publish --- */

static void
pack_publish(struct mp_out *o, const struct query *q, const void *arg)
{
	bool confirms = settings_of(q)->confirm;

	(void)arg;
	mp_map(o, confirms);
	if (confirms)
		mp_kbool(o, "confirm", true);
}

int
ipadmc_publish(struct query *q)
{
	const msgpack_object *result;
	struct mp_text state = {"", 0};
	int err = ask_status(q, &result);

	if (err == OP_OK)
		err = query_call(q, "sdb.publish", pack_publish, NULL, &result);
	if (err != OP_OK)
		return err;
	mp_get_text(result, "state", &state);
	bool is_done = mp_text_is(state, "published") || mp_text_is(state, "unchanged");
	bool is_braked = mp_text_is(state, "braked");

	err = q->json ? query_print_json(result) : print_published(result);
	if (err == OP_OK && is_braked && !settings_of(q)->confirm)
		query_complain(q, OP_OK, "if that is meant: ipadmc publish --confirm");
	return err == OP_OK && !is_done ? OP_CONFLICT : err;
}

/* --- preview --- */

struct preview {
	char file[SUBNET_FILE]; /* empty: as everything is */
	struct buf text;
};

static void
pack_preview(struct mp_out *o, const struct query *q, const void *arg)
{
	const struct preview *p = arg;

	(void)q;
	mp_map(o, *p->file ? 2 : 0);
	if (!*p->file)
		return;
	mp_kstr(o, "file", p->file);
	mp_str(o, "text");
	mp_bin(o, buf_bytes(&p->text), buf_len(&p->text));
}

static int
add_pair(struct buf *out, const msgpack_object *map, const char *word, const char *old_key,
    const char *new_key)
{
	int64_t old, new;
	bool has_old = mp_get_int(map, old_key, &old) == OP_OK;
	bool has_new = mp_get_int(map, new_key, &new) == OP_OK;

	if (has_old && has_new && old != new)
		return buf_printf(out, "  %s %lld -> %lld", word, (long long)old, (long long)new);
	if (has_new)
		return buf_printf(out, "  %s %lld", word, (long long)new);
	return OP_OK;
}

/* A line about the output and its difference. */
static int
add_file(struct buf *out, const msgpack_object *file)
{
	struct mp_text diff;
	bool is_cut = false;
	int err = cell_text(out, file, "path");

	if (err == OP_OK)
		err = buf_append(out, "  ", 2);
	if (err == OP_OK)
		err = cell_text(out, file, "what");
	if (err == OP_OK)
		err = add_pair(out, file, "serial", "serial_old", "serial_new");
	if (err == OP_OK)
		err = add_pair(out, file, "records", "records_old", "records_new");
	if (err == OP_OK)
		err = buf_append(out, "\n", 1);
	if (err == OP_OK && mp_get_text(file, "diff", &diff) == OP_OK)
		err = text_plain(out, diff.s, diff.len, true);
	mp_get_bool(file, "cut", &is_cut);
	return err == OP_OK && is_cut ? buf_printf(out, "(cut)\n") : err;
}

static int
print_preview(struct query *q, const msgpack_object *result)
{
	const msgpack_object_array *files;
	struct buf out;
	bool has_more = false;
	int64_t same = 0;

	if (mp_get_array(result, "files", &files) != OP_OK)
		return query_nonsense(q);
	buf_init(&out);
	int err = OP_OK;

	for (uint32_t i = 0; i < files->size && err == OP_OK; i++)
		err = add_file(&out, &files->ptr[i]);
	mp_get_int(result, "same", &same);
	mp_get_bool(result, "more", &has_more);
	if (err == OP_OK)
		err = buf_printf(&out, "%u would change, %lld stay%s\n", files->size,
		    (long long)same, has_more ? "; there is more than is shown" : "");
	if (err == OP_OK)
		err = add_field(&out, result, "Brake", "brake", show_brake);
	if (err == OP_OK)
		err = say_write(stdout, &out);
	buf_fini(&out);
	return err;
}

static int
run_preview(struct query *q, struct preview *p)
{
	const msgpack_object_array *findings;
	const msgpack_object *result;
	int err = OP_OK;

	if (q->operands[0])
		err = subnet_resolve(q, q->operands[0], p->file);
	if (err == OP_OK && q->operands[0])
		err = input_read(q, q->operands[1] ? q->operands[1] : "-", &p->text);
	if (err == OP_OK)
		err = ask_status(q, &result);
	if (err == OP_OK)
		err = query_call(q, "sdb.preview", pack_preview, p, &result);
	if (err != OP_OK)
		return err;
	if (q->json)
		return query_print_json(result);
	if (mp_get_array(result, "findings", &findings) == OP_OK)
		err = say_findings(stderr, findings);
	return err == OP_OK ? print_preview(q, result) : err;
}

int
ipadmc_preview(struct query *q)
{
	struct preview p = {.file = ""};
	const msgpack_object *status;

	buf_init(&p.text);
	int err = ask_status(q, &status);

	if (err == OP_OK)
		err = run_preview(q, &p);

	buf_fini(&p.text);
	return err;
}
