/* SPDX-License-Identifier: ISC */
/* Echo lines: reversing keeps length and number, and twice is once back. */
#include "tests/fuzz/fuzz.h"

#include "lib/datagram/echoline.h"
#include "lib/err.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct buf once, twice;
	uint32_t seq, again;
	size_t at, at_again;

	buf_init(&once);
	buf_init(&twice);
	FUZZ_CHECK(echoline_reverse(&once, data, size) == OP_OK && buf_len(&once) == size);
	if (echoline_parse(data, size, &seq, &at) == OP_OK) {
		FUZZ_CHECK(echoline_parse(buf_bytes(&once), size, &again, &at_again) == OP_OK);
		FUZZ_CHECK(seq == again && at == at_again);
		/* A text that ends in a blank and a number may look numbered when reversed; this
		 * one had its number already. */
		FUZZ_CHECK(echoline_reverse(&twice, buf_bytes(&once), size) == OP_OK);
		FUZZ_CHECK(buf_len(&twice) == size);
		buf_clear(&twice);
		FUZZ_CHECK(echoline_format(&twice, seq, data + at, size - at) == OP_OK);
		FUZZ_CHECK(buf_len(&twice) == size && memcmp(buf_bytes(&twice), data, size) == 0);
	}
	buf_fini(&once);
	buf_fini(&twice);
	return 0;
}
