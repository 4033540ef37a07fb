/* SPDX-License-Identifier: ISC */
/*
 * A borrowed piece of text, not terminated, and the few things the subnet model does with one.
 * Letters are ASCII: host names know no others (RFC 1123).
 */
#ifndef OPDESK_LIB_SDB_TEXT_H
#define OPDESK_LIB_SDB_TEXT_H

#include <stdbool.h>
#include <stddef.h>

struct sdb_text {
	const char *s;
	size_t len;
};

#define SDB_TEXT(literal) ((struct sdb_text){(literal), sizeof(literal) - 1})

char sdb_lower(char c);
struct sdb_text sdb_text_of(const char *s);
bool sdb_text_equal(struct sdb_text a, struct sdb_text b);
bool sdb_text_same_letters(struct sdb_text a, struct sdb_text b); /* letters of either case */
struct sdb_text sdb_text_trim(struct sdb_text t);                 /* blanks and tabs at both ends */

/* The piece up to the first `sep`; *rest is what follows it, with s NULL when there was none. */
struct sdb_text sdb_text_until(struct sdb_text t, char sep, struct sdb_text *rest);

#endif
