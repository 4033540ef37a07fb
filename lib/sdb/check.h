/* SPDX-License-Identifier: ISC */
/*
 * The model check: all files of a directory together.  Linear in their lines.  Names are compared
 * as fully qualified ones (name + Domain), letters of either case.  A name, an alias and an
 * Ethernet address may stand once for IPv4 and once for IPv6: that is one host with two
 * addresses.  Pure; safe on any bytes.
 */
#ifndef OPDESK_LIB_SDB_CHECK_H
#define OPDESK_LIB_SDB_CHECK_H

#include <stddef.h>
#include "lib/sdb/file.h"
#include "lib/sdb/finding.h"

struct sdb_input {
	const char *name; /* for messages only: borrowed, plain text */
	const struct sdb_file *file;
};

/* Fill `out`, which is initialised and empty.  OP_NO_MEMORY leaves it empty. */
int sdb_check(const struct sdb_input *files, size_t n, struct sdb_findings *out);

#endif
