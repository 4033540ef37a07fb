/* SPDX-License-Identifier: ISC */
/* Durations and sizes. */
#include "tests/fuzz/fuzz.h"

#include "lib/err.h"
#include "lib/units.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *s = fuzz_string(data, size);
	int64_t ms = -1, number = 0;
	uint64_t bytes;
	char text[40];

	if (units_duration(s, &ms) == OP_OK) {
		FUZZ_CHECK(ms >= 0 && ms <= INT64_C(864000000000));
		/* nothing but zeros means nothing */
		FUZZ_CHECK(ms > 0 || !strpbrk(s, "123456789"));
	} else {
		FUZZ_CHECK(ms == -1);
	}
	if (units_size(s, &bytes) == OP_OK)
		FUZZ_CHECK(bytes > 0 || !strpbrk(s, "123456789"));
	memcpy(&number, data, size < sizeof(number) ? size : sizeof(number));
	units_format_ms(text, sizeof(text), number);
	FUZZ_CHECK(strlen(text) >= 3 && strlen(text) < sizeof(text) - 1);
	free(s);
	return 0;
}
