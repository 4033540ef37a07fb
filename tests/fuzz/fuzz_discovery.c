/* SPDX-License-Identifier: ISC */
/* Discovery: an answer is never longer than what asked, and is read back as it was. */
#include "tests/fuzz/fuzz.h"

#include "lib/datagram/discovery.h"
#include "lib/err.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct discovery_reply r, again;
	char text[DISCOVERY_BYTES_MAX], resolved[300];

	if (discovery_asks(data, size, "ipadmd")) {
		struct discovery_reply ours = {"ipadmd", "0.1.0", "tcp:*:8980"};

		FUZZ_CHECK(discovery_format(text, size, &ours) <= size);
	}
	if (discovery_parse(data, size, &r) != OP_OK)
		return 0;
	size_t n = discovery_format(text, sizeof(text), &r);

	FUZZ_CHECK(n == size && memcmp(text, data, n) == 0);
	FUZZ_CHECK(discovery_parse(text, n, &again) == OP_OK);
	FUZZ_CHECK(discovery_resolve(resolved, sizeof(resolved), &r, "2001:db8::1"));
	return 0;
}
