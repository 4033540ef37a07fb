/* SPDX-License-Identifier: ISC */
/* The commands that look back: log, show, diff, blame. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include "client/common/table.h"
#include "client/ipadmc/ipadmc.h"
#include "client/ipadmc/say.h"
#include "client/ipadmc/subnet.h"
#include "lib/err.h"
#include "lib/text.h"

#define COMMIT_CHARS 10u /* of a commit's id in a table: enough to be unique */
#define PAGE 1000

/* What a command asks about. */
struct question {
	char file[SUBNET_FILE]; /* empty: all */
	const char *node;       /* NULL: all */
	const char *from, *to;  /* commits; NULL: not given */
	int64_t limit;
};

/* --- columns --- */

static int
cell_commit(struct buf *out, const msgpack_object *map)
{
	struct mp_text t;

	if (mp_get_text(map, "commit", &t) != OP_OK)
		return OP_OK;
	return text_plain(out, t.s, t.len < COMMIT_CHARS ? t.len : COMMIT_CHARS, false);
}

static int
cell_when(struct buf *out, const msgpack_object *map)
{
	int64_t at_ms;

	return mp_get_int(map, "at", &at_ms) == OP_OK ? cell_time(out, at_ms) : OP_OK;
}

static int
cell_author(struct buf *out, const msgpack_object *map)
{
	return cell_text(out, map, "author");
}

static int
cell_name(struct buf *out, const msgpack_object *map)
{
	return cell_text(out, map, "name");
}

static int
cell_address(struct buf *out, const msgpack_object *map)
{
	return cell_text(out, map, "address");
}

/* The first line: a message may have many. */
static int
cell_message(struct buf *out, const msgpack_object *map)
{
	struct mp_text t;

	if (mp_get_text(map, "message", &t) != OP_OK)
		return OP_OK;
	const char *end = memchr(t.s, '\n', t.len);

	return text_plain(out, t.s, end ? (size_t)(end - t.s) : t.len, false);
}

static int
cell_files(struct buf *out, const msgpack_object *map)
{
	const msgpack_object_array *files;

	if (mp_get_array(map, "files", &files) != OP_OK || files->size == 0 ||
	    files->ptr[0].type != MSGPACK_OBJECT_STR)
		return OP_OK;
	int err = text_plain(out, files->ptr[0].via.str.ptr, files->ptr[0].via.str.size, false);

	if (err != OP_OK || files->size == 1)
		return err;
	return buf_printf(out, " and %u more", files->size - 1);
}

/* --- log --- */

static const struct table_column log_columns[] = {{"COMMIT", cell_commit, false},
    {"WHEN", cell_when, false}, {"WHO", cell_author, false}, {"FILE", cell_files, false},
    {"WHY", cell_message, false}, {0}};

static void
pack_log(struct mp_out *o, const struct query *q, const void *arg)
{
	const struct question *l = arg;

	(void)q;
	mp_map(o, (size_t)((*l->file != '\0') + (l->node != NULL) + (l->limit > 0)));
	if (*l->file)
		mp_kstr(o, "file", l->file);
	if (l->node)
		mp_kstr(o, "node", l->node);
	if (l->limit > 0)
		mp_kint(o, "limit", l->limit < PAGE ? l->limit : PAGE);
}

int
ipadmc_log(struct query *q)
{
	const msgpack_object_array *commits;
	const msgpack_object *result;
	struct question l = {.limit = settings_of(q)->limit};
	bool has_more = false;
	int err = OP_OK;

	if (q->operands[0]) {
		err = subnet_resolve(q, q->operands[0], l.file);
		l.node = q->operands[1];
	}
	if (err == OP_OK)
		err = query_call(q, "sdb.log", pack_log, &l, &result);
	if (err != OP_OK)
		return err;
	if (mp_get_array(result, "commits", &commits) != OP_OK)
		return query_nonsense(q);
	if (q->json)
		return query_print_json_lines(commits);
	if (commits->size == 0) {
		table_say_empty("nothing has been changed yet");
		return OP_OK;
	}
	err = table_print(commits, log_columns);
	mp_get_bool(result, "more", &has_more);
	if (err == OP_OK && has_more && isatty(STDERR_FILENO))
		query_complain(q, OP_OK, "there are older ones: --limit");
	return err;
}

/* --- show --- */

static void
pack_show(struct mp_out *o, const struct query *q, const void *arg)
{
	const struct question *s = arg;

	(void)q;
	mp_map(o, 2);
	mp_kstr(o, "file", s->file);
	mp_kstr(o, "commit", s->to);
}

/* Only for people: standard output is the file. */
static int
say_commit(const msgpack_object *commit)
{
	static cell_fn *const cells[] = {cell_commit, cell_when, cell_author, cell_message};
	struct buf line;
	int err = OP_OK;

	if (!isatty(STDERR_FILENO) || !isatty(STDOUT_FILENO))
		return OP_OK;
	buf_init(&line);
	for (size_t i = 0; i < sizeof(cells) / sizeof(cells[0]) && err == OP_OK; i++) {
		err = cells[i](&line, commit);
		if (err == OP_OK)
			err = buf_append(&line, i < 3 ? "  " : "\n\n", 2);
	}
	if (err == OP_OK)
		err = say_write(stderr, &line);
	buf_fini(&line);
	return err;
}

int
ipadmc_show(struct query *q)
{
	const msgpack_object *result, *text;
	struct question s = {.to = q->operands[1]};
	int err = subnet_resolve(q, q->operands[0], s.file);

	if (err == OP_OK)
		err = query_call(q, "sdb.show", pack_show, &s, &result);
	if (err != OP_OK)
		return err;
	text = mp_get(result, "text");
	if (!text || text->type != MSGPACK_OBJECT_BIN)
		return query_nonsense(q);
	if (q->json)
		return say_json_file(result);
	err = say_commit(result);
	if (text->via.bin.size > 0)
		fwrite(text->via.bin.ptr, 1, text->via.bin.size, stdout);
	return err;
}

/* --- diff --- */

static void
pack_diff(struct mp_out *o, const struct query *q, const void *arg)
{
	const struct question *d = arg;

	(void)q;
	mp_map(o, (size_t)(1 + (d->from != NULL) + (d->to != NULL)));
	mp_kstr(o, "file", d->file);
	if (d->from)
		mp_kstr(o, "from", d->from);
	if (d->to)
		mp_kstr(o, "to", d->to);
}

static int
add_line(struct buf *out, const msgpack_object *change, const char *key, const char *sign)
{
	if (!mp_get(change, key))
		return OP_OK;
	int err = buf_append(out, sign, 1);

	if (err == OP_OK)
		err = cell_text(out, change, key);
	return err == OP_OK ? buf_append(out, "\n", 1) : err;
}

static int
print_changes(const msgpack_object_array *changes)
{
	struct buf out;
	int err = OP_OK;

	buf_init(&out);
	for (uint32_t i = 0; i < changes->size && err == OP_OK; i++) {
		err = add_line(&out, &changes->ptr[i], "old", "-");
		if (err == OP_OK)
			err = add_line(&out, &changes->ptr[i], "new", "+");
	}
	if (err == OP_OK)
		err = say_write(stdout, &out);
	buf_fini(&out);
	return err;
}

int
ipadmc_diff(struct query *q)
{
	const msgpack_object_array *changes;
	const msgpack_object *result;
	struct question d = {.from = q->operands[1]};
	bool is_reordered = false;
	int err = subnet_resolve(q, q->operands[0], d.file);

	if (d.from)
		d.to = q->operands[2];
	if (err == OP_OK)
		err = query_call(q, "sdb.diff", pack_diff, &d, &result);
	if (err != OP_OK)
		return err;
	if (mp_get_array(result, "changes", &changes) != OP_OK)
		return query_nonsense(q);
	if (q->json)
		return query_print_json(result);
	mp_get_bool(result, "reordered", &is_reordered);
	err = print_changes(changes);
	if (is_reordered)
		printf("lines stand in another order\n");
	return err;
}

/* --- blame --- */

static const struct table_column blame_columns[] = {{"NAME", cell_name, false},
    {"ADDRESS", cell_address, false}, {"WHO", cell_author, false}, {"WHEN", cell_when, false},
    {"COMMIT", cell_commit, false}, {"WHY", cell_message, false}, {0}};

static int
cell_lines(struct buf *out, const msgpack_object *map)
{
	int64_t line = 0, count = 1;

	mp_get_int(map, "line", &line);
	mp_get_int(map, "count", &count);
	if (count < 2)
		return buf_printf(out, "%lld", (long long)line);
	return buf_printf(out, "%lld-%lld", (long long)line, (long long)(line + count - 1));
}

/* Of files that have no nodes. */
static const struct table_column line_columns[] = {{"LINES", cell_lines, true},
    {"WHO", cell_author, false}, {"WHEN", cell_when, false}, {"COMMIT", cell_commit, false},
    {"WHY", cell_message, false}, {0}};

int
ipadmc_blame(struct query *q)
{
	const struct table_column *columns = blame_columns;
	const msgpack_object_array *items;
	const msgpack_object *result;
	struct question b = {.node = q->operands[1]};
	int err = subnet_resolve(q, q->operands[0], b.file);

	if (err == OP_OK)
		err = query_call(q, "sdb.blame", pack_log, &b, &result);
	if (err != OP_OK)
		return err;
	if (mp_get_array(result, "lines", &items) == OP_OK)
		columns = line_columns;
	else if (mp_get_array(result, "nodes", &items) != OP_OK)
		return query_nonsense(q);
	if (q->json)
		return query_print_json_lines(items);
	if (items->size > 0)
		return table_print(items, columns);
	table_say_empty("there is nothing in it");
	return OP_OK;
}
