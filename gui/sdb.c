/* SPDX-License-Identifier: ISC */
/*
 * opdesk::sdb, the part that holds sheets and edits them.  An edit returns its splice
 * {OFFSET OLD NEW}, or an empty list when nothing differs: `splice` undoes and repeats it.
 */
#include "gui/sdb.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "lib/err.h"

#define KEY "opdesk::sdb"

struct sheets {
	Tcl_HashTable by_name;
	unsigned last;
};

static void
forget_all(ClientData data, Tcl_Interp *interp)
{
	struct sheets *all = data;
	Tcl_HashSearch search;

	(void)interp;
	for (Tcl_HashEntry *e = Tcl_FirstHashEntry(&all->by_name, &search); e;
	     e = Tcl_NextHashEntry(&search))
		sheet_free(Tcl_GetHashValue(e));
	Tcl_DeleteHashTable(&all->by_name);
	free(all);
}

static struct sheets *
sheets_of(Tcl_Interp *interp)
{
	struct sheets *all = Tcl_GetAssocData(interp, KEY, NULL);

	if (all)
		return all;
	all = calloc(1, sizeof(*all));
	if (!all)
		return NULL;
	Tcl_InitHashTable(&all->by_name, TCL_STRING_KEYS);
	Tcl_SetAssocData(interp, KEY, forget_all, all);
	return all;
}

static Tcl_HashEntry *
entry_of(Tcl_Interp *interp, Tcl_Obj *name)
{
	struct sheets *all = sheets_of(interp);
	Tcl_HashEntry *e = all ? Tcl_FindHashEntry(&all->by_name, Tcl_GetString(name)) : NULL;

	if (!e)
		command_fail(interp, "sdb", OP_NOT_FOUND, "no such sheet");
	return e;
}

struct sheet *
sdb_sheet(Tcl_Interp *interp, Tcl_Obj *name)
{
	Tcl_HashEntry *e = entry_of(interp, name);

	return e ? Tcl_GetHashValue(e) : NULL;
}

/* --- values --- */

struct sdb_text
sdb_utf8(Tcl_Obj *obj, Tcl_DString *ds)
{
	command_utf8(obj, ds);
	return (struct sdb_text){Tcl_DStringValue(ds), (size_t)Tcl_DStringLength(ds)};
}

Tcl_Obj *
sdb_text_obj(struct sdb_text t)
{
	return command_string(t.len ? t.s : "", t.len);
}

Tcl_Obj *
sdb_number(uint32_t number)
{
	return Tcl_NewWideIntObj(number == SHEET_NONE ? -1 : (Tcl_WideInt)number);
}

int
sdb_number_of(Tcl_Interp *interp, Tcl_Obj *obj, uint32_t *out)
{
	Tcl_WideInt v;

	if (Tcl_GetWideIntFromObj(interp, obj, &v) != TCL_OK)
		return TCL_ERROR;
	*out = v < 0 || v >= SHEET_NONE ? SHEET_NONE : (uint32_t)v;
	return TCL_OK;
}

int
sdb_field_of(Tcl_Interp *interp, Tcl_Obj *name, bool with_order, unsigned *out)
{
	const char *text = Tcl_GetString(name);

	for (unsigned f = 0; f < SDB_FIELDS; f++) {
		if (strcmp(text, sdb_field_name((enum sdb_field)f)) == 0) {
			*out = f;
			return TCL_OK;
		}
	}
	if (!with_order || strcmp(text, "order") != 0)
		return command_fail(interp, "sdb", OP_BAD_REQUEST, "no such field");
	*out = SHEET_FILE_ORDER;
	return TCL_OK;
}

int
sdb_fail(Tcl_Interp *interp, int err)
{
	return command_fail(interp, "sdb", err, NULL);
}

static Tcl_Obj *
bytes_obj(const struct buf *b)
{
	return Tcl_NewByteArrayObj(buf_bytes(b), (Tcl_Size)buf_len(b));
}

static struct sdb_text
bytes_of(Tcl_Obj *obj)
{
	Tcl_Size len;
	const unsigned char *bytes = Tcl_GetByteArrayFromObj(obj, &len);

	return (struct sdb_text){(const char *)bytes, (size_t)len};
}

/* --- life --- */

static int
cmd_open(ClientData data, Tcl_Interp *interp, int argc, Tcl_Obj *const argv[])
{
	struct sheets *all = sheets_of(interp);
	struct sdb_text bytes = bytes_of(argv[1]);
	struct sheet *s;
	char name[32];
	int is_new, err;

	(void)data;
	(void)argc;
	err = all ? sheet_new(bytes.s, bytes.len, &s) : OP_NO_MEMORY;
	if (err)
		return sdb_fail(interp, err);
	snprintf(name, sizeof name, "sheet%u", ++all->last);
	Tcl_SetHashValue(Tcl_CreateHashEntry(&all->by_name, name, &is_new), s);
	Tcl_SetObjResult(interp, Tcl_NewStringObj(name, -1));
	return TCL_OK;
}

static int
cmd_close(ClientData data, Tcl_Interp *interp, int argc, Tcl_Obj *const argv[])
{
	Tcl_HashEntry *e = entry_of(interp, argv[1]);

	(void)data;
	(void)argc;
	if (!e)
		return TCL_ERROR;
	sheet_free(Tcl_GetHashValue(e));
	Tcl_DeleteHashEntry(e);
	return TCL_OK;
}

static int
cmd_read(ClientData data, Tcl_Interp *interp, int argc, Tcl_Obj *const argv[])
{
	const struct sheet *s = sdb_sheet(interp, argv[1]);

	(void)data;
	(void)argc;
	if (!s)
		return TCL_ERROR;
	Tcl_SetObjResult(interp, bytes_obj(&s->bytes));
	return TCL_OK;
}

/* --- edits --- */

/* The result of an edit; the splice is freed. */
static int
edited(Tcl_Interp *interp, int err, struct sheet_splice *splice)
{
	if (err == OP_BAD_REQUEST)
		return command_fail(interp, "sdb", err,
		    "it would not read back as it was typed: a colon or a line break in it");
	if (err)
		return sdb_fail(interp, err);
	if (buf_len(&splice->old) || buf_len(&splice->new)) {
		Tcl_Obj *parts[] = {Tcl_NewWideIntObj((Tcl_WideInt)splice->offset),
		    bytes_obj(&splice->old), bytes_obj(&splice->new)};

		Tcl_SetObjResult(interp, Tcl_NewListObj(3, parts));
	}
	sheet_splice_fini(splice);
	return TCL_OK;
}

static int
cmd_set(ClientData data, Tcl_Interp *interp, int argc, Tcl_Obj *const argv[])
{
	struct sheet *s = sdb_sheet(interp, argv[1]);
	struct sheet_splice splice;
	Tcl_DString key, value;
	int code;

	(void)data;
	if (!s)
		return TCL_ERROR;
	if (argc == 3) {
		code = edited(interp, sheet_drop(s, sdb_utf8(argv[2], &key), &splice), &splice);
	} else {
		struct sdb_text k = sdb_utf8(argv[2], &key), v = sdb_utf8(argv[3], &value);

		code = edited(interp, sheet_set(s, k, v, &splice), &splice);
		Tcl_DStringFree(&value);
	}
	Tcl_DStringFree(&key);
	return code;
}

/* A list of six texts; each of `ds` is to be freed, whatever is returned. */
static int
node_of(Tcl_Interp *interp, Tcl_Obj *list, struct sdb_node *out, Tcl_DString ds[SDB_FIELDS])
{
	Tcl_Size n;
	Tcl_Obj **items;

	for (size_t i = 0; i < SDB_FIELDS; i++)
		Tcl_DStringInit(&ds[i]);
	if (Tcl_ListObjGetElements(interp, list, &n, &items) != TCL_OK)
		return TCL_ERROR;
	if (n != SDB_FIELDS)
		return command_fail(interp, "sdb", OP_BAD_REQUEST, "a node has six fields");
	for (size_t i = 0; i < SDB_FIELDS; i++)
		out->field[i] = sdb_utf8(items[i], &ds[i]);
	return TCL_OK;
}

static void
free_texts(Tcl_DString *ds, size_t n)
{
	for (size_t i = 0; i < n; i++)
		Tcl_DStringFree(&ds[i]);
}

/* add SHEET AFTER NODES: all of them or none. */
static int
cmd_add(ClientData data, Tcl_Interp *interp, int argc, Tcl_Obj *const argv[])
{
	struct sheet *s = sdb_sheet(interp, argv[1]);
	struct sheet_splice splice;
	struct sdb_node *nodes;
	Tcl_DString *texts;
	Tcl_Obj **items;
	Tcl_Size n, made = 0;
	uint32_t after;
	int code = TCL_OK;

	(void)data;
	(void)argc;
	if (!s || sdb_number_of(interp, argv[2], &after) != TCL_OK ||
	    Tcl_ListObjGetElements(interp, argv[3], &n, &items) != TCL_OK)
		return TCL_ERROR;
	nodes = calloc((size_t)n + 1, sizeof(*nodes));
	texts = calloc((size_t)n + 1, SDB_FIELDS * sizeof(*texts));
	if (!nodes || !texts)
		code = sdb_fail(interp, OP_NO_MEMORY);
	while (code == TCL_OK && made < n) {
		code = node_of(interp, items[made], &nodes[made], &texts[made * SDB_FIELDS]);
		made++;
	}
	if (code == TCL_OK)
		code = edited(interp, sheet_add(s, nodes, (size_t)n, after, &splice), &splice);
	if (texts)
		free_texts(texts, (size_t)made * SDB_FIELDS);
	free(texts);
	free(nodes);
	return code;
}

/* change SHEET NUMBER {FIELD VALUE …}: the other fields keep their bytes. */
static int
cmd_change(ClientData data, Tcl_Interp *interp, int argc, Tcl_Obj *const argv[])
{
	struct sheet *s = sdb_sheet(interp, argv[1]);
	struct sheet_splice splice;
	struct sdb_node node;
	Tcl_DString texts[SDB_FIELDS];
	Tcl_Obj **items;
	Tcl_Size n, i;
	uint32_t number;
	int code = TCL_OK;

	(void)data;
	(void)argc;
	if (!s || sdb_number_of(interp, argv[2], &number) != TCL_OK ||
	    Tcl_ListObjGetElements(interp, argv[3], &n, &items) != TCL_OK)
		return TCL_ERROR;
	if (number >= s->count || n % 2 || n > 2 * SDB_FIELDS)
		return sdb_fail(interp, number >= s->count ? OP_NOT_FOUND : OP_BAD_REQUEST);
	sdb_node_read(s->nodes[number], &node);
	for (i = 0; i < n && code == TCL_OK; i += 2) {
		unsigned field = 0;

		Tcl_DStringInit(&texts[i / 2]);
		code = sdb_field_of(interp, items[i], false, &field);
		if (code == TCL_OK)
			node.field[field] = sdb_utf8(items[i + 1], &texts[i / 2]);
	}
	if (code == TCL_OK)
		code = edited(interp, sheet_change(s, number, &node, &splice), &splice);
	free_texts(texts, (size_t)i / 2);
	return code;
}

static int
cmd_remove(ClientData data, Tcl_Interp *interp, int argc, Tcl_Obj *const argv[])
{
	struct sheet *s = sdb_sheet(interp, argv[1]);
	struct sheet_splice splice;
	Tcl_Obj **items;
	Tcl_Size n;
	uint32_t *numbers;
	int code = TCL_OK;

	(void)data;
	(void)argc;
	if (!s || Tcl_ListObjGetElements(interp, argv[2], &n, &items) != TCL_OK)
		return TCL_ERROR;
	numbers = calloc((size_t)n + 1, sizeof(*numbers));
	if (!numbers)
		return sdb_fail(interp, OP_NO_MEMORY);
	for (Tcl_Size i = 0; i < n && code == TCL_OK; i++)
		code = sdb_number_of(interp, items[i], &numbers[i]);
	if (code == TCL_OK)
		code = edited(interp, sheet_remove(s, numbers, (size_t)n, &splice), &splice);
	free(numbers);
	return code;
}

/* fix SHEET KIND LINE TEXT: a correction as a finding offers it. */
static int
cmd_fix(ClientData data, Tcl_Interp *interp, int argc, Tcl_Obj *const argv[])
{
	static const char *const kinds[] = {"replace", "insert", "delete", "to_front", NULL};
	static const enum sdb_fix_kind fixes[] = {
	    SDB_FIX_REPLACE, SDB_FIX_INSERT, SDB_FIX_DELETE, SDB_FIX_TO_FRONT};
	struct sheet *s = sdb_sheet(interp, argv[1]);
	struct sheet_splice splice;
	Tcl_DString text;
	int kind, line, code;

	(void)data;
	(void)argc;
	if (!s || Tcl_GetIndexFromObj(interp, argv[2], kinds, "kind", 0, &kind) != TCL_OK ||
	    Tcl_GetIntFromObj(interp, argv[3], &line) != TCL_OK)
		return TCL_ERROR;
	sdb_utf8(argv[4], &text);
	code = edited(interp,
	    sheet_fix(s, &(struct sdb_fix){fixes[kind], (uint32_t)line, Tcl_DStringValue(&text)},
		&splice),
	    &splice);
	Tcl_DStringFree(&text);
	return code;
}

/* splice SHEET OFFSET OLD NEW */
static int
cmd_splice(ClientData data, Tcl_Interp *interp, int argc, Tcl_Obj *const argv[])
{
	struct sheet *s = sdb_sheet(interp, argv[1]);
	Tcl_WideInt offset;
	int err;

	(void)data;
	(void)argc;
	if (!s || Tcl_GetWideIntFromObj(interp, argv[2], &offset) != TCL_OK)
		return TCL_ERROR;
	err = offset < 0 ? OP_BAD_REQUEST
			 : sheet_splice(s, (size_t)offset, bytes_of(argv[3]), bytes_of(argv[4]));
	return err ? sdb_fail(interp, err) : TCL_OK;
}

const struct command sdb_commands[] = {
    {"sdb", "open", cmd_open, 1, 1, "bytes"},
    {"sdb", "close", cmd_close, 1, 1, "sheet"},
    {"sdb", "read", cmd_read, 1, 1, "sheet"},
    {"sdb", "set", cmd_set, 2, 3, "sheet key ?value?"},
    {"sdb", "add", cmd_add, 3, 3, "sheet after nodes"},
    {"sdb", "change", cmd_change, 3, 3, "sheet number fields"},
    {"sdb", "remove", cmd_remove, 2, 2, "sheet numbers"},
    {"sdb", "fix", cmd_fix, 4, 4, "sheet kind line text"},
    {"sdb", "splice", cmd_splice, 4, 4, "sheet offset old new"},
    {0},
};
