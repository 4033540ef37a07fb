/* SPDX-License-Identifier: ISC */
/*
 * opdesk::sdb, the part that looks at a sheet: rows, one node, the header, addresses.  A node is a
 * list of its six fields, a row the same with the number of the node in front; "no such" is -1.
 */
#include "gui/sdb.h"

#include <stdlib.h>
#include <string.h>
#include "lib/err.h"
#include "lib/sdb/header.h"
#include "lib/sdb/space.h"

#define MAX_CELLS 65536
#define MAX_FREE 65536

static Tcl_Obj *
node_obj(const struct sdb_line *line, Tcl_Obj *first)
{
	Tcl_Obj *list = Tcl_NewListObj(0, NULL);

	if (first)
		Tcl_ListObjAppendElement(NULL, list, first);
	for (unsigned f = 0; f < SDB_FIELDS; f++)
		Tcl_ListObjAppendElement(
		    NULL, list, sdb_text_obj(sdb_node_field(line, (enum sdb_field)f)));
	return list;
}

static int
cmd_rows(ClientData data, Tcl_Interp *interp, int argc, Tcl_Obj *const argv[])
{
	const struct sheet *s = sdb_sheet(interp, argv[1]);
	Tcl_Obj *list;
	uint32_t from, n;

	(void)data;
	(void)argc;
	if (!s || sdb_number_of(interp, argv[2], &from) != TCL_OK ||
	    sdb_number_of(interp, argv[3], &n) != TCL_OK)
		return TCL_ERROR;
	list = Tcl_NewListObj(0, NULL);
	for (uint32_t i = from; i < s->shown && i - from < n; i++)
		Tcl_ListObjAppendElement(
		    NULL, list, node_obj(s->nodes[s->rows[i]], sdb_number(s->rows[i])));
	Tcl_SetObjResult(interp, list);
	return TCL_OK;
}

static int
cmd_node(ClientData data, Tcl_Interp *interp, int argc, Tcl_Obj *const argv[])
{
	const struct sheet *s = sdb_sheet(interp, argv[1]);
	uint32_t number;

	(void)data;
	(void)argc;
	if (!s || sdb_number_of(interp, argv[2], &number) != TCL_OK)
		return TCL_ERROR;
	if (number >= s->count)
		return sdb_fail(interp, OP_NOT_FOUND);
	Tcl_SetObjResult(interp, node_obj(s->nodes[number], NULL));
	return TCL_OK;
}

/* count SHEET: {SHOWN ALL} */
static int
cmd_count(ClientData data, Tcl_Interp *interp, int argc, Tcl_Obj *const argv[])
{
	const struct sheet *s = sdb_sheet(interp, argv[1]);
	Tcl_Obj *pair[2];

	(void)data;
	(void)argc;
	if (!s)
		return TCL_ERROR;
	pair[0] = sdb_number(s->shown);
	pair[1] = sdb_number(s->count);
	Tcl_SetObjResult(interp, Tcl_NewListObj(2, pair));
	return TCL_OK;
}

/* header SHEET: KEY VALUE … of the first line with each key, in order. */
static int
cmd_header(ClientData data, Tcl_Interp *interp, int argc, Tcl_Obj *const argv[])
{
	const struct sheet *s = sdb_sheet(interp, argv[1]);
	Tcl_Obj *dict;

	(void)data;
	(void)argc;
	if (!s)
		return TCL_ERROR;
	dict = Tcl_NewDictObj();
	for (const struct sdb_line *l = sdb_file_first(s->file); l && l->kind != SDB_MARK;
	     l = l->next) {
		Tcl_Obj *key, *there;

		if (l->kind != SDB_HEADER)
			continue;
		key = sdb_text_obj(sdb_header_key(l));
		Tcl_IncrRefCount(key);
		Tcl_DictObjGet(NULL, dict, key, &there);
		if (!there)
			Tcl_DictObjPut(NULL, dict, key, sdb_text_obj(sdb_header_value(l)));
		Tcl_DecrRefCount(key);
	}
	Tcl_SetObjResult(interp, dict);
	return TCL_OK;
}

/* show SHEET WORDS FIELD DESCENDING: how many rows there are now. */
static int
cmd_show(ClientData data, Tcl_Interp *interp, int argc, Tcl_Obj *const argv[])
{
	struct sheet *s = sdb_sheet(interp, argv[1]);
	struct sdb_text words[SHEET_MAX_WORDS];
	Tcl_DString texts[SHEET_MAX_WORDS];
	Tcl_Obj **items;
	Tcl_Size n;
	unsigned field;
	int descending, err;

	(void)data;
	(void)argc;
	if (!s || Tcl_ListObjGetElements(interp, argv[2], &n, &items) != TCL_OK ||
	    sdb_field_of(interp, argv[3], true, &field) != TCL_OK ||
	    Tcl_GetBooleanFromObj(interp, argv[4], &descending) != TCL_OK)
		return TCL_ERROR;
	if (n > SHEET_MAX_WORDS)
		n = SHEET_MAX_WORDS;
	for (Tcl_Size i = 0; i < n; i++)
		words[i] = sdb_utf8(items[i], &texts[i]);
	err = sheet_show(s, words, (size_t)n, field, descending);
	for (Tcl_Size i = 0; i < n; i++)
		Tcl_DStringFree(&texts[i]);
	if (err)
		return sdb_fail(interp, err);
	Tcl_SetObjResult(interp, sdb_number(s->shown));
	return TCL_OK;
}

/* find SHEET FIELD TEXT FROM */
static int
cmd_find(ClientData data, Tcl_Interp *interp, int argc, Tcl_Obj *const argv[])
{
	const struct sheet *s = sdb_sheet(interp, argv[1]);
	Tcl_DString text;
	unsigned field;
	uint32_t from;

	(void)data;
	(void)argc;
	if (!s || sdb_field_of(interp, argv[2], false, &field) != TCL_OK ||
	    sdb_number_of(interp, argv[4], &from) != TCL_OK)
		return TCL_ERROR;
	Tcl_SetObjResult(interp, sdb_number(sheet_find(s, field, sdb_utf8(argv[3], &text),
				     from == SHEET_NONE ? 0 : from)));
	Tcl_DStringFree(&text);
	return TCL_OK;
}

/* lines SHEET NUMBERS: the lines of nodes, from 1. */
static int
cmd_line(ClientData data, Tcl_Interp *interp, int argc, Tcl_Obj *const argv[])
{
	const struct sheet *s = sdb_sheet(interp, argv[1]);
	uint32_t number;

	(void)data;
	(void)argc;
	if (!s || sdb_number_of(interp, argv[2], &number) != TCL_OK)
		return TCL_ERROR;
	Tcl_SetObjResult(interp, sdb_number(number < s->count ? s->lines[number] : SHEET_NONE));
	return TCL_OK;
}

static int
cmd_at_line(ClientData data, Tcl_Interp *interp, int argc, Tcl_Obj *const argv[])
{
	const struct sheet *s = sdb_sheet(interp, argv[1]);
	uint32_t line;

	(void)data;
	(void)argc;
	if (!s || sdb_number_of(interp, argv[2], &line) != TCL_OK)
		return TCL_ERROR;
	Tcl_SetObjResult(interp, sdb_number(sheet_at_line(s, line)));
	return TCL_OK;
}

static int
cmd_row_of(ClientData data, Tcl_Interp *interp, int argc, Tcl_Obj *const argv[])
{
	const struct sheet *s = sdb_sheet(interp, argv[1]);
	uint32_t number;

	(void)data;
	(void)argc;
	if (!s || sdb_number_of(interp, argv[2], &number) != TCL_OK)
		return TCL_ERROR;
	Tcl_SetObjResult(interp, sdb_number(sheet_row_of(s, number)));
	return TCL_OK;
}

/* --- addresses --- */

static Tcl_Obj *
address_obj(const struct netaddr *a)
{
	char text[NETADDR_TEXT];

	return Tcl_NewStringObj(netaddr_format(text, a), -1);
}

static Tcl_Obj *
cells_obj(const struct sheet_seen *seen, size_t n)
{
	static const char *const names[] = {
	    "free", "used", "gateway", "shared", "conflict", "network", "broadcast"};
	Tcl_Obj *list = Tcl_NewListObj(0, NULL);

	for (size_t i = 0; i < n; i++) {
		Tcl_ListObjAppendElement(NULL, list, Tcl_NewStringObj(names[seen[i].cell], -1));
		Tcl_ListObjAppendElement(NULL, list, sdb_number(seen[i].number));
		Tcl_ListObjAppendElement(NULL, list, address_obj(&seen[i].address));
	}
	return list;
}

/* cells SHEET FROM N: CELL NUMBER ADDRESS … */
static int
cmd_cells(ClientData data, Tcl_Interp *interp, int argc, Tcl_Obj *const argv[])
{
	struct sheet *s = sdb_sheet(interp, argv[1]);
	struct sheet_seen *seen;
	Tcl_WideInt from;
	size_t got = 0;
	int n, err;

	(void)data;
	(void)argc;
	if (!s || Tcl_GetWideIntFromObj(interp, argv[2], &from) != TCL_OK ||
	    Tcl_GetIntFromObj(interp, argv[3], &n) != TCL_OK)
		return TCL_ERROR;
	if (from < 0 || n < 0 || n > MAX_CELLS)
		return sdb_fail(interp, OP_BAD_REQUEST);
	seen = calloc((size_t)n + 1, sizeof(*seen));
	err = seen ? sheet_cells(s, (uint64_t)from, (size_t)n, seen, &got) : OP_NO_MEMORY;
	if (!err)
		Tcl_SetObjResult(interp, cells_obj(seen, got));
	free(seen);
	return err ? sdb_fail(interp, err) : TCL_OK;
}

/* used SHEET STEP: the subnet in portions of STEP addresses, the offsets of those in which
 * something is used. */
static int
cmd_used(ClientData data, Tcl_Interp *interp, int argc, Tcl_Obj *const argv[])
{
	struct sheet *s = sdb_sheet(interp, argv[1]);
	Tcl_WideInt step;
	uint64_t *offsets;
	Tcl_Obj *list;
	size_t n;
	int err;

	(void)data;
	(void)argc;
	if (!s || Tcl_GetWideIntFromObj(interp, argv[2], &step) != TCL_OK)
		return TCL_ERROR;
	err = step > 0 ? sheet_used(s, (uint64_t)step, &offsets, &n) : OP_BAD_REQUEST;
	if (err)
		return sdb_fail(interp, err);
	list = Tcl_NewListObj(0, NULL);
	for (size_t i = 0; i < n; i++)
		Tcl_ListObjAppendElement(NULL, list, Tcl_NewWideIntObj((Tcl_WideInt)offsets[i]));
	Tcl_SetObjResult(interp, list);
	free(offsets);
	return TCL_OK;
}

static int
cmd_offset(ClientData data, Tcl_Interp *interp, int argc, Tcl_Obj *const argv[])
{
	const struct sheet *s = sdb_sheet(interp, argv[1]);
	struct netaddr a;
	uint64_t offset;
	bool there;

	(void)data;
	(void)argc;
	if (!s)
		return TCL_ERROR;
	there = !netaddr_parse(Tcl_GetString(argv[2]), &a) && !sheet_offset(s, &a, &offset);
	Tcl_SetObjResult(interp, Tcl_NewWideIntObj(there ? (Tcl_WideInt)offset : -1));
	return TCL_OK;
}

static int
cmd_at(ClientData data, Tcl_Interp *interp, int argc, Tcl_Obj *const argv[])
{
	struct sheet *s = sdb_sheet(interp, argv[1]);
	struct netaddr a;

	(void)data;
	(void)argc;
	if (!s)
		return TCL_ERROR;
	Tcl_SetObjResult(interp,
	    sdb_number(
		netaddr_parse(Tcl_GetString(argv[2]), &a) ? SHEET_NONE : sheet_at_address(s, &a)));
	return TCL_OK;
}

static void
put_count(Tcl_Obj *dict, const char *key, uint64_t n)
{
	if (n <= INT64_MAX)
		command_put(dict, key, Tcl_NewWideIntObj((Tcl_WideInt)n));
}

static Tcl_Obj *
net_obj(const struct sheet *s, const struct sdb_space *space)
{
	struct sdb_usage u;
	struct sdb_header h;
	Tcl_Obj *dict = Tcl_NewDictObj();

	sdb_header_read(s->file, &h);
	sdb_space_usage(space, &u);
	command_put(dict, "family", Tcl_NewIntObj(h.net.base.family));
	command_put(dict, "base", address_obj(&h.net.base));
	command_put(dict, "prefix", Tcl_NewIntObj(h.net.prefix));
	command_put(dict, "format", Tcl_NewIntObj((int)h.format));
	put_count(dict, "used", u.used);
	if (u.counted) {
		put_count(dict, "usable", u.usable);
		put_count(dict, "free", u.free);
		put_count(dict, "permille", u.permille);
	}
	return dict;
}

/* net SHEET: a dict, or an empty one when the header names no subnet; what means nothing for a
 * large one is left out. */
static int
cmd_net(ClientData data, Tcl_Interp *interp, int argc, Tcl_Obj *const argv[])
{
	const struct sheet *s = sdb_sheet(interp, argv[1]);
	struct sdb_space *space;
	int err;

	(void)data;
	(void)argc;
	if (!s)
		return TCL_ERROR;
	err = sdb_space_new(s->file, &space);
	if (err)
		return err == OP_BAD_REQUEST ? TCL_OK : sdb_fail(interp, err);
	Tcl_SetObjResult(interp, net_obj(s, space));
	sdb_space_free(space);
	return TCL_OK;
}

static Tcl_Obj *
free_list(const struct sdb_space *space, size_t max)
{
	struct netaddr *list = calloc(max + 1, sizeof(*list));
	size_t n = list ? sdb_space_list(space, NULL, list, max) : 0;
	Tcl_Obj *all = Tcl_NewListObj(0, NULL);

	for (size_t i = 0; i < n; i++)
		Tcl_ListObjAppendElement(NULL, all, address_obj(&list[i]));
	free(list);
	return all;
}

/* free SHEET ?MAX?: the first free addresses, one by default. */
static int
cmd_free(ClientData data, Tcl_Interp *interp, int argc, Tcl_Obj *const argv[])
{
	const struct sheet *s = sdb_sheet(interp, argv[1]);
	struct sdb_space *space;
	int max = 1, err;

	(void)data;
	if (!s || (argc > 2 && Tcl_GetIntFromObj(interp, argv[2], &max) != TCL_OK))
		return TCL_ERROR;
	err = sdb_space_new(s->file, &space);
	if (err)
		return err == OP_BAD_REQUEST ? TCL_OK : sdb_fail(interp, err);
	Tcl_SetObjResult(interp, free_list(space, max < 0          ? 0
						  : max > MAX_FREE ? MAX_FREE
								   : (size_t)max));
	sdb_space_free(space);
	return TCL_OK;
}

const struct command sdb_look_commands[] = {
    {"sdb", "rows", cmd_rows, 3, 3, "sheet from n"},
    {"sdb", "node", cmd_node, 2, 2, "sheet number"},
    {"sdb", "count", cmd_count, 1, 1, "sheet"},
    {"sdb", "header", cmd_header, 1, 1, "sheet"},
    {"sdb", "show", cmd_show, 4, 4, "sheet words field descending"},
    {"sdb", "find", cmd_find, 4, 4, "sheet field text from"},
    {"sdb", "line", cmd_line, 2, 2, "sheet number"},
    {"sdb", "at_line", cmd_at_line, 2, 2, "sheet line"},
    {"sdb", "row_of", cmd_row_of, 2, 2, "sheet number"},
    {"sdb", "cells", cmd_cells, 3, 3, "sheet from n"},
    {"sdb", "used", cmd_used, 2, 2, "sheet step"},
    {"sdb", "offset", cmd_offset, 2, 2, "sheet address"},
    {"sdb", "at", cmd_at, 2, 2, "sheet address"},
    {"sdb", "net", cmd_net, 1, 1, "sheet"},
    {"sdb", "free", cmd_free, 1, 2, "sheet ?max?"},
    {0},
};
