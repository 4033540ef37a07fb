/* SPDX-License-Identifier: ISC */
/*
 * A tclsh that has the desk's commands which need no display: the tests of codec and tcl/app/ run
 * in it.
 */
#include "gui/command.h"

static int
init(Tcl_Interp *interp)
{
	Tcl_SetSystemEncoding(NULL, "utf-8"); /* as gui/main.c does */
	if (Tcl_Init(interp) != TCL_OK)
		return TCL_ERROR;
	command_register(interp, codec_commands);
	command_register(interp, system_commands);
	command_register(interp, sdb_commands);
	command_register(interp, sdb_look_commands);
	command_register(interp, sdb_compare_commands);
	command_register(interp, sdb_exchange_commands);
	return TCL_OK;
}

int
main(int argc, char *argv[])
{
	Tcl_Main(argc, argv, init);
	return 0;
}
