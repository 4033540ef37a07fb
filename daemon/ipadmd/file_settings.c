/* SPDX-License-Identifier: ISC */
#include "daemon/ipadmd/file_settings.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "daemon/ipadmd/catalog.h"
#include "lib/err.h"

#define AT(member) offsetof(struct file_settings, member)
#define COLUMNS_MAX 100

static const char *const types[] = {"hosts", "table", "text", NULL};

const struct server_setting file_settings_table[] = {
    {"path", SETTING_STRING, NULL, 0, 0, NULL, AT(path), NULL, "where the file is"},
    {"type", SETTING_STRING, "text", 0, 0, types, AT(type), NULL, "hosts, table or text"},
    {"title", SETTING_STRING, NULL, 0, 0, NULL, AT(title), NULL, "for lists; default: its name"},
    {"separator", SETTING_STRING, ":", 0, 0, NULL, AT(separator), NULL,
	"between the fields of a table, one character; empty: blanks"},
    {"columns", SETTING_STRINGS, NULL, 0, 0, NULL, AT(columns), NULL,
	"names of a table's columns; the last one holds what is left"},
    {"key", SETTING_STRING, NULL, 0, 0, NULL, AT(key), NULL,
	"the column that is in no two lines the same; default: the first"},
    {"comment", SETTING_STRING, "#", 0, 0, NULL, AT(comment), NULL,
	"begins a comment line in a table, one character; empty: none"},
    {"checker", SETTING_STRINGS, NULL, 0, 0, NULL, AT(checker), NULL,
	"program and arguments that check a copy of the file, %f"},
    {"checker_time", SETTING_DURATION, "10s", 100, 60000, NULL, AT(checker_ms), NULL,
	"how long it may take"},
    {0},
};

static int __attribute__((format(printf, 4, 5)))
complain(const struct file_settings *s, char *why, size_t why_size, const char *fmt, ...)
{
	int at = snprintf(why, why_size, "file \"%.*s\": ", FILE_TEXT, s->name);
	va_list ap;

	va_start(ap, fmt);
	if (at > 0 && (size_t)at < why_size)
		vsnprintf(why + at, why_size - (size_t)at, fmt, ap);
	va_end(ap);
	return OP_BAD_REQUEST;
}

/* So that it can be no subnet's, and none of our own files beside it. */
static bool
is_name(const char *s)
{
	static const char allowed[] = "abcdefghijklmnopqrstuvwxyz0123456789._-";
	size_t len = strlen(s);

	if (len == 0 || len >= FILE_TEXT || s[0] < 'a' || s[0] > 'z' || s[len - 1] == '.')
		return false;
	return strspn(s, allowed) == len && !strstr(s, "..") && !strstr(s, ".sdb");
}

static bool
is_path(const char *path)
{
	if (!path || path[0] != '/')
		return false;
	const char *base = strrchr(path, '/') + 1;

	return *base && *base != '.' && strlen(base) < PLACE_TEXT;
}

static bool
is_one_byte(const char *s)
{
	return !s || strlen(s) <= 1;
}

static bool
has_key(const struct file_settings *s)
{
	for (size_t i = 0; i < s->columns.count; i++)
		if (!s->key || strcmp(s->key, s->columns.items[i]) == 0)
			return true;
	return false;
}

static bool
has_copy(const struct file_settings *s)
{
	for (size_t i = 1; i < s->checker.count; i++)
		if (strcmp(s->checker.items[i], "%f") == 0)
			return true;
	return false;
}

static int
check_one(const struct file_settings *s, char *why, size_t why_size)
{
	bool table = strcmp(s->type, "table") == 0;

	if (!is_name(s->name))
		return complain(s, why, why_size,
		    "expected a name of small letters, digits and `._-`, a letter first");
	if (!is_path(s->path))
		return complain(s, why, why_size, "path: expected an absolute path of a file");
	if (!is_one_byte(s->separator) || !is_one_byte(s->comment))
		return complain(
		    s, why, why_size, "separator, comment: expected one character, or none");
	if (table && (s->columns.count == 0 || s->columns.count > COLUMNS_MAX))
		return complain(s, why, why_size, "columns: expected 1 to %d names", COLUMNS_MAX);
	if (table && !has_key(s))
		return complain(s, why, why_size, "key: expected one of the columns");
	if (s->checker.count && s->checker.items[0][0] != '/')
		return complain(s, why, why_size, "checker: expected an absolute path first");
	if (s->checker.count && !has_copy(s))
		return complain(s, why, why_size, "checker: expected %%f among its arguments");
	return OP_OK;
}

int
file_settings_check(const struct section_list *files, char *why, size_t why_size)
{
	const struct file_settings *list = files->items;
	int err = OP_OK;

	for (size_t i = 0; i < files->count && err == OP_OK; i++) {
		err = check_one(&list[i], why, why_size);
		for (size_t j = 0; j < i && err == OP_OK; j++)
			if (strcmp(list[i].path, list[j].path) == 0)
				err = complain(&list[i], why, why_size, "path: is that of \"%s\"",
				    list[j].name);
	}
	return err;
}

struct flat_format
file_settings_format(const struct file_settings *s)
{
	struct flat_format f = {.kind = FLAT_TEXT};

	if (strcmp(s->type, "hosts") == 0)
		f.kind = FLAT_HOSTS;
	if (strcmp(s->type, "table") != 0)
		return f;
	f = (struct flat_format){.kind = FLAT_TABLE,
	    .separator = s->separator ? *s->separator : '\0',
	    .comment = s->comment ? *s->comment : '\0',
	    .columns = (const char *const *)s->columns.items,
	    .column_count = s->columns.count};
	for (size_t i = 0; s->key && i < f.column_count; i++)
		if (strcmp(s->key, f.columns[i]) == 0)
			f.key = i;
	return f;
}
