/* SPDX-License-Identifier: ISC */
/* Subnets as files for other programs.  Pure. */
#ifndef OPDESK_LIB_EXCHANGE_EXPORT_H
#define OPDESK_LIB_EXCHANGE_EXPORT_H

#include "lib/buf.h"
#include "lib/sdb/check.h"

struct export_format {
	const char *name; /* "csv" */
	const char *help;
	/* Append.  OP_NO_MEMORY. */
	int (*write)(const struct sdb_input *in, size_t n, struct buf *out);
};

/* Ended by a NULL name. */
extern const struct export_format export_formats[];

const struct export_format *export_find(const char *name); /* NULL */

/* RFC 4180 with a header line: subnet, name, address, ethernet, alias, mx, comment, as they stand
 * in the files.  The importer reads it back. */
int export_csv(const struct sdb_input *in, size_t n, struct buf *out);

/* hosts(5), as lib/publish/ makes it: what is no host name or has an error is left out. */
int export_hosts(const struct sdb_input *in, size_t n, struct buf *out);

#endif
