/* SPDX-License-Identifier: ISC */
/*
 * opdesk::sdb, the part that reads and writes files of other programs (lib/exchange/).  An import
 * is worked out on a copy of the sheet: what it would make of it, and all that stands against it.
 */
#include "gui/sdb.h"

#include <string.h>
#include "lib/err.h"
#include "lib/exchange/export.h"
#include "lib/exchange/plan.h"

struct import {
	const struct sheet *sheet;
	struct exchange x;
	struct sdb_file *file; /* the copy */
	struct plan_totals totals;
};

/* Other subnets' nodes may be in the same file: they are said, and left out. */
static int
leave_out(struct import *m)
{
	struct exchange *x = &m->x;
	size_t kept = 0;
	int err = OP_OK;

	for (size_t i = 0; i < x->node_count && err == OP_OK; i++) {
		const struct exchange_node *n = &x->nodes[i];
		char quoted[EXCHANGE_QUOTE_BYTES];
		uint64_t offset;

		if (n->address.family &&
		    sheet_offset(m->sheet, &n->address, &offset) == OP_NOT_FOUND)
			err = exchange_say(x, false, n->line, n->column,
			    "%s is of another subnet: left out",
			    exchange_quote(quoted, n->field[SDB_ADDRESS]));
		else
			x->nodes[kept++] = *n;
	}
	if (err == OP_OK)
		x->node_count = kept;
	return err;
}

static int
run_import(struct import *m, struct sdb_text bytes, const struct exchange_format *f,
    const char *origin, enum plan_key key)
{
	struct exchange_options o = {.origin = *origin ? origin : NULL};
	struct plan_subnet subnet = {.name = "this subnet"};
	int err = sdb_file_parse(buf_bytes(&m->sheet->bytes), buf_len(&m->sheet->bytes), &m->file);

	subnet.file = m->file;
	if (err == OP_OK)
		err = f->read(bytes.s, bytes.len, &o, &m->x);
	if (err == OP_OK)
		err = leave_out(m);
	if (err == OP_OK)
		err = plan_import(&m->x, &subnet, 1, key, &m->totals);
	return err;
}

static Tcl_Obj *
findings_obj(const struct exchange *x)
{
	Tcl_Obj *list = Tcl_NewListObj(0, NULL);

	for (size_t i = 0; i < x->finding_count; i++) {
		const struct exchange_finding *f = &x->findings[i];
		Tcl_Obj *dict = Tcl_NewDictObj();

		command_put(
		    dict, "severity", Tcl_NewStringObj(f->is_error ? "error" : "warning", -1));
		command_put(dict, "line", Tcl_NewWideIntObj(f->line));
		command_put(dict, "column", Tcl_NewWideIntObj(f->column));
		command_put(dict, "message", command_string(f->message, strlen(f->message)));
		Tcl_ListObjAppendElement(NULL, list, dict);
	}
	return list;
}

static void
put_count(Tcl_Obj *dict, const char *key, size_t n)
{
	command_put(dict, key, Tcl_NewWideIntObj((Tcl_WideInt)n));
}

static int
import_result(Tcl_Interp *interp, const struct import *m)
{
	Tcl_Obj *dict;
	struct buf after;
	int err;

	buf_init(&after);
	err = sdb_file_write(m->file, &after);
	if (err == OP_OK) {
		dict = Tcl_NewDictObj();
		put_count(dict, "added", m->totals.added);
		put_count(dict, "changed", m->totals.changed);
		put_count(dict, "same", m->totals.same);
		put_count(dict, "errors", m->x.errors);
		put_count(dict, "warnings", m->x.warnings);
		command_put(dict, "findings", findings_obj(&m->x));
		command_put(dict, "text",
		    Tcl_NewByteArrayObj(buf_bytes(&after), (Tcl_Size)buf_len(&after)));
		Tcl_SetObjResult(interp, dict);
	}
	buf_fini(&after);
	return err ? sdb_fail(interp, err) : TCL_OK;
}

/*
 * import SHEET BYTES FORMAT BY ORIGIN: a dict {added changed same errors warnings findings text};
 * the sheet stays as it is, `text` is what it would become.  BY: address, name or ethernet.
 */
static int
cmd_import(ClientData data, Tcl_Interp *interp, int argc, Tcl_Obj *const argv[])
{
	static const char *const keys[] = {"address", "name", "ethernet", NULL};
	struct import m = {.sheet = sdb_sheet(interp, argv[1])};
	const struct exchange_format *f = exchange_find(Tcl_GetString(argv[3]));
	const unsigned char *bytes;
	Tcl_DString origin;
	Tcl_Size len;
	int key, err, code;

	(void)data;
	(void)argc;
	if (!m.sheet || Tcl_GetIndexFromObj(interp, argv[4], keys, "key", 0, &key) != TCL_OK)
		return TCL_ERROR;
	if (!f)
		return command_fail(interp, "sdb", OP_BAD_REQUEST, "no such format");
	bytes = Tcl_GetByteArrayFromObj(argv[2], &len);
	exchange_init(&m.x);
	sdb_utf8(argv[5], &origin);
	err = run_import(&m, (struct sdb_text){(const char *)bytes, (size_t)len}, f,
	    Tcl_DStringValue(&origin), (enum plan_key)key);
	code = err ? sdb_fail(interp, err) : import_result(interp, &m);
	Tcl_DStringFree(&origin);
	exchange_fini(&m.x);
	sdb_file_free(m.file);
	return code;
}

/* format PATH: what a file of that name would be read as; empty when it does not say. */
static int
cmd_format(ClientData data, Tcl_Interp *interp, int argc, Tcl_Obj *const argv[])
{
	const struct exchange_format *f = exchange_guess(Tcl_GetString(argv[1]));

	(void)data;
	(void)argc;
	if (f)
		Tcl_SetObjResult(interp, Tcl_NewStringObj(f->name, -1));
	return TCL_OK;
}

/* export SHEET FORMAT NAME: the bytes, NAME being that of the subnet. */
static int
cmd_export(ClientData data, Tcl_Interp *interp, int argc, Tcl_Obj *const argv[])
{
	const struct sheet *s = sdb_sheet(interp, argv[1]);
	const struct export_format *f = export_find(Tcl_GetString(argv[2]));
	struct buf out;
	int err;

	(void)data;
	(void)argc;
	if (!s)
		return TCL_ERROR;
	if (!f)
		return command_fail(interp, "sdb", OP_BAD_REQUEST, "no such format");
	buf_init(&out);
	err = f->write(&(struct sdb_input){Tcl_GetString(argv[3]), s->file}, 1, &out);
	if (err == OP_OK)
		Tcl_SetObjResult(
		    interp, Tcl_NewByteArrayObj(buf_bytes(&out), (Tcl_Size)buf_len(&out)));
	buf_fini(&out);
	return err ? sdb_fail(interp, err) : TCL_OK;
}

const struct command sdb_exchange_commands[] = {
    {"sdb", "import", cmd_import, 5, 5, "sheet bytes format by origin"},
    {"sdb", "format", cmd_format, 1, 1, "path"},
    {"sdb", "export", cmd_export, 3, 3, "sheet format name"},
    {0},
};
