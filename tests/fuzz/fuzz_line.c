/* SPDX-License-Identifier: ISC */
/* The first bytes of a connection and the one-line protocol. */
#include "tests/fuzz/fuzz.h"

#include "lib/err.h"
#include "lib/line.h"
#include "lib/text.h"

static int
parse(const uint8_t *data, size_t size, bool eof)
{
	const char *why = NULL;
	size_t len = 0;
	int err = line_parse(data, size, eof, &len, &why);

	FUZZ_CHECK((why != NULL) == (err == OP_BAD_REQUEST || err == OP_TOO_LARGE));
	FUZZ_CHECK(!eof || err != OP_AGAIN);
	if (err == OP_OK) {
		FUZZ_CHECK(len >= 1 && len <= LINE_MAX_BYTES && len <= size);
		FUZZ_CHECK(text_is_utf8(data, len));
		FUZZ_CHECK(!memchr(data, '\n', len) && !memchr(data, '\0', len));
	}
	return err;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	int before = OP_AGAIN;

	if (size > 0 && line_first_byte(data[0]) != LINE_PEER_LINE)
		FUZZ_CHECK(data[0] == 0x00 || data[0] == 0x16);
	/* what has been decided stays decided, however many bytes still come */
	for (size_t n = 0; n <= size; n += 1 + size / 32) {
		int err = parse(data, n, false);

		FUZZ_CHECK(before == OP_AGAIN || err == before);
		before = err;
		parse(data, n, true);
	}
	parse(data, size, false);
	parse(data, size, true);
	return 0;
}
