/* SPDX-License-Identifier: ISC */
/*
 * The directory of subnet files, in memory.  Files are opened relative to its descriptor, by names
 * of lib/sdb/name.h only, never through a link; what cannot be read has its error and does not keep
 * others from being read.  A refresh reads every byte again and parses only what differs: contents
 * decide, never times.  Blocking; in the reader and the committer.
 */
#ifndef OPDESK_DAEMON_IPADMD_TREE_H
#define OPDESK_DAEMON_IPADMD_TREE_H

#include <stdbool.h>
#include <sys/types.h>
#include "lib/buf.h"
#include "lib/sdb/check.h"
#include "lib/sdb/name.h"

#define VERSION_TEXT 41 /* forty hexadecimal digits and a NUL */

struct tree_file {
	struct sdb_name name;
	char text[SDB_NAME_TEXT];
	struct buf bytes;
	struct sdb_file *file; /* NULL: see err */
	char version[VERSION_TEXT];
	int err;
	char why[80]; /* with err: for people */
	uid_t owner;
};

struct tree {
	int dir_fd;
	size_t max_bytes;
	struct tree_file *files; /* owned, in the order of names */
	size_t count;
	bool is_checked;
	struct sdb_findings findings;
};

/* The directory is made when missing.  OP_SYSTEM with errno. */
int tree_open(struct tree *t, const char *directory, size_t max_bytes);
void tree_fini(struct tree *t);

/* Files found earlier are borrowed until now.  OP_SYSTEM: the directory cannot be read; nothing has
 * changed then.  OP_NO_MEMORY. */
int tree_refresh(struct tree *t);

struct tree_file *tree_find(const struct tree *t, const struct sdb_name *name);

/* The check of all files that could be read, kept until something changes.  Inputs are named by
 * tree_file.text; the index in a finding is that of `tree_inputs`.  NULL: no memory. */
const struct sdb_findings *tree_check(struct tree *t);
/* Those files; `replace` (may be NULL) stands in the place of, or beside, the file of its name.
 * An array of *count; NULL: no memory. */
struct sdb_input *tree_inputs(const struct tree *t, const struct sdb_input *replace, size_t *count);

#endif
