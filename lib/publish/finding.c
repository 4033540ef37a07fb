/* SPDX-License-Identifier: ISC */
/*
 * The list of what was left out.
 */
#include "lib/publish/finding.h"

#include <stdlib.h>
#include <string.h>

#include "lib/publish/set.h"

struct code {
	const char *name;
	const char *meaning;
	enum sdb_severity severity;
};

static const struct code codes[] = {
#define X(number, name, wire, severity, text) [number] = {(wire), (text), SDB_##severity},
    PUBLISH_CODES(X)
#undef X
};

enum sdb_severity
publish_code_severity(enum publish_code code)
{
	return codes[code].severity;
}

const char *
publish_code_name(enum publish_code code)
{
	return codes[code].name;
}

const char *
publish_code_meaning(enum publish_code code)
{
	return codes[code].meaning;
}

void
publish_findings_fini(struct publish_findings *l)
{
	for (size_t i = 0; i < l->count; i++)
		free(l->list[i].message);
	free(l->list);
	*l = (struct publish_findings){0};
}

int
publish_findings_add(struct publish_findings *l, const struct publish_finding *finding)
{
	if ((l->count & (l->count - 1)) == 0) { /* full at each power of two */
		size_t cap = l->count ? l->count * 2 : 1;
		struct publish_finding *list = reallocarray(l->list, cap, sizeof(*list));

		if (!list)
			return OP_NO_MEMORY;
		l->list = list;
	}
	l->list[l->count++] = *finding;
	++*(publish_code_severity(finding->code) == SDB_ERROR ? &l->errors : &l->warnings);
	return OP_OK;
}

static int
compare(const void *a, const void *b)
{
	const struct publish_finding *x = a, *y = b;
	const uint32_t left[] = {x->file, x->line, x->column, x->code};
	const uint32_t right[] = {y->file, y->line, y->column, y->code};

	for (size_t i = 0; i < sizeof(left) / sizeof(left[0]); i++)
		if (left[i] != right[i])
			return left[i] < right[i] ? -1 : 1;
	return strcmp(x->message, y->message);
}

void
publish_findings_sort(struct publish_findings *l)
{
	if (l->count)
		qsort(l->list, l->count, sizeof(*l->list), compare);
}
