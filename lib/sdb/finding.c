/* SPDX-License-Identifier: ISC */
/*
 * The list of findings and the corrections in it.
 */
#include "lib/sdb/finding.h"

#include <stdlib.h>
#include <string.h>

#include "lib/err.h"
#include "lib/sdb/edit.h"
#include "lib/sdb/checker.h"

struct code {
	const char *name;
	const char *meaning;
	enum sdb_severity severity;
};

static const struct code codes[] = {
#define X(number, name, wire, severity, text) [number] = {(wire), (text), SDB_##severity},
    SDB_CODES(X)
#undef X
};

enum sdb_severity
sdb_code_severity(enum sdb_code code)
{
	return codes[code].severity;
}

const char *
sdb_code_name(enum sdb_code code)
{
	return codes[code].name;
}

const char *
sdb_code_meaning(enum sdb_code code)
{
	return codes[code].meaning;
}

void
sdb_findings_init(struct sdb_findings *l, size_t max)
{
	*l = (struct sdb_findings){.max = max};
}

void
sdb_findings_fini(struct sdb_findings *l)
{
	for (size_t i = 0; i < l->count; i++) {
		free(l->list[i].message);
		free(l->list[i].fix.text);
	}
	free(l->list);
	sdb_findings_init(l, l->max);
}

static int
keep(struct sdb_findings *l, const struct sdb_finding *finding)
{
	if ((l->count & (l->count - 1)) == 0) { /* full at each power of two */
		size_t cap = l->count ? l->count * 2 : 1;
		struct sdb_finding *list = reallocarray(l->list, cap, sizeof(*list));

		if (!list)
			return OP_NO_MEMORY;
		l->list = list;
	}
	l->list[l->count++] = *finding;
	return OP_OK;
}

static void
count(struct sdb_findings *l, const struct sdb_finding *f)
{
	bool error = sdb_code_severity(f->code) == SDB_ERROR;

	++*(error ? &l->errors : &l->warnings);
	if (l->tallies)
		++*(error ? &l->tallies[f->file].errors : &l->tallies[f->file].warnings);
}

int
sdb_findings_add(struct sdb_findings *l, const struct sdb_finding *finding, const char *message)
{
	struct sdb_finding own = *finding;

	count(l, finding);
	if (l->count >= l->max) {
		free(own.fix.text);
		return OP_OK;
	}
	own.message = strdup(message);
	if (own.message && keep(l, &own) == OP_OK)
		return OP_OK;
	free(own.message);
	free(own.fix.text);
	return OP_NO_MEMORY;
}

static int
compare(const void *a, const void *b)
{
	const struct sdb_finding *x = a, *y = b;
	const uint32_t left[] = {
	    x->file, x->line, x->column, x->code, x->other_file, x->other_line};
	const uint32_t right[] = {
	    y->file, y->line, y->column, y->code, y->other_file, y->other_line};

	for (size_t i = 0; i < sizeof(left) / sizeof(left[0]); i++)
		if (left[i] != right[i])
			return left[i] < right[i] ? -1 : 1;
	return 0;
}

void
sdb_findings_sort(struct sdb_findings *l)
{
	if (l->count)
		qsort(l->list, l->count, sizeof(*l->list), compare);
}

int
sdb_fix_apply(struct sdb_file *f, const struct sdb_fix *fix)
{
	const struct sdb_line *line = sdb_file_line(f, fix->line);
	bool at_end = fix->kind == SDB_FIX_INSERT && fix->line == sdb_file_lines(f) + 1;

	if (!line && !at_end)
		return OP_NOT_FOUND;
	switch (fix->kind) {
	case SDB_FIX_REPLACE:
		return sdb_edit_text(f, line, sdb_text_of(fix->text));
	case SDB_FIX_INSERT:
		return sdb_edit_insert(f, line, sdb_text_of(fix->text));
	case SDB_FIX_DELETE:
		sdb_edit_remove(f, line);
		return OP_OK;
	case SDB_FIX_TO_FRONT:
		return sdb_edit_to_front(f, line);
	case SDB_FIX_NONE:
		break;
	}
	return OP_NOT_FOUND;
}
