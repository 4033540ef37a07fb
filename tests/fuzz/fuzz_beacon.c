/* SPDX-License-Identifier: ISC */
/* Beacons: what is read can be written and read again, and compared with any clock. */
#include "tests/fuzz/fuzz.h"

#include "lib/datagram/beacon.h"
#include "lib/err.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char text[2 * BEACON_BYTES_MAX];
	struct beacon b, again;
	int64_t offset;

	if (beacon_parse(data, size, &b) != OP_OK)
		return 0;
	size_t n = beacon_format(text, sizeof(text), &b);

	FUZZ_CHECK(n > 0 && beacon_parse(text, n, &again) == OP_OK);
	FUZZ_CHECK(strcmp(again.host, b.host) == 0 && again.local_s == b.local_s);
	if (b.full)
		FUZZ_CHECK(again.sent_ms == b.sent_ms && again.zone_min == b.zone_min &&
			   again.period_s == b.period_s && again.seq == b.seq);
	beacon_offset(&b, 1793898263000, 60, &offset);
	return 0;
}
