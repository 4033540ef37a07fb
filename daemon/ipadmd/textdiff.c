/* SPDX-License-Identifier: ISC */
#include "daemon/ipadmd/textdiff.h"

#include <git2.h>
#include <string.h>

#include "lib/err.h"

struct writer {
	struct buf *out;
	size_t start, max;
	bool cut;
	int err;
};

static int
write_line(
    const git_diff_delta *delta, const git_diff_hunk *hunk, const git_diff_line *line, void *arg)
{
	struct writer *w = arg;
	char origin = line->origin;
	bool is_line = origin == GIT_DIFF_LINE_CONTEXT || origin == GIT_DIFF_LINE_ADDITION ||
		       origin == GIT_DIFF_LINE_DELETION;

	(void)delta;
	(void)hunk;
	if (!is_line && origin != GIT_DIFF_LINE_HUNK_HDR)
		return 0;
	if (buf_len(w->out) - w->start + line->content_len + 2 > w->max) {
		w->cut = true;
		return GIT_EUSER;
	}
	if (is_line)
		w->err = buf_append(w->out, &origin, 1);
	if (!w->err)
		w->err = buf_append(w->out, line->content, line->content_len);
	if (!w->err && line->content_len && line->content[line->content_len - 1] != '\n')
		w->err = buf_append(w->out, "\n", 1);
	return w->err ? GIT_EUSER : 0;
}

static const void *
bytes_of(const struct buf *b)
{
	if (!b)
		return NULL;
	return buf_len(b) ? (const void *)buf_bytes(b) : "";
}

int
textdiff(const struct buf *from, const struct buf *to, size_t max, struct buf *out, bool *cut)
{
	git_diff_options options;
	struct writer w = {.out = out, .start = buf_len(out), .max = max};

	git_diff_options_init(&options, GIT_DIFF_OPTIONS_VERSION);
	options.flags = GIT_DIFF_FORCE_TEXT;
	int failed = git_diff_buffers(bytes_of(from), from ? buf_len(from) : 0, "a", bytes_of(to),
	    to ? buf_len(to) : 0, "a", &options, NULL, NULL, NULL, write_line, &w);

	if (w.err || (failed < 0 && failed != GIT_EUSER)) {
		buf_truncate(out, w.start);
		return OP_NO_MEMORY;
	}
	*cut = w.cut;
	return OP_OK;
}
