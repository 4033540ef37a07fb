/* SPDX-License-Identifier: ISC */
/* RFC 868, and the arithmetic of what it says about a clock. */
#include "lib/datagram/time868.h"

#include "lib/err.h"

#define FROM_1900_TO_1970_S INT64_C(2208988800) /* RFC 868 */

void
time868_encode(unsigned char out[TIME868_BYTES], int64_t unix_s)
{
	uint32_t v = (uint32_t)(unix_s + FROM_1900_TO_1970_S);

	for (int i = 0; i < TIME868_BYTES; i++)
		out[i] = (unsigned char)(v >> (24 - 8 * i));
}

int
time868_decode(const void *bytes, size_t len, int64_t near_s, int64_t *unix_s)
{
	const unsigned char *b = bytes;
	uint32_t v = 0;

	if (len < TIME868_BYTES)
		return OP_BAD_REQUEST;
	for (int i = 0; i < TIME868_BYTES; i++)
		v = v << 8 | b[i];
	/* The difference modulo 2^32, as the number nearest to zero. */
	*unix_s = near_s + (int32_t)(v - (uint32_t)(near_s + FROM_1900_TO_1970_S));
	return OP_OK;
}

struct time868_offset
time868_offset(int64_t unix_s, int64_t asked_ms, int64_t answered_ms)
{
	int64_t least = unix_s * 1000 - answered_ms, most = unix_s * 1000 + 999 - asked_ms;

	return (struct time868_offset){
	    .offset_ms = (least + most) / 2, .within_ms = (most - least + 1) / 2};
}

int64_t
time868_offset_s(const struct time868_offset *o)
{
	int64_t ms = o->offset_ms;

	if (ms <= o->within_ms && -ms <= o->within_ms)
		return 0;
	return (ms + (ms < 0 ? -500 : 500)) / 1000;
}
