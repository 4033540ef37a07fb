/* SPDX-License-Identifier: ISC */
/* Answers of TIME servers (RFC 868): the first byte says how far our own clock is from 1970 in
 * units of half an era, so that both sides of the wrap come up; what is read is of the era nearest
 * to it, and is written as the same four bytes. */
#include "tests/fuzz/fuzz.h"

#include "lib/datagram/time868.h"
#include "lib/err.h"

#define ERA (INT64_C(1) << 32)

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	unsigned char wire[TIME868_BYTES];
	int64_t near_s, t;

	if (size == 0)
		return 0;
	near_s = data[0] * (ERA / 2) + size;
	data++;
	size--;
	if (time868_decode(data, size, near_s, &t) != OP_OK) {
		FUZZ_CHECK(size < TIME868_BYTES);
		return 0;
	}
	FUZZ_CHECK(size >= TIME868_BYTES && t >= near_s - ERA / 2 && t <= near_s + ERA / 2);
	time868_encode(wire, t);
	FUZZ_CHECK(memcmp(wire, data, TIME868_BYTES) == 0);

	struct time868_offset o = time868_offset(t, near_s * 1000, near_s * 1000 + data[3]);

	FUZZ_CHECK(o.within_ms >= 0);
	FUZZ_CHECK(time868_offset_s(&o) >= o.offset_ms / 1000 - 1 &&
		   time868_offset_s(&o) <= o.offset_ms / 1000 + 1);
	return 0;
}
