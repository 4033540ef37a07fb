/* SPDX-License-Identifier: ISC */
/*
 * Inside lib/publish/ only: writing with one sticky error, and the only ways in which something
 * from a subnet file gets into an output.  A name is written in lower case and has been found to
 * be a host name before; all else is made plain, cut, and, in JSON, quoted.
 */
#ifndef OPDESK_LIB_PUBLISH_PUT_H
#define OPDESK_LIB_PUBLISH_PUT_H

#include "lib/buf.h"
#include "lib/netaddr.h"
#include "lib/sdb/host.h"
#include "lib/sdb/text.h"

/* dnsmasq cuts lines at 1,024 bytes and reads the rest as another: stay far below. */
#define PUBLISH_COMMENT_MAX 200

struct publish_put {
	struct buf *buf;
	int err; /* 0 or OP_NO_MEMORY: look once, at the end */
};

void put_bytes(struct publish_put *p, const void *bytes, size_t len);
void put_str(struct publish_put *p, const char *s);
void put_number(struct publish_put *p, uint32_t n);

/* "b.example": the bytes in `dst` are not terminated; their count is returned. */
size_t put_lower(char dst[SDB_HOST_MAX + 1], const struct sdb_fqdn *name);
void put_name(struct publish_put *p, const struct sdb_fqdn *name);
void put_text(struct publish_put *p, struct sdb_text name); /* a part of a name, in lower case */

void put_address(struct publish_put *p, const struct netaddr *a);
void put_mac(struct publish_put *p, const uint8_t mac[6]); /* 02:00:c0:ff:ee:01 */

/* Text for eyes, on one line, at most PUBLISH_COMMENT_MAX bytes. */
void put_comment(struct publish_put *p, struct sdb_text t);
/* The same without what JSON gives a meaning: to stand between quotes. */
void put_json_comment(struct publish_put *p, struct sdb_text t);

#endif
