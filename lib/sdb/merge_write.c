/* SPDX-License-Identifier: ISC */
/*
 * The merged file: one side (the frame) is walked in its order; what the other side changed,
 * removed or added is put in.  Additions of the other side follow the line they follow there,
 * behind the frame's own.
 */
#include "lib/err.h"
#include "lib/sdb/line.h"
#include "lib/sdb/sides.h"

struct writer {
	const struct sdb_sides *sides;
	const struct sdb_side *frame;
	const struct sdb_side *other;
	bool convert;     /* only the other side changed the line ends */
	enum sdb_eol eol; /* of lines that do not come with a good one */
	size_t last_eol;  /* bytes at the end of what was written */
	struct buf *out;
	int err;
};

static enum sdb_eol
style(const struct sdb_file *f)
{
	const struct sdb_line *first = sdb_file_first(f);

	return first && first->eol == SDB_EOL_CRLF ? SDB_EOL_CRLF : SDB_EOL_LF;
}

static bool
lacks_newline(const struct sdb_file *f)
{
	const struct sdb_line *last = sdb_file_last(f);

	return last && last->eol == SDB_EOL_NONE;
}

/* --- lines --- */

static void
write_line(struct writer *w, const struct sdb_line *line, const struct sdb_side *from)
{
	bool own = from == w->frame && !w->convert && line->eol != SDB_EOL_NONE;
	enum sdb_eol eol = own ? (enum sdb_eol)line->eol : sdb_line_safe_end(line, w->eol);

	if (!w->err)
		w->err = buf_append(w->out, line->text, line->len);
	if (!w->err)
		w->err = buf_append(w->out, eol == SDB_EOL_CRLF ? "\r\n" : "\n", eol);
	w->last_eol = eol;
}

/* --- items --- */

/* What the other side added behind its item `from` - 1, up to the next item both have. */
static void
write_added(struct writer *w, size_t from)
{
	const struct sdb_side *o = w->other;

	for (size_t i = from; i < o->items.count; i++) {
		uint32_t base = o->to_base[i];

		if (base != SDB_NOBODY && w->frame->from_base[base] != SDB_NOBODY)
			break;
		if (base == SDB_NOBODY && !sdb_is_twin(w->sides, o, i))
			write_line(w, o->items.list[i].line, o);
	}
}

/* A line that all three have: from the side that changed it. */
static void
write_kept(struct writer *w, const struct sdb_line *base, const struct sdb_line *ours,
    const struct sdb_line *others)
{
	if (!ours)
		return;
	if (sdb_same_line(base, ours) && !sdb_same_line(base, others))
		write_line(w, others, w->other);
	else
		write_line(w, ours, w->frame);
}

static void
write_items(struct writer *w)
{
	size_t pending = 0;

	for (size_t i = 0; i < w->frame->items.count; i++) {
		const struct sdb_line *line = w->frame->items.list[i].line;
		uint32_t base = w->frame->to_base[i], other;

		if (base == SDB_NOBODY) {
			if (!sdb_is_twin(w->sides, w->frame, i))
				write_line(w, line, w->frame);
			continue;
		}
		other = w->other->from_base[base];
		if (other == SDB_NOBODY)
			continue;
		write_added(w, pending);
		write_kept(
		    w, w->sides->base.list[base].line, line, w->other->items.list[other].line);
		pending = other + 1;
	}
}

int
sdb_merge_write(const struct sdb_sides *s, struct buf *out)
{
	bool mine_moved = sdb_reordered(s->mine.from_base, s->base.count);
	bool theirs_moved = sdb_reordered(s->theirs.from_base, s->base.count);
	bool by_mine = mine_moved && !theirs_moved;
	struct writer w = {.sides = s,
	    .frame = by_mine ? &s->mine : &s->theirs,
	    .other = by_mine ? &s->theirs : &s->mine,
	    .out = out};
	bool lacks = lacks_newline(w.frame->file);

	w.convert = style(w.other->file) != style(s->base_file) &&
		    style(w.frame->file) == style(s->base_file);
	w.eol = style(w.convert ? w.other->file : w.frame->file);
	if (lacks == lacks_newline(s->base_file))
		lacks = lacks_newline(w.other->file);
	write_items(&w);
	if (!w.err && lacks)
		buf_truncate(out, buf_len(out) - w.last_eol);
	return w.err;
}
