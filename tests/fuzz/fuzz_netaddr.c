/* SPDX-License-Identifier: ISC */
/* Addresses, networks and the lists of who may connect: "ADDRESS NETWORK-OR-NAME NAME". */
#include "tests/fuzz/fuzz.h"

#include "lib/acl.h"
#include "lib/err.h"

static void
check_addr(const char *s)
{
	char text[NETADDR_TEXT];
	struct netaddr a, again;

	if (netaddr_parse(s, &a) != OP_OK)
		return;
	FUZZ_CHECK(a.family == 4 || a.family == 6);
	netaddr_format(text, &a);
	FUZZ_CHECK(netaddr_parse(text, &again) == OP_OK && netaddr_equal(&a, &again));
}

static void
check_network(const char *s)
{
	struct network n;

	if (network_parse(s, &n) != OP_OK)
		return;
	FUZZ_CHECK(n.prefix <= (n.base.family == 4 ? 32 : 128));
	FUZZ_CHECK(network_has(&n, &n.base));
}

static void
check_rule(const char *addr, const char *what, const char *name)
{
	struct acl *acl = acl_new();
	struct netaddr a = {0};
	struct network n;

	FUZZ_CHECK(acl);
	netaddr_parse(addr, &a);
	if (acl_add(acl, true, what) == OP_OK) {
		bool allowed = acl_allows(acl, &a, name);

		if (network_parse(what, &n) == OP_OK)
			FUZZ_CHECK(allowed == network_has(&n, &a));
		FUZZ_CHECK(acl_needs_name(acl) || allowed == acl_allows(acl, &a, NULL));
		FUZZ_CHECK(acl_add(acl, false, what) == OP_OK && !acl_allows(acl, &a, name));
	}
	acl_free(acl);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *s = fuzz_string(data, size);
	char *rest = s;
	const char *addr = strsep(&rest, " ");
	const char *what = rest ? strsep(&rest, " ") : "all";

	check_addr(addr);
	check_network(addr);
	check_network(what);
	check_rule(addr, what, rest);
	free(s);
	return 0;
}
