/* SPDX-License-Identifier: ISC */
/*
 * What the header of a subnet file says.  The first line with a key counts; keys are exact, case
 * included.  Pure; values are borrowed from the file.
 */
#ifndef OPDESK_LIB_SDB_HEADER_H
#define OPDESK_LIB_SDB_HEADER_H

#include <stdbool.h>
#include "lib/netaddr.h"
#include "lib/sdb/file.h"
#include "lib/sdb/text.h"

/* Shared (format 2): addresses that several nodes, or a node and the gateway, may hold; only the
 * first SDB_MAX_SHARED of them count. */
#define SDB_MAX_SHARED 64
#define SDB_KEYS(X)            \
	X(TITLE, "Title")      \
	X(DOMAIN, "Domain")    \
	X(BASE, "Base_IP")     \
	X(MASK, "Subnet_Mask") \
	X(GATEWAY, "Gateway")  \
	X(FORMAT, "Format")    \
	X(SHARED, "Shared")

enum sdb_key {
#define X(name, text) SDB_KEY_##name,
	SDB_KEYS(X)
#undef X
	    SDB_KEY_COUNT,
	SDB_KEY_UNKNOWN = SDB_KEY_COUNT
};

struct sdb_header {
	const struct sdb_line *line[SDB_KEY_COUNT]; /* NULL: not there */
	struct sdb_text value[SDB_KEY_COUNT];       /* trimmed; empty when not there */
	unsigned format;
	struct netaddr base;    /* as written; family 0: absent or not an address */
	int prefix;             /* bits; -1: absent or not a mask */
	struct netaddr gateway; /* family 0: none */
	bool has_net;           /* base and prefix are good */
	struct network net;     /* base without its host bits */
};

void sdb_header_read(const struct sdb_file *f, struct sdb_header *out);

const char *sdb_key_text(enum sdb_key key);
enum sdb_key sdb_key_of(struct sdb_text key);

/* The key and the value of a header line, trimmed; a UTF-8 byte order mark before it is passed. */
struct sdb_text sdb_header_key(const struct sdb_line *line);
struct sdb_text sdb_header_value(const struct sdb_line *line);

/* "255.255.255.0"; in format 2 also a number of bits, "64".  OP_BAD_REQUEST. */
int sdb_mask_parse(struct sdb_text t, unsigned format, const struct netaddr *base, int *prefix);

/* One shared address after the other; `rest` starts as the value.  Separated by blanks. */
bool sdb_shared_next(struct sdb_text *rest, struct sdb_text *address);
bool sdb_header_shares(const struct sdb_header *h, const struct netaddr *a);

#endif
