/* SPDX-License-Identifier: ISC */
/*
 * File names of subnets.  Nothing but the strict form passes, so a name that parsed can be joined
 * to a directory.
 */
#include "lib/sdb/name.h"

#include <stdio.h>
#include <string.h>

#include "lib/err.h"

#define PREFIX "Subnet_"
#define SUFFIX ".sdb"
#define MAX_DIGITS 9

static int
parse_key(const char *s, size_t len, struct sdb_name *out)
{
	struct sdb_name n = {0};
	size_t i;

	for (i = 0; i < len && s[i] >= '0' && s[i] <= '9'; i++) {
		if (i == MAX_DIGITS)
			return OP_BAD_REQUEST;
		n.number = n.number * 10 + (uint32_t)(s[i] - '0');
	}
	if (i == 0 || (i > 1 && s[0] == '0') || len - i > 1)
		return OP_BAD_REQUEST;
	if (i < len) {
		if (!((s[i] >= 'A' && s[i] <= 'Z') || (s[i] >= 'a' && s[i] <= 'z')))
			return OP_BAD_REQUEST;
		n.letter = s[i];
	}
	*out = n;
	return OP_OK;
}

static int
parse(const char *s, size_t len, size_t suffix, struct sdb_name *out)
{
	const size_t prefix = sizeof(PREFIX) - 1;

	if (len <= prefix + suffix || memcmp(s, PREFIX, prefix) != 0 ||
	    memcmp(s + len - suffix, SUFFIX, suffix) != 0)
		return OP_BAD_REQUEST;
	return parse_key(s + prefix, len - prefix - suffix, out);
}

int
sdb_name_parse(const char *s, size_t len, struct sdb_name *out)
{
	return parse(s, len, sizeof(SUFFIX) - 1, out);
}

int
sdb_name_parse_user(const char *s, size_t len, struct sdb_name *out)
{
	return parse(s, len, 0, out) == OP_OK ? OP_OK : sdb_name_parse(s, len, out);
}

const char *
sdb_name_format(char dst[SDB_NAME_TEXT], const struct sdb_name *n)
{
	char letter[2] = {n->letter, '\0'};

	snprintf(dst, SDB_NAME_TEXT, PREFIX "%u%s" SUFFIX, n->number, letter);
	return dst;
}

int
sdb_name_compare(const struct sdb_name *a, const struct sdb_name *b)
{
	if (a->number != b->number)
		return a->number < b->number ? -1 : 1;
	return a->letter - b->letter;
}
