/* SPDX-License-Identifier: ISC */
/*
 * Texts into typed members, by a table of types.  An item list grows by one realloc an item: lists
 * are short.  Used by the reader of the configuration file, the options and --help.
 */
#include "daemon/server/settings_int.h"

#include <assert.h>
#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "lib/err.h"
#include "lib/units.h"

union value {
	int64_t number;
	bool flag;
	const char *text;
};

struct type {
	int (*parse)(const char *text, union value *out);
	const char *expected;
	bool is_number; /* min and max count */
};

static int
parse_duration(const char *text, union value *out)
{
	return units_duration(text, &out->number);
}

static int
parse_size(const char *text, union value *out)
{
	uint64_t bytes;
	int err = units_size(text, &bytes);

	if (err || bytes > INT64_MAX)
		return OP_BAD_REQUEST;
	out->number = (int64_t)bytes;
	return OP_OK;
}

static int
parse_int(const char *text, union value *out)
{
	char *end;

	if (*text != '-' && (*text < '0' || *text > '9'))
		return OP_BAD_REQUEST;
	errno = 0;
	out->number = strtoll(text, &end, 10);
	return errno || end == text || *end ? OP_BAD_REQUEST : OP_OK;
}

static int
parse_bool(const char *text, union value *out)
{
	static const char *const yes[] = {"yes", "true", "on"};
	static const char *const no[] = {"no", "false", "off"};

	for (size_t i = 0; i < sizeof(yes) / sizeof(*yes); i++) {
		if (strcmp(text, yes[i]) == 0 || strcmp(text, no[i]) == 0) {
			out->flag = strcmp(text, yes[i]) == 0;
			return OP_OK;
		}
	}
	return OP_BAD_REQUEST;
}

static int
parse_string(const char *text, union value *out)
{
	out->text = text;
	return OP_OK;
}

static const struct type types[] = {
    [SETTING_DURATION] = {parse_duration, UNITS_DURATION_HELP, true},
    [SETTING_SIZE] = {parse_size, UNITS_SIZE_HELP, true},
    [SETTING_INT] = {parse_int, "a whole number", true},
    [SETTING_BOOL] = {parse_bool, "yes or no", false},
    [SETTING_STRING] = {parse_string, "a text", false},
    [SETTING_STRINGS] = {parse_string, "a list of texts: { \"...\", \"...\" }", false},
};

static bool
is_choice(const struct server_setting *s, const char *text)
{
	const char *const *c = s->choices;

	while (c && *c && strcmp(*c, text) != 0)
		c++;
	return !c || *c;
}

static int
parse(const struct server_setting *s, const char *text, union value *out)
{
	const struct type *type = &types[s->type];
	bool limited = type->is_number && (s->min != 0 || s->max != 0);
	int err = type->parse(text, out);

	if (err)
		return err;
	if (limited && (out->number < s->min || out->number > s->max))
		return OP_BAD_REQUEST;
	return is_choice(s, text) ? OP_OK : OP_BAD_REQUEST;
}

int
settings_check(const struct server_setting *s, const char *text)
{
	union value unused;

	return parse(s, text, &unused);
}

void *
settings_member(const struct setting_ref *ref)
{
	return (char *)ref->base + ref->setting->offset;
}

int
settings_add_item(struct string_list *list, const char *text)
{
	char **items = realloc(list->items, (list->count + 1) * sizeof(*items));

	if (!items)
		return OP_NO_MEMORY;
	list->items = items;
	items[list->count] = strdup(text);
	if (!items[list->count])
		return OP_NO_MEMORY;
	list->count++;
	return OP_OK;
}

int
settings_replace_string(char **where, const char *text)
{
	char *copy = strdup(text);

	if (!copy)
		return OP_NO_MEMORY;
	free(*where);
	*where = copy;
	return OP_OK;
}

int
settings_set(const struct setting_ref *ref, const char *text)
{
	union value v;
	int err = parse(ref->setting, text, &v);

	if (err)
		return err;
	switch (ref->setting->type) {
	case SETTING_STRINGS:
		return settings_add_item(settings_member(ref), text);
	case SETTING_STRING:
		return settings_replace_string(settings_member(ref), text);
	case SETTING_BOOL:
		*(bool *)settings_member(ref) = v.flag;
		return OP_OK;
	default:
		*(int64_t *)settings_member(ref) = v.number;
		return OP_OK;
	}
}

void
settings_clear(const struct setting_ref *ref)
{
	if (ref->setting->type == SETTING_STRING) {
		char **where = settings_member(ref);

		free(*where);
		*where = NULL;
	} else if (ref->setting->type == SETTING_STRINGS) {
		struct string_list *list = settings_member(ref);

		for (size_t i = 0; i < list->count; i++)
			free(list->items[i]);
		free(list->items);
		*list = (struct string_list){0};
	}
}

static int
set_default_items(const struct setting_ref *ref, const char *text)
{
	char *copy = strdup(text);
	int err = copy ? OP_OK : OP_NO_MEMORY;

	for (char *item = copy, *next; item && !err; item = next) {
		next = strstr(item, ", ");
		if (next) {
			*next = '\0';
			next += 2;
		}
		err = settings_set(ref, item);
	}
	free(copy);
	return err;
}

static int
set_default(const struct setting_ref *ref)
{
	const char *text = ref->setting->default_text;
	int err;

	if (!text)
		return OP_OK;
	err = ref->setting->type == SETTING_STRINGS ? set_default_items(ref, text)
						    : settings_set(ref, text);
	assert(err != OP_BAD_REQUEST);
	return err;
}

/* Calls fn for every setting until one returns non-zero, and returns that. */
static int
each(const struct settings_part *parts, int (*fn)(const struct setting_ref *ref))
{
	for (; parts->table; parts++) {
		for (const struct server_setting *s = parts->table; s->name; s++) {
			int err = fn(&(struct setting_ref){s, parts->base});

			if (err)
				return err;
		}
	}
	return OP_OK;
}

const size_t settings_value_sizes[] = {
    [SETTING_DURATION] = sizeof(int64_t),
    [SETTING_SIZE] = sizeof(uint64_t),
    [SETTING_INT] = sizeof(int64_t),
    [SETTING_BOOL] = sizeof(bool),
    [SETTING_STRING] = sizeof(char *),
    [SETTING_STRINGS] = sizeof(struct string_list),
};

static int
set_zero(const struct setting_ref *ref)
{
	memset(settings_member(ref), 0, settings_value_sizes[ref->setting->type]);
	return OP_OK;
}

static int
clear(const struct setting_ref *ref)
{
	settings_clear(ref);
	return OP_OK;
}

struct section_list *
settings_section_list(const struct server_section *s, void *base)
{
	return (struct section_list *)(void *)((char *)base + s->offset);
}

void
settings_empty(const struct settings_part *parts)
{
	each(parts, set_zero);
	for (const struct settings_part *p = parts; p->table; p++)
		for (const struct server_section *s = p->sections; s && s->name; s++)
			*settings_section_list(s, p->base) = (struct section_list){0};
}

int
settings_init(const struct settings_part *parts)
{
	int err;

	settings_empty(parts);
	err = each(parts, set_default);
	if (err)
		settings_fini(parts);
	return err;
}

void
settings_fini(const struct settings_part *parts)
{
	each(parts, clear);
	for (const struct settings_part *p = parts; p->table; p++)
		for (const struct server_section *s = p->sections; s && s->name; s++)
			settings_clear_section(s, p->base);
}

/* --- sections --- */

int
settings_find_section(const struct settings_part *parts, const char *name,
    const struct server_section **out, void **base)
{
	for (; parts->table; parts++) {
		for (const struct server_section *s = parts->sections; s && s->name; s++) {
			if (strcmp(s->name, name) == 0) {
				*out = s;
				*base = parts->base;
				return OP_OK;
			}
		}
	}
	return OP_NOT_FOUND;
}

int
settings_add_section(
    const struct server_section *s, void *base, const char *title, struct settings_part out[2])
{
	struct section_list *list = settings_section_list(s, base);
	char *items = reallocarray(list->items, list->count + 1, s->size);
	char *copy = title ? strdup(title) : NULL;

	if (items)
		list->items = items;
	if (!items || (title && !copy)) {
		free(copy);
		return OP_NO_MEMORY;
	}
	char *item = items + list->count * s->size;

	memset(item, 0, s->size);
	*(char **)(void *)item = copy;
	out[0] = (struct settings_part){s->table, item, NULL};
	out[1] = (struct settings_part){0};
	if (settings_init(out)) {
		free(copy);
		return OP_NO_MEMORY;
	}
	list->count++;
	return OP_OK;
}

void
settings_clear_section(const struct server_section *s, void *base)
{
	struct section_list *list = settings_section_list(s, base);

	for (size_t i = 0; i < list->count; i++) {
		char *item = (char *)list->items + i * s->size;

		settings_fini((const struct settings_part[]){{s->table, item, NULL}, {0}});
		free(*(char **)(void *)item);
	}
	free(list->items);
	*list = (struct section_list){0};
}

/* --- by name --- */

static int
find(const struct settings_part *parts, const char *word, bool by_option, struct setting_ref *out)
{
	for (; parts->table; parts++) {
		for (const struct server_setting *s = parts->table; s->name; s++) {
			const char *name = by_option ? s->option : s->name;

			if (name && strcmp(name, word) == 0) {
				*out = (struct setting_ref){s, parts->base};
				return OP_OK;
			}
		}
	}
	return OP_NOT_FOUND;
}

int
settings_find(const struct settings_part *parts, const char *name, struct setting_ref *out)
{
	return find(parts, name, false, out);
}

int
settings_find_option(const struct settings_part *parts, const char *option, struct setting_ref *out)
{
	return find(parts, option, true, out);
}

static void
format_number(const struct server_setting *s, int64_t n, char *dst, size_t size)
{
	if (s->type == SETTING_DURATION)
		units_format_ms(dst, size, n);
	else
		snprintf(dst, size, "%" PRId64, n);
}

const char *
settings_expected(const struct server_setting *s, char *dst, size_t size)
{
	const struct type *type = &types[s->type];
	size_t at = (size_t)snprintf(dst, size, "%s", s->choices ? "one of" : type->expected);
	char min[40], max[40];

	for (const char *const *c = s->choices; c && *c && at < size; c++)
		at += (size_t)snprintf(dst + at, size - at, " %s", *c);
	if (type->is_number && (s->min != 0 || s->max != 0) && at < size) {
		format_number(s, s->min, min, sizeof(min));
		format_number(s, s->max, max, sizeof(max));
		snprintf(dst + at, size - at, ", from %s to %s", min, max);
	}
	return dst;
}

int
server_complain(char *why, size_t size, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(why, size, fmt, ap);
	va_end(ap);
	return OP_BAD_REQUEST;
}
