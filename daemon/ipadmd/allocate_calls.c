/* SPDX-License-Identifier: ISC */
/*
 * Free addresses: shown, held for an Ethernet address, given to new nodes.  One process gives them
 * out, one call at a time, so none is given twice.  In the committer, which keeps the offers.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/ipadmd/answer.h"
#include "daemon/ipadmd/edit.h"
#include "lib/clock.h"
#include "lib/err.h"
#include "lib/sdb/edit.h"
#include "lib/sdb/node.h"
#include "lib/sdb/space.h"

#define FREE_DEFAULT 256
#define NAME_BYTES 320

/* What is free in the file: neither written down nor on offer to another than `mac` (may be NULL).
 */
static int
space_of(struct clerk *k, const struct sdb_name *name, const struct sdb_file *file,
    const uint8_t *mac, struct sdb_space **out)
{
	struct sdb_space *space;
	int err = sdb_space_new(file, &space);

	if (err == OP_BAD_REQUEST)
		return clerk_fail(k, err, "%s: its header names no subnet", k->file);
	if (err)
		return err;
	offers_expire(&k->offers, clock_boot_ms());
	for (size_t i = 0; err == OP_OK && i < k->offers.count; i++) {
		const struct offer *o = &k->offers.list[i];

		if (sdb_name_compare(&o->file, name) == 0 &&
		    !(mac && memcmp(o->mac, mac, sizeof(o->mac)) == 0))
			err = sdb_space_take(space, &o->address);
	}
	if (err) {
		sdb_space_free(space);
		return err;
	}
	*out = space;
	return OP_OK;
}

int
call_free(struct clerk *k, const msgpack_object *params)
{
	struct sdb_space *space;
	const struct tree_file *f;
	struct netaddr *list = NULL;
	int64_t limit = FREE_DEFAULT;
	int err = clerk_subnet(k, params);

	mp_get_int(params, "limit", &limit);
	if (err == OP_OK)
		err = tree_refresh(&k->tree);
	if (err == OP_OK)
		err = answer_find(k, &f);
	if (err == OP_OK)
		err = space_of(k, &k->place.subnet, f->file, NULL, &space);
	if (err)
		return err;
	list = calloc((size_t)limit + 1, sizeof(*list));
	size_t count = list ? sdb_space_list(space, NULL, list, (size_t)limit) : 0;

	sdb_space_free(space);
	if (!list)
		return OP_NO_MEMORY;
	mp_map(&k->o, 3);
	mp_kstr(&k->o, "file", k->file);
	mp_kstr(&k->o, "version", f->version);
	mp_str(&k->o, "addresses");
	mp_array(&k->o, count);
	for (size_t i = 0; i < count; i++) {
		char text[NETADDR_TEXT];

		mp_str(&k->o, netaddr_format(text, &list[i]));
	}
	free(list);
	return OP_OK;
}

/* --- offers --- */

static int
read_mac(struct clerk *k, const msgpack_object *params, uint8_t mac[6])
{
	struct mp_text t;

	if (mp_get_text(params, "ethernet", &t) ||
	    sdb_mac_parse_any((struct sdb_text){t.s, t.len}, mac))
		return clerk_fail(k, OP_BAD_REQUEST, "ethernet: not an Ethernet address");
	return OP_OK;
}

/* The one that this Ethernet address has, if it is still free; else the next. */
static int
choose(struct clerk *k, const struct sdb_name *name, const struct sdb_file *file,
    const uint8_t *mac, int64_t count, struct netaddr *out)
{
	struct sdb_space *space;
	int err = space_of(k, name, file, mac, &space);

	if (err)
		return err;
	const struct offer *o = mac ? offers_find(&k->offers, name, mac) : NULL;

	if (o && count == 1 && sdb_space_is_free(space, &o->address))
		*out = o->address;
	else
		err = sdb_space_find(space, (uint64_t)count, NULL, out);
	sdb_space_free(space);
	if (err == OP_NOT_FOUND)
		clerk_fail(k, err, "%s: no %s free", k->file,
		    count == 1 ? "address is" : "such row of addresses is");
	return err;
}

int
call_offer(struct clerk *k, const msgpack_object *params)
{
	struct offer offer = {0};
	const struct tree_file *f;
	char text[NETADDR_TEXT];
	int64_t for_ms = k->settings->offer_ms;
	int err = clerk_subnet(k, params);

	offer.file = k->place.subnet;
	mp_get_int(params, "for_ms", &for_ms);
	if (err == OP_OK)
		err = read_mac(k, params, offer.mac);
	if (err == OP_OK)
		err = tree_refresh(&k->tree);
	if (err == OP_OK)
		err = answer_find(k, &f);
	if (err == OP_OK)
		err = choose(k, &offer.file, f->file, offer.mac, 1, &offer.address);
	offer.until_ms = clock_boot_ms() + for_ms;
	if (err == OP_OK)
		err = offers_hold(&k->offers, &offer);
	if (err)
		return err;
	mp_map(&k->o, 3);
	mp_kstr(&k->o, "file", k->file);
	mp_kstr(&k->o, "address", netaddr_format(text, &offer.address));
	mp_kint(&k->o, "left_ms", for_ms);
	return OP_OK;
}

/* --- allocate --- */

struct allocation {
	struct sdb_name file;
	bool has_mac;
	uint8_t mac[6];
	int64_t count;
};

static struct sdb_text
text_under(const msgpack_object *params, const char *key)
{
	struct mp_text t;

	return mp_get_text(params, key, &t) == OP_OK ? (struct sdb_text){t.s, t.len} : SDB_TEXT("");
}

static struct netaddr
next_address(struct netaddr a)
{
	for (size_t i = a.family == 4 ? 4 : 16; i-- > 0;)
		if (++a.bytes[i] != 0)
			break;
	return a;
}

static int
add_node(struct clerk *k, struct edit *e, const struct netaddr *address, int64_t number)
{
	const struct allocation *a = e->arg;
	struct sdb_text base = text_under(e->params, "name");
	char name[NAME_BYTES + 24], where[SDB_ADDRESS_TEXT], mac[SDB_MAC_TEXT];
	struct sdb_node node = {0};

	if (a->count > 1)
		snprintf(name, sizeof(name), "%.*s-%lld", (int)base.len, base.s, (long long)number);
	else
		snprintf(name, sizeof(name), "%.*s", (int)base.len, base.s);
	node.field[SDB_NAME] = sdb_text_of(name);
	node.field[SDB_ADDRESS] = sdb_text_of(sdb_address_format(where, address));
	if (a->has_mac)
		node.field[SDB_MAC] = sdb_text_of(sdb_mac_format(mac, a->mac));
	node.field[SDB_REMARK] = text_under(e->params, "comment");
	int err = sdb_edit_add(e->file, &node, NULL, NULL);

	return err == OP_BAD_REQUEST ? clerk_fail(k, err, "name or comment: cannot stand in a line")
				     : err;
}

static int
allocate(struct clerk *k, struct edit *e)
{
	const struct allocation *a = e->arg;
	struct netaddr address;
	int err = choose(k, &a->file, e->file, a->has_mac ? a->mac : NULL, a->count, &address);

	for (int64_t i = 1; err == OP_OK && i <= a->count; i++) {
		err = add_node(k, e, &address, i);
		address = next_address(address);
	}
	return err;
}

int
call_allocate(struct clerk *k, const msgpack_object *params)
{
	struct allocation a = {.count = 1, .has_mac = mp_get(params, "ethernet") != NULL};
	int err = clerk_subnet(k, params);

	a.file = k->place.subnet;
	mp_get_int(params, "count", &a.count);
	if (err == OP_OK && a.has_mac)
		err = read_mac(k, params, a.mac);
	if (err == OP_OK && (a.count < 1 || (a.count > 1 && a.has_mac)))
		err = clerk_fail(k, OP_BAD_REQUEST, "count: %s",
		    a.count < 1 ? "0" : "several nodes cannot share an Ethernet address");
	if (err == OP_OK)
		err = edit_run(k, params, allocate, "the next free address", &a);
	if (err == OP_OK && a.has_mac)
		offers_drop(&k->offers, &a.file, a.mac);
	return err;
}
