/* SPDX-License-Identifier: ISC */
/*
 * The node line: six fields, at most five of the colons part them.  In format 2 a colon inside
 * [...] at the start of the address field, and those of a colon-form Ethernet address, part
 * nothing; aliases are separated by commas.  Pure.
 */
#ifndef OPDESK_LIB_SDB_NODE_H
#define OPDESK_LIB_SDB_NODE_H

#include <stdbool.h>
#include <stdint.h>
#include "lib/netaddr.h"
#include "lib/sdb/file.h"
#include "lib/sdb/text.h"

#define SDB_MAC_TEXT 13 /* twelve digits and a NUL */

struct sdb_node {
	struct sdb_text field[SDB_FIELDS];
};

/* "name", "address", "ethernet", "alias", "mx", "comment": for messages and wire formats. */
const char *sdb_field_name(enum sdb_field field);

/* Empty when the line is shorter; its place in the line is sdb_node_column(), from 1. */
struct sdb_text sdb_node_field(const struct sdb_line *node, enum sdb_field field);
size_t sdb_node_column(const struct sdb_line *node, enum sdb_field field);
void sdb_node_read(const struct sdb_line *node, struct sdb_node *out);

/* One after the other; `rest` starts as the alias field.  In format 1 the field is one alias. */
bool sdb_node_next_alias(struct sdb_text *rest, unsigned format, struct sdb_text *alias);

/* "192.0.2.1"; in format 2 also "[2001:db8::1]".  OP_BAD_REQUEST. */
int sdb_address_parse(struct sdb_text t, unsigned format, struct netaddr *out);
/* As it is written in a file; an IPv6 address gets its brackets. */
#define SDB_ADDRESS_TEXT (NETADDR_TEXT + 2)
const char *sdb_address_format(char dst[SDB_ADDRESS_TEXT], const struct netaddr *a);

/* Twelve hexadecimal digits; in format 2 also six pairs with colons.  OP_BAD_REQUEST. */
int sdb_mac_parse(struct sdb_text t, unsigned format, uint8_t out[6]);
/* Any spelling people use: colons, hyphens, dots.  For corrections and importers. */
int sdb_mac_parse_any(struct sdb_text t, uint8_t out[6]);
const char *sdb_mac_format(char dst[SDB_MAC_TEXT], const uint8_t mac[6]);

#endif
