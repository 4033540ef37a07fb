/* SPDX-License-Identifier: ISC */
/* The table of methods is in parts, one for each service.  lib/method_check.c holds calls against
 * it. */
#include "lib/method.h"

#include <string.h>

#include "lib/method_rows.h"

static const struct method *const tables[] = {
    method_server_rows, method_alert_rows, method_sdb_rows, method_chat_rows, method_link_rows};

#define TABLES (sizeof(tables) / sizeof(tables[0]))

const struct method *
method_at(size_t n)
{
	for (size_t t = 0; t < TABLES; t++)
		for (const struct method *m = tables[t]; m->name; m++)
			if (n-- == 0)
				return m;
	return NULL;
}

const struct method *
method_find(const char *name, size_t len, bool inward)
{
	for (size_t t = 0; t < TABLES; t++)
		for (const struct method *m = tables[t]; m->name; m++)
			if ((m->way != METHOD_NOTIFY_OUT) == inward && strlen(m->name) == len &&
			    memcmp(m->name, name, len) == 0)
				return m;
	return NULL;
}

int64_t
method_limit(const char *name, const char *field)
{
	const struct method *m = method_find(name, strlen(name), true);

	for (const struct method_field *f = m ? m->fields : NULL; f && f->name; f++)
		if (strcmp(f->name, field) == 0)
			return f->max;
	return -1;
}

const struct method_field *
method_items(const struct method_field *f)
{
	return f->type == FIELD_MAPS ? method_change_fields : NULL;
}
