/* SPDX-License-Identifier: ISC */
/*
 * opdesk::icon: signs of gui/shape.h in Tk photo images, sharp at any scaling.
 */
#include "gui/command.h"

#include <stdlib.h>
#include <tk.h>
#include "gui/shape.h"
#include "lib/err.h"

static int
fill(Tcl_Interp *interp, Tk_PhotoHandle photo, int size, uint8_t *rgba)
{
	Tk_PhotoImageBlock block = {
	    .pixelPtr = rgba,
	    .width = size,
	    .height = size,
	    .pitch = 4 * size,
	    .pixelSize = 4,
	    .offset = {0, 1, 2, 3},
	};

	if (Tk_PhotoSetSize(interp, photo, size, size) != TCL_OK)
		return TCL_ERROR;
	return Tk_PhotoPutBlock(interp, photo, &block, 0, 0, size, size, TK_PHOTO_COMPOSITE_SET);
}

static int
colour_of(Tcl_Interp *interp, Tcl_Obj *name, uint32_t *rgb)
{
	XColor *c = Tk_AllocColorFromObj(interp, Tk_MainWindow(interp), name);

	if (!c)
		return TCL_ERROR;
	*rgb = (uint32_t)(c->red >> 8) << 16 | (uint32_t)(c->green >> 8) << 8 | c->blue >> 8;
	Tk_FreeColor(c);
	return TCL_OK;
}

/* draw IMAGE NAME SIZE COLOUR GLYPH-COLOUR */
static int
cmd_draw(ClientData data, Tcl_Interp *interp, int argc, Tcl_Obj *const argv[])
{
	Tk_PhotoHandle photo = Tk_FindPhoto(interp, Tcl_GetString(argv[1]));
	uint32_t colour, glyph;
	int size, code;
	uint8_t *rgba;

	(void)data;
	(void)argc;
	if (!photo || !shape_known(Tcl_GetString(argv[2])))
		return command_fail(interp, "icon", OP_NOT_FOUND, "no such image or shape");
	if (Tcl_GetIntFromObj(interp, argv[3], &size) != TCL_OK ||
	    colour_of(interp, argv[4], &colour) != TCL_OK ||
	    colour_of(interp, argv[5], &glyph) != TCL_OK)
		return TCL_ERROR;
	if (size < 1 || size > SHAPE_MAX_PIXELS)
		return command_fail(interp, "icon", OP_TOO_LARGE, NULL);
	rgba = calloc((size_t)size * (size_t)size, 4);
	if (!rgba)
		return command_fail(interp, "icon", OP_NO_MEMORY, NULL);
	shape_draw(Tcl_GetString(argv[2]), size, colour, glyph, rgba);
	code = fill(interp, photo, size, rgba);
	free(rgba);
	return code;
}

const struct command icon_commands[] = {
    {"icon", "draw", cmd_draw, 5, 5, "image name size colour glyph_colour"},
    {0},
};
