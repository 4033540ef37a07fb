/* SPDX-License-Identifier: ISC */
/*
 * One writer per parameter type, chosen from a table; then lib/method.c checks what was written, so
 * that a wrong call of our own is seen here and not on the wire.
 */
#include "gui/encode.h"

#include <stdio.h>
#include <string.h>
#include "lib/err.h"

typedef int writer(Tcl_Interp *interp, struct mp_out *o, Tcl_Obj *value);

static int
write_str(Tcl_Interp *interp, struct mp_out *o, Tcl_Obj *value)
{
	Tcl_DString ds;

	(void)interp;
	command_utf8(value, &ds);
	mp_strn(o, Tcl_DStringValue(&ds), (size_t)Tcl_DStringLength(&ds));
	Tcl_DStringFree(&ds);
	return TCL_OK;
}

static int
write_bin(Tcl_Interp *interp, struct mp_out *o, Tcl_Obj *value)
{
	Tcl_Size len;
	const unsigned char *bytes = Tcl_GetByteArrayFromObj(value, &len);

	(void)interp;
	mp_bin(o, bytes, (size_t)len);
	return TCL_OK;
}

static int
write_int(Tcl_Interp *interp, struct mp_out *o, Tcl_Obj *value)
{
	Tcl_WideInt v;

	if (Tcl_GetWideIntFromObj(interp, value, &v) != TCL_OK)
		return TCL_ERROR;
	mp_int(o, v);
	return TCL_OK;
}

static int
write_bool(Tcl_Interp *interp, struct mp_out *o, Tcl_Obj *value)
{
	int v;

	if (Tcl_GetBooleanFromObj(interp, value, &v) != TCL_OK)
		return TCL_ERROR;
	mp_bool(o, v);
	return TCL_OK;
}

static int
write_strs(Tcl_Interp *interp, struct mp_out *o, Tcl_Obj *value)
{
	Tcl_Size n;
	Tcl_Obj **items;

	if (Tcl_ListObjGetElements(interp, value, &n, &items) != TCL_OK)
		return TCL_ERROR;
	mp_array(o, (size_t)n);
	for (Tcl_Size i = 0; i < n; i++)
		write_str(interp, o, items[i]);
	return TCL_OK;
}

static writer *const writers[] = {
    [FIELD_STR] = write_str,
    [FIELD_BIN] = write_bin,
    [FIELD_INT] = write_int,
    [FIELD_BOOL] = write_bool,
    [FIELD_STRS] = write_strs,
    [FIELD_ID] = write_str,
};

static const struct method_field *
find_field(const struct method *m, const char *name)
{
	for (const struct method_field *f = m->fields; f && f->name; f++) {
		if (strcmp(f->name, name) == 0)
			return f;
	}
	return NULL;
}

static int
bad(Tcl_Interp *interp, const struct method *m, const char *name, const char *what)
{
	char message[256];

	snprintf(message, sizeof message, "%s: %s: %s", m->name, name, what);
	command_fail(interp, "codec", OP_BAD_REQUEST, message);
	return OP_BAD_REQUEST;
}

static int
write_pair(
    Tcl_Interp *interp, struct mp_out *o, const struct method *m, Tcl_Obj *key, Tcl_Obj *value)
{
	const struct method_field *f = find_field(m, Tcl_GetString(key));

	if (!f)
		return bad(interp, m, Tcl_GetString(key), "no such parameter");
	mp_str(o, f->name);
	if (writers[f->type](interp, o, value) != TCL_OK)
		return bad(interp, m, f->name, Tcl_GetStringResult(interp));
	return OP_OK;
}

/* What was written from `mark` on, read back and held against the table. */
static int
check(Tcl_Interp *interp, const struct mp_out *o, size_t mark, const struct method *m)
{
	struct mp_doc doc;
	char why[200];
	int err = mp_parse(&doc, buf_bytes(o->buf) + mark, buf_len(o->buf) - mark);

	if (err)
		return bad(interp, m, "parameters", op_strerror(err));
	err = method_check(m, &doc.root, why, sizeof why);
	mp_fini(&doc);
	return err ? bad(interp, m, "parameters", why) : OP_OK;
}

int
encode_params(Tcl_Interp *interp, struct mp_out *o, const struct method *m, Tcl_Obj *params)
{
	size_t mark = buf_len(o->buf);
	Tcl_Size size;
	Tcl_DictSearch search;
	Tcl_Obj *key, *value;
	int done, err = OP_OK;

	if (Tcl_DictObjSize(interp, params, &size) != TCL_OK)
		return bad(interp, m, "parameters", "not a dict");
	mp_map(o, (size_t)size);
	Tcl_DictObjFirst(NULL, params, &search, &key, &value, &done);
	for (; !done && !err; Tcl_DictObjNext(&search, &key, &value, &done))
		err = write_pair(interp, o, m, key, value);
	Tcl_DictObjDone(&search);
	if (!err && o->err)
		err = bad(interp, m, "parameters", op_strerror(o->err));
	return err ? err : check(interp, o, mark, m);
}
