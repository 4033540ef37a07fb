/* SPDX-License-Identifier: ISC */
/*
 * What accents and other composed characters are typed by: Xlib reads a list of 5,000 key
 * sequences, half a megabyte of text, whenever it opens an input method, and Tk makes it open
 * three, one after the other: a fifth of the time in which this program starts.  Xlib can keep the
 * list in a form that is quicker to read, in a folder of the user's that $XCOMPOSECACHE names
 * (Compose(5)): we give it one in the XDG cache directory, unless the user has said where.
 */
#ifndef OPDESK_GUI_COMPOSE_H
#define OPDESK_GUI_COMPOSE_H

#include "gui/command.h"

#include <stdbool.h>

/* The folder, with its last slash, below $XDG_CACHE_HOME, else below the home directory; false:
 * neither is absolute, or it does not fit. */
bool compose_path(char *dst, size_t size, const char *cache_home, const char *home);

/* Before Tk opens the screen: the folder is there and the environment names it.  True: call
 * compose_end() afterwards, so that programs we start do not inherit it.  False: it is as it was,
 * and starting takes longer; nothing else. */
bool compose_begin(Tcl_Interp *interp);
void compose_end(Tcl_Interp *interp);

#endif
