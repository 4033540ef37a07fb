/* SPDX-License-Identifier: ISC */
/* Answers of DAYTIME servers: whatever they are, what is read can be written and read again. */
#include "tests/fuzz/fuzz.h"

#include "lib/datagram/daytime.h"
#include "lib/err.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char stamp[DAYTIME_CHARS + 1];
	size_t start, len;
	int64_t t, again;

	if (daytime_parse(data, size, &start, &len) == OP_OK) {
		FUZZ_CHECK(len > 0 && start + len <= size);
		if (daytime_parse_stamp((const char *)data + start, len, &t) == OP_OK) {
			daytime_stamp(stamp, t);
			FUZZ_CHECK(daytime_parse_stamp(stamp, DAYTIME_CHARS, &again) == OP_OK);
			FUZZ_CHECK(again == t);
		}
	}
	return 0;
}
