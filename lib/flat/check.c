/* SPDX-License-Identifier: ISC */
#include "lib/flat/check.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/err.h"
#include "lib/netaddr.h"
#include "lib/sdb/host.h"
#include "lib/text.h"

int
flat_findings_add(struct flat_findings *l, const struct flat_finding *f)
{
	if (f->is_error)
		l->errors++;
	else
		l->warnings++;
	if (l->count >= FLAT_MAX_FINDINGS)
		return OP_OK;
	if ((l->count & (l->count - 1)) == 0) { /* a power of two: full */
		size_t room = l->count ? l->count * 2 : 1;
		struct flat_finding *list = reallocarray(l->list, room, sizeof(*list));

		if (!list)
			return OP_NO_MEMORY;
		l->list = list;
	}
	l->list[l->count++] = *f;
	return OP_OK;
}

void
flat_findings_fini(struct flat_findings *l)
{
	free(l->list);
	*l = (struct flat_findings){0};
}

struct checker {
	const struct flat_file *file;
	struct flat_index *index;
	struct flat_findings *out;
	uint32_t line; /* from 1 */
	int err;
};

static void __attribute__((format(printf, 4, 5)))
report(struct checker *c, const char *code, struct flat_finding f, const char *fmt, ...)
{
	char raw[400];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(raw, sizeof(raw), fmt, ap);
	va_end(ap);
	f.code = code;
	if (!f.line)
		f.line = c->line;
	text_log(f.message, sizeof(f.message), raw, strlen(raw));
	if (!c->err)
		c->err = flat_findings_add(c->out, &f);
}

#define ERROR ((struct flat_finding){.is_error = true})
#define WARNING ((struct flat_finding){.is_error = false})
#define SHOWN(t) (int)((t).len < 80 ? (t).len : 80), (t).s

static uint32_t
column_of(const struct flat_line *l, struct sdb_text part)
{
	return part.len ? (uint32_t)(part.s - l->text.s) + 1 : 0;
}

/* --- any line --- */

static void
check_bytes(struct checker *c, const struct flat_line *l)
{
	struct flat_finding at = ERROR;

	for (size_t i = 0; i < l->text.len; i++) {
		unsigned char byte = (unsigned char)l->text.s[i];

		if (byte >= ' ' && byte != 0x7f)
			continue;
		if (byte == '\t' || byte == '\f')
			continue;
		at.column = (uint32_t)i + 1;
		report(c, "control_byte", at, "a control character, 0x%02x", byte);
		break;
	}
	if (!text_is_utf8(l->text.s, l->text.len))
		report(c, "not_utf8", WARNING, "bytes that are not UTF-8");
}

/* --- hosts --- */

static void
check_host(struct checker *c, const struct flat_line *l, struct sdb_text name)
{
	struct flat_finding at = WARNING;
	const char *why = sdb_host_fault(name);

	at.column = column_of(l, name);
	if (why)
		report(c, "label_bad", at, "%.*s: %s", SHOWN(name), why);
}

static void
check_hosts_line(struct checker *c, const struct flat_line *l)
{
	const struct flat_format *format = c->file->format;
	size_t fields = flat_fields(format, l->text);
	struct flat_finding at = ERROR;
	struct netaddr address;
	char text[NETADDR_TEXT];

	at.column = column_of(l, l->key);
	snprintf(text, sizeof(text), "%.*s", (int)(l->key.len < sizeof(text) ? l->key.len : 0),
	    l->key.s ? l->key.s : "");
	if (netaddr_parse(text, &address))
		report(c, "address_bad", at, "not an address: %.*s", SHOWN(l->key));
	if (fields < 2)
		report(c, "name_missing", ERROR, "an address without a name");
	for (size_t i = 1; i < fields; i++)
		check_host(c, l, flat_field(format, l->text, i));
	if (l->nth > 0) {
		struct flat_line first = *l;

		first.nth = 0;
		at.is_error = false;
		at.other_line = (uint32_t)(flat_index_find(c->index, &first) - c->file->lines) + 1;
		report(c, "address_twice", at, "the address has a line already, line %u",
		    at.other_line);
	}
}

/* --- tables --- */

static void
check_table_line(struct checker *c, const struct flat_line *l)
{
	const struct flat_format *format = c->file->format;
	size_t fields = flat_fields(format, l->text);
	struct flat_finding at = ERROR;
	struct flat_line first = *l;

	if (fields < format->column_count)
		report(c, "fields_missing", ERROR, "%zu of %zu fields: `%s` is missing", fields,
		    format->column_count, format->columns[fields]);
	if (l->key.len == 0 && format->key < fields)
		report(c, "key_missing", ERROR, "`%s` is empty", format->columns[format->key]);
	if (l->nth == 0 || l->key.len == 0)
		return;
	first.nth = 0;
	at.column = column_of(l, l->key);
	at.other_line = (uint32_t)(flat_index_find(c->index, &first) - c->file->lines) + 1;
	report(c, "key_twice", at, "`%s` %.*s is in line %u already", format->columns[format->key],
	    SHOWN(l->key), at.other_line);
}

int
flat_check(const struct flat_format *format, struct sdb_text text, struct flat_findings *out)
{
	struct flat_file file;
	struct checker c = {.file = &file, .out = out};
	int err = flat_parse(format, text, &file);

	if (err)
		return err;
	c.err = flat_index_new(&file, &c.index);
	for (size_t i = 0; i < file.count && !c.err; i++) {
		const struct flat_line *l = &file.lines[i];

		c.line = (uint32_t)i + 1;
		check_bytes(&c, l);
		if (l->kind != FLAT_ENTRY || format->kind == FLAT_TEXT)
			continue;
		if (format->kind == FLAT_HOSTS)
			check_hosts_line(&c, l);
		else
			check_table_line(&c, l);
	}
	flat_index_free(c.index);
	flat_fini(&file);
	return c.err;
}
