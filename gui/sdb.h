/* SPDX-License-Identifier: ISC */
/*
 * Inside gui/ only: what the commands of opdesk::sdb share.  A sheet is known to Tcl by a name,
 * "sheet1"; `open` makes it, `close` ends it.
 */
#ifndef OPDESK_GUI_SDB_H
#define OPDESK_GUI_SDB_H

#include "gui/command.h"
#include "gui/sheet.h"

/* The sheet of that name; NULL after a message in the interpreter. */
struct sheet *sdb_sheet(Tcl_Interp *interp, Tcl_Obj *name);

/* The text of a value as UTF-8; `ds` owns it. */
struct sdb_text sdb_utf8(Tcl_Obj *obj, Tcl_DString *ds);
/* "name" … "comment"; TCL_ERROR after a message.  "order" too when `with_order`. */
int sdb_field_of(Tcl_Interp *interp, Tcl_Obj *name, bool with_order, unsigned *out);
/* A number of a node or a row, "-1" for none. */
int sdb_number_of(Tcl_Interp *interp, Tcl_Obj *obj, uint32_t *out);
Tcl_Obj *sdb_number(uint32_t number);
Tcl_Obj *sdb_text_obj(struct sdb_text t);
int sdb_fail(Tcl_Interp *interp, int err);

#endif
