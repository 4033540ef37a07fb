/* SPDX-License-Identifier: ISC */
/*
 * The files of the catalog, in memory.  They are opened relative to their directory's descriptor,
 * by names of the catalog only, never through a link; what cannot be read has its error and does
 * not keep others from being read.  A refresh reads every byte again and parses only what differs:
 * contents decide, never times.  Blocking; in the reader and the committer.
 */
#ifndef OPDESK_DAEMON_IPADMD_TREE_H
#define OPDESK_DAEMON_IPADMD_TREE_H

#include <stdbool.h>
#include <sys/types.h>
#include "daemon/ipadmd/catalog.h"
#include "lib/buf.h"
#include "lib/flat/check.h"
#include "lib/sdb/check.h"
#include "lib/sdb/space.h"

#define VERSION_TEXT 41 /* forty hexadecimal digits and a NUL */

struct tree_file {
	struct place place;
	struct buf bytes;
	char version[VERSION_TEXT];
	int err;      /* nothing below counts then */
	char why[80]; /* with err: for people */
	uid_t owner;
	/* a subnet's */
	struct sdb_file *file; /* NULL: none, or see err */
	struct sdb_usage use;
	/* the others' */
	struct flat_findings findings; /* our own check's */
	size_t lines, entries;
};

struct tree {
	const struct catalog *catalog; /* borrowed */
	size_t max_bytes;
	struct tree_file *files; /* owned, in the order of place_compare() */
	size_t count;
	bool is_checked;
	struct sdb_findings findings; /* of all subnets together */
};

void tree_init(struct tree *t, const struct catalog *catalog, size_t max_bytes);
void tree_fini(struct tree *t);

/* Files found earlier are borrowed until now.  OP_SYSTEM: the directory cannot be read; nothing has
 * changed then.  OP_NO_MEMORY. */
int tree_refresh(struct tree *t);

/* By its whole name; NULL: it is not there. */
struct tree_file *tree_find(const struct tree *t, const char *name);

/* The check of all subnets that could be read, kept until something changes.  Inputs are named by
 * place.name; the index in a finding is that of `tree_inputs`.  NULL: no memory. */
const struct sdb_findings *tree_check(struct tree *t);
/* Those files; each of `n` in `replace` stands in the place of, or beside, the subnet of its name;
 * one without a file is left out.  An array of *count; NULL: no memory. */
struct sdb_input *tree_inputs(
    const struct tree *t, const struct sdb_input *replace, size_t n, size_t *count);

#endif
