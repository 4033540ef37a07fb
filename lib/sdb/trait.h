/* SPDX-License-Identifier: ISC */
/*
 * Inside lib/sdb/: what a file has, and looks for, that other files can have, too: all that the
 * check compares across files (check_net.c, check_names.c) but the subnets themselves.  Names are
 * fully qualified.  For lib/sdb/index.h.
 */
#ifndef OPDESK_LIB_SDB_TRAIT_H
#define OPDESK_LIB_SDB_TRAIT_H

#include "lib/sdb/header.h"
#include "lib/sdb/host.h"

enum sdb_trait_kind {
	SDB_HAS_ADDRESS, /* of a node, or the gateway's */
	SDB_HAS_MAC,
	SDB_HAS_HOST, /* the name of a node that has an address */
	SDB_HAS_NAME, /* of one that has none */
	SDB_HAS_ALIAS,
	SDB_HAS_DOMAIN,
	SDB_WANTS_HOST,   /* a mail exchanger */
	SDB_WANTS_DOMAIN, /* that it lies in */
	SDB_TRAIT_KINDS
};

struct sdb_trait {
	enum sdb_trait_kind kind;
	/* Of equal things the same, whatever the kind of a name; that of a domain is another than
	 * that of a host of its name. */
	uint32_t hash;
	struct sdb_fqdn name; /* of hosts, names, aliases, domains */
};

/* One after the other, some several times.  Nodes that the check passes over have none. */
void sdb_each_trait(const struct sdb_file *f, const struct sdb_header *h,
    void (*fn)(const struct sdb_trait *t, void *arg), void *arg);

/* The header's domain as a name that is compared. */
struct sdb_fqdn sdb_domain_of(const struct sdb_header *h);

#endif
