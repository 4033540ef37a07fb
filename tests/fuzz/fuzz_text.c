/* SPDX-License-Identifier: ISC */
/* Text from outside made plain, clipped, shown in a log line, and as JSON. */
#include "tests/fuzz/fuzz.h"

#include "lib/err.h"
#include "lib/text.h"

/* The first byte says where to cut and whether lines are kept. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char line[64];
	struct buf plain, json;
	const char *s;
	size_t max, clipped;
	bool utf8;

	if (size == 0)
		return 0;
	max = data[0] / 2;
	s = (const char *)data + 1;
	size--;
	utf8 = text_is_utf8(s, size);
	clipped = text_clip(s, size, max);
	FUZZ_CHECK(clipped <= size && (clipped == size || clipped <= max));
	FUZZ_CHECK(!utf8 || (text_is_utf8(s, clipped) && clipped + 4 > (size < max ? size : max)));
	buf_init(&plain);
	buf_init(&json);
	FUZZ_CHECK(text_plain(&plain, s, size, data[0] & 1) == OP_OK);
	FUZZ_CHECK(text_is_utf8(buf_bytes(&plain), buf_len(&plain)));
	for (size_t i = 0; i < buf_len(&plain); i++) {
		unsigned char c = buf_bytes(&plain)[i];

		FUZZ_CHECK(c >= 0x20 ? c != 0x7f : (data[0] & 1) && (c == '\n' || c == '\t'));
	}
	FUZZ_CHECK(text_json_string(&json, s, size) == OP_OK && buf_len(&json) >= size + 2);
	FUZZ_CHECK(text_is_utf8(buf_bytes(&json), buf_len(&json)));
	FUZZ_CHECK(buf_bytes(&json)[buf_len(&json) - 1] == '"');
	max = 1 + max % sizeof(line);
	text_log(line, max, s, size);
	FUZZ_CHECK(strlen(line) < max && text_is_utf8(line, strlen(line)));
	buf_fini(&plain);
	buf_fini(&json);
	return 0;
}
