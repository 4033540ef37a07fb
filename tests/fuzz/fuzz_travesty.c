/* SPDX-License-Identifier: ISC */
/* The conversation of travestyd: any lines, interrupted anywhere (a byte 0x01 is urgent data). */
#include "tests/fuzz/fuzz.h"

#include "examples/travesty/session.h"
#include "lib/err.h"

static void
answer(struct session *s, struct buf *out)
{
	for (int i = 0; i < 3 && s->state == SESSION_GENERATES; i++)
		FUZZ_CHECK(session_generate(s, out) == OP_OK);
	/* a text that has ended, ended by a lone dot */
	if (s->state == SESSION_COMMAND && buf_len(out) > 5 &&
	    memcmp(buf_bytes(out), "203", 3) == 0)
		FUZZ_CHECK(memcmp(buf_bytes(out) + buf_len(out) - 5, "\r\n.\r\n", 5) == 0);
	buf_clear(out);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct session s;
	struct buf out;
	bool urgent;

	buf_init(&out);
	FUZZ_CHECK(session_init(&s, size, &out) == OP_OK);
	buf_clear(&out);
	for (size_t at = 0; at < size && s.state != SESSION_OVER;) {
		const uint8_t *end = memchr(data + at, '\n', size - at);
		size_t len = end ? (size_t)(end - data) - at : size - at;

		if (len > 0 && data[at] == 0x01)
			FUZZ_CHECK(session_interrupt(&s, &out, &urgent) == OP_OK);
		else if (s.state != SESSION_GENERATES)
			FUZZ_CHECK(session_line(&s, (const char *)data + at, len, &out) == OP_OK);
		answer(&s, &out);
		at += len + 1;
	}
	session_fini(&s);
	buf_fini(&out);
	return 0;
}
