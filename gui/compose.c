/* SPDX-License-Identifier: ISC */
#include "gui/compose.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
#include "lib/paths.h"

#define VARIABLE "XCOMPOSECACHE"

/* The folder that Xlib finds by itself, when the user has made it. */
static bool
has_own(const char *home)
{
	char path[PATH_MAX];
	struct stat st;

	snprintf(path, sizeof path, "%s/.compose-cache", home);
	return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

bool
compose_path(char *dst, size_t size, const char *cache_home, const char *home)
{
	int n;

	/* the specification: what is not absolute counts as not set */
	if (cache_home && cache_home[0] == '/')
		n = snprintf(dst, size, "%s/opdesk/compose/", cache_home);
	else if (home && home[0] == '/')
		n = snprintf(dst, size, "%s/.cache/opdesk/compose/", home);
	else
		return false;
	return n > 0 && (size_t)n < size;
}

bool
compose_begin(Tcl_Interp *interp)
{
	const char *home = getenv("HOME");
	char path[PATH_MAX];

	/* Xlib keeps nothing for root */
	if (getenv(VARIABLE) || geteuid() == 0 || !home || has_own(home))
		return false;
	if (!compose_path(path, sizeof path, getenv("XDG_CACHE_HOME"), home) ||
	    paths_make_parent(path))
		return false;
	return Tcl_SetVar2(interp, "env", VARIABLE, path, TCL_GLOBAL_ONLY) != NULL;
}

void
compose_end(Tcl_Interp *interp)
{
	Tcl_UnsetVar2(interp, "env", VARIABLE, TCL_GLOBAL_ONLY);
}
