/* SPDX-License-Identifier: ISC */
/*
 * Inside lib/sdb/ only: the body of a file and the moves its lines can make.  Invariants: lines
 * parsed together lie in one slab, later ones stand alone with their text behind them; only the
 * last line may lack its end; kinds, counts and format agree with the text after every call of
 * file.h and edit.h.
 */
#ifndef OPDESK_LIB_SDB_LINE_H
#define OPDESK_LIB_SDB_LINE_H

#include "lib/sdb/file.h"

#define SDB_OWNS_TEXT 1u /* line->text is an allocation of its own */
#define SDB_OWNS_LINE 2u /* so is the line: it is not of the slab */

#define SDB_BYTE_ORDER_MARK "\xef\xbb\xbf"

struct sdb_file {
	char *bytes;           /* what was parsed */
	struct sdb_line *slab; /* its lines */
	struct sdb_line *first;
	struct sdb_line *last;
	size_t lines;
	size_t nodes;
	unsigned format;
};

static inline struct sdb_text
sdb_line_text(const struct sdb_line *line)
{
	return (struct sdb_text){line->text, line->len};
}

/* The end that keeps the line what it is: LF behind a stray CR would read as CRLF. */
static inline enum sdb_eol
sdb_line_safe_end(const struct sdb_line *line, enum sdb_eol wanted)
{
	bool stray = line->len && line->text[line->len - 1] == '\r';

	return stray && wanted == SDB_EOL_LF ? SDB_EOL_CRLF : wanted;
}

/* Kind and parts of one line; the kind of section and the format are the file's at that place. */
void sdb_line_classify(struct sdb_line *line, bool in_nodes, unsigned format);
/* Of all lines, and the file's counts and format. */
void sdb_file_classify(struct sdb_file *f);

/* An unlinked line with a copy of the text; NULL: no memory. */
struct sdb_line *sdb_line_new(struct sdb_text text);
/* A copy of the text becomes the line's.  OP_NO_MEMORY. */
int sdb_line_set_text(struct sdb_line *line, struct sdb_text text);
void sdb_line_free(struct sdb_line *line);

/* Behind `after`, or as the first line; the line's end is chosen to fit.  Counts follow. */
void sdb_line_link(struct sdb_file *f, struct sdb_line *after, struct sdb_line *line);
void sdb_line_unlink(struct sdb_file *f, struct sdb_line *line);

/* node.c: find the fields of a node line and what they hold. */
void sdb_node_split(struct sdb_line *line, unsigned format);

#endif
