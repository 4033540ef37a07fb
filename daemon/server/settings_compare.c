/* SPDX-License-Identifier: ISC */
/* Settings of the same tables side by side: copied, compared, exchanged. */
#include "daemon/server/settings_int.h"

#include <assert.h>
#include <string.h>
#include "lib/err.h"

/* --- a copy --- */

static int
copy_value(const struct server_setting *s, void *to, void *from)
{
	const struct setting_ref old = {s, from}, new = {s, to};
	const struct string_list *items = settings_member(&old);
	const char *text = *(char **)settings_member(&old);
	int err = OP_OK;

	if (s->type == SETTING_STRING)
		return text ? settings_replace_string(settings_member(&new), text) : OP_OK;
	if (s->type != SETTING_STRINGS) {
		memcpy(settings_member(&new), settings_member(&old), settings_value_sizes[s->type]);
		return OP_OK;
	}
	for (size_t i = 0; i < items->count && !err; i++)
		err = settings_add_item(settings_member(&new), items->items[i]);
	return err;
}

static int
copy_sections(const struct server_section *s, void *to, void *from)
{
	const struct section_list *list = settings_section_list(s, from);
	int err = OP_OK;

	for (size_t i = 0; i < list->count && !err; i++) {
		char *item = (char *)list->items + i * s->size;
		struct settings_part new[2];
		const struct settings_part old[] = {{s->table, item, NULL}, {0}};

		err = settings_add_section(s, to, *(char **)(void *)item, new);
		if (err)
			break;
		settings_fini(new);
		err = settings_copy(new, old);
	}
	return err;
}

int
settings_copy(const struct settings_part *to, const struct settings_part *from)
{
	const struct settings_part *all = to;
	int err = OP_OK;

	settings_empty(to);
	for (; to->table && !err; to++, from++) {
		for (const struct server_setting *s = to->table; s->name && !err; s++)
			err = copy_value(s, to->base, from->base);
		for (const struct server_section *s = to->sections; s && s->name && !err; s++)
			err = copy_sections(s, to->base, from->base);
	}
	if (err)
		settings_fini(all);
	return err;
}

/* --- comparing --- */

static bool
equal_text(const char *x, const char *y)
{
	return strcmp(x ? x : "", y ? y : "") == 0;
}

bool
settings_equal_value(const struct setting_ref *x_ref, const struct setting_ref *y_ref)
{
	const struct string_list *x = settings_member(x_ref), *y = settings_member(y_ref);
	enum setting_type type = x_ref->setting->type;

	if (type == SETTING_STRING)
		return equal_text(
		    *(char **)settings_member(x_ref), *(char **)settings_member(y_ref));
	if (type != SETTING_STRINGS)
		return memcmp(x, y, settings_value_sizes[type]) == 0;
	for (size_t i = 0; i < x->count && i < y->count; i++)
		if (strcmp(x->items[i], y->items[i]) != 0)
			return false;
	return x->count == y->count;
}

void
settings_exchange(const struct setting_ref *x, const struct setting_ref *y)
{
	unsigned char kept[sizeof(struct string_list)];
	size_t size = settings_value_sizes[x->setting->type];

	assert(size <= sizeof(kept));
	memcpy(kept, settings_member(x), size);
	memcpy(settings_member(x), settings_member(y), size);
	memcpy(settings_member(y), kept, size);
}

static bool
equal_sections(const struct server_section *s, void *x_base, void *y_base)
{
	const struct section_list *x = settings_section_list(s, x_base),
				  *y = settings_section_list(s, y_base);

	for (size_t i = 0; i < x->count && i < y->count; i++) {
		char *x_item = (char *)x->items + i * s->size;
		char *y_item = (char *)y->items + i * s->size;
		const struct settings_part x_part[] = {{s->table, x_item, NULL}, {0}};
		const struct settings_part y_part[] = {{s->table, y_item, NULL}, {0}};

		if (!equal_text(*(char **)(void *)x_item, *(char **)(void *)y_item) ||
		    !settings_equal(x_part, y_part))
			return false;
	}
	return x->count == y->count;
}

bool
settings_equal(const struct settings_part *x, const struct settings_part *y)
{
	for (; x->table; x++, y++) {
		for (const struct server_setting *s = x->table; s->name; s++)
			if (!settings_equal_value(&(struct setting_ref){s, x->base},
				&(struct setting_ref){s, y->base}))
				return false;
		for (const struct server_section *s = x->sections; s && s->name; s++)
			if (!equal_sections(s, x->base, y->base))
				return false;
	}
	return true;
}
