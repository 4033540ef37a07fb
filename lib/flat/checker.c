/* SPDX-License-Identifier: ISC */
/* What programs print about a file, as compilers have taught them to. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/err.h"
#include "lib/flat/check.h"
#include "lib/text.h"

/* Digits at the front of *t, taken off it; 0: none, or too many. */
static uint32_t
take_number(struct sdb_text *t)
{
	uint32_t n = 0;
	size_t i = 0;

	for (; i < t->len && i < 9 && t->s[i] >= '0' && t->s[i] <= '9'; i++)
		n = n * 10 + (uint32_t)(t->s[i] - '0');
	if (i == 9)
		return 0;
	t->s += i;
	t->len -= i;
	return n;
}

static bool
take(struct sdb_text *t, const char *s)
{
	size_t len = strlen(s);

	if (t->len < len || memcmp(t->s, s, len) != 0)
		return false;
	t->s += len;
	t->len -= len;
	return true;
}

/* The rest behind the first `what`, or `t` as it is. */
static bool
find(struct sdb_text t, const char *what, struct sdb_text *rest)
{
	const char *at = t.len ? memmem(t.s, t.len, what, strlen(what)) : NULL;

	if (!at)
		return false;
	at += strlen(what);
	*rest = (struct sdb_text){at, (size_t)(t.s + t.len - at)};
	return true;
}

/* `FILE:LINE:COLUMN: TEXT`, `FILE:LINE: TEXT`: the text. */
static bool
take_place(struct sdb_text line, const char *file, struct flat_finding *f, struct sdb_text *text)
{
	struct sdb_text rest;
	uint32_t column = 0;

	if (!find(line, file, &rest) || !take(&rest, ":"))
		return false;
	uint32_t number = take_number(&rest);

	if (number == 0)
		return false;
	if (take(&rest, ":"))
		column = take_number(&rest);
	take(&rest, ":");
	f->line = number;
	f->column = column;
	*text = sdb_text_trim(rest);
	return true;
}

static void
read_line(struct sdb_text line, const char *file, struct flat_finding *f)
{
	struct sdb_text rest, text = line;
	char raw[400];

	if (!take_place(line, file, f, &text) && find(line, "line ", &rest))
		f->line = take_number(&rest);
	f->is_error = !find(line, "warning", &rest) && !find(line, "Warning", &rest);
	snprintf(raw, sizeof(raw), "%.*s", (int)(text.len < 390 ? text.len : 390), text.s);
	text_log(f->message, sizeof(f->message), raw, strlen(raw));
}

int
flat_checker_said(struct sdb_text output, const char *file, struct flat_findings *out)
{
	int err = OP_OK;

	while (output.s && err == OP_OK) {
		struct flat_finding f = {.code = "checker"};
		struct sdb_text line = sdb_text_until(output, '\n', &output);

		if (line.len && line.s[line.len - 1] == '\r')
			line.len--;
		line = sdb_text_trim(line);
		if (line.len == 0)
			continue;
		read_line(line, file, &f);
		err = flat_findings_add(out, &f);
	}
	return err;
}
