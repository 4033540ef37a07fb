/* SPDX-License-Identifier: ISC */
#include "daemon/ipadmd/judge.h"

#include <stdlib.h>
#include <string.h>

/* Where the walk through the lines of findings, which are sorted, has come to. */
struct cursor {
	const struct sdb_input *in;
	uint32_t file, number;
	const struct sdb_line *line;
};

static struct sdb_text
text_of(struct cursor *c, const struct sdb_finding *f)
{
	if (f->line == 0)
		return SDB_TEXT("");
	if (!c->line || c->file != f->file || c->number > f->line) {
		c->file = f->file;
		c->number = 1;
		c->line = sdb_file_first(c->in[f->file].file);
	}
	for (; c->line && c->number < f->line; c->number++)
		c->line = c->line->next;
	return c->line ? (struct sdb_text){c->line->text, c->line->len} : SDB_TEXT("");
}

/* FNV-1a */
static uint64_t
mix(uint64_t hash, const void *bytes, size_t len)
{
	const unsigned char *p = bytes;

	for (size_t i = 0; i < len; i++)
		hash = (hash ^ p[i]) * UINT64_C(0x100000001b3);
	return hash;
}

/* 0 for a warning. */
static uint64_t *
keys_of(const struct judged *j)
{
	uint64_t *keys = calloc(j->findings->count + 1, sizeof(*keys));
	struct cursor c = {.in = j->in};

	for (size_t i = 0; keys && i < j->findings->count; i++) {
		const struct sdb_finding *f = &j->findings->list[i];
		const char *name = j->in[f->file].name;
		struct sdb_text t = text_of(&c, f);
		uint64_t hash = UINT64_C(0xcbf29ce484222325);

		if (sdb_code_severity(f->code) != SDB_ERROR)
			continue;
		hash = mix(hash, &f->code, sizeof(f->code));
		hash = mix(hash, name, strlen(name));
		hash = mix(hash, t.s, t.len);
		keys[i] = hash | 1;
	}
	return keys;
}

static int
by_value(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return x < y ? -1 : x > y;
}

static size_t
flag_new(uint64_t *old, size_t old_count, const uint64_t *now, size_t count, bool *flags)
{
	size_t found = 0;

	qsort(old, old_count, sizeof(*old), by_value);
	for (size_t i = 0; i < count; i++) {
		flags[i] = now[i] && !bsearch(&now[i], old, old_count, sizeof(*old), by_value);
		found += flags[i];
	}
	return found;
}

bool *
judge_new_errors(const struct judged *before, const struct judged *after, size_t *count)
{
	uint64_t *old = keys_of(before), *now = keys_of(after);
	size_t n = after->findings->count, found = 0;
	bool *flags = calloc(n + 1, sizeof(*flags));

	if (old && now && flags) {
		found = flag_new(old, before->findings->count, now, n, flags);
		/* Past what is kept only counts are left. */
		if (found == 0 && after->findings->errors > before->findings->errors &&
		    after->findings->count == after->findings->max)
			found = 1;
		*count = found;
	} else {
		free(flags);
		flags = NULL;
	}
	free(old);
	free(now);
	return flags;
}

/* --- other files: findings in no order, whose message counts, too --- */

static uint64_t
flat_key(const struct flat_finding *f, const struct flat_file *lines)
{
	uint64_t hash = mix(UINT64_C(0xcbf29ce484222325), f->code, strlen(f->code));

	/* What a checker says may hold numbers of lines, which move. */
	for (const char *s = f->message; *s; s++)
		if (*s < '0' || *s > '9')
			hash = mix(hash, s, 1);
	if (f->line > 0 && f->line <= lines->count)
		hash =
		    mix(hash, lines->lines[f->line - 1].text.s, lines->lines[f->line - 1].text.len);
	return hash | 1;
}

/* 0 for a warning. */
static uint64_t *
flat_keys(const struct flat_findings *l, struct sdb_text text)
{
	static const struct flat_format by_lines = {.kind = FLAT_TEXT};
	uint64_t *keys = calloc(l->count + 1, sizeof(*keys));
	struct flat_file lines;

	if (!keys || flat_parse(&by_lines, text, &lines)) {
		free(keys);
		return NULL;
	}
	for (size_t i = 0; i < l->count; i++)
		if (l->list[i].is_error)
			keys[i] = flat_key(&l->list[i], &lines);
	flat_fini(&lines);
	return keys;
}

bool *
judge_new_flat(const struct flat_findings *before, struct sdb_text old,
    const struct flat_findings *after, struct sdb_text new, size_t *count)
{
	uint64_t *olds = flat_keys(before, old), *news = flat_keys(after, new);
	bool *flags = olds && news ? calloc(after->count + 1, sizeof(*flags)) : NULL;

	*count = flags ? flag_new(olds, before->count, news, after->count, flags) : 0;
	free(olds);
	free(news);
	return flags;
}
