/* SPDX-License-Identifier: ISC */
/* Answers of DAYTIME and TIME servers: whatever they are, what is read can be written and read
 * again. */
#include "tests/fuzz/fuzz.h"

#include "lib/datagram/daytime.h"
#include "lib/datagram/time868.h"
#include "lib/err.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char stamp[DAYTIME_CHARS + 1];
	unsigned char wire[TIME868_BYTES];
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
	if (time868_decode(data, size, 1793898263, &t) == OP_OK) {
		time868_encode(wire, t);
		FUZZ_CHECK(memcmp(wire, data, TIME868_BYTES) == 0);
	}
	return 0;
}
