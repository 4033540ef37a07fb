/* SPDX-License-Identifier: ISC */
/*
 * opdesk::picture: a page of tcl/app/page.tcl as a photo image, drawn off the screen: shapes by
 * Xlib, text by Tk with the screen's fonts.  The photo then writes itself as PNG.  One page at a
 * time, of a few million dots, on the loop of the desk.
 */
#include "gui/command.h"

#include <X11/Xlib.h>
#include <X11/Xutil.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <tk.h>
#include "lib/err.h"

#define AREA "picture"
#define MAX_SIDE 8000
#define MAX_POINTS 64
#define MAX_FONTS 16

struct font {
	double size;
	bool bold;
	Tk_Font tk;
};

struct drawing {
	Tcl_Interp *interp;
	Tk_Window window; /* whose screen and visual it is */
	Pixmap pixmap;
	GC gc;
	double scale;
	const char *family;
	struct font fonts[MAX_FONTS];
	size_t font_count;
};

/* --- colours, on a screen that has them all --- */

static int
shift_of(unsigned long mask)
{
	int shift = 0;

	while (mask && !(mask & 1)) {
		mask >>= 1;
		shift++;
	}
	return shift;
}

static unsigned long
to_screen(unsigned value, unsigned long mask)
{
	int shift = shift_of(mask);

	return (value * (mask >> shift) / 255) << shift;
}

static unsigned char
from_screen(unsigned long pixel, unsigned long mask)
{
	int shift = shift_of(mask);
	unsigned long most = mask >> shift;

	return (unsigned char)(most ? ((pixel & mask) >> shift) * 255 / most : 0);
}

static bool
set_colour(const struct drawing *d, Tcl_Obj *name)
{
	const Visual *v = Tk_Visual(d->window);
	unsigned r, g, b;

	if (sscanf(Tcl_GetString(name), "#%2x%2x%2x", &r, &g, &b) != 3)
		return false;
	XSetForeground(Tk_Display(d->window), d->gc,
	    to_screen(r, v->red_mask) | to_screen(g, v->green_mask) | to_screen(b, v->blue_mask));
	return true;
}

/* --- numbers --- */

static int
numbers(const struct drawing *d, Tcl_Obj *const objs[], size_t n, double *out)
{
	for (size_t i = 0; i < n; i++)
		if (Tcl_GetDoubleFromObj(d->interp, objs[i], &out[i]) != TCL_OK)
			return TCL_ERROR;
	return TCL_OK;
}

static int
dot(const struct drawing *d, double points)
{
	return (int)lround(points * d->scale);
}

static void
set_width(const struct drawing *d, double points)
{
	XSetLineAttributes(Tk_Display(d->window), d->gc,
	    (unsigned)fmax(1, round(points * d->scale)), LineSolid, CapButt, JoinMiter);
}

/* --- what can be drawn --- */

static int
draw_rect(struct drawing *d, Tcl_Obj *const argv[])
{
	Display *x = Tk_Display(d->window);
	double v[4];

	if (numbers(d, argv, 4, v) != TCL_OK)
		return TCL_ERROR;
	int left = dot(d, v[0]), top = dot(d, v[1]);
	unsigned width = (unsigned)(dot(d, v[0] + v[2]) - left),
		 height = (unsigned)(dot(d, v[1] + v[3]) - top);

	if (set_colour(d, argv[4]))
		XFillRectangle(x, d->pixmap, d->gc, left, top, width, height);
	set_width(d, 0.5);
	if (set_colour(d, argv[5]))
		XDrawRectangle(x, d->pixmap, d->gc, left, top, width, height);
	return TCL_OK;
}

static int
draw_poly(struct drawing *d, Tcl_Obj *const argv[])
{
	XPoint points[MAX_POINTS];
	double v[2 * MAX_POINTS];
	Tcl_Obj **objs;
	Tcl_Size n;

	if (Tcl_ListObjGetElements(d->interp, argv[0], &n, &objs) != TCL_OK)
		return TCL_ERROR;
	if (n > 2 * MAX_POINTS || n % 2)
		return command_fail(d->interp, AREA, OP_BAD_REQUEST, "poly: points");
	if (numbers(d, objs, (size_t)n, v) != TCL_OK)
		return TCL_ERROR;
	for (Tcl_Size i = 0; i < n / 2; i++)
		points[i] = (XPoint){(short)dot(d, v[2 * i]), (short)dot(d, v[2 * i + 1])};
	if (set_colour(d, argv[1]))
		XFillPolygon(Tk_Display(d->window), d->pixmap, d->gc, points, (int)n / 2, Convex,
		    CoordModeOrigin);
	return TCL_OK;
}

static int
draw_line(struct drawing *d, Tcl_Obj *const argv[])
{
	double v[5];

	if (numbers(d, argv, 5, v) != TCL_OK)
		return TCL_ERROR;
	set_width(d, v[4]);
	if (set_colour(d, argv[5]))
		XDrawLine(Tk_Display(d->window), d->pixmap, d->gc, dot(d, v[0]), dot(d, v[1]),
		    dot(d, v[2]), dot(d, v[3]));
	return TCL_OK;
}

/* Kept until the page is done: to open one takes longer than to draw with it. */
static Tk_Font
font_of(struct drawing *d, double size, bool bold)
{
	Tcl_Obj *name;
	Tk_Font font;

	for (size_t i = 0; i < d->font_count; i++)
		if (d->fonts[i].size == size && d->fonts[i].bold == bold)
			return d->fonts[i].tk;
	if (d->font_count == MAX_FONTS) {
		command_fail(d->interp, AREA, OP_TOO_LARGE, "too many fonts");
		return NULL;
	}
	name = Tcl_NewListObj(0, NULL);
	Tcl_IncrRefCount(name);
	Tcl_ListObjAppendElement(NULL, name, Tcl_NewStringObj(d->family, -1));
	Tcl_ListObjAppendElement(NULL, name, Tcl_NewIntObj(-(int)fmax(1, round(size * d->scale))));
	Tcl_ListObjAppendElement(NULL, name, Tcl_NewStringObj(bold ? "bold" : "normal", -1));
	font = Tk_GetFont(d->interp, d->window, Tcl_GetString(name));
	Tcl_DecrRefCount(name);
	if (font)
		d->fonts[d->font_count++] = (struct font){size, bold, font};
	return font;
}

/* Bytes of the text that fit into `room` dots with an ellipsis behind them; all when it fits. */
static int
fit(Tk_Font font, const char *text, int len, int room, bool *cut)
{
	int width, whole = Tk_MeasureChars(font, text, len, room, 0, &width);

	*cut = room > 0 && whole < len;
	if (!*cut)
		return len;
	room -= Tk_TextWidth(font, "\xe2\x80\xa6", 3);
	return room > 0 ? Tk_MeasureChars(font, text, len, room, 0, &width) : 0;
}

static int
draw_text(struct drawing *d, Tcl_Obj *const argv[])
{
	Tcl_DString shown;
	Tk_FontMetrics m;
	Tk_Font font;
	double v[2], size, room;
	bool cut;
	int bold, width, part;
	Tcl_Size len;
	const char *text = Tcl_GetStringFromObj(argv[7], &len);

	if (numbers(d, argv, 2, v) != TCL_OK || numbers(d, argv + 3, 1, &size) != TCL_OK ||
	    Tcl_GetBooleanFromObj(d->interp, argv[4], &bold) != TCL_OK ||
	    numbers(d, argv + 6, 1, &room) != TCL_OK)
		return TCL_ERROR;
	font = font_of(d, size, bold);
	if (!font)
		return TCL_ERROR;
	part = fit(font, text, (int)len, room > 0 ? dot(d, room) : -1, &cut);
	Tcl_DStringInit(&shown);
	Tcl_DStringAppend(&shown, text, part);
	if (cut)
		Tcl_DStringAppend(&shown, "\xe2\x80\xa6", 3);
	width = Tk_TextWidth(font, Tcl_DStringValue(&shown), (int)Tcl_DStringLength(&shown));
	Tk_GetFontMetrics(font, &m);
	XSetFont(Tk_Display(d->window), d->gc, Tk_FontId(font));
	if (set_colour(d, argv[5])) {
		const char *anchor = Tcl_GetString(argv[2]);
		int left = dot(d, v[0]) - (*anchor == 'e' ? width : *anchor == 'c' ? width / 2 : 0);

		Tk_DrawChars(Tk_Display(d->window), d->pixmap, d->gc, font,
		    Tcl_DStringValue(&shown), (int)Tcl_DStringLength(&shown), left,
		    dot(d, v[1]) + (m.ascent - m.descent) / 2);
	}
	Tcl_DStringFree(&shown);
	return TCL_OK;
}

static const struct kind {
	const char *name;
	int (*draw)(struct drawing *d, Tcl_Obj *const argv[]);
	Tcl_Size args;
} kinds[] = {
    {"rect", draw_rect, 6},
    {"poly", draw_poly, 2},
    {"line", draw_line, 6},
    {"text", draw_text, 8},
};

static int
draw_one(struct drawing *d, Tcl_Obj *drawing)
{
	Tcl_Obj **argv;
	Tcl_Size argc;

	if (Tcl_ListObjGetElements(d->interp, drawing, &argc, &argv) != TCL_OK)
		return TCL_ERROR;
	for (size_t i = 0; argc > 0 && i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (argc == kinds[i].args + 1 && strcmp(Tcl_GetString(argv[0]), kinds[i].name) == 0)
			return kinds[i].draw(d, argv + 1);
	return command_fail(d->interp, AREA, OP_BAD_REQUEST, "not a drawing");
}

/* --- the page --- */

static int
draw_all(struct drawing *d, Tcl_Obj *drawings)
{
	Tcl_Obj **list;
	Tcl_Size n;

	if (Tcl_ListObjGetElements(d->interp, drawings, &n, &list) != TCL_OK)
		return TCL_ERROR;
	for (Tcl_Size i = 0; i < n; i++)
		if (draw_one(d, list[i]) != TCL_OK)
			return TCL_ERROR;
	return TCL_OK;
}

static int
to_photo(struct drawing *d, const char *name, int width, int height)
{
	Tk_PhotoHandle photo = Tk_FindPhoto(d->interp, name);
	const Visual *v = Tk_Visual(d->window);
	XImage *image = XGetImage(Tk_Display(d->window), d->pixmap, 0, 0, (unsigned)width,
	    (unsigned)height, AllPlanes, ZPixmap);
	unsigned char *bytes = malloc((size_t)width * (size_t)height * 3), *at = bytes;
	int err = OP_OK;

	if (!photo)
		err = OP_NOT_FOUND;
	else if (!image || !bytes)
		err = OP_NO_MEMORY;
	for (int y = 0; !err && y < height; y++)
		for (int x = 0; x < width; x++) {
			unsigned long pixel = XGetPixel(image, x, y);

			*at++ = from_screen(pixel, v->red_mask);
			*at++ = from_screen(pixel, v->green_mask);
			*at++ = from_screen(pixel, v->blue_mask);
		}
	if (!err) {
		Tk_PhotoImageBlock block = {bytes, width, height, width * 3, 3, {0, 1, 2, -1}};

		if (Tk_PhotoSetSize(d->interp, photo, width, height) != TCL_OK ||
		    Tk_PhotoPutBlock(d->interp, photo, &block, 0, 0, width, height,
			TK_PHOTO_COMPOSITE_SET) != TCL_OK)
			err = OP_NO_MEMORY;
	}
	if (image)
		XDestroyImage(image);
	free(bytes);
	return err ? command_fail(d->interp, AREA, err, NULL) : TCL_OK;
}

/* draw PHOTO FAMILY WIDTH HEIGHT SCALE DRAWINGS: a page of that many points on white, SCALE dots a
 * point.  OP_BAD_REQUEST: the page is too large, a drawing is none, the screen has no true colours.
 */
static int
cmd_draw(ClientData data, Tcl_Interp *interp, int argc, Tcl_Obj *const argv[])
{
	Tk_Window main = Tk_MainWindow(interp);
	struct drawing d = {.interp = interp, .window = main, .family = Tcl_GetString(argv[2])};
	Display *x = Tk_Display(main);
	double size[2];
	int result;

	(void)data;
	(void)argc;
	if (numbers(&d, argv + 3, 2, size) != TCL_OK ||
	    numbers(&d, argv + 5, 1, &d.scale) != TCL_OK)
		return TCL_ERROR;
	int width = dot(&d, size[0]), height = dot(&d, size[1]);

	if (width < 1 || height < 1 || width > MAX_SIDE || height > MAX_SIDE)
		return command_fail(
		    interp, AREA, OP_BAD_REQUEST, "a page of that size cannot be drawn");
	if (Tk_Visual(main)->class != TrueColor)
		return command_fail(interp, AREA, OP_BAD_REQUEST, "the screen has no true colours");
	Tk_MakeWindowExist(main);
	d.pixmap = Tk_GetPixmap(x, Tk_WindowId(main), width, height, Tk_Depth(main));
	d.gc = XCreateGC(x, d.pixmap, 0, NULL);
	XSetForeground(x, d.gc, WhitePixelOfScreen(Tk_Screen(main)));
	XFillRectangle(x, d.pixmap, d.gc, 0, 0, (unsigned)width, (unsigned)height);
	result = draw_all(&d, argv[6]);
	if (result == TCL_OK)
		result = to_photo(&d, Tcl_GetString(argv[1]), width, height);
	for (size_t i = 0; i < d.font_count; i++)
		Tk_FreeFont(d.fonts[i].tk);
	XFreeGC(x, d.gc);
	Tk_FreePixmap(x, d.pixmap);
	return result;
}

const struct command picture_commands[] = {
    {AREA, "draw", cmd_draw, 6, 6, "photo family width height scale drawings"},
    {0},
};
