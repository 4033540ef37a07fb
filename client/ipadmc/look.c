/* SPDX-License-Identifier: ISC */
/* The commands that look at the subnets as they are: list, get, check, free, search. */
#include <errno.h>
#include <stdio.h>
#include <unistd.h>
#include <string.h>
#include "client/common/table.h"
#include "client/ipadmc/input.h"
#include "client/ipadmc/ipadmc.h"
#include "client/ipadmc/say.h"
#include "client/ipadmc/subnet.h"
#include "lib/err.h"
#include "lib/units.h"

/* --- list --- */

/* Without the suffix: what can be typed. */
static int
cell_file(struct buf *out, const msgpack_object *map)
{
	static const char suffix[] = ".sdb";
	size_t before = buf_len(out);
	int err = cell_text(out, map, "file");
	size_t len = buf_len(out), tail = sizeof(suffix) - 1;

	if (err == OP_OK && len > before + tail &&
	    memcmp(buf_bytes(out) + len - tail, suffix, tail) == 0)
		buf_truncate(out, len - tail);
	return err;
}

static int
cell_network(struct buf *out, const msgpack_object *map)
{
	return cell_text(out, map, mp_get(map, "network") ? "network" : "type");
}

static int
cell_used(struct buf *out, const msgpack_object *map)
{
	return cell_int(out, map, mp_get(map, "used") ? "used" : "entries");
}

static int
cell_free(struct buf *out, const msgpack_object *map)
{
	return cell_int(out, map, "free");
}

static int
cell_share(struct buf *out, const msgpack_object *map)
{
	int64_t permille;

	if (mp_get_int(map, "permille", &permille) != OP_OK)
		return OP_OK;
	return buf_printf(out, "%lld%%", (long long)(permille + 5) / 10);
}

static int
add_count(struct buf *out, const msgpack_object *map, const char *key, const char *word)
{
	int64_t n = 0;

	mp_get_int(map, key, &n);
	if (n == 0)
		return OP_OK;
	return buf_printf(
	    out, "%s%lld %s%s", buf_len(out) ? ", " : "", (long long)n, word, n == 1 ? "" : "s");
}

static int
cell_state(struct buf *out, const msgpack_object *map)
{
	const msgpack_object *lock = mp_get(map, "lock");
	int err = OP_OK;

	if (mp_get(map, "error"))
		return buf_printf(out, "unreadable");
	err = add_count(out, map, "errors", "error");
	if (err == OP_OK)
		err = add_count(out, map, "warnings", "warning");
	if (err == OP_OK)
		err = add_count(out, map, "drafts", "draft");
	if (err == OP_OK && lock && buf_len(out))
		err = buf_append(out, ", ", 2);
	return err == OP_OK && lock ? say_lock(out, lock) : err;
}

static int
cell_title(struct buf *out, const msgpack_object *map)
{
	return cell_text(out, map, mp_get(map, "error") ? "error" : "title");
}

static const struct table_column list_columns[] = {{"SUBNET", cell_file, false},
    {"NETWORK", cell_network, false}, {"USED", cell_used, true}, {"FREE", cell_free, true},
    {"FULL", cell_share, true}, {"STATE", cell_state, false}, {"TITLE", cell_title, false}, {0}};

int
ipadmc_list(struct query *q)
{
	const msgpack_object_array *files;
	const msgpack_object *result;
	int err = query_call(q, "sdb.list", query_pack_nothing, NULL, &result);

	if (err != OP_OK)
		return err;
	if (mp_get_array(result, "files", &files) != OP_OK)
		return query_nonsense(q);
	if (q->json)
		return query_print_json_lines(files);
	if (files->size > 0)
		return table_print(files, list_columns);
	table_say_empty("there is no subnet yet; `ipadmc put SUBNET FILE` makes one");
	return OP_OK;
}

/* --- get --- */

static void
pack_file(struct mp_out *o, const struct query *q, const void *file)
{
	(void)q;
	mp_map(o, 1);
	mp_kstr(o, "file", file);
}

int
ipadmc_get(struct query *q)
{
	const msgpack_object *result, *text;
	char file[SUBNET_FILE];
	int err = subnet_resolve(q, q->operands[0], file);

	if (err == OP_OK)
		err = query_call(q, "sdb.get", pack_file, file, &result);
	if (err != OP_OK)
		return err;
	text = mp_get(result, "text");
	if (!text || text->type != MSGPACK_OBJECT_BIN)
		return query_nonsense(q);
	if (q->json)
		return say_json_file(result);
	if (text->via.bin.size > 0)
		fwrite(text->via.bin.ptr, 1, text->via.bin.size, stdout);
	return OP_OK;
}

/* --- check --- */

struct checked {
	const char *file; /* NULL: all */
	const struct buf *text;
};

static void
pack_check(struct mp_out *o, const struct query *q, const void *arg)
{
	const struct checked *c = arg;

	(void)q;
	mp_map(o, (size_t)((c->file != NULL) + (c->text != NULL)));
	if (c->file)
		mp_kstr(o, "file", c->file);
	if (c->text) {
		mp_str(o, "text");
		mp_bin(o, buf_bytes(c->text), buf_len(c->text));
	}
}

static int
print_check(struct query *q, const struct checked *c)
{
	const msgpack_object_array *findings;
	const msgpack_object *result;
	int64_t errors = 0, warnings = 0;
	int err = query_call(q, "sdb.check", pack_check, c, &result);

	if (err != OP_OK)
		return err;
	if (mp_get_array(result, "findings", &findings) != OP_OK ||
	    mp_get_int(result, "errors", &errors) != OP_OK ||
	    mp_get_int(result, "warnings", &warnings) != OP_OK)
		return query_nonsense(q);
	err = q->json ? query_print_json_lines(findings) : say_findings(stdout, findings);
	if (err == OP_OK && errors + warnings > (int64_t)findings->size)
		query_complain(q, OP_OK, "%lld more are not shown",
		    (long long)(errors + warnings - (int64_t)findings->size));
	if (err == OP_OK && errors + warnings == 0)
		table_say_empty("nothing is wrong");
	return err == OP_OK && errors > 0 ? OP_CONFLICT : err;
}

/* A file of the user's own, under the name that it has. */
static int
check_own(struct query *q, const char *path)
{
	struct buf text;
	struct checked c = {.file = strrchr(path, '/') + 1, .text = &text};

	buf_init(&text);
	int err = input_read(q, path, &text);

	if (err == OP_OK)
		err = print_check(q, &c);
	buf_fini(&text);
	return err;
}

/* And not a network, 192.0.2.0/24. */
static bool
is_own(const char *operand)
{
	if (operand[0] == '.' || operand[0] == '/')
		return strchr(operand, '/');
	return strchr(operand, '/') && access(operand, F_OK) == 0;
}

int
ipadmc_check(struct query *q)
{
	struct checked c = {0};
	char file[SUBNET_FILE];
	int err;

	if (!q->operands[0])
		return print_check(q, &c);
	if (is_own(q->operands[0]))
		return check_own(q, q->operands[0]);
	err = subnet_resolve(q, q->operands[0], file);
	c.file = file;
	return err == OP_OK ? print_check(q, &c) : err;
}

/* --- free --- */

static void
pack_free(struct mp_out *o, const struct query *q, const void *file)
{
	const struct ipadmc *s = settings_of(q);

	mp_map(o, (size_t)(1 + (s->limit > 0)));
	mp_kstr(o, "file", file);
	if (s->limit > 0)
		mp_kint(o, "limit", s->limit);
}

int
ipadmc_free(struct query *q)
{
	const msgpack_object_array *addresses;
	const msgpack_object *result;
	char file[SUBNET_FILE];
	int err = subnet_resolve(q, q->operands[0], file);

	if (err == OP_OK)
		err = query_call(q, "sdb.free", pack_free, file, &result);
	if (err != OP_OK)
		return err;
	if (mp_get_array(result, "addresses", &addresses) != OP_OK)
		return query_nonsense(q);
	if (q->json)
		return query_print_json(result);
	for (uint32_t i = 0; i < addresses->size; i++)
		if (addresses->ptr[i].type == MSGPACK_OBJECT_STR)
			printf("%.*s\n", (int)addresses->ptr[i].via.str.size,
			    addresses->ptr[i].via.str.ptr);
	if (addresses->size == 0)
		return query_complain(q, OP_NOT_FOUND, "%s: no address is free", file);
	return OP_OK;
}

/* --- search --- */

static int
cell_place(struct buf *out, const msgpack_object *map)
{
	int err = cell_file(out, map);

	if (err == OP_OK)
		err = buf_append(out, ":", 1);
	return err == OP_OK ? cell_int(out, map, "line") : err;
}

#define FIELD_CELL(key)                                                   \
	static int cell_##key(struct buf *out, const msgpack_object *map) \
	{                                                                 \
		return cell_text(out, map, #key);                         \
	}
FIELD_CELL(name)
FIELD_CELL(address)
FIELD_CELL(ethernet)
FIELD_CELL(alias)
FIELD_CELL(mx)
FIELD_CELL(comment)

static const struct table_column node_columns[] = {{"WHERE", cell_place, false},
    {"NAME", cell_name, false}, {"ADDRESS", cell_address, false},
    {"ETHERNET", cell_ethernet, false}, {"ALIAS", cell_alias, false}, {"MX", cell_mx, false},
    {"COMMENT", cell_comment, false}, {0}};

static void
pack_search(struct mp_out *o, const struct query *q, const void *text)
{
	const struct ipadmc *s = settings_of(q);

	mp_map(o, (size_t)(1 + (s->limit > 0)));
	mp_kstr(o, "text", text);
	if (s->limit > 0)
		mp_kint(o, "limit", s->limit);
}

int
ipadmc_search(struct query *q)
{
	const msgpack_object_array *nodes;
	const msgpack_object *result;
	bool has_more = false;
	int err = query_call(q, "sdb.search", pack_search, q->operands[0], &result);

	if (err != OP_OK)
		return err;
	if (mp_get_array(result, "nodes", &nodes) != OP_OK)
		return query_nonsense(q);
	if (nodes->size == 0) {
		table_say_empty("no node holds that");
		return OP_NOT_FOUND;
	}
	err = q->json ? query_print_json_lines(nodes) : table_print(nodes, node_columns);
	mp_get_bool(result, "more", &has_more);
	if (err == OP_OK && has_more)
		query_complain(q, OP_OK, "there are more: --limit");
	return err;
}
