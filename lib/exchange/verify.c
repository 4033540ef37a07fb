/* SPDX-License-Identifier: ISC */
/*
 * Two checks of all subnets, before and after.  An error is new when no error of its kind was about
 * a line of the same text in the same file, wherever that line has moved to.
 */
#include "lib/exchange/verify.h"

#include <stdlib.h>
#include <string.h>

#include "lib/err.h"
#include "lib/sdb/check.h"
#include "lib/sdb/table.h"

/* The walk through the lines of findings, which are sorted. */
struct cursor {
	uint32_t file, number;
	const struct sdb_line *line;
};

static const struct sdb_line *
line_of(struct cursor *c, const struct plan_subnet *subnets, const struct sdb_finding *f)
{
	if (f->line == 0)
		return NULL;
	if (!c->line || c->file != f->file || c->number > f->line)
		*c = (struct cursor){f->file, 1, sdb_file_first(subnets[f->file].file)};
	for (; c->line && c->number < f->line; c->number++)
		c->line = c->line->next;
	return c->line;
}

static uint64_t
hash_of(const struct sdb_finding *f, const struct sdb_line *line)
{
	uint64_t hash = sdb_hash_bytes(SDB_HASH_START, &f->code, sizeof(f->code), false);

	hash = sdb_hash_bytes(hash, &f->file, sizeof(f->file), false);
	return line ? sdb_hash_bytes(hash, line->text, line->len, false) : hash;
}

static int
by_value(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return x < y ? -1 : x > y;
}

static int
by_line(const void *a, const void *b)
{
	uintptr_t x = (uintptr_t)((const struct verify_touched *)a)->line;
	uintptr_t y = (uintptr_t)((const struct verify_touched *)b)->line;

	return x < y ? -1 : x > y;
}

static int
check(const struct plan_subnet *subnets, size_t n, struct sdb_findings *out)
{
	struct sdb_input *in = calloc(n + 1, sizeof(*in));

	if (!in)
		return OP_NO_MEMORY;
	for (size_t i = 0; i < n; i++)
		in[i] = (struct sdb_input){subnets[i].name, subnets[i].file};
	int err = sdb_check(in, n, out);

	free(in);
	return err;
}

int
verify_before(const struct plan_subnet *subnets, size_t n, struct verify *v)
{
	struct sdb_findings l;
	struct cursor c = {0};

	*v = (struct verify){0};
	sdb_findings_init(&l, SDB_MAX_FINDINGS);
	int err = check(subnets, n, &l);

	if (err == OP_OK && !(v->known = calloc(l.count + 1, sizeof(*v->known))))
		err = OP_NO_MEMORY;
	for (size_t i = 0; err == OP_OK && i < l.count; i++)
		v->known[v->count++] = hash_of(&l.list[i], line_of(&c, subnets, &l.list[i]));
	if (v->count)
		qsort(v->known, v->count, sizeof(*v->known), by_value);
	sdb_findings_fini(&l);
	return err;
}

void
verify_fini(struct verify *v)
{
	free(v->known);
	*v = (struct verify){0};
}

static int
say(struct exchange *x, const struct plan_subnet *subnets, const struct sdb_finding *f,
    const struct verify_touched *t)
{
	bool is_elsewhere = f->other_line > 0 && f->other_file != f->file;

	return exchange_say(x, true, t ? t->source_line : 0, t ? t->source_column : 0,
	    "%s:%u: %s%s%s", subnets[f->file].name, f->line, f->message,
	    is_elsewhere ? ", in " : "", is_elsewhere ? subnets[f->other_file].name : "");
}

int
verify_after(const struct plan_subnet *subnets, size_t n, const struct verify *v,
    struct verify_touched *touched, size_t touched_count, struct exchange *x)
{
	struct sdb_findings l;
	struct cursor c = {0};

	if (touched_count)
		qsort(touched, touched_count, sizeof(*touched), by_line);
	sdb_findings_init(&l, SDB_MAX_FINDINGS);
	int err = check(subnets, n, &l);

	for (size_t i = 0; err == OP_OK && i < l.count; i++) {
		const struct sdb_finding *f = &l.list[i];
		const struct sdb_line *line = line_of(&c, subnets, f);
		uint64_t hash = hash_of(f, line);
		struct verify_touched key = {.line = line};

		if (sdb_code_severity(f->code) != SDB_ERROR ||
		    (v->count && bsearch(&hash, v->known, v->count, sizeof(hash), by_value)))
			continue;
		err = say(x, subnets, f,
		    line && touched_count
			? bsearch(&key, touched, touched_count, sizeof(*touched), by_line)
			: NULL);
	}
	sdb_findings_fini(&l);
	return err;
}
