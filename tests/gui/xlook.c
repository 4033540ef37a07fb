/* SPDX-License-Identifier: ISC */
/*
 * Looks at an X server for the tests, which ask again and again: one process with one connection
 * instead of an xdotool for every look.  Reads a question a line, answers with a line:
 *   windows REGEX   ids of the visible windows with such a name (POSIX extended, without regard to
 *                   case), as `xdotool search --onlyvisible --name` finds them
 *   focus           id of the window that has the keyboard, as `xdotool getwindowfocus`
 *   place ID        X Y WIDTH HEIGHT of its inside on the screen; an empty line: there is none
 *   bells           how often a program has rung the bell since the first question
 * Ends with its standard input, or with the X server.
 */
#include <X11/Xatom.h>
#include <X11/XKBlib.h>
#include <X11/Xlib.h>
#include <X11/Xutil.h>
#include <err.h>
#include <regex.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PROPERTY_LONGS 1024

static Display *display;
static Atom utf8, net_wm_name, wm_state;
static int first_xkb_event;

/* Windows come and go while they are looked at. */
static int
ignore_error(Display *d, XErrorEvent *event)
{
	(void)d;
	(void)event;
	return 0;
}

/* A property of 8-bit text, to be freed by XFree(); NULL: it has none. */
static char *
text_property(Window w, Atom name, Atom type)
{
	Atom found;
	int format;
	unsigned long count, rest;
	unsigned char *value = NULL;

	if (XGetWindowProperty(display, w, name, 0, PROPERTY_LONGS, False, type, &found, &format,
		&count, &rest, &value) != Success)
		return NULL;
	if (value && (found == None || format != 8)) {
		XFree(value);
		return NULL;
	}
	return (char *)value;
}

/* The window of a program, not of a window manager or a widget. */
static bool
is_client(Window w)
{
	Atom found = None;
	int format;
	unsigned long count, rest;
	unsigned char *value = NULL;

	if (XGetWindowProperty(display, w, wm_state, 0, 0, False, AnyPropertyType, &found, &format,
		&count, &rest, &value) == Success &&
	    value)
		XFree(value);
	return found != None;
}

static bool
is_visible(Window w)
{
	XWindowAttributes a;

	return XGetWindowAttributes(display, w, &a) && a.map_state == IsViewable;
}

static bool
has_name(Window w, const regex_t *pattern)
{
	char *name = text_property(w, net_wm_name, utf8);

	if (!name)
		name = text_property(w, XA_WM_NAME, AnyPropertyType);
	if (!name)
		return false;
	bool matches = regexec(pattern, name, 0, NULL, 0) == 0;

	XFree(name);
	return matches;
}

/* The children of a window before theirs; what is inside of a program's window has no name. */
static void
print_windows(Window parent, const regex_t *pattern)
{
	Window root, above, *children = NULL;
	unsigned count = 0;

	if (!XQueryTree(display, parent, &root, &above, &children, &count))
		return;
	for (unsigned i = 0; i < count; i++)
		if (has_name(children[i], pattern) && is_visible(children[i]))
			printf(" %lu", children[i]);
	for (unsigned i = 0; i < count; i++)
		if (!is_client(children[i]))
			print_windows(children[i], pattern);
	if (children)
		XFree(children);
}

static void
look_windows(const char *expression)
{
	regex_t pattern;

	if (regcomp(&pattern, expression, REG_EXTENDED | REG_ICASE | REG_NOSUB) != 0)
		errx(1, "not a regular expression: %s", expression);
	print_windows(DefaultRootWindow(display), &pattern);
	regfree(&pattern);
}

/* A widget has the keyboard: its program's window is meant. */
static Window
client_of(Window w)
{
	Window root = None, parent = w, *children = NULL;
	unsigned count;

	for (Window at = w; at != None && at != root; at = parent) {
		if (is_client(at))
			return at;
		if (!XQueryTree(display, at, &root, &parent, &children, &count))
			return w;
		if (children)
			XFree(children);
	}
	return w;
}

static void
look_focus(const char *nothing)
{
	Window w = None;
	int revert;

	(void)nothing;
	XGetInputFocus(display, &w, &revert);
	printf("%lu", w > PointerRoot ? client_of(w) : w);
}

static void
look_place(const char *id)
{
	Window w = strtoul(id, NULL, 0), child;
	XWindowAttributes a;
	int x, y;

	if (XGetWindowAttributes(display, w, &a) &&
	    XTranslateCoordinates(display, w, a.root, 0, 0, &x, &y, &child))
		printf("%d %d %d %d", x, y, a.width, a.height);
}

static void
listen_for_bells(void)
{
	int opcode, error, major = XkbMajorVersion, minor = XkbMinorVersion;

	if (!XkbQueryExtension(display, &opcode, &first_xkb_event, &error, &major, &minor))
		errx(1, "the X server has no XKB");
	XkbSelectEvents(display, XkbUseCoreKbd, XkbBellNotifyMask, XkbBellNotifyMask);
}

/* No other events were asked for but the server's own. */
static void
look_bells(const char *nothing)
{
	static int bells;

	(void)nothing;
	XSync(display, False);
	while (XPending(display) > 0) {
		XEvent event;

		XNextEvent(display, &event);
		if (event.type == first_xkb_event && ((XkbEvent *)&event)->any.xkb_type == XkbBellNotify)
			bells++;
	}
	printf("%d", bells);
}

static const struct {
	const char *name;
	void (*look)(const char *argument);
} looks[] = {{"windows", look_windows}, {"focus", look_focus}, {"place", look_place},
    {"bells", look_bells}};

static void
answer(char *line)
{
	char *argument = line + strcspn(line, " \n");

	line[strcspn(line, "\n")] = '\0';
	if (*argument == ' ')
		*argument++ = '\0';
	for (size_t i = 0; i < sizeof(looks) / sizeof(looks[0]); i++) {
		if (strcmp(line, looks[i].name) == 0) {
			looks[i].look(argument);
			putchar('\n');
			fflush(stdout);
			return;
		}
	}
	errx(1, "what is \"%s\"?", line);
}

int
main(void)
{
	char line[4096];

	display = XOpenDisplay(NULL);
	if (!display)
		errx(1, "no X server at DISPLAY=%s", getenv("DISPLAY") ? getenv("DISPLAY") : "");
	XSetErrorHandler(ignore_error);
	listen_for_bells();
	utf8 = XInternAtom(display, "UTF8_STRING", False);
	net_wm_name = XInternAtom(display, "_NET_WM_NAME", False);
	wm_state = XInternAtom(display, "WM_STATE", False);
	while (fgets(line, sizeof(line), stdin))
		answer(line);
	XCloseDisplay(display);
	return 0;
}
