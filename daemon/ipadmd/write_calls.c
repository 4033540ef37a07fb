/* SPDX-License-Identifier: ISC */
/*
 * Changes of one node: add, change, remove.  Each works out the bytes that the file is to hold and
 * leaves the rest to change_run().  In the committer.
 */
#include <stdlib.h>
#include <string.h>

#include "daemon/ipadmd/answer.h"
#include "daemon/ipadmd/change.h"
#include "daemon/ipadmd/edit.h"
#include "lib/err.h"
#include "lib/sdb/edit.h"

static const struct {
	const char *key;
	enum sdb_field field;
} node_keys[] = {
    {"name", SDB_NAME},
    {"address", SDB_ADDRESS},
    {"ethernet", SDB_MAC},
    {"alias", SDB_ALIAS},
    {"mx", SDB_MX},
    {"comment", SDB_REMARK},
};

/* A node as it is written in a file, from what people write. */
struct given {
	struct sdb_node node;
	char address[SDB_ADDRESS_TEXT];
	char mac[SDB_MAC_TEXT];
};

/* The fields that were given. */
static void
read_node(const msgpack_object *params, struct given *g)
{
	struct sdb_text *field = g->node.field;
	struct netaddr address;
	uint8_t mac[6];
	struct mp_text t;

	for (size_t i = 0; i < sizeof(node_keys) / sizeof(node_keys[0]); i++)
		if (mp_get_text(params, node_keys[i].key, &t) == OP_OK)
			field[node_keys[i].field] = (struct sdb_text){t.s, t.len};
	if (mp_get(params, "address") && edit_address(field[SDB_ADDRESS], &address) == OP_OK)
		field[SDB_ADDRESS] = sdb_text_of(sdb_address_format(g->address, &address));
	if (mp_get(params, "ethernet") && sdb_mac_parse_any(field[SDB_MAC], mac) == OP_OK)
		field[SDB_MAC] = sdb_text_of(sdb_mac_format(g->mac, mac));
}

/* --- one edit of the file as it is now --- */

int
edit_run(
    struct clerk *k, const msgpack_object *params, edit_fn *fn, const char *fallback, void *arg)
{
	struct edit e = {.params = params, .arg = arg};
	struct change_file one = {0};
	struct change c = {.files = &one, .count = 1, .fallback = fallback};
	const struct tree_file *f;
	char id[UUID_SIZE], *message = mp_dup(params, "message");
	struct buf base, mine;
	int err = clerk_subnet(k, params);

	if (err == OP_OK)
		err = change_begin(k, params, &one, id);
	buf_init(&base);
	buf_init(&mine);
	if (err == OP_OK)
		err = change_refresh(k);
	if (err == OP_OK)
		err = answer_find(k, &f);
	if (err == OP_OK)
		err = buf_append(&base, buf_bytes(&f->bytes), buf_len(&f->bytes));
	if (err == OP_OK)
		err = sdb_file_parse(buf_bytes(&base), buf_len(&base), &e.file);
	if (err == OP_OK)
		err = fn(k, &e);
	if (err == OP_OK)
		err = sdb_file_write(e.file, &mine);
	one.base = &base;
	one.mine = &mine;
	c.message = message;
	c.id = id;
	if (err == OP_OK)
		err = change_run(k, &c);
	sdb_file_free(e.file);
	buf_fini(&base);
	buf_fini(&mine);
	free(message);
	return err == OP_AGAIN ? OP_OK : err; /* done already */
}

static int
bad_node(struct clerk *k, int err)
{
	if (err == OP_BAD_REQUEST)
		clerk_fail(k, err, "a field holds what cannot stand in a node's line");
	return err;
}

/* By address, else by name. */
static int
find_node(struct clerk *k, const struct edit *e, const struct sdb_line **out)
{
	struct netaddr address;
	struct mp_text t;
	const struct sdb_line *line = NULL;

	if (mp_get_text(e->params, "node", &t))
		return OP_PROTOCOL;
	struct sdb_text text = {t.s, t.len};

	if (edit_address(text, &address) == OP_OK)
		line = sdb_file_by_address(e->file, &address);
	if (!line)
		line = sdb_file_by_name(e->file, text);
	if (!line)
		return clerk_fail(
		    k, OP_NOT_FOUND, "%s: no such node: %.*s", k->file, (int)t.len, t.s);
	*out = line;
	return OP_OK;
}

int
edit_address(struct sdb_text text, struct netaddr *out)
{
	char copy[NETADDR_TEXT + 2];

	if (text.len >= sizeof(copy))
		return OP_BAD_REQUEST;
	snprintf(copy, sizeof(copy), "%.*s", (int)text.len, text.s);
	return netaddr_parse(copy, out);
}

static int
add(struct clerk *k, struct edit *e)
{
	struct given g = {0};

	read_node(e->params, &g);
	return bad_node(k, sdb_edit_add(e->file, &g.node, NULL, NULL));
}

static int
change(struct clerk *k, struct edit *e)
{
	const struct sdb_line *line = NULL;
	struct given g;
	int err = find_node(k, e, &line);

	if (err)
		return err;
	sdb_node_read(line, &g.node);
	read_node(e->params, &g);
	return bad_node(k, sdb_edit_change(e->file, line, &g.node));
}

static int
drop(struct clerk *k, struct edit *e)
{
	const struct sdb_line *line = NULL;
	int err = find_node(k, e, &line);

	if (err == OP_OK)
		sdb_edit_remove(e->file, line);
	return err;
}

int
call_add(struct clerk *k, const msgpack_object *params)
{
	return edit_run(k, params, add, "a node added", NULL);
}

int
call_change(struct clerk *k, const msgpack_object *params)
{
	return edit_run(k, params, change, "a node changed", NULL);
}

int
call_remove(struct clerk *k, const msgpack_object *params)
{
	return edit_run(k, params, drop, "a node removed", NULL);
}
