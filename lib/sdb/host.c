/* SPDX-License-Identifier: ISC */
/*
 * The rules for host names, and names compared as if they were written out in full.
 */
#include "lib/sdb/host.h"

#include <string.h>

#include "lib/sdb/table.h"

static bool
is_alnum(char c)
{
	return (c >= '0' && c <= '9') || (sdb_lower(c) >= 'a' && sdb_lower(c) <= 'z');
}

static const char *
label_fault(struct sdb_text label)
{
	if (label.len == 0)
		return "an empty label";
	if (label.len > SDB_LABEL_MAX)
		return "a label of more than 63 characters";
	for (size_t i = 0; i < label.len; i++)
		if (!is_alnum(label.s[i]) && label.s[i] != '-')
			return label.s[i] == '_' ? "an underscore"
						 : "something else than letters, digits, hyphens";
	if (label.s[0] == '-' || label.s[label.len - 1] == '-')
		return "a hyphen at an end";
	return NULL;
}

const char *
sdb_host_fault(struct sdb_text name)
{
	if (name.len > SDB_HOST_MAX)
		return "more than 253 characters";
	do {
		const char *fault = label_fault(sdb_text_until(name, '.', &name));

		if (fault)
			return fault;
	} while (name.s);
	return NULL;
}

static struct sdb_text
without_final_dot(struct sdb_text t)
{
	if (t.len && t.s[t.len - 1] == '.')
		t.len--;
	return t;
}

struct sdb_fqdn
sdb_fqdn_of(struct sdb_text name, struct sdb_text domain)
{
	struct sdb_fqdn n = {without_final_dot(name), without_final_dot(domain)};

	if (name.len && memchr(name.s, '.', name.len))
		n.domain = (struct sdb_text){NULL, 0};
	return n;
}

size_t
sdb_fqdn_len(const struct sdb_fqdn *n)
{
	return n->name.len + (n->domain.len ? n->domain.len + 1 : 0);
}

static char
byte_at(const struct sdb_fqdn *n, size_t i)
{
	if (i == n->name.len)
		return '.';
	return sdb_lower(i < n->name.len ? n->name.s[i] : n->domain.s[i - n->name.len - 1]);
}

bool
sdb_fqdn_equal(const struct sdb_fqdn *a, const struct sdb_fqdn *b)
{
	size_t len = sdb_fqdn_len(a);

	if (len != sdb_fqdn_len(b))
		return false;
	for (size_t i = 0; i < len; i++)
		if (byte_at(a, i) != byte_at(b, i))
			return false;
	return true;
}

uint64_t
sdb_fqdn_hash(const struct sdb_fqdn *n)
{
	uint64_t hash = sdb_hash_bytes(SDB_HASH_START, n->name.s, n->name.len, true);

	if (n->domain.len == 0)
		return hash;
	hash = sdb_hash_bytes(hash, ".", 1, false);
	return sdb_hash_bytes(hash, n->domain.s, n->domain.len, true);
}

struct sdb_text
sdb_fqdn_parent(const struct sdb_fqdn *n)
{
	struct sdb_text parent;

	if (n->domain.len)
		return n->domain;
	sdb_text_until(n->name, '.', &parent);
	return parent;
}
