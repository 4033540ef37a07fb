/* SPDX-License-Identifier: ISC */
/*
 * Settings as values: tables of struct server_setting (server.h) say how a text becomes a typed
 * member of a struct.  Two tables at a time, the framework's and the daemon's, are the parts.
 * Pure.
 */
#ifndef OPDESK_DAEMON_SERVER_SETTINGS_H
#define OPDESK_DAEMON_SERVER_SETTINGS_H

#include "daemon/server/server.h"

struct settings_part {
	const struct server_setting *table;    /* NULL ends an array of parts */
	void *base;                            /* the struct that the offsets count from */
	const struct server_section *sections; /* or NULL */
};

struct setting_ref {
	const struct server_setting *setting;
	void *base;
};

/* Set everything to its default; members are overwritten unread.  OP_NO_MEMORY. */
int settings_init(const struct settings_part *parts);
void settings_fini(const struct settings_part *parts);

/* A copy of everything in a struct of its own (`to` has the tables of `from`); members of `to` are
 * overwritten unread.  OP_NO_MEMORY: nothing is left to free. */
int settings_copy(const struct settings_part *to, const struct settings_part *from);

/* Whether both (of the same tables) say the same. */
bool settings_equal(const struct settings_part *x, const struct settings_part *y);

/* One value of each; and exchanged. */
bool settings_equal_value(const struct setting_ref *x, const struct setting_ref *y);
void settings_exchange(const struct setting_ref *x, const struct setting_ref *y);

/* By name in the file (or by option name); OP_NOT_FOUND. */
int settings_find(const struct settings_part *parts, const char *name, struct setting_ref *out);
int settings_find_option(
    const struct settings_part *parts, const char *option, struct setting_ref *out);

/* OP_BAD_REQUEST when the text does not fit the setting; settings_expected() says what would. */
int settings_check(const struct server_setting *s, const char *text);

/* Store a value; a list gets one more item.  OP_BAD_REQUEST, OP_NO_MEMORY. */
int settings_set(const struct setting_ref *ref, const char *text);
/* Empty a list (or string). */
void settings_clear(const struct setting_ref *ref);

/* The section of that name, and the base that its offset counts from; OP_NOT_FOUND. */
int settings_find_section(const struct settings_part *parts, const char *name,
    const struct server_section **out, void **base);
/* One more, with its defaults, at the end of its list; its settings are out[0], a list of parts.
 * Parts of earlier ones are dangling then.  OP_NO_MEMORY. */
int settings_add_section(
    const struct server_section *s, void *base, const char *title, struct settings_part out[2]);
void settings_clear_section(const struct server_section *s, void *base);

/* "a duration such as 90s or 15m, from 1 s to 1 d 0 h"; returns dst. */
const char *settings_expected(const struct server_setting *s, char *dst, size_t size);

#endif
