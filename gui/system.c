/* SPDX-License-Identifier: ISC */
/*
 * opdesk::system: small things of lib/ that Tcl lacks: a clock that never steps, ids, text from
 * outside made plain, durations for people, limits, the end of a child.
 */
#include "gui/command.h"

#include <signal.h>
#include <string.h>
#include <unistd.h>
#include "lib/buf.h"
#include "lib/clock.h"
#include "lib/endpoint.h"
#include "lib/err.h"
#include "lib/method.h"
#include "lib/text.h"
#include "lib/units.h"
#include "lib/uuid.h"

static int
cmd_now(ClientData data, Tcl_Interp *interp, int argc, Tcl_Obj *const argv[])
{
	(void)data;
	(void)argc;
	(void)argv;
	Tcl_SetObjResult(interp, Tcl_NewWideIntObj(clock_boot_ms()));
	return TCL_OK;
}

static int
cmd_uuid(ClientData data, Tcl_Interp *interp, int argc, Tcl_Obj *const argv[])
{
	char id[UUID_SIZE];

	(void)data;
	(void)argc;
	(void)argv;
	uuid_new(id);
	Tcl_SetObjResult(interp, Tcl_NewStringObj(id, -1));
	return TCL_OK;
}

static int
cmd_duration(ClientData data, Tcl_Interp *interp, int argc, Tcl_Obj *const argv[])
{
	Tcl_WideInt ms;
	char text[64];

	(void)data;
	(void)argc;
	if (Tcl_GetWideIntFromObj(interp, argv[1], &ms) != TCL_OK)
		return TCL_ERROR;
	Tcl_SetObjResult(interp, Tcl_NewStringObj(units_format_ms(text, sizeof text, ms), -1));
	return TCL_OK;
}

/* milliseconds TEXT: of a duration such as "15s" or "2m". */
static int
cmd_milliseconds(ClientData data, Tcl_Interp *interp, int argc, Tcl_Obj *const argv[])
{
	int64_t ms;

	(void)data;
	(void)argc;
	if (units_duration(Tcl_GetString(argv[1]), &ms))
		return command_fail(interp, "system", OP_BAD_REQUEST,
		    "expected " UNITS_DURATION_HELP UNITS_DURATION_MOST);
	Tcl_SetObjResult(interp, Tcl_NewWideIntObj(ms));
	return TCL_OK;
}

/* hostname: Tcl's own `info hostname` asks the name server. */
static int
cmd_hostname(ClientData data, Tcl_Interp *interp, int argc, Tcl_Obj *const argv[])
{
	char name[256];

	(void)data;
	(void)argc;
	(void)argv;
	if (gethostname(name, sizeof name))
		return command_fail(interp, "system", OP_TOO_LARGE, NULL);
	name[sizeof name - 1] = '\0';
	Tcl_SetObjResult(interp, command_string(name, strlen(name)));
	return TCL_OK;
}

/* endpoint TEXT: is it one that this host can mean?  An error says why not. */
static int
cmd_endpoint(ClientData data, Tcl_Interp *interp, int argc, Tcl_Obj *const argv[])
{
	struct endpoint e;
	const char *why;
	int err = endpoint_parse(Tcl_GetString(argv[1]), "8979", &e, &why);

	(void)data;
	(void)argc;
	if (!err && !endpoint_port_is_known(&e)) {
		err = OP_BAD_REQUEST;
		why = ENDPOINT_SERVER_UNKNOWN;
	}
	return err ? command_fail(interp, "system", err, why) : TCL_OK;
}

/* kill PID: at once, also when it is stopped.  Of a child of ours that is not waited for yet. */
static int
cmd_kill(ClientData data, Tcl_Interp *interp, int argc, Tcl_Obj *const argv[])
{
	int pid;

	(void)data;
	(void)argc;
	if (Tcl_GetIntFromObj(interp, argv[1], &pid) != TCL_OK)
		return TCL_ERROR;
	if (pid <= 1)
		return command_fail(interp, "system", OP_BAD_REQUEST, "no child of ours");
	(void)kill(pid, SIGKILL);
	return TCL_OK;
}

/* plain TEXT ?keep_lines?: controls and bidirectional characters as "\x1b", "\u202e". */
static int
cmd_plain(ClientData data, Tcl_Interp *interp, int argc, Tcl_Obj *const argv[])
{
	Tcl_DString ds;
	struct buf b;
	int err, keep_lines = 0;

	(void)data;
	if (argc > 2 && Tcl_GetBooleanFromObj(interp, argv[2], &keep_lines) != TCL_OK)
		return TCL_ERROR;
	command_utf8(argv[1], &ds);
	buf_init(&b);
	err = text_plain(&b, Tcl_DStringValue(&ds), (size_t)Tcl_DStringLength(&ds), keep_lines);
	if (!err)
		Tcl_SetObjResult(interp, command_string((const char *)buf_bytes(&b), buf_len(&b)));
	buf_fini(&b);
	Tcl_DStringFree(&ds);
	return err ? command_fail(interp, "system", err, NULL) : TCL_OK;
}

/* limit METHOD FIELD: the bytes that a parameter may have, so that they are said while it is typed.
 */
static int
cmd_limit(ClientData data, Tcl_Interp *interp, int argc, Tcl_Obj *const argv[])
{
	int64_t max = method_limit(Tcl_GetString(argv[1]), Tcl_GetString(argv[2]));

	(void)data;
	(void)argc;
	if (max < 0)
		return command_fail(interp, "system", OP_NOT_FOUND, "no such parameter");
	Tcl_SetObjResult(interp, Tcl_NewWideIntObj(max));
	return TCL_OK;
}

const struct command system_commands[] = {
    {"system", "now", cmd_now, 0, 0, ""},
    {"system", "uuid", cmd_uuid, 0, 0, ""},
    {"system", "duration", cmd_duration, 1, 1, "milliseconds"},
    {"system", "milliseconds", cmd_milliseconds, 1, 1, "text"},
    {"system", "hostname", cmd_hostname, 0, 0, ""},
    {"system", "endpoint", cmd_endpoint, 1, 1, "text"},
    {"system", "kill", cmd_kill, 1, 1, "pid"},
    {"system", "limit", cmd_limit, 2, 2, "method field"},
    {"system", "plain", cmd_plain, 1, 2, "text ?keep_lines?"},
    {0},
};
