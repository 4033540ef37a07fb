/* SPDX-License-Identifier: ISC */
/* From what people type for a subnet to the name of its file. */
#ifndef OPDESK_CLIENT_IPADMC_SUBNET_H
#define OPDESK_CLIENT_IPADMC_SUBNET_H

#include "client/common/query.h"
#include "lib/netaddr.h"

#define SUBNET_FILE 101 /* bytes of a file name, its NUL included */

/*
 * A number with or without a letter ("128B") is that of a subnet file; an address or a network
 * ("192.0.2.7", "2001:db8::/64") is looked for in the daemon's list; anything else is a name, and
 * the daemon's to judge.  OP_NOT_FOUND, OP_BAD_REQUEST, and what query_call() gives; all said.
 */
int subnet_resolve(struct query *q, const char *typed, char file[SUBNET_FILE]);

/* The pure parts: the name that a number means (false: it is none); the file of a list whose
 * network has the address (NULL: none). */
bool subnet_of_number(const char *typed, char file[SUBNET_FILE]);
const msgpack_object *subnet_of_network(
    const msgpack_object_array *files, const struct network *net);

#endif
