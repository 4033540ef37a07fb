/* SPDX-License-Identifier: ISC */
/*
 * What can be wrong with any line, whatever it means: control characters, bytes that are not
 * UTF-8, line ends of two kinds.
 */
#include <stdlib.h>
#include <string.h>

#include "lib/err.h"
#include "lib/sdb/checker.h"
#include "lib/sdb/line.h"
#include "lib/text.h"

static bool
is_control(char c)
{
	return ((unsigned char)c < 0x20 && c != '\t') || c == 0x7f;
}

/* The line without its control characters. */
static struct sdb_fix
cleaned(struct sdb_checker *c, const struct sdb_line *line, uint32_t number)
{
	char *text = malloc(line->len + 1u);
	size_t n = 0;

	if (!text) {
		c->err = OP_NO_MEMORY;
		return (struct sdb_fix){0};
	}
	for (size_t i = 0; i < line->len; i++)
		if (!is_control(line->text[i]))
			text[n++] = line->text[i];
	text[n] = '\0';
	return (struct sdb_fix){.kind = SDB_FIX_REPLACE, .line = number, .text = text};
}

static uint32_t
bad_utf8_column(const struct sdb_line *line)
{
	size_t i = 0, n;
	uint32_t cp;

	while (i < line->len && (n = text_next(line->text + i, line->len - i, &cp)))
		i += n;
	return (uint32_t)i + 1;
}

static void
check_bytes(struct sdb_checker *c, struct sdb_finding at, const struct sdb_line *line)
{
	bool plain = true;

	for (uint32_t i = 0; i < line->len; i++) {
		plain = plain && !(line->text[i] & 0x80);
		if (!is_control(line->text[i]))
			continue;
		at.code = SDB_CODE_CONTROL_BYTE;
		at.column = i + 1;
		at.fix = cleaned(c, line, at.line);
		sdb_report(c, &at, "control character 0x%02x", (unsigned char)line->text[i]);
		break;
	}
	if (plain || text_is_utf8(line->text, line->len))
		return;
	at.code = SDB_CODE_NOT_UTF8;
	at.column = bad_utf8_column(line);
	at.fix = (struct sdb_fix){0};
	sdb_report(c, &at, "byte 0x%02x is not UTF-8", (unsigned char)line->text[at.column - 1]);
}

void
sdb_check_lines(struct sdb_checker *c, uint32_t file)
{
	const struct sdb_line *first = sdb_file_first(c->in[file].file);
	struct sdb_finding at = {.file = file};
	bool mixed = false;

	for (const struct sdb_line *line = first; line; line = line->next) {
		at.line++;
		check_bytes(c, at, line);
		if (mixed || line->eol == SDB_EOL_NONE || line->eol == first->eol)
			continue;
		mixed = true;
		at.code = SDB_CODE_LINE_ENDS;
		sdb_report(c, &at, "this line ends in %s, the first one does not",
		    line->eol == SDB_EOL_CRLF ? "CRLF" : "LF alone");
	}
}
