/* SPDX-License-Identifier: ISC */
/*
 * Looks at an X server for the tests, which ask again and again: one process with one connection
 * instead of an xdotool for every look.  Reads a question a line, answers with a line:
 *   windows REGEX   ids of the visible windows with such a name (POSIX extended, without regard to
 *                   case), as `xdotool search --onlyvisible --name` finds them
 *   focus           id of the window that has the keyboard, as `xdotool getwindowfocus`
 *   place ID        X Y WIDTH HEIGHT of its inside on the screen; an empty line: there is none
 *   pixels X Y WIDTH HEIGHT  a number of what that place of the screen looks like; an empty line:
 *                   it is not all on the screen
 *   shot FILE       the picture of the screen as a PNG file; an empty line: there is none
 *   bells           how often a program has rung the bell since the first question
 *   watch ID        from now on the sizes of that window are kept, for `sizes`
 *   sizes           WIDTHxHEIGHT … of the windows that are watched, in the order in which they came
 * Ends with its standard input, or with the X server.
 */
#include <err.h>
#include <inttypes.h>
#include <png.h>
#include <regex.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <xcb/xcb.h>
#include <xcb/xkb.h>

#define PROPERTY_LONGS 1024
#define MAX_WINDOWS 8192
#define MAX_SIZES 1024

static xcb_connection_t *x;
static xcb_window_t root;
static xcb_atom_t utf8, net_wm_name, wm_state;
static uint8_t first_xkb_event;
static int bells;
static struct {
	unsigned width, height;
} sizes[MAX_SIZES];
static size_t n_sizes;

/* What is asked about a window; all windows of a level are asked about at once. */
struct asked {
	xcb_window_t w;
	xcb_get_property_cookie_t net_name, name, state;
	xcb_get_window_attributes_cookie_t attributes;
	xcb_query_tree_cookie_t tree;
};

/* The windows of one level. */
struct level {
	struct asked windows[MAX_WINDOWS];
	size_t n;
};

static xcb_get_property_cookie_t
ask_property(xcb_window_t w, xcb_atom_t name, xcb_atom_t type, uint32_t longs)
{
	return xcb_get_property(x, 0, w, name, type, 0, longs);
}

/* Windows come and go while they are looked at: then there is no reply, which is as good as none.
 */
static xcb_get_property_reply_t *
property(xcb_get_property_cookie_t cookie)
{
	return xcb_get_property_reply(x, cookie, NULL);
}

static void
ask(struct level *level, xcb_window_t w)
{
	if (level->n == MAX_WINDOWS)
		errx(1, "more than %d windows", MAX_WINDOWS);
	level->windows[level->n++] = (struct asked){
	    .w = w,
	    .net_name = ask_property(w, net_wm_name, utf8, PROPERTY_LONGS),
	    .name = ask_property(w, XCB_ATOM_WM_NAME, XCB_GET_PROPERTY_TYPE_ANY, PROPERTY_LONGS),
	    .state = ask_property(w, wm_state, XCB_GET_PROPERTY_TYPE_ANY, 0),
	    .attributes = xcb_get_window_attributes(x, w),
	    .tree = xcb_query_tree(x, w),
	};
}

/* The text of a property of 8-bit text, to be freed; NULL: it has none. */
static char *
text_of(xcb_get_property_cookie_t cookie)
{
	xcb_get_property_reply_t *reply = property(cookie);
	char *text = NULL;

	if (reply && reply->type != XCB_ATOM_NONE && reply->format == 8)
		text = strndup(
		    xcb_get_property_value(reply), (size_t)xcb_get_property_value_length(reply));
	free(reply);
	return text;
}

/* The window of a program, not of a window manager or a widget. */
static bool
is_client(xcb_get_property_cookie_t state)
{
	xcb_get_property_reply_t *reply = property(state);
	bool is = reply && reply->type != XCB_ATOM_NONE;

	free(reply);
	return is;
}

static bool
is_visible(xcb_get_window_attributes_cookie_t attributes)
{
	xcb_get_window_attributes_reply_t *reply =
	    xcb_get_window_attributes_reply(x, attributes, NULL);
	bool is = reply && reply->map_state == XCB_MAP_STATE_VIEWABLE;

	free(reply);
	return is;
}

static bool
has_name(const struct asked *window, const regex_t *pattern)
{
	char *net_name = text_of(window->net_name), *name = text_of(window->name);
	const char *said = net_name ? net_name : name;
	bool matches = said && regexec(pattern, said, 0, NULL, 0) == 0;

	free(net_name);
	free(name);
	return matches;
}

/* All replies are taken, wanted or not: those that are left would be kept for ever. */
static void
look_at(const struct asked *window, const regex_t *pattern, struct level *below)
{
	bool named = has_name(window, pattern), client = is_client(window->state);
	bool visible = is_visible(window->attributes);
	xcb_query_tree_reply_t *tree = xcb_query_tree_reply(x, window->tree, NULL);

	if (named && visible && window->w != root)
		printf(" %u", window->w);
	/* nothing inside of what is hidden is visible, nothing inside of a program's window has a
	 * name */
	if (tree && visible && !client) {
		for (int i = 0; i < xcb_query_tree_children_length(tree); i++)
			ask(below, xcb_query_tree_children(tree)[i]);
	}
	free(tree);
}

static void
look_windows(const char *expression)
{
	static struct level levels[2];
	struct level *here = &levels[0], *below = &levels[1];
	regex_t pattern;

	if (regcomp(&pattern, expression, REG_EXTENDED | REG_ICASE | REG_NOSUB) != 0)
		errx(1, "not a regular expression: %s", expression);
	here->n = 0;
	ask(here, root);
	while (here->n) {
		below->n = 0;
		for (size_t i = 0; i < here->n; i++)
			look_at(&here->windows[i], &pattern, below);

		struct level *done = here;

		here = below;
		below = done;
	}
	regfree(&pattern);
}

/* A widget has the keyboard: its program's window is meant. */
static xcb_window_t
client_of(xcb_window_t w)
{
	for (xcb_window_t at = w; at != XCB_NONE && at != root;) {
		xcb_get_property_cookie_t state =
		    ask_property(at, wm_state, XCB_GET_PROPERTY_TYPE_ANY, 0);
		xcb_query_tree_reply_t *tree = xcb_query_tree_reply(x, xcb_query_tree(x, at), NULL);

		if (is_client(state)) {
			free(tree);
			return at;
		}
		if (!tree)
			return w;
		at = tree->parent;
		free(tree);
	}
	return w;
}

static void
look_focus(const char *nothing)
{
	xcb_get_input_focus_reply_t *reply =
	    xcb_get_input_focus_reply(x, xcb_get_input_focus(x), NULL);
	xcb_window_t w = reply ? reply->focus : XCB_NONE;

	(void)nothing;
	free(reply);
	printf("%u", w > XCB_INPUT_FOCUS_POINTER_ROOT ? client_of(w) : w);
}

static void
look_place(const char *id)
{
	xcb_window_t w = (xcb_window_t)strtoul(id, NULL, 0);
	xcb_get_geometry_cookie_t size = xcb_get_geometry(x, w);
	xcb_translate_coordinates_cookie_t place = xcb_translate_coordinates(x, w, root, 0, 0);
	xcb_get_geometry_reply_t *s = xcb_get_geometry_reply(x, size, NULL);
	xcb_translate_coordinates_reply_t *p = xcb_translate_coordinates_reply(x, place, NULL);

	if (s && p)
		printf("%d %d %d %d", p->dst_x, p->dst_y, s->width, s->height);
	free(s);
	free(p);
}

/* A number of the pixels of a place: another one when it looks different. */
static void
look_pixels(const char *place)
{
	long at[4];                           /* x, y, width, height */
	uint64_t number = 0xcbf29ce484222325; /* FNV-1a */
	char *rest = (char *)place;

	for (size_t i = 0; i < 4; i++)
		at[i] = strtol(rest, &rest, 10);

	xcb_get_image_reply_t *image = xcb_get_image_reply(x,
	    xcb_get_image(x, XCB_IMAGE_FORMAT_Z_PIXMAP, root, (int16_t)at[0], (int16_t)at[1],
		(uint16_t)at[2], (uint16_t)at[3], UINT32_MAX),
	    NULL);

	if (!image)
		return;
	for (int i = 0; i < xcb_get_image_data_length(image); i++)
		number = (number ^ xcb_get_image_data(image)[i]) * 0x100000001b3;
	free(image);
	printf("%" PRIu64, number);
}

/* The root window's 32 bits a pixel, as every server has them that is 24 deep. */
static xcb_get_image_reply_t *
screen_image(uint16_t width, uint16_t height)
{
	return xcb_get_image_reply(x,
	    xcb_get_image(x, XCB_IMAGE_FORMAT_Z_PIXMAP, root, 0, 0, width, height, UINT32_MAX),
	    NULL);
}

/* For people to judge: fast to write, not small. */
static void
look_shot(const char *file)
{
	xcb_get_geometry_reply_t *size = xcb_get_geometry_reply(x, xcb_get_geometry(x, root), NULL);
	xcb_get_image_reply_t *image = size ? screen_image(size->width, size->height) : NULL;

	if (image) {
		uint8_t *pixels = xcb_get_image_data(image);
		png_image png = {
		    .version = PNG_IMAGE_VERSION,
		    .width = size->width,
		    .height = size->height,
		    .format = PNG_FORMAT_BGR,
		    .flags = PNG_IMAGE_FLAG_FAST,
		};

		/* the fourth byte of a pixel says nothing */
		for (size_t i = 0; i < (size_t)png.width * png.height; i++)
			memmove(pixels + 3 * i, pixels + 4 * i, 3);
		if (!png_image_write_to_file(&png, file, 0, pixels, 0, NULL))
			errx(1, "%s: %s", file, png.message);
		printf("%s", file);
	}
	free(image);
	free(size);
}

static void
listen_for_bells(void)
{
	const xcb_query_extension_reply_t *xkb = xcb_get_extension_data(x, &xcb_xkb_id);
	xcb_xkb_use_extension_reply_t *reply = xcb_xkb_use_extension_reply(
	    x, xcb_xkb_use_extension(x, XCB_XKB_MAJOR_VERSION, XCB_XKB_MINOR_VERSION), NULL);

	if (!xkb || !xkb->present || !reply || !reply->supported)
		errx(1, "the X server has no XKB");
	free(reply);
	first_xkb_event = xkb->first_event;
	xcb_xkb_select_events(x, XCB_XKB_ID_USE_CORE_KBD, XCB_XKB_EVENT_TYPE_BELL_NOTIFY, 0,
	    XCB_XKB_EVENT_TYPE_BELL_NOTIFY, 0, 0, NULL);
}

static void
note_size(const xcb_configure_notify_event_t *event)
{
	if (n_sizes == MAX_SIZES)
		errx(1, "more than %d sizes", MAX_SIZES);
	sizes[n_sizes].width = event->width;
	sizes[n_sizes++].height = event->height;
}

/* A round trip first: what has happened is here with its reply. */
static void
take_events(void)
{
	xcb_generic_event_t *event;

	free(xcb_get_input_focus_reply(x, xcb_get_input_focus(x), NULL));
	while ((event = xcb_poll_for_event(x))) {
		uint8_t type = event->response_type & 0x7f;

		if (type == first_xkb_event && event->pad0 == XCB_XKB_BELL_NOTIFY)
			bells++;
		else if (type == XCB_CONFIGURE_NOTIFY)
			note_size((const xcb_configure_notify_event_t *)(const void *)event);
		free(event);
	}
}

static void
look_bells(const char *nothing)
{
	(void)nothing;
	take_events();
	printf("%d", bells);
}

static void
look_watch(const char *id)
{
	xcb_change_window_attributes(x, (xcb_window_t)strtoul(id, NULL, 0), XCB_CW_EVENT_MASK,
	    (const uint32_t[]){XCB_EVENT_MASK_STRUCTURE_NOTIFY});
	take_events();
}

static void
look_sizes(const char *nothing)
{
	(void)nothing;
	take_events();
	for (size_t i = 0; i < n_sizes; i++)
		printf(" %ux%u", sizes[i].width, sizes[i].height);
}

static const struct {
	const char *name;
	void (*look)(const char *argument);
} looks[] = {{"windows", look_windows}, {"focus", look_focus}, {"place", look_place},
    {"pixels", look_pixels}, {"shot", look_shot}, {"bells", look_bells}, {"watch", look_watch},
    {"sizes", look_sizes}};

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
			if (xcb_connection_has_error(x))
				errx(1, "the X server has gone");
			putchar('\n');
			fflush(stdout);
			return;
		}
	}
	errx(1, "what is \"%s\"?", line);
}

static xcb_atom_t
atom(const char *name)
{
	xcb_intern_atom_reply_t *reply =
	    xcb_intern_atom_reply(x, xcb_intern_atom(x, 0, (uint16_t)strlen(name), name), NULL);

	if (!reply)
		errx(1, "the X server has gone");

	xcb_atom_t found = reply->atom;

	free(reply);
	return found;
}

int
main(void)
{
	char line[4096];
	int screen;

	x = xcb_connect(NULL, &screen);
	if (xcb_connection_has_error(x))
		errx(1, "no X server at DISPLAY=%s", getenv("DISPLAY") ? getenv("DISPLAY") : "");

	xcb_screen_iterator_t at = xcb_setup_roots_iterator(xcb_get_setup(x));

	while (screen-- > 0)
		xcb_screen_next(&at);
	root = at.data->root;
	listen_for_bells();
	utf8 = atom("UTF8_STRING");
	net_wm_name = atom("_NET_WM_NAME");
	wm_state = atom("WM_STATE");
	while (fgets(line, sizeof(line), stdin))
		answer(line);
	xcb_disconnect(x);
	return 0;
}
