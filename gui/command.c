/* SPDX-License-Identifier: ISC */
/*
 * Registration of command tables, and what their handlers share.  Runs on Tcl's loop only.
 */
#include "gui/command.h"

#include <ctype.h>
#include <stdio.h>
#include "lib/err.h"

static int
run(ClientData data, Tcl_Interp *interp, int argc, Tcl_Obj *const argv[])
{
	const struct command *c = data;

	if (argc - 1 < c->min_args || argc - 1 > c->max_args) {
		Tcl_WrongNumArgs(interp, 1, argv, c->usage);
		return TCL_ERROR;
	}
	return c->handler(data, interp, argc, argv);
}

static Tcl_Namespace *
area_open(Tcl_Interp *interp, const char *area)
{
	char name[64];
	Tcl_Namespace *ns;

	snprintf(name, sizeof name, "::opdesk::%s", area);
	ns = Tcl_FindNamespace(interp, name, NULL, 0);
	if (ns)
		return ns;
	ns = Tcl_CreateNamespace(interp, name, NULL, NULL);
	Tcl_Export(interp, ns, "*", 0);
	Tcl_CreateEnsemble(interp, name, ns, 0);
	return ns;
}

void
command_register(Tcl_Interp *interp, const struct command *table)
{
	char name[128];

	for (const struct command *c = table; c->name; c++) {
		Tcl_Namespace *ns = area_open(interp, c->area);

		snprintf(name, sizeof name, "%s::%s", ns->fullName, c->name);
		Tcl_CreateObjCommand(interp, name, run, (void *)c, NULL);
	}
}

int
command_fail(Tcl_Interp *interp, const char *area, int err, const char *message)
{
	char upper[32];
	size_t i;

	for (i = 0; area[i] && i < sizeof upper - 1; i++)
		upper[i] = (char)toupper((unsigned char)area[i]);
	upper[i] = '\0';
	Tcl_SetObjResult(interp, Tcl_NewStringObj(message ? message : op_strerror(err), -1));
	Tcl_SetErrorCode(interp, "OPDESK", upper, op_err_name(err), NULL);
	return TCL_ERROR;
}

static Tcl_Encoding
utf8(void)
{
	static Tcl_Encoding encoding; /* never freed: one interpreter, one process */

	if (!encoding)
		encoding = Tcl_GetEncoding(NULL, "utf-8");
	return encoding;
}

Tcl_Obj *
command_string(const char *s, size_t len)
{
	Tcl_DString ds;
	Tcl_Obj *obj;

	Tcl_ExternalToUtfDString(utf8(), s, (Tcl_Size)len, &ds);
	obj = Tcl_NewStringObj(Tcl_DStringValue(&ds), Tcl_DStringLength(&ds));
	Tcl_DStringFree(&ds);
	return obj;
}

void
command_utf8(Tcl_Obj *obj, Tcl_DString *out)
{
	Tcl_Size len;
	const char *s = Tcl_GetStringFromObj(obj, &len);

	Tcl_UtfToExternalDString(utf8(), s, len, out);
}

void
command_put(Tcl_Obj *dict, const char *key, Tcl_Obj *value)
{
	Tcl_DictObjPut(NULL, dict, Tcl_NewStringObj(key, -1), value);
}
