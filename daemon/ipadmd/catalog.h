/* SPDX-License-Identifier: ISC */
/*
 * Which files there may be, and where: subnet files, all in one directory and known by their names
 * (lib/sdb/name.h), and others that the configuration names one by one.  A client says names, never
 * paths.  Every file is opened relative to its directory's descriptor, which is opened at the
 * start.
 */
#ifndef OPDESK_DAEMON_IPADMD_CATALOG_H
#define OPDESK_DAEMON_IPADMD_CATALOG_H

#include <stdbool.h>
#include <stddef.h>

#include "daemon/ipadmd/file_settings.h"
#include "daemon/ipadmd/ipadm_settings.h"
#include "lib/flat/flat.h"
#include "lib/sdb/name.h"

#define FILE_TEXT 64   /* longest name of a file with its NUL; letters, digits and `._-` */
#define PLACE_TEXT 201 /* longest name in its directory */

struct file_type; /* daemon/ipadmd/file_type.h */

struct place {
	char name[FILE_TEXT]; /* "Subnet_7.sdb", "aliases": for clients, history, locks */
	int dir_fd;
	char base[PLACE_TEXT]; /* its name there */
	bool has_stamps;       /* its directory is where stamps count (stamp.h) */
	const struct file_type *type;
	struct sdb_name subnet;           /* of a subnet: for the order */
	const struct file_settings *flat; /* NULL: a subnet */
	struct flat_format format;        /* with flat */
};

struct catalog {
	int subnets_fd;
	bool subnets_have_stamps;
	struct place *others; /* owned, in the order of names */
	size_t count;
};

/* Borrows the settings.  Directories: that of the subnets is made when missing.  OP_SYSTEM with
 * why; OP_NO_MEMORY. */
int catalog_open(struct catalog *c, const char *subnets, const struct ipadm_settings *s, char *why,
    size_t why_size);

/* Where a file is, by the name that a client says (.sdb may be left out).  OP_NOT_FOUND: no such
 * name can be. */
int catalog_find(const struct catalog *c, const char *s, size_t len, struct place *out);
/* The same by the whole name. */
bool catalog_has(const struct catalog *c, const char *name);

/* Subnets by number and letter, then the others by name. */
int place_compare(const struct place *a, const struct place *b);

#endif
