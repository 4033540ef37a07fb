/* SPDX-License-Identifier: ISC */
/*
 * The run of a check: files one by one, then all nodes together.  What its parts share is here:
 * reporting and the making of corrections.
 */
#include "lib/sdb/check.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/err.h"
#include "lib/sdb/checker.h"
#include "lib/sdb/line.h"
#include "lib/sdb/node.h"
#include "lib/text.h"

#define MESSAGE_BYTES 400

void
sdb_report(struct sdb_checker *c, const struct sdb_finding *at, const char *fmt, ...)
{
	char message[MESSAGE_BYTES];
	va_list ap;
	int err;

	va_start(ap, fmt);
	vsnprintf(message, sizeof(message), fmt, ap);
	va_end(ap);
	err = sdb_findings_add(c->out, at, message);
	if (err)
		c->err = err;
}

const char *
sdb_quote(char dst[SDB_QUOTE_BYTES], struct sdb_text t)
{
	return text_log(dst, SDB_QUOTE_BYTES, t.len ? t.s : "", t.len);
}

/* --- corrections --- */

static struct sdb_fix
fix_of(struct sdb_checker *c, enum sdb_fix_kind kind, uint32_t number, char *text)
{
	if (!text) {
		c->err = OP_NO_MEMORY;
		return (struct sdb_fix){0};
	}
	return (struct sdb_fix){.kind = kind, .line = number, .text = text};
}

struct sdb_fix
sdb_fix_part(struct sdb_checker *c, const struct sdb_line *line, uint32_t number,
    struct sdb_text part, struct sdb_text text)
{
	size_t before = (size_t)(part.s - line->text);
	size_t after = line->len - before - part.len;
	char *whole;

	/* A string cannot carry the one, an edit refuses the other: they have a finding of their
	 * own. */
	if (memchr(line->text, '\0', line->len) || memchr(line->text, '\r', line->len))
		return (struct sdb_fix){0};
	whole = malloc(before + text.len + after + 1);
	if (whole) {
		memcpy(whole, line->text, before);
		memcpy(whole + before, text.len ? text.s : "", text.len);
		memcpy(whole + before + text.len, part.s + part.len, after);
		whole[before + text.len + after] = '\0';
	}
	return fix_of(c, SDB_FIX_REPLACE, number, whole);
}

struct sdb_fix
sdb_fix_insert(struct sdb_checker *c, uint32_t number, struct sdb_text text)
{
	return fix_of(c, SDB_FIX_INSERT, number, strndup(text.s, text.len));
}

struct sdb_fix
sdb_fix_format(struct sdb_checker *c, uint32_t file)
{
	const struct sdb_checked *f = &c->files[file];
	bool titled = f->number[SDB_KEY_TITLE] == 1;

	if (f->number[SDB_KEY_FORMAT])
		return sdb_fix_part(c, f->header.line[SDB_KEY_FORMAT], f->number[SDB_KEY_FORMAT],
		    f->header.value[SDB_KEY_FORMAT], SDB_TEXT("2"));
	return sdb_fix_insert(c, titled ? 2 : 1, SDB_TEXT("Format = 2"));
}

/* --- what header and nodes have in common --- */

static struct sdb_fix
mended_host(
    struct sdb_checker *c, const struct sdb_line *line, uint32_t number, struct sdb_text part)
{
	struct sdb_text trimmed = sdb_text_trim(part);
	char text[SDB_HOST_MAX];

	if (trimmed.len > sizeof(text))
		return (struct sdb_fix){0};
	for (size_t i = 0; i < trimmed.len; i++)
		text[i] = trimmed.s[i] == '_' || trimmed.s[i] == ' ' ? '-' : trimmed.s[i];
	trimmed.s = text;
	if (sdb_host_fault(trimmed))
		return (struct sdb_fix){0};
	return sdb_fix_part(c, line, number, part, trimmed);
}

void
sdb_check_host(
    struct sdb_checker *c, struct sdb_finding at, const struct sdb_line *line, struct sdb_text part)
{
	const char *fault = sdb_host_fault(part);
	struct sdb_text bare = {part.s, part.len ? part.len - 1 : 0};
	char quoted[SDB_QUOTE_BYTES];

	if (!fault)
		return;
	if (part.len > 1 && part.s[part.len - 1] == '.' && !sdb_host_fault(bare)) {
		at.code = SDB_CODE_FINAL_DOT;
		at.fix = sdb_fix_part(c, line, at.line, part, bare);
		sdb_report(c, &at, "%s ends in a dot: names are written without it",
		    sdb_quote(quoted, part));
		return;
	}
	at.code = SDB_CODE_LABEL_BAD;
	at.fix = mended_host(c, line, at.line, part);
	sdb_report(c, &at, "\"%s\" is not a host name: %s", sdb_quote(quoted, part), fault);
}

void
sdb_check_no_address(
    struct sdb_checker *c, struct sdb_finding at, const struct sdb_line *line, struct sdb_text part)
{
	unsigned format = c->files[at.file].header.format;
	struct sdb_text trimmed = sdb_text_trim(part);
	char quoted[SDB_QUOTE_BYTES], bracketed[SDB_ADDRESS_TEXT];
	struct netaddr a;

	sdb_quote(quoted, part);
	if (format < 2 && sdb_address_parse(trimmed, 2, &a) == OP_OK && a.family == 6) {
		at.code = SDB_CODE_EXTENSION_UNMARKED;
		at.fix = sdb_fix_format(c, at.file);
		sdb_report(c, &at, "%s is an IPv6 address, which needs `Format = 2`", quoted);
		return;
	}
	at.code = SDB_CODE_ADDRESS_BAD;
	snprintf(bracketed, sizeof(bracketed), "[%.*s]",
	    trimmed.len < NETADDR_TEXT ? (int)trimmed.len : 0, trimmed.len ? trimmed.s : "");
	if (sdb_address_parse(sdb_text_of(bracketed), 2, &a) == OP_OK) {
		at.fix = sdb_fix_part(c, line, at.line, part, sdb_text_of(bracketed));
		sdb_report(c, &at, "%s: IPv6 addresses are written in brackets", quoted);
		return;
	}
	if (sdb_address_parse(trimmed, format, &a) == OP_OK)
		at.fix = sdb_fix_part(c, line, at.line, part, trimmed);
	sdb_report(c, &at, "\"%s\" is not an address", quoted);
}

/* --- the run --- */

static int
prepare(struct sdb_checker *c)
{
	size_t nodes = 0;

	for (size_t i = 0; i < c->n; i++)
		nodes += sdb_file_nodes(c->in[i].file);
	c->files = calloc(c->n + 1, sizeof(*c->files));
	c->owners = reallocarray(NULL, nodes + 1, sizeof(*c->owners));
	return c->files && c->owners ? OP_OK : OP_NO_MEMORY;
}

static void
check_file(struct sdb_checker *c, uint32_t file)
{
	uint32_t number = 1;

	sdb_check_lines(c, file);
	sdb_check_header(c, file);
	for (const struct sdb_line *line = sdb_file_first(c->in[file].file); line;
	     line = line->next, number++) {
		if (line->kind != SDB_NODE)
			continue;
		c->owners[c->owner_count] = (struct sdb_owner){line, file, number};
		c->owner_count += sdb_check_node(c, &c->owners[c->owner_count]);
	}
}

static void
finish(struct sdb_checker *c)
{
	for (size_t i = 0; c->files && i < c->n; i++)
		sdb_space_free(c->files[i].space);
	free(c->files);
	free(c->owners);
}

int
sdb_check(const struct sdb_input *files, size_t n, struct sdb_findings *out)
{
	struct sdb_checker c = {.in = files, .n = n, .out = out};

	c.err = prepare(&c);
	for (size_t i = 0; i < n && !c.err; i++)
		check_file(&c, (uint32_t)i);
	if (!c.err)
		sdb_check_nets(&c);
	if (!c.err)
		sdb_check_names(&c);
	finish(&c);
	if (c.err)
		sdb_findings_fini(out);
	else
		sdb_findings_sort(out);
	return c.err;
}
