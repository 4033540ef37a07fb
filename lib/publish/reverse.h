/* SPDX-License-Identifier: ISC */
/*
 * Inside lib/publish/ only: the names of reverse zones and in them (RFC 1035 3.5, RFC 3596 2.5,
 * RFC 2317).  Pure.
 */
#ifndef OPDESK_LIB_PUBLISH_REVERSE_H
#define OPDESK_LIB_PUBLISH_REVERSE_H

#include "lib/publish/put.h"
#include "lib/publish/set.h"

#define PUBLISH_REVERSE_TEXT (SDB_HOST_MAX + 1)

/* How many leading bits of an address its zone's name says: 8, 16, 24; 4, 8 … 124. */
uint8_t publish_reverse_bits(const struct publish_subnet *n);
bool publish_is_classless(const struct publish_subnet *n);

/* How many zones the subnet fills (one, when it is smaller than that), and an address of each. */
uint32_t publish_reverse_count(const struct publish_subnet *n);
struct netaddr publish_reverse_nth(const struct publish_subnet *n, uint32_t i);

/* The zone with the address in it.  A classless subnet has one of its own, whose name has this
 * separator; with 0 it is the one around that. */
const char *publish_reverse_name(char dst[PUBLISH_REVERSE_TEXT], const struct publish_subnet *n,
    const struct netaddr *a, char separator);

/* The address's name within its zone: "33", "7.1", "7.0.0.0". */
void publish_put_pointer(
    struct publish_put *p, const struct publish_subnet *n, const struct netaddr *a);

#endif
