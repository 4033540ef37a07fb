/* SPDX-License-Identifier: ISC */
/*
 * opdesk: reads its options, embeds Tcl and Tk, registers the commands of this folder and hands
 * over to tcl/opdesk.tcl, which lives on Tcl's loop.  The scripts are in OPDESK_TCL_DIR, relative
 * to the folder of the executable: installed as well as in a build folder, which has a link there.
 */
#include "gui/command.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>
#include <tk.h>
#include <unistd.h>
#include "gui/options.h"
#include "lib/err.h"
#include "lib/log.h"
#include "lib/paths.h"

#ifdef __SANITIZE_ADDRESS__
/* Fontconfig keeps its tables until the process ends. */
const char *__lsan_default_suppressions(void);
const char *__lsan_default_options(void);

const char *
__lsan_default_suppressions(void)
{
	return "leak:libfontconfig\n";
}

const char *
__lsan_default_options(void)
{
	return "print_suppressions=0";
}
#endif

/* Folder of the executable, without the last slash; "." when the system does not tell. */
static void
own_folder(char dst[PATH_MAX])
{
	ssize_t n = readlink("/proc/self/exe", dst, PATH_MAX - 1);
	char *slash;

	dst[n > 0 ? n : 0] = '\0';
	slash = strrchr(dst, '/');
	if (slash)
		*slash = '\0';
	else
		strncpy(dst, ".", PATH_MAX);
}

/* The UNIX socket of this host's daemon, when no server is named. */
static int
add_servers(Tcl_Obj *list, const struct options *o)
{
	char path[PATH_MAX], endpoint[PATH_MAX + 8];
	int err;

	for (int i = 0; i < o->n_servers; i++)
		Tcl_ListObjAppendElement(
		    NULL, list, command_string(o->servers[i], strlen(o->servers[i])));
	if (o->n_servers)
		return 0;
	err = paths_runtime(path, sizeof path, "mediachanged.sock");
	if (err)
		return err;
	snprintf(endpoint, sizeof endpoint, "unix:%s", path);
	Tcl_ListObjAppendElement(NULL, list, command_string(endpoint, strlen(endpoint)));
	return 0;
}

/* What the scripts need to know: dict ::opdesk::config. */
static int
set_config(Tcl_Interp *interp, const struct options *o, const char *folder)
{
	Tcl_Obj *config = Tcl_NewDictObj(), *servers = Tcl_NewListObj(0, NULL);
	const char *helper = o->helper ? o->helper : "";
	int err = add_servers(servers, o);

	command_put(config, "servers", servers);
	command_put(config, "folder", command_string(folder, strlen(folder)));
	command_put(config, "helper", command_string(helper, strlen(helper)));
	command_put(config, "libexec", Tcl_NewStringObj(OPDESK_LIBEXEC_DIR, -1));
	command_put(config, "interval_ms", Tcl_NewWideIntObj(o->interval_ms));
	command_put(config, "max_windows", Tcl_NewIntObj(o->max_windows));
	command_put(config, "version", Tcl_NewStringObj(OPDESK_VERSION, -1));
	Tcl_CreateNamespace(interp, "::opdesk", NULL, NULL);
	Tcl_SetVar2Ex(interp, "::opdesk::config", NULL, config, TCL_GLOBAL_ONLY);
	return err;
}

static int
fail(Tcl_Interp *interp, const char *what, int status)
{
	const char *info = Tcl_GetVar(interp, "errorInfo", TCL_GLOBAL_ONLY);

	log_error("%s: %s", what, Tcl_GetStringResult(interp));
	if (info && status == EX_SOFTWARE)
		log_error("%s", info);
	return status;
}

static int
start(Tcl_Interp *interp, const struct options *o)
{
	char folder[PATH_MAX], script[PATH_MAX + 64];

	own_folder(folder);
	if (Tcl_Init(interp) != TCL_OK)
		return fail(interp, "Tcl", EX_OSFILE);
	if (set_config(interp, o, folder)) {
		log_error("no home directory, so no default server: name one with -s");
		return EX_CONFIG;
	}
	command_register(interp, codec_commands);
	command_register(interp, system_commands);
	Tcl_SetVar(interp, "argv0", "opdesk", TCL_GLOBAL_ONLY);
	if (Tk_Init(interp) != TCL_OK)
		return fail(interp, "cannot open a window", EX_UNAVAILABLE);
	command_register(interp, x11_commands);
	command_register(interp, icon_commands);
	snprintf(script, sizeof script, "%s/%s/opdesk.tcl", folder, OPDESK_TCL_DIR);
	if (Tcl_EvalFile(interp, script) != TCL_OK)
		return fail(interp, script, EX_SOFTWARE);
	return 0;
}

int
main(int argc, char *argv[])
{
	struct options o;
	Tcl_Interp *interp;
	int status;

	log_ident("opdesk", NULL);
	status = options_parse(&o, argc, argv);
	if (status)
		return status;
	if (o.help || o.version) {
		if (o.version)
			printf("opdesk %s\n", OPDESK_VERSION);
		else
			options_help();
		return 0;
	}
	Tcl_FindExecutable(argv[0]);
	interp = Tcl_CreateInterp();
	status = start(interp, &o);
	if (status == 0)
		Tk_MainLoop();
	Tcl_DeleteInterp(interp);
	return status;
}
