/* SPDX-License-Identifier: ISC */
/*
 * The Tcl commands that this program adds: one table row each, one table per area.  An area is a
 * namespace ensemble: row {"codec", "call"} is `opdesk::codec call`.  A handler counts its
 * arguments, converts them, calls a function that knows no Tcl and sets the result once; failures
 * carry the errorCode {OPDESK AREA CODE} with AREA in capitals and CODE from lib/err.h.
 */
#ifndef OPDESK_GUI_COMMAND_H
#define OPDESK_GUI_COMMAND_H

/* tcl.h has a type of the name that lib/mp.h gives a function: it is renamed here, so include this
 * header and not <tcl.h>. */
#define mp_int tcl_mp_int
#include <tcl.h>
#undef mp_int

#if TCL_MAJOR_VERSION < 9 && !defined(TCL_SIZE_MAX)
typedef int Tcl_Size;
#endif

struct command {
	const char *area;
	const char *name;
	Tcl_ObjCmdProc *handler;
	int min_args, max_args; /* after the name */
	const char *usage;      /* of the arguments */
};

extern const struct command codec_commands[];        /* frames and RPC */
extern const struct command system_commands[];       /* clock, ids, text: what lib/ knows */
extern const struct command sdb_commands[];          /* subnet files: edits, */
extern const struct command sdb_look_commands[];     /* looking at them, */
extern const struct command sdb_compare_commands[];  /* check, difference, merge */
extern const struct command sdb_exchange_commands[]; /* files of other programs */
extern const struct command x11_commands[];          /* window properties that Tk lacks; need Tk */
extern const struct command icon_commands[];         /* drawn shapes; need Tk */
extern const struct command picture_commands[];      /* pages as images; need Tk */

/* From now on the loss of the X server, or of our connection to it, is told on standard error and
 * ends the program with EX_IOERR.  Xlib lets nobody go on after it. */
void x11_end_with_server(void);

/* Register the rows of a table, ended by a NULL name. */
void command_register(Tcl_Interp *interp, const struct command *table);

/* Leave `err` with a message (NULL: op_strerror) in the interpreter; returns TCL_ERROR. */
int command_fail(Tcl_Interp *interp, const char *area, int err, const char *message);

/* Text crosses by Tcl's utf-8 encoding only (Tcl's own strings are not UTF-8).  To Tcl, reference
 * count 0; and from Tcl into `out`, which the caller frees. */
Tcl_Obj *command_string(const char *s, size_t len);
void command_utf8(Tcl_Obj *obj, Tcl_DString *out);

/* Put a value that nobody else owns under a key. */
void command_put(Tcl_Obj *dict, const char *key, Tcl_Obj *value);

#endif
