/* SPDX-License-Identifier: ISC */
/* Frames: a stream cut at random places gives the messages of the whole stream. */
#include "tests/fuzz/fuzz.h"

#include "lib/err.h"
#include "lib/frame.h"

#define MAX_BYTES 4096u

/* Take what is complete; every payload, framed again, is appended to `again`. */
static int
drain(struct buf *in, struct buf *again)
{
	struct frame f;
	int err;

	while ((err = frame_peek(buf_bytes(in), buf_len(in), MAX_BYTES, &f)) == OP_OK) {
		FUZZ_CHECK(f.len >= 1 && f.len <= MAX_BYTES);
		FUZZ_CHECK(frame_append(again, f.payload, f.len) == OP_OK);
		buf_consume(in, FRAME_HEADER + f.len);
	}
	return err;
}

/* The first byte says how the rest is cut. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct buf in, whole, cut;
	int err_whole, err_cut = OP_AGAIN;
	size_t step;

	if (size == 0)
		return 0;
	step = 1 + data[0];
	data++;
	size--;
	buf_init(&in);
	buf_init(&whole);
	buf_init(&cut);
	buf_append(&in, data, size);
	err_whole = drain(&in, &whole);
	/* what was read, framed again, is what was sent */
	FUZZ_CHECK(buf_len(&whole) + buf_len(&in) == size);
	FUZZ_CHECK(buf_len(&whole) == 0 || memcmp(buf_bytes(&whole), data, buf_len(&whole)) == 0);
	buf_clear(&in);
	for (size_t at = 0; at < size && err_cut == OP_AGAIN; at += step) {
		buf_append(&in, data + at, step < size - at ? step : size - at);
		err_cut = drain(&in, &cut);
	}
	FUZZ_CHECK(err_cut == err_whole && buf_len(&cut) == buf_len(&whole));
	buf_fini(&in);
	buf_fini(&whole);
	buf_fini(&cut);
	return 0;
}
