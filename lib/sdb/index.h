/* SPDX-License-Identifier: ISC */
/*
 * Which files a finding can depend on.  The check (lib/sdb/check.h) looks at all files of a
 * directory together.  Yet what it says of one depends on that one alone and on the few that have
 * an address, an Ethernet address, a name or an alias with it, that overlap with it, or that have
 * the host or the domain of one of its mail exchangers.  The index knows, by hashes, who has what
 * and who looks for what: so after a change, and before one, only those files need be checked that
 * it concerns, together with what these depend on; a check of exactly those, in their order, finds
 * of them what a check of all would find.  The rules stay in one place, the check; two things that
 * have the same hash by chance only bring in a file more.
 *
 * Ids of files are small numbers from 0; a set of files is an array of flags, sdb_index_ids() long.
 * Files are borrowed until they are replaced.  About 70 bytes a node.  A file costs what it holds,
 * not what all hold; every call may look once at each file's subnet.  Pure.
 */
#ifndef OPDESK_LIB_SDB_INDEX_H
#define OPDESK_LIB_SDB_INDEX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/sdb/file.h"

#define SDB_NO_ID UINT32_MAX

struct sdb_index;

struct sdb_index *sdb_index_new(void); /* NULL: no memory */
void sdb_index_free(struct sdb_index *x);
size_t sdb_index_ids(const struct sdb_index *x);

/* In the place of *id (SDB_NO_ID: of none), whose file is still whole, there is now `next` (NULL:
 * none); *id becomes its id.  Every file of which a check of all may now find something else, the
 * new one included, is stale from now on.  OP_NO_MEMORY: the index is of no use any more. */
int sdb_index_replace(struct sdb_index *x, uint32_t *id, const struct sdb_file *next);

/* Add those that are stale to the set; false: none is. */
bool sdb_index_stale(const struct sdb_index *x, bool *set);
/* None is any more. */
void sdb_index_settle(struct sdb_index *x);

/* A change that is only thought of. */
struct sdb_exchange {
	uint32_t id;                 /* SDB_NO_ID: a new file */
	const struct sdb_file *next; /* NULL: the file is to go */
};

/* Add to the set the files of which a check of all would find something else after the exchanges,
 * those that are exchanged included.  OP_NO_MEMORY. */
int sdb_index_affected(
    const struct sdb_index *x, const struct sdb_exchange *e, size_t n, bool *set);

/* Add to the set what a check must see, before and after the exchanges, so that it finds of all
 * that were in the set and of each `next` what a check of all would.  OP_NO_MEMORY. */
int sdb_index_needed(const struct sdb_index *x, const struct sdb_exchange *e, size_t n, bool *set);

#endif
