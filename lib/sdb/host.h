/* SPDX-License-Identifier: ISC */
/*
 * Host names: RFC 952 and RFC 1123 (2.1) letters, digits and hyphens; labels of 1 to 63, names of
 * at most 253 bytes.  Fully qualified names as pairs, so that none has to be built.  Pure.
 */
#ifndef OPDESK_LIB_SDB_HOST_H
#define OPDESK_LIB_SDB_HOST_H

#include <stdbool.h>
#include <stdint.h>
#include "lib/sdb/text.h"

#define SDB_HOST_MAX 253
#define SDB_LABEL_MAX 63

/* What is wrong with the name, as a piece of a sentence, static; NULL when it is good. */
const char *sdb_host_fault(struct sdb_text name);

/* A name with a dot in it is fully qualified; others get the domain.  A final dot is left out. */
struct sdb_fqdn {
	struct sdb_text name;
	struct sdb_text domain; /* empty for a qualified name */
};

struct sdb_fqdn sdb_fqdn_of(struct sdb_text name, struct sdb_text domain);
bool sdb_fqdn_equal(const struct sdb_fqdn *a, const struct sdb_fqdn *b);
size_t sdb_fqdn_len(const struct sdb_fqdn *n);
uint64_t sdb_fqdn_hash(const struct sdb_fqdn *n); /* unfinished (lib/sdb/table.h) */
/* The part behind the first label. */
struct sdb_text sdb_fqdn_parent(const struct sdb_fqdn *n);

#endif
