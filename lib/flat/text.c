/* SPDX-License-Identifier: ISC */
/*
 * Plain text, line by line, through libgit2 (git_merge_file is diff3; the differences are those of
 * git).  The library must have been initialised by the caller: git_libgit2_init().
 */
#include <git2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/err.h"
#include "lib/flat/merge.h"

/* So long that no line of a file is taken for one. */
#define MARK 60

/* A group of lines without its last LF. */
static struct sdb_text
group(const char *from, const char *to)
{
	if (to > from && to[-1] == '\n')
		to--;
	return (struct sdb_text){from, (size_t)(to - from)};
}

/* The line that begins with MARK times the sign, from `p` on. */
static const char *
find_mark(const char *p, char sign)
{
	char mark[MARK + 2];

	memset(mark + 1, sign, MARK);
	mark[0] = '\n';
	mark[MARK + 1] = '\0';
	if (strncmp(p, mark + 1, MARK) == 0)
		return p;
	p = strstr(p, mark);
	return p ? p + 1 : NULL;
}

static const char *
next_line(const char *p)
{
	return strchrnul(p, '\n') + (*strchrnul(p, '\n') ? 1 : 0);
}

/* The conflicts in raw: mine, base, theirs between marks. */
static int
read_conflicts(struct flat_merge *m)
{
	const char *p = m->raw;
	int err = OP_OK;

	while (err == OP_OK && (p = find_mark(p, '<')) != NULL) {
		const char *mine = next_line(p), *base_mark = find_mark(mine, '|');
		const char *base = base_mark ? next_line(base_mark) : NULL;
		const char *middle = base ? find_mark(base, '=') : NULL;
		const char *theirs = middle ? next_line(middle) : NULL;
		const char *end = theirs ? find_mark(theirs, '>') : NULL;

		if (!end)
			return OP_SYSTEM;
		err = flat_merge_conflict(
		    m, group(base, middle), group(mine, base_mark), group(theirs, end));
		p = next_line(end);
	}
	return err;
}

static git_merge_file_input
input_of(struct sdb_text t)
{
	git_merge_file_input in;

	git_merge_file_input_init(&in, GIT_MERGE_FILE_INPUT_VERSION);
	in.ptr = t.s ? t.s : "";
	in.size = t.len;
	return in;
}

static int
take(const git_merge_file_result *r, struct flat_merge *out)
{
	if (r->automergeable)
		return buf_append(&out->bytes, r->ptr, r->len);
	out->raw = malloc(r->len + 1);
	if (!out->raw)
		return OP_NO_MEMORY;
	if (r->len)
		memcpy(out->raw, r->ptr, r->len);
	out->raw[r->len] = '\0';
	return read_conflicts(out);
}

int
flat_merge_text(
    struct sdb_text base, struct sdb_text mine, struct sdb_text theirs, struct flat_merge *out)
{
	git_merge_file_options options;
	git_merge_file_input a = input_of(base), b = input_of(mine), c = input_of(theirs);
	git_merge_file_result result = {0};

	git_merge_file_options_init(&options, GIT_MERGE_FILE_OPTIONS_VERSION);
	options.flags = GIT_MERGE_FILE_STYLE_DIFF3;
	options.marker_size = MARK;
	if (git_merge_file(&result, &a, &b, &c, &options) < 0)
		return OP_SYSTEM;
	int err = take(&result, out);

	git_merge_file_result_free(&result);
	return err;
}

/* --- the difference --- */

static int
on_line(
    const git_diff_delta *delta, const git_diff_hunk *hunk, const git_diff_line *line, void *arg)
{
	const struct sdb_text none = {NULL, 0};
	const struct sdb_text text = group(line->content, line->content + line->content_len);

	(void)delta;
	(void)hunk;
	if (line->origin == GIT_DIFF_LINE_DELETION)
		return flat_diff_add(arg, text, none);
	return line->origin == GIT_DIFF_LINE_ADDITION ? flat_diff_add(arg, none, text) : 0;
}

int
flat_diff_text(struct sdb_text old, struct sdb_text new, struct flat_diff *out)
{
	git_diff_options options;
	int err;

	git_diff_options_init(&options, GIT_DIFF_OPTIONS_VERSION);
	options.context_lines = 0;
	options.flags = GIT_DIFF_FORCE_TEXT;
	err = git_diff_buffers(old.s ? old.s : "", old.len, NULL, new.s ? new.s : "", new.len, NULL,
	    &options, NULL, NULL, NULL, on_line, out);
	if (err == OP_NO_MEMORY)
		return err;
	return err < 0 ? OP_SYSTEM : OP_OK;
}
