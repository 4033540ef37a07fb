/* SPDX-License-Identifier: ISC */
/*
 * opdesk: reads its options, embeds Tcl and Tk, registers the commands of this folder and hands
 * over to tcl/opdesk.tcl, which lives on Tcl's loop.  The scripts are in OPDESK_TCL_DIR, relative
 * to the folder of the executable: installed as well as in a build folder, which has a link there.
 */
#include "gui/command.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <tk.h>
#include <unistd.h>
#include "gui/compose.h"
#include "gui/options.h"
#include "lib/endpoint.h"
#include "lib/err.h"
#include "lib/log.h"
#include "lib/output.h"
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

/* "unix:" and the socket of a daemon of this host; "unix:" alone when there is no place for one. */
static int
local_endpoint(char text[ENDPOINT_TEXT], const char *socket)
{
	char path[PATH_MAX];
	int err = paths_socket(path, sizeof path, socket);

	if (snprintf(text, ENDPOINT_TEXT, "unix:%s", err ? "" : path) < ENDPOINT_TEXT)
		return err;
	snprintf(text, ENDPOINT_TEXT, "unix:");
	return OP_TOO_LARGE;
}

/* The servers that were named. */
static Tcl_Obj *
server_list(const struct options *o)
{
	Tcl_Obj *list = Tcl_NewListObj(0, NULL);

	for (int i = 0; i < o->n_servers; i++) {
		char local[ENDPOINT_TEXT];
		const char *text = o->servers[i];

		if (strcmp(text, "unix:") == 0) {
			local_endpoint(local, "mediachanged.sock");
			text = local;
		}
		Tcl_ListObjAppendElement(NULL, list, command_string(text, strlen(text)));
	}
	return list;
}

/* The ipadmds that were named, in their canonical form: HOST alone would mean a mediachanged. */
static void
add_subnets(Tcl_Obj *list, const char *const *endpoints, int n)
{
	for (int i = 0; i < n; i++) {
		char text[ENDPOINT_TEXT];
		struct endpoint e;
		const char *why;

		if (strcmp(endpoints[i], "unix:") == 0) {
			local_endpoint(text, "ipadmd.sock");
		} else if (endpoint_parse(endpoints[i], "8980", &e, &why)) {
			continue; /* the options have been checked */
		} else {
			endpoint_default_program(&e, "ipadmd");
			endpoint_format(text, sizeof text, &e);
		}
		Tcl_ListObjAppendElement(NULL, list, command_string(text, strlen(text)));
	}
}

static int
put_local(Tcl_Obj *config, const char *key, const char *socket)
{
	char text[ENDPOINT_TEXT];
	int err = local_endpoint(text, socket);

	command_put(config, key, command_string(text, strlen(text)));
	return err;
}

static void
put_text(Tcl_Obj *config, const char *key, const char *text)
{
	if (text)
		command_put(config, key, command_string(text, strlen(text)));
}

/* What the scripts need to know: dict ::opdesk::config; what was not given is left out. */
static int
set_config(Tcl_Interp *interp, const struct options *o, const char *folder)
{
	Tcl_Obj *config = Tcl_NewDictObj(), *subnets = Tcl_NewListObj(0, NULL);
	bool is_ipadm = strcmp(o->name, "ipadm") == 0; /* subnets first */
	int err = put_local(config, "local_server", "mediachanged.sock");

	put_local(config, "local_subnets", "ipadmd.sock");
	put_text(config, "name", o->name);
	if (is_ipadm)
		add_subnets(subnets, o->servers, o->n_servers);
	add_subnets(subnets, o->subnets, o->n_subnets);
	command_put(config, "servers", is_ipadm ? Tcl_NewListObj(0, NULL) : server_list(o));
	command_put(config, "subnets", subnets);
	put_text(config, "folder", folder);
	put_text(config, "helper", o->helper);
	put_text(config, "libexec", OPDESK_LIBEXEC_DIR);
	put_text(config, "bell_interval", o->interval);
	put_text(config, "max_windows", o->max_windows);
	put_text(config, "language", o->language);
	put_text(config, "version", OPDESK_VERSION);
	Tcl_CreateNamespace(interp, "::opdesk", NULL, NULL);
	Tcl_SetVar2Ex(interp, "::opdesk::config", NULL, config, TCL_GLOBAL_ONLY);
	return o->n_servers || o->n_subnets ? 0 : err;
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
open_screen(Tcl_Interp *interp)
{
	bool kept = compose_begin(interp);
	int status = Tk_Init(interp);

	if (kept)
		compose_end(interp);
	return status;
}

/* Tcl knows no home but $HOME; the scripts need one where these do not say otherwise. */
static int
find_home(void)
{
	static const char *const instead[] = {"XDG_CONFIG_HOME", "XDG_STATE_HOME"};
	const char *home = paths_home();

	if (home)
		return setenv("HOME", home, 1);
	for (size_t i = 0; i < sizeof instead / sizeof *instead; i++) {
		const char *folder = getenv(instead[i]);

		if (folder && folder[0] == '/')
			continue;
		log_error("no home directory for what the desk keeps: name one with HOME");
		return -1;
	}
	return 0;
}

static int
start(Tcl_Interp *interp, const struct options *o)
{
	char folder[PATH_MAX], script[PATH_MAX + 64];

	own_folder(folder);
	snprintf(script, sizeof script, "%s/%s/opdesk.tcl", folder, OPDESK_TCL_DIR);
	if (access(script, R_OK) != 0) {
		log_error("the desk's scripts are missing: %s: %s", script, strerror(errno));
		return EX_OSFILE;
	}
	if (Tcl_Init(interp) != TCL_OK)
		return fail(interp, "Tcl", EX_OSFILE);
	if (set_config(interp, o, folder)) {
		log_error("no home directory, so no default server: name one with -s");
		return EX_CONFIG;
	}
	command_register(interp, codec_commands);
	command_register(interp, system_commands);
	command_register(interp, sdb_commands);
	command_register(interp, sdb_look_commands);
	command_register(interp, sdb_compare_commands);
	command_register(interp, sdb_exchange_commands);
	Tcl_SetVar(interp, "argv0", "opdesk", TCL_GLOBAL_ONLY);
	if (open_screen(interp) != TCL_OK)
		return fail(interp, "cannot open a window", EX_UNAVAILABLE);
	x11_end_with_server();
	command_register(interp, x11_commands);
	command_register(interp, icon_commands);
	command_register(interp, picture_commands);
	if (Tcl_EvalFile(interp, script) != TCL_OK)
		return fail(interp, script, EX_SOFTWARE);
	return 0;
}

static int
print_about(const struct options *o)
{
	if (o->version)
		printf("%s %s\n", o->name, OPDESK_VERSION);
	else
		options_help(o);
	return output_flush(o->name) == OP_OK ? 0 : EX_SOFTWARE;
}

int
main(int argc, char *argv[])
{
	struct options o;
	Tcl_Interp *interp;
	int status;

	status = options_parse(&o, argc, argv);
	if (status)
		return status;
	log_ident(o.name, NULL);
	if (o.help || o.version)
		return print_about(&o);
	if (find_home())
		return EX_CONFIG;
	Tcl_FindExecutable(argv[0]);
	/* Whatever the locale says: cron and bare machines have none, our text is UTF-8. */
	Tcl_SetSystemEncoding(NULL, "utf-8");
	interp = Tcl_CreateInterp();
	status = start(interp, &o);
	if (status == 0)
		Tk_MainLoop();
	Tcl_DeleteInterp(interp);
	return status;
}
