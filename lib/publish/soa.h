/* SPDX-License-Identifier: ISC */
/*
 * The serial in a master file (RFC 1035, 5): found, and the hash of all the rest.  For zones as
 * publish_bind() writes them and simple ones that others write: the SOA record on one line, no
 * parentheses before its serial.  Pure.
 */
#ifndef OPDESK_LIB_PUBLISH_SOA_H
#define OPDESK_LIB_PUBLISH_SOA_H

#include <stddef.h>
#include <stdint.h>
#include "lib/buf.h"

struct publish_soa {
	size_t at; /* of the serial's digits */
	size_t len;
	uint32_t serial;
};

/* OP_NOT_FOUND. */
int publish_soa_find(const void *bytes, size_t len, struct publish_soa *out);

/* The hash of publish_file.hash: of the content without the serial. */
uint64_t publish_soa_hash(const void *bytes, size_t len, const struct publish_soa *soa);

/* The zone with another serial, appended to `out`.  OP_NO_MEMORY. */
int publish_soa_replace(
    const void *bytes, size_t len, const struct publish_soa *soa, uint32_t serial, struct buf *out);

#endif
