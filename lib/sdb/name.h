/* SPDX-License-Identifier: ISC */
/*
 * The name of a subnet file, `Subnet_<number><letter>.sdb`, and the order it sorts in: by number,
 * then letter, so that 2 < 128 < 128A < 128B.  Strict, so that no other path can be meant: the
 * number is 0 or has no leading zero, at most nine digits; the letter is optional, one of A-Z a-z.
 */
#ifndef OPDESK_LIB_SDB_NAME_H
#define OPDESK_LIB_SDB_NAME_H

#include <stddef.h>
#include <stdint.h>

#define SDB_NAME_TEXT 22 /* longest file name with its NUL */

struct sdb_name {
	uint32_t number;
	char letter; /* 0: none */
};

/* OP_BAD_REQUEST.  sdb_name_parse_user() also takes it without ".sdb", as people type it. */
int sdb_name_parse(const char *s, size_t len, struct sdb_name *out);
int sdb_name_parse_user(const char *s, size_t len, struct sdb_name *out);
const char *sdb_name_format(char dst[SDB_NAME_TEXT], const struct sdb_name *n);
int sdb_name_compare(const struct sdb_name *a, const struct sdb_name *b); /* <0, 0, >0 */

#endif
