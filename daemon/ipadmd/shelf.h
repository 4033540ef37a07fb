/* SPDX-License-Identifier: ISC */
/*
 * The directory with what is published:
 *   current    a link to the set that servers read
 *   set-7      a set: the files and the record of them (lib/publish/record.h), never changed after
 *              it was switched to (but for the commit in its record)
 *   unproven   two lines, the set that was switched to and the one of before ("-": none): there
 *              from before the switch until the servers have proven to serve it or it was taken
 * back burnt      a record of serials that servers may have seen and that were taken back A set is
 * complete and synced before the link moves, so whatever dies, `current` leads to a whole one.
 * Errors are OP_SYSTEM with errno, OP_NO_MEMORY.  Blocking; the publisher alone writes.
 */
#ifndef OPDESK_DAEMON_IPADMD_SHELF_H
#define OPDESK_DAEMON_IPADMD_SHELF_H

#include <stdbool.h>
#include "lib/buf.h"
#include "lib/publish/record.h"

#define SHELF_PATH 600
#define SHELF_SET 24 /* "set-" and a number */

struct shelf {
	char path[SHELF_PATH];
	char current[SHELF_SET]; /* "": nothing is published */
	int lock_fd;
};

/* Where it is: as configured, else STATE/published.  For those who only read.  OP_TOO_LARGE. */
int shelf_path(struct shelf *s, const char *configured, const char *state);
/* Then: make the directory when it is missing (0755), lock it, look which set is current. */
int shelf_open(struct shelf *s);
/* Look again: people remove things. */
int shelf_look(struct shelf *s);

/* PATH/SET/FILE; "" and NULL are left out. */
#define SHELF_NAME (SHELF_PATH + PUBLISH_PATH_MAX + SHELF_SET)
const char *shelf_name(char dst[SHELF_NAME], const char *path, const char *set, const char *file);

/* The whole file.  OP_NOT_FOUND: there is none. */
int shelf_read(const struct shelf *s, const char *set, const char *file, struct buf *out);

/* The record of a set, "current" included, also without a shelf being open.  OP_NOT_FOUND;
 * OP_PROTOCOL: it is damaged. */
int shelf_record(const char *path, const char *set, struct publish_record *out);
/* The serials of the zones in the set, by reading them: for when its record is lost. */
int shelf_salvage(const struct shelf *s, const char *set, struct publish_record *out);

/* --- making a set --- */

/* An empty one with a new name. */
int shelf_stage(const struct shelf *s, char set[SHELF_SET]);
/* Write a file of it; folders on the way are made. */
int shelf_write(const struct shelf *s, const char *set, const char *file, const struct buf *bytes);
/* The file of the current set is in this one as well. */
int shelf_keep(const struct shelf *s, const char *set, const char *file);
/* Call fn for every regular file of the set but its record; 0 to go on. */
int shelf_each(
    const struct shelf *s, const char *set, int (*fn)(const char *file, void *arg), void *arg);
/* Write the record and sync everything. */
int shelf_seal(const struct shelf *s, const char *set, const struct publish_record *record);
int shelf_drop(const struct shelf *s, const char *set);

/* --- switching --- */

/* `set` becomes current. */
int shelf_switch(struct shelf *s, const char *set);
/* Write a record over the current set's. */
int shelf_note(const struct shelf *s, const struct publish_record *record);

struct shelf_unproven {
	char set[SHELF_SET];
	char before[SHELF_SET]; /* "": none */
};

/* OP_NOT_FOUND: everything is proven. */
int shelf_unproven(const struct shelf *s, struct shelf_unproven *out);
int shelf_doubt(const struct shelf *s, const struct shelf_unproven *u);
int shelf_trust(const struct shelf *s);

/* Serials of `gone` that are newer than what is known burn: kept by path. */
int shelf_burn(const struct shelf *s, const struct publish_record *gone);
/* A copy of the record in which burnt serials stand, their hashes being 0: what new serials must be
 * newer than. */
int shelf_floor(
    const struct shelf *s, const struct publish_record *record, struct publish_record *out);

/* Remove all sets but the current one, the one before it and those that are in doubt. */
void shelf_tidy(const struct shelf *s);

#endif
