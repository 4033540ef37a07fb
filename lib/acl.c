/* SPDX-License-Identifier: ISC */
/* The list of rules, read from its end: the last one that matches decides. */
#include "lib/acl.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "lib/err.h"

#define NAME_BYTES 256

enum what { WHAT_ALL, WHAT_LOCAL, WHAT_NETWORK, WHAT_NAME, WHAT_BELOW };

struct rule {
	bool allow;
	enum what what;
	struct network network;
	char name[NAME_BYTES]; /* WHAT_BELOW: with its leading dot */
};

struct acl {
	struct rule *rules;
	size_t count;
};

struct acl *
acl_new(void)
{
	return calloc(1, sizeof(struct acl));
}

void
acl_free(struct acl *a)
{
	if (!a)
		return;
	free(a->rules);
	free(a);
}

/* A host name (RFC 1123, 2.1), underscores allowed as many networks have them; the last label is
 * not a number, else a mistyped address would pass for a name. */
static bool
is_host_name(const char *s)
{
	static const char chars[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
				    "-_.";
	const char *last = strrchr(s, '.');
	size_t len = strlen(s);

	last = last ? last + 1 : s;
	return len > 0 && len < NAME_BYTES && strspn(s, chars) == len && s[0] != '.' &&
	       s[0] != '-' && !strstr(s, "..") && strspn(last, "0123456789") != strlen(last);
}

static int
parse_what(const char *what, struct rule *r)
{
	bool below = what[0] == '.';

	if (strcmp(what, "all") == 0) {
		r->what = WHAT_ALL;
	} else if (strcmp(what, "local") == 0) {
		r->what = WHAT_LOCAL;
	} else if (network_parse(what, &r->network) == OP_OK) {
		r->what = WHAT_NETWORK;
	} else if (strlen(what) < sizeof(r->name) && is_host_name(what + below)) {
		r->what = below ? WHAT_BELOW : WHAT_NAME;
		memcpy(r->name, what, strlen(what) + 1);
	} else {
		return OP_BAD_REQUEST;
	}
	return OP_OK;
}

int
acl_add(struct acl *a, bool allow, const char *what)
{
	struct rule r = {.allow = allow};
	struct rule *rules;
	int err = parse_what(what, &r);

	if (err)
		return err;
	rules = reallocarray(a->rules, a->count + 1, sizeof(*rules));
	if (!rules)
		return OP_NO_MEMORY;
	a->rules = rules;
	a->rules[a->count++] = r;
	return OP_OK;
}

static bool
is_below(const char *name, const char *domain)
{
	size_t len = strlen(name), tail = strlen(domain);

	return len > tail && strcasecmp(name + len - tail, domain) == 0;
}

static bool
matches(const struct rule *r, const struct netaddr *addr, const char *name)
{
	switch (r->what) {
	case WHAT_ALL:
		return true;
	case WHAT_LOCAL:
		return addr->family == 0;
	case WHAT_NETWORK:
		return network_has(&r->network, addr);
	case WHAT_NAME:
		return name && strcasecmp(name, r->name) == 0;
	case WHAT_BELOW:
		return name && is_below(name, r->name);
	}
	return false;
}

bool
acl_allows(const struct acl *a, const struct netaddr *addr, const char *verified_name)
{
	for (size_t i = a->count; i-- > 0;)
		if (matches(&a->rules[i], addr, verified_name))
			return a->rules[i].allow;
	return false;
}

bool
acl_needs_name(const struct acl *a)
{
	for (size_t i = 0; i < a->count; i++)
		if (a->rules[i].what == WHAT_NAME || a->rules[i].what == WHAT_BELOW)
			return true;
	return false;
}
