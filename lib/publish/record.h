/* SPDX-License-Identifier: ISC */
/*
 * The record of what was published: of each file its hash, serial and number of records, and of
 * which commit all of it was made.  It lies among the published files, so that it is switched with
 * them.  A text, one line a file, whose last line counts them: a part of one is no record.  Pure.
 */
#ifndef OPDESK_LIB_PUBLISH_RECORD_H
#define OPDESK_LIB_PUBLISH_RECORD_H

#include <stddef.h>
#include <stdint.h>
#include "lib/buf.h"
#include "lib/publish/publish.h"

#define PUBLISH_COMMIT_TEXT 41 /* forty hexadecimal digits and a NUL */
#define PUBLISH_PATH_MAX 400u  /* bytes; a zone's is at most 265 */

struct publish_record {
	char commit[PUBLISH_COMMIT_TEXT]; /* "": not known */
	int64_t at_ms;                    /* since 1970 */
	struct publish_previous *list;    /* sorted by path; the paths are owned */
	size_t count;
};

/* Replaces the file of this path, or adds it.  The path is copied.  OP_NO_MEMORY. */
int publish_record_set(struct publish_record *r, const struct publish_previous *file);
const struct publish_previous *publish_record_find(
    const struct publish_record *r, const char *path);
/* Of all files together. */
size_t publish_record_records(const struct publish_record *r);
void publish_record_fini(struct publish_record *r);

/* Append it to `out`.  OP_NO_MEMORY. */
int publish_record_write(const struct publish_record *r, struct buf *out);
/* OP_PROTOCOL: no whole record, or not one that publish_record_write() makes. */
int publish_record_read(const void *bytes, size_t len, struct publish_record *out);

/* Good for a path below the published directory: relative, no "." or ".." in it, no control
 * characters. */
bool publish_path_is_good(const char *path);

#endif
