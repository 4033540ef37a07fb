/* SPDX-License-Identifier: ISC */
/*
 * One writer per parameter type, chosen from a table; then lib/method_check.c checks what was
 * written, so that a wrong call of our own is seen here and not on the wire.
 */
#include "gui/encode.h"

#include <stdio.h>
#include <string.h>
#include "lib/err.h"

typedef int writer(
    Tcl_Interp *interp, struct mp_out *o, const struct method_field *f, Tcl_Obj *value);

static int
write_str(Tcl_Interp *interp, struct mp_out *o, const struct method_field *f, Tcl_Obj *value)
{
	Tcl_DString ds;

	(void)interp;
	(void)f;
	command_utf8(value, &ds);
	mp_strn(o, Tcl_DStringValue(&ds), (size_t)Tcl_DStringLength(&ds));
	Tcl_DStringFree(&ds);
	return TCL_OK;
}

static int
write_bin(Tcl_Interp *interp, struct mp_out *o, const struct method_field *f, Tcl_Obj *value)
{
	Tcl_Size len;
	const unsigned char *bytes = Tcl_GetByteArrayFromObj(value, &len);

	(void)interp;
	(void)f;
	mp_bin(o, bytes, (size_t)len);
	return TCL_OK;
}

static int
write_int(Tcl_Interp *interp, struct mp_out *o, const struct method_field *f, Tcl_Obj *value)
{
	Tcl_WideInt v;

	(void)f;
	if (Tcl_GetWideIntFromObj(interp, value, &v) != TCL_OK)
		return TCL_ERROR;
	mp_int(o, v);
	return TCL_OK;
}

static int
write_bool(Tcl_Interp *interp, struct mp_out *o, const struct method_field *f, Tcl_Obj *value)
{
	int v;

	(void)f;
	if (Tcl_GetBooleanFromObj(interp, value, &v) != TCL_OK)
		return TCL_ERROR;
	mp_bool(o, v);
	return TCL_OK;
}

static int
write_strs(Tcl_Interp *interp, struct mp_out *o, const struct method_field *f, Tcl_Obj *value)
{
	Tcl_Size n;
	Tcl_Obj **items;

	if (Tcl_ListObjGetElements(interp, value, &n, &items) != TCL_OK)
		return TCL_ERROR;
	mp_array(o, (size_t)n);
	for (Tcl_Size i = 0; i < n; i++)
		write_str(interp, o, f, items[i]);
	return TCL_OK;
}

static int write_map(
    Tcl_Interp *interp, struct mp_out *o, const struct method_field *fields, Tcl_Obj *dict);

static int
write_maps(Tcl_Interp *interp, struct mp_out *o, const struct method_field *f, Tcl_Obj *value)
{
	Tcl_Size n;
	Tcl_Obj **items;
	int err = Tcl_ListObjGetElements(interp, value, &n, &items);

	if (err != TCL_OK)
		return err;
	mp_array(o, (size_t)n);
	for (Tcl_Size i = 0; i < n && err == TCL_OK; i++)
		err = write_map(interp, o, method_items(f), items[i]);
	return err;
}

static writer *const writers[] = {
    [FIELD_STR] = write_str,
    [FIELD_BIN] = write_bin,
    [FIELD_INT] = write_int,
    [FIELD_BOOL] = write_bool,
    [FIELD_STRS] = write_strs,
    [FIELD_ID] = write_str,
    [FIELD_MAPS] = write_maps,
};

static const struct method_field *
find_field(const struct method_field *fields, const char *name)
{
	for (const struct method_field *f = fields; f && f->name; f++) {
		if (strcmp(f->name, name) == 0)
			return f;
	}
	return NULL;
}

static int
say(Tcl_Interp *interp, const char *name, const char *what)
{
	char message[200];

	snprintf(message, sizeof message, "%s: %s", name, what);
	Tcl_SetObjResult(interp, Tcl_NewStringObj(message, -1));
	return TCL_ERROR;
}

static int
write_pair(Tcl_Interp *interp, struct mp_out *o, const struct method_field *fields, Tcl_Obj *key,
    Tcl_Obj *value)
{
	const struct method_field *f = find_field(fields, Tcl_GetString(key));

	if (!f)
		return say(interp, Tcl_GetString(key), "no such parameter");
	mp_str(o, f->name);
	if (writers[f->type](interp, o, f, value) != TCL_OK)
		return say(interp, f->name, Tcl_GetStringResult(interp));
	return TCL_OK;
}

/* On failure the interpreter's result says what is wrong with which key. */
static int
write_map(Tcl_Interp *interp, struct mp_out *o, const struct method_field *fields, Tcl_Obj *dict)
{
	Tcl_Size size;
	Tcl_DictSearch search;
	Tcl_Obj *key, *value;
	int done, err = TCL_OK;

	if (Tcl_DictObjSize(NULL, dict, &size) != TCL_OK)
		return say(interp, "parameters", "not a dict");
	mp_map(o, (size_t)size);
	Tcl_DictObjFirst(NULL, dict, &search, &key, &value, &done);
	for (; !done && err == TCL_OK; Tcl_DictObjNext(&search, &key, &value, &done))
		err = write_pair(interp, o, fields, key, value);
	Tcl_DictObjDone(&search);
	return err;
}

static int
bad(Tcl_Interp *interp, const struct method *m, const char *what)
{
	char message[256];

	snprintf(message, sizeof message, "%s: %s", m->name, what);
	command_fail(interp, "codec", OP_BAD_REQUEST, message);
	return OP_BAD_REQUEST;
}

/* What was written from `mark` on, read back and held against the table. */
static int
check(Tcl_Interp *interp, const struct mp_out *o, size_t mark, const struct method *m)
{
	struct mp_doc doc;
	char why[200];
	int err = mp_parse(&doc, buf_bytes(o->buf) + mark, buf_len(o->buf) - mark);

	if (err)
		return bad(interp, m, op_strerror(err));
	err = method_check(m, &doc.root, why, sizeof why);
	mp_fini(&doc);
	return err ? bad(interp, m, why) : OP_OK;
}

int
encode_params(Tcl_Interp *interp, struct mp_out *o, const struct method *m, Tcl_Obj *params)
{
	size_t mark = buf_len(o->buf);

	if (write_map(interp, o, m->fields, params) != TCL_OK)
		return bad(interp, m, Tcl_GetStringResult(interp));
	return o->err ? bad(interp, m, op_strerror(o->err)) : check(interp, o, mark, m);
}
