/* SPDX-License-Identifier: ISC */
/*
 * opdesk::x11: window properties that Tk cannot set.  They belong on the wrapper, the window that
 * Tk puts around a toplevel for the window manager: the X parent of the toplevel's own window.
 *
 * _NET_WM_USER_TIME 0 (Extended Window Manager Hints, freedesktop.org) on a window that has not
 * been mapped yet says: do not give it the keyboard when it appears.  Urgency: ICCCM 4.1.2.4.
 */
#include "gui/command.h"

#include <X11/Xatom.h>
#include <X11/Xlib.h>
#include <X11/Xutil.h>
#include <X11/extensions/Xinerama.h>
#include <stdlib.h>
#include <sysexits.h>
#include <tk.h>
#include <unistd.h>
#include "lib/err.h"
#include "lib/log.h"

/* Nothing of Tk's can be used any more, not even to leave in order. */
static int
on_lost_server(Display *display)
{
	log_error("X server: the connection to %s is lost; questions and answers are kept by their "
		  "servers, start opdesk again",
	    DisplayString(display));
	_exit(EX_IOERR);
}

void
x11_end_with_server(void)
{
	XSetIOErrorHandler(on_lost_server);
}

static Tk_Window
toplevel_of(Tcl_Interp *interp, Tcl_Obj *path)
{
	Tk_Window window = Tk_NameToWindow(interp, Tcl_GetString(path), Tk_MainWindow(interp));

	if (window && !Tk_IsTopLevel(window)) {
		command_fail(interp, "x11", OP_BAD_REQUEST, "not a toplevel");
		return NULL;
	}
	return window;
}

static Window
wrapper_of(Tk_Window window)
{
	Window root, parent = None, *children = NULL;
	unsigned n;

	if (Tk_WindowId(window) == None)
		return None;
	if (!XQueryTree(Tk_Display(window), Tk_WindowId(window), &root, &parent, &children, &n))
		return None;
	if (children)
		XFree(children);
	return parent == root ? None : parent;
}

/* quiet WINDOW: a withdrawn toplevel that was never mapped will not take the keyboard. */
static int
cmd_quiet(ClientData data, Tcl_Interp *interp, int argc, Tcl_Obj *const argv[])
{
	Tk_Window window = toplevel_of(interp, argv[1]);
	unsigned long never = 0;
	Window wrapper;

	(void)data;
	(void)argc;
	if (!window)
		return TCL_ERROR;
	/* Tk makes the wrapper when it first maps the toplevel; a withdrawn one stays unmapped */
	Tk_MapWindow(window);
	wrapper = wrapper_of(window);
	if (wrapper == None)
		return command_fail(interp, "x11", OP_INTERNAL, "the window has no wrapper");
	XChangeProperty(Tk_Display(window), wrapper, Tk_InternAtom(window, "_NET_WM_USER_TIME"),
	    XA_CARDINAL, 32, PropModeReplace, (unsigned char *)&never, 1);
	return TCL_OK;
}

/* urgent WINDOW BOOL: the window manager shows that it wants attention. */
static int
cmd_urgent(ClientData data, Tcl_Interp *interp, int argc, Tcl_Obj *const argv[])
{
	Tk_Window window = toplevel_of(interp, argv[1]);
	Window wrapper;
	XWMHints *hints;
	int urgent;

	(void)data;
	(void)argc;
	if (!window || Tcl_GetBooleanFromObj(interp, argv[2], &urgent) != TCL_OK)
		return TCL_ERROR;
	wrapper = wrapper_of(window);
	hints = wrapper == None ? NULL : XGetWMHints(Tk_Display(window), wrapper);
	if (!hints)
		return TCL_OK;
	if (urgent)
		hints->flags |= XUrgencyHint;
	else
		hints->flags &= ~XUrgencyHint;
	XSetWMHints(Tk_Display(window), wrapper, hints);
	XFree(hints);
	return TCL_OK;
}

/* deaf WINDOW: it is about to be destroyed, nothing more shall be told of its wrapper.  Else the X
 * server tells of each property that the window manager takes away, and Tk, which does not know the
 * window any more, asks for its parents. */
static int
cmd_deaf(ClientData data, Tcl_Interp *interp, int argc, Tcl_Obj *const argv[])
{
	Tk_Window window = toplevel_of(interp, argv[1]);

	(void)data;
	(void)argc;
	if (!window)
		return TCL_ERROR;
	Window wrapper = wrapper_of(window);

	if (wrapper != None)
		XSelectInput(Tk_Display(window), wrapper, NoEventMask);
	return TCL_OK;
}

/* dpi: what the desktop's settings say (resource Xft.dpi), 0 when they say nothing. */
static int
cmd_dpi(ClientData data, Tcl_Interp *interp, int argc, Tcl_Obj *const argv[])
{
	const char *value = XGetDefault(Tk_Display(Tk_MainWindow(interp)), "Xft", "dpi");

	(void)data;
	(void)argc;
	(void)argv;
	Tcl_SetObjResult(interp, Tcl_NewDoubleObj(value ? strtod(value, NULL) : 0));
	return TCL_OK;
}

static Tcl_Obj *
rectangle(int x, int y, int width, int height)
{
	Tcl_Obj *numbers[] = {
	    Tcl_NewIntObj(x), Tcl_NewIntObj(y), Tcl_NewIntObj(width), Tcl_NewIntObj(height)};

	return Tcl_NewListObj(4, numbers);
}

/* monitors: the rectangles {x y width height} of all monitors; empty when the server does not tell.
 */
static int
cmd_monitors(ClientData data, Tcl_Interp *interp, int argc, Tcl_Obj *const argv[])
{
	Tcl_Obj *list = Tcl_NewListObj(0, NULL);
	int n = 0;
	XineramaScreenInfo *all = XineramaQueryScreens(Tk_Display(Tk_MainWindow(interp)), &n);

	(void)data;
	(void)argc;
	(void)argv;
	for (int i = 0; all && i < n; i++)
		Tcl_ListObjAppendElement(
		    NULL, list, rectangle(all[i].x_org, all[i].y_org, all[i].width, all[i].height));
	if (all)
		XFree(all);
	Tcl_SetObjResult(interp, list);
	return TCL_OK;
}

/* Four numbers of a property as a list; an empty one when the window has it not. */
static Tcl_Obj *
four_of(Tk_Window tk, Window window, const char *property)
{
	Tcl_Obj *list = Tcl_NewListObj(0, NULL);
	Atom type;
	int format;
	unsigned long n = 0, after;
	unsigned char *bytes = NULL;

	if (XGetWindowProperty(Tk_Display(tk), window, Tk_InternAtom(tk, property), 0, 4, False,
		XA_CARDINAL, &type, &format, &n, &after, &bytes) != Success ||
	    !bytes)
		return list;
	if (type == XA_CARDINAL && format == 32 && n == 4) {
		const long *v = (const long *)(const void *)bytes;

		for (int i = 0; i < 4; i++)
			Tcl_ListObjAppendElement(NULL, list, Tcl_NewWideIntObj(v[i]));
	}
	XFree(bytes);
	return list;
}

/* workarea: the part of the whole screen that panels leave free, {x y width height}; empty when no
 * window manager tells (_NET_WORKAREA, of the first desktop: they hardly differ). */
static int
cmd_workarea(ClientData data, Tcl_Interp *interp, int argc, Tcl_Obj *const argv[])
{
	Tk_Window main = Tk_MainWindow(interp);

	(void)data;
	(void)argc;
	(void)argv;
	Tcl_SetObjResult(
	    interp, four_of(main, RootWindowOfScreen(Tk_Screen(main)), "_NET_WORKAREA"));
	return TCL_OK;
}

/* frame WINDOW: how thick the window manager's frame is, {left right top bottom}; empty when it
 * does not tell, or there is none yet (_NET_FRAME_EXTENTS). */
static int
cmd_frame(ClientData data, Tcl_Interp *interp, int argc, Tcl_Obj *const argv[])
{
	Tk_Window window = toplevel_of(interp, argv[1]);
	Window wrapper;

	(void)data;
	(void)argc;
	if (!window)
		return TCL_ERROR;
	wrapper = wrapper_of(window);
	if (wrapper != None)
		Tcl_SetObjResult(interp, four_of(window, wrapper, "_NET_FRAME_EXTENTS"));
	return TCL_OK;
}

const struct command x11_commands[] = {
    {"x11", "quiet", cmd_quiet, 1, 1, "window"},
    {"x11", "urgent", cmd_urgent, 2, 2, "window boolean"},
    {"x11", "deaf", cmd_deaf, 1, 1, "window"},
    {"x11", "dpi", cmd_dpi, 0, 0, ""},
    {"x11", "monitors", cmd_monitors, 0, 0, ""},
    {"x11", "workarea", cmd_workarea, 0, 0, ""},
    {"x11", "frame", cmd_frame, 1, 1, "window"},
    {0},
};
