/* SPDX-License-Identifier: ISC */
/*
 * Edits of a subnet file.  Each touches its own lines only: all other bytes stay, the line ends in
 * use are kept, a missing newline at the end stays missing.  What would not read back as it was
 * given (a colon in a name, a newline anywhere) is OP_BAD_REQUEST and changes nothing; so does
 * OP_NO_MEMORY.  Whether the result makes sense is for lib/sdb/check.h.  Pure.
 */
#ifndef OPDESK_LIB_SDB_EDIT_H
#define OPDESK_LIB_SDB_EDIT_H

#include "lib/sdb/file.h"
#include "lib/sdb/node.h"
#include "lib/sdb/text.h"

/* The value of a line that is there, keeping the blanks round its '='; else a new line: Title as
 * the first, Format after Title, others after the last header line.  Changing Format reads all
 * node lines anew. */
int sdb_edit_header(struct sdb_file *f, struct sdb_text key, struct sdb_text value);

/* Remove the first line with the key.  OP_NOT_FOUND. */
int sdb_edit_drop_header(struct sdb_file *f, struct sdb_text key);

/* A new line behind `after` (a line behind the marker, or the marker), or, when NULL, behind the
 * last node.  A file without a marker gets one.  *out (may be NULL) is the new line. */
int sdb_edit_add(struct sdb_file *f, const struct sdb_node *node, const struct sdb_line *after,
    const struct sdb_line **out);

/* The line stays the same object.  Nothing is touched when nothing differs. */
int sdb_edit_change(struct sdb_file *f, const struct sdb_line *line, const struct sdb_node *node);

/* Behind `after`, as in sdb_edit_add(); NULL: behind the last node. */
int sdb_edit_move(struct sdb_file *f, const struct sdb_line *line, const struct sdb_line *after);

/* Any line; it is gone afterwards. */
void sdb_edit_remove(struct sdb_file *f, const struct sdb_line *line);

/* Any line's whole text, and a new line before another (NULL: at the end).  The kinds of the lines
 * are worked out anew.  OP_BAD_REQUEST: a newline, CR or NUL in it.  Linear, but for the text of a
 * node that stays one. */
int sdb_edit_text(struct sdb_file *f, const struct sdb_line *line, struct sdb_text text);
int sdb_edit_insert(struct sdb_file *f, const struct sdb_line *before, struct sdb_text text);
int sdb_edit_to_front(struct sdb_file *f, const struct sdb_line *line);

#endif
