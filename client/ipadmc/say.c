/* SPDX-License-Identifier: ISC */
/* Findings, locks, changes and errors in words.  Text from outside is made plain. */
#include "client/ipadmc/say.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "client/common/cells.h"
#include "client/ipadmc/ipadmc.h"
#include "lib/err.h"
#include "lib/sdb/diff.h"
#include "lib/text.h"
#include "lib/units.h"

int
say_write(FILE *to, const struct buf *text)
{
	size_t len = buf_len(text);

	return len == 0 || fwrite(buf_bytes(text), 1, len, to) == len ? OP_OK : OP_SYSTEM;
}

/* --- findings --- */

static int
add_place(struct buf *out, const msgpack_object *finding)
{
	int64_t line = 0, column = 0;
	int err = cell_text(out, finding, "file");

	mp_get_int(finding, "line", &line);
	mp_get_int(finding, "column", &column);
	if (err == OP_OK && line > 0)
		err = buf_printf(out, ":%lld", (long long)line);
	if (err == OP_OK && line > 0 && column > 0)
		err = buf_printf(out, ":%lld", (long long)column);
	return err;
}

static int
add_fix(struct buf *out, const msgpack_object *finding)
{
	static const struct {
		const char *kind, *words;
	} kinds[] = {{"replace", "make line %lld: "}, {"insert", "insert before line %lld: "},
	    {"delete", "delete line %lld"}, {"to_front", "make line %lld the first"}};
	const msgpack_object *fix = mp_get(finding, "fix");
	int64_t line = 0;
	struct mp_text kind;
	int err = OP_OK;

	if (!fix || mp_get_text(fix, "kind", &kind) != OP_OK ||
	    mp_get_int(fix, "line", &line) != OP_OK)
		return OP_OK;
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]) && err == OP_OK; i++) {
		if (!mp_text_is(kind, kinds[i].kind))
			continue;
		err = buf_printf(out, "\tcorrection: ");
		if (err == OP_OK)
			err = buf_printf(out, kinds[i].words, (long long)line);
		if (err == OP_OK)
			err = cell_text(out, fix, "text");
		if (err == OP_OK)
			err = buf_append(out, "\n", 1);
	}
	return err;
}

static int
add_finding(struct buf *out, const msgpack_object *finding)
{
	int err = add_place(out, finding);

	if (err == OP_OK)
		err = buf_append(out, ": ", 2);
	if (err == OP_OK)
		err = cell_text(out, finding, "severity");
	if (err == OP_OK)
		err = buf_append(out, ": ", 2);
	if (err == OP_OK)
		err = cell_text(out, finding, "message");
	if (err == OP_OK)
		err = buf_append(out, " [", 2);
	if (err == OP_OK)
		err = cell_text(out, finding, "code");
	if (err == OP_OK)
		err = buf_append(out, "]\n", 2);
	return err == OP_OK ? add_fix(out, finding) : err;
}

int
say_findings(FILE *to, const msgpack_object_array *findings)
{
	struct buf out;
	int err = OP_OK;

	buf_init(&out);
	for (uint32_t i = 0; i < findings->size && err == OP_OK; i++)
		err = add_finding(&out, &findings->ptr[i]);
	if (err == OP_OK)
		err = say_write(to, &out);
	buf_fini(&out);
	return err;
}

/* --- locks --- */

int
say_lock(struct buf *out, const msgpack_object *lock)
{
	char text[40];
	int64_t left_ms = 0;
	int err = buf_printf(out, "locked by ");

	if (err == OP_OK)
		err = cell_text(out, lock, "owner");
	mp_get_int(lock, "left_ms", &left_ms);
	if (err != OP_OK)
		return err;
	if (left_ms <= 0)
		return buf_printf(out, ", whose time is over");
	return buf_printf(out, " for another %s", units_format_ms(text, sizeof(text), left_ms));
}

/* --- what was done --- */

static int
add_node(struct buf *out, const msgpack_object *node)
{
	int err = cell_text(out, node, "address");

	if (err == OP_OK)
		err = buf_append(out, " ", 1);
	if (err == OP_OK)
		err = cell_text(out, node, "name");
	return err == OP_OK ? buf_append(out, "\n", 1) : err;
}

static int
add_commit(struct buf *out, const msgpack_object *done)
{
	struct mp_text commit;
	const msgpack_object_array *files;
	bool is_merged = false;
	int err = OP_OK;

	/* A change set: each of its files. */
	if (mp_get_array(done, "files", &files) == OP_OK) {
		for (uint32_t i = 0; i < files->size && err == OP_OK; i++)
			err = add_commit(out, &files->ptr[i]);
		return err;
	}
	err = cell_text(out, done, "file");

	mp_get_bool(done, "merged", &is_merged);
	if (err != OP_OK)
		return err;
	if (mp_get_text(done, "commit", &commit) != OP_OK)
		return buf_printf(out, ": nothing had to be changed\n");
	err = buf_printf(out, ": commit %.*s", (int)(commit.len < 10 ? commit.len : 10), commit.s);
	if (err == OP_OK && is_merged)
		err = buf_printf(out, ", merged with what had been changed meanwhile");
	return err == OP_OK ? buf_append(out, "\n", 1) : err;
}

int
say_done(const struct query *q, const msgpack_object *done, bool addresses)
{
	const msgpack_object_array *nodes;
	struct buf out;
	int err = OP_OK;

	if (q->json)
		return query_print_json(done);
	buf_init(&out);
	if (addresses && mp_get_array(done, "nodes", &nodes) == OP_OK)
		for (uint32_t i = 0; i < nodes->size && err == OP_OK; i++)
			err = add_node(&out, &nodes->ptr[i]);
	if (err == OP_OK)
		err = say_write(stdout, &out);
	fflush(stdout);
	buf_clear(&out);
	if (err == OP_OK)
		err = add_commit(&out, done);
	if (err == OP_OK && (!addresses || isatty(STDERR_FILENO)))
		err = say_write(addresses ? stderr : stdout, &out);
	buf_fini(&out);
	return err;
}

/* --- differences --- */

static int
add_line(struct buf *out, char sign, const struct sdb_line *line)
{
	if (!line)
		return OP_OK;
	int err = buf_append(out, &sign, 1);

	if (err == OP_OK)
		err = text_plain(out, line->text, line->len, false);
	return err == OP_OK ? buf_append(out, "\n", 1) : err;
}

static int
say_diff(FILE *to, const struct sdb_diff *d)
{
	struct buf out;
	int err = OP_OK;

	buf_init(&out);
	for (size_t i = 0; i < d->count && err == OP_OK; i++) {
		err = add_line(&out, '-', d->list[i].old);
		if (err == OP_OK)
			err = add_line(&out, '+', d->list[i].new);
	}
	if (err == OP_OK && d->reordered)
		err = buf_printf(&out, "lines stand in another order\n");
	if (err == OP_OK)
		err = say_write(to, &out);
	buf_fini(&out);
	return err;
}

int
say_changes(FILE *to, const struct buf *before, const struct buf *after)
{
	struct sdb_file *old = NULL, *new = NULL;
	struct sdb_diff d;
	int err = sdb_file_parse(buf_bytes(before), buf_len(before), &old);

	if (err == OP_OK)
		err = sdb_file_parse(buf_bytes(after), buf_len(after), &new);
	if (err == OP_OK)
		err = sdb_diff(old, new, &d);
	if (err == OP_OK) {
		err = say_diff(to, &d);
		sdb_diff_fini(&d);
	}
	sdb_file_free(old);
	sdb_file_free(new);
	return err;
}

/* --- files in JSON --- */

int
say_json_file(const msgpack_object *file)
{
	static const char base64[] = "text_base64";
	msgpack_object copy = *file;
	msgpack_object_kv *pairs;

	if (file->type != MSGPACK_OBJECT_MAP)
		return OP_PROTOCOL;
	pairs = calloc(file->via.map.size + 1, sizeof(*pairs));
	if (!pairs)
		return OP_NO_MEMORY;
	copy.via.map.ptr = pairs;
	for (uint32_t i = 0; i < file->via.map.size; i++) {
		msgpack_object *v = &pairs[i].val;

		pairs[i] = file->via.map.ptr[i];
		if (v->type != MSGPACK_OBJECT_BIN)
			continue;
		if (text_is_utf8(v->via.bin.ptr, v->via.bin.size)) {
			const msgpack_object_bin bin = v->via.bin;

			v->type = MSGPACK_OBJECT_STR;
			v->via.str = (msgpack_object_str){.size = bin.size, .ptr = bin.ptr};
		} else {
			pairs[i].key.via.str =
			    (msgpack_object_str){.size = sizeof(base64) - 1, .ptr = base64};
		}
	}
	int err = query_print_json(&copy);

	free(pairs);
	return err;
}

/* --- errors --- */

static int
add_side(struct buf *out, const msgpack_object *conflict, const char *key, const char *title)
{
	int err = buf_printf(out, "\t%-8s", title);

	if (err == OP_OK)
		err = mp_get(conflict, key) ? cell_text(out, conflict, key)
					    : buf_printf(out, "(not there)");
	return err == OP_OK ? buf_append(out, "\n", 1) : err;
}

static int
add_conflicts(struct buf *out, const msgpack_object_array *conflicts)
{
	int err = OP_OK;

	for (uint32_t i = 0; i < conflicts->size && err == OP_OK; i++) {
		const msgpack_object *c = &conflicts->ptr[i];

		err = buf_printf(out, "conflict of one ");
		if (err == OP_OK)
			err = cell_text(out, c, "kind");
		if (err == OP_OK)
			err = buf_append(out, ":\n", 2);
		if (err == OP_OK)
			err = add_side(out, c, "base", "before:");
		if (err == OP_OK)
			err = add_side(out, c, "mine", "yours:");
		if (err == OP_OK)
			err = add_side(out, c, "theirs", "theirs:");
	}
	return err;
}

static bool
explain_lock(const struct query *q, const struct rpc_error *e)
{
	struct buf words;

	buf_init(&words);
	bool is_said = say_lock(&words, e->data) == OP_OK;

	if (is_said)
		query_complain(q, e->err, "%.*s", (int)buf_len(&words), buf_bytes(&words));
	buf_fini(&words);
	return is_said;
}

bool
ipadmc_explain(const struct query *q, const struct rpc_error *e)
{
	const msgpack_object_array *items;
	char message[300];
	struct buf words;

	if (e->err == OP_LOCKED && e->data)
		return explain_lock(q, e);
	text_log(message, sizeof(message), e->message.s, e->message.len);
	if (e->err == OP_UNKNOWN_METHOD) {
		query_complain(q, e->err, "the daemon is of an older version and cannot do that");
		return true;
	}
	if (!e->data)
		return false;
	if (mp_get_array(e->data, "findings", &items) == OP_OK) {
		query_complain(q, e->err, "refused, as it would bring errors:");
		say_findings(stderr, items);
		return true;
	}
	if (mp_get_array(e->data, "conflicts", &items) != OP_OK)
		return false;
	query_complain(q, e->err, "%s", message);
	buf_init(&words);
	if (add_conflicts(&words, items) == OP_OK)
		say_write(stderr, &words);
	buf_fini(&words);
	return true;
}
