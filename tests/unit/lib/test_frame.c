/* SPDX-License-Identifier: ISC */
/* Frames: any split of the stream gives the same messages, and a claimed length allocates nothing.
 */
#include "tests/unit/unit.h"

#include "lib/err.h"
#include "lib/frame.h"

#define MAX_FRAMES 64

struct seen {
	size_t count;
	size_t lens[MAX_FRAMES];
	unsigned char bytes[65536];
	size_t total;
};

/* What a connection does with the bytes that arrive. */
static int
feed(struct buf *in, const void *bytes, size_t len, struct seen *seen)
{
	struct frame f;
	int err;

	assert_int_equal(buf_append(in, bytes, len), OP_OK);
	while ((err = frame_peek(buf_bytes(in), buf_len(in), 1000, &f)) == OP_OK) {
		assert_true(seen->count < MAX_FRAMES && seen->total + f.len <= sizeof(seen->bytes));
		memcpy(seen->bytes + seen->total, f.payload, f.len);
		seen->lens[seen->count++] = f.len;
		seen->total += f.len;
		buf_consume(in, FRAME_HEADER + f.len);
	}
	return err == OP_AGAIN ? OP_OK : err;
}

static void
fill(struct buf *out, const size_t *lens, size_t count)
{
	unsigned char payload[1000];

	for (size_t i = 0; i < count; i++) {
		memset(payload, (int)('a' + i), sizeof(payload));
		assert_int_equal(frame_append(out, payload, lens[i]), OP_OK);
	}
}

static void
frame_every_split_gives_the_same_messages(void **state)
{
	static const size_t lens[] = {1, 2, 3, 4, 5, 40};
	static struct seen whole, split;
	struct buf stream, in;

	(void)state;
	buf_init(&stream);
	buf_init(&in);
	fill(&stream, lens, UNIT_COUNT(lens));
	assert_int_equal(feed(&in, buf_bytes(&stream), buf_len(&stream), &whole), OP_OK);
	assert_int_equal(whole.count, UNIT_COUNT(lens));
	assert_int_equal(buf_len(&in), 0);
	/* two cuts, everywhere; equal cuts make it two pieces, 0 and the length make it one */
	for (size_t i = 0; i <= buf_len(&stream); i++) {
		for (size_t j = i; j <= buf_len(&stream); j++) {
			memset(&split, 0, sizeof(split));
			feed(&in, buf_bytes(&stream), i, &split);
			feed(&in, buf_bytes(&stream) + i, j - i, &split);
			feed(&in, buf_bytes(&stream) + j, buf_len(&stream) - j, &split);
			assert_memory_equal(&split, &whole, sizeof(whole));
		}
	}
	buf_fini(&stream);
	buf_fini(&in);
}

static void
frame_byte_by_byte_gives_the_same_messages(void **state)
{
	static const size_t lens[] = {1, 255, 256, 257, 1000};
	static struct seen seen;
	struct buf stream, in;

	(void)state;
	buf_init(&stream);
	buf_init(&in);
	fill(&stream, lens, UNIT_COUNT(lens));
	for (size_t i = 0; i < buf_len(&stream); i++)
		assert_int_equal(feed(&in, buf_bytes(&stream) + i, 1, &seen), OP_OK);
	assert_int_equal(seen.count, UNIT_COUNT(lens));
	assert_memory_equal(seen.lens, lens, sizeof(lens));
	buf_fini(&stream);
	buf_fini(&in);
}

static void
frame_header_is_big_endian(void **state)
{
	static const unsigned char wire[] = {0, 0, 1, 2};
	struct buf out;
	unsigned char payload[258] = {0};

	(void)state;
	buf_init(&out);
	assert_int_equal(frame_append(&out, payload, sizeof(payload)), OP_OK);
	assert_memory_equal(buf_bytes(&out), wire, sizeof(wire));
	assert_int_equal(frame_claimed(wire), 258);
	assert_int_equal(frame_claimed("\xff\xff\xff\xff"), 0xffffffffu);
	buf_fini(&out);
}

static void
frame_bad_lengths_are_refused_at_the_header(void **state)
{
	static const struct {
		const char header[5];
		size_t max;
		int err;
	} cases[] = {
	    {"\0\0\0\0", 1000, OP_PROTOCOL},
	    {"\0\0\3\xe9", 1000, OP_TOO_LARGE},
	    {"\0\0\3\xe8", 1000, OP_AGAIN},
	    {"\0\xff\xff\xff", FRAME_MAX, OP_AGAIN},
	    {"\1\0\0\0", FRAME_MAX, OP_TOO_LARGE},
	    {"\1\0\0\0", SIZE_MAX, OP_TOO_LARGE},
	    {"\xff\xff\xff\xff", FRAME_MAX, OP_TOO_LARGE},
	    {"GET ", FRAME_MAX, OP_TOO_LARGE},
	};

	(void)state;
	for (size_t i = 0; i < UNIT_COUNT(cases); i++) {
		struct frame f = {NULL, 77};

		assert_int_equal(frame_peek(cases[i].header, 4, cases[i].max, &f), cases[i].err);
		assert_int_equal(f.len, 77);
	}
}

static void
frame_append_of_bad_lengths_leaves_the_buffer(void **state)
{
	char *big = calloc(1, FRAME_MAX + 1);
	struct buf out;

	(void)state;
	buf_init(&out);
	assert_int_equal(frame_append(&out, "x", 1), OP_OK);
	assert_int_equal(frame_append(&out, "", 0), OP_BAD_REQUEST);
	assert_int_equal(frame_append(&out, big, FRAME_MAX + 1), OP_TOO_LARGE);
	assert_int_equal(buf_len(&out), 5);
	assert_int_equal(frame_append(&out, big, FRAME_MAX), OP_OK);
	buf_fini(&out);
	free(big);
}

static void
frame_built_in_place_equals_one_appended(void **state)
{
	struct buf a, b;
	size_t mark;

	(void)state;
	buf_init(&a);
	buf_init(&b);
	frame_append(&a, "one", 3);
	frame_append(&a, "three", 5);
	frame_append(&b, "one", 3);
	assert_int_equal(frame_begin(&b, &mark), OP_OK);
	buf_append(&b, "thr", 3);
	buf_append(&b, "ee", 2);
	assert_int_equal(frame_end(&b, mark), OP_OK);
	assert_int_equal(buf_len(&a), buf_len(&b));
	assert_memory_equal(buf_bytes(&a), buf_bytes(&b), buf_len(&a));
	buf_fini(&a);
	buf_fini(&b);
}

static void
frame_end_takes_a_bad_frame_back_out(void **state)
{
	struct buf b;
	unsigned char *room;
	size_t mark;

	(void)state;
	buf_init(&b);
	frame_append(&b, "one", 3);
	buf_consume(&b, 2);
	frame_begin(&b, &mark);
	assert_int_equal(frame_end(&b, mark), OP_BAD_REQUEST);
	assert_int_equal(buf_len(&b), 5);
	frame_begin(&b, &mark);
	assert_int_equal(buf_reserve(&b, FRAME_MAX + 1, &room), OP_OK);
	memset(room, 0, FRAME_MAX + 1);
	buf_commit(&b, FRAME_MAX + 1);
	assert_int_equal(frame_end(&b, mark), OP_TOO_LARGE);
	assert_int_equal(buf_len(&b), 5);
	buf_fini(&b);
}

static void
append_under_failing_malloc(void *arg)
{
	struct buf b;
	size_t mark, before;
	char payload[600] = {0};

	(void)arg;
	buf_init(&b);
	for (int i = 0; i < 5; i++) {
		before = buf_len(&b);
		if (frame_begin(&b, &mark) != OP_OK)
			assert_int_equal(buf_len(&b), before);
		else if (buf_append(&b, payload, 10) != OP_OK)
			buf_truncate(&b, mark);
		else
			assert_int_equal(frame_end(&b, mark), OP_OK);
		before = buf_len(&b);
		if (frame_append(&b, payload, sizeof(payload)) != OP_OK)
			assert_int_equal(buf_len(&b), before);
	}
	buf_fini(&b);
}

static void
frame_without_memory_appends_all_or_nothing(void **state)
{
	(void)state;
	failing_malloc_each(append_under_failing_malloc, NULL);
}

static void
frame_random_streams_agree_with_what_was_sent(void **state)
{
	static struct seen seen;

	(void)state;
	unit_random_start(__func__);
	for (int round = 0; round < 300; round++) {
		size_t lens[MAX_FRAMES], count = 1 + unit_random(20);
		struct buf stream, in;

		buf_init(&stream);
		buf_init(&in);
		for (size_t i = 0; i < count; i++)
			lens[i] = 1 + unit_random(unit_random(2) ? 10 : 1000);
		fill(&stream, lens, count);
		memset(&seen, 0, sizeof(seen));
		while (buf_len(&stream)) {
			size_t n = 1 + unit_random(unit_random(3) ? 8 : 2000);

			n = n < buf_len(&stream) ? n : buf_len(&stream);
			assert_int_equal(feed(&in, buf_bytes(&stream), n, &seen), OP_OK);
			buf_consume(&stream, n);
		}
		assert_int_equal(seen.count, count);
		assert_memory_equal(seen.lens, lens, count * sizeof(lens[0]));
		for (size_t i = 0, at = 0; i < count; at += lens[i++])
			assert_int_equal(seen.bytes[at], 'a' + i);
		buf_fini(&stream);
		buf_fini(&in);
	}
}

static void
frame_random_garbage_is_refused_or_waits(void **state)
{
	(void)state;
	unit_random_start(__func__);
	for (int round = 0; round < 20000; round++) {
		unsigned char bytes[16];
		size_t len = unit_random(sizeof(bytes) + 1);
		struct frame f;
		int err;

		for (size_t i = 0; i < len; i++)
			bytes[i] = (unsigned char)(unit_random(2) ? unit_random(256) : 0);
		err = frame_peek(bytes, len, 64, &f);
		if (err == OP_OK)
			assert_true(f.len >= 1 && FRAME_HEADER + f.len <= len);
		else if (len >= FRAME_HEADER && err != OP_AGAIN)
			assert_true(frame_claimed(bytes) == 0 || frame_claimed(bytes) > 64);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(frame_every_split_gives_the_same_messages),
	    cmocka_unit_test(frame_byte_by_byte_gives_the_same_messages),
	    cmocka_unit_test(frame_header_is_big_endian),
	    cmocka_unit_test(frame_bad_lengths_are_refused_at_the_header),
	    cmocka_unit_test(frame_append_of_bad_lengths_leaves_the_buffer),
	    cmocka_unit_test(frame_built_in_place_equals_one_appended),
	    cmocka_unit_test(frame_end_takes_a_bad_frame_back_out),
	    cmocka_unit_test(frame_without_memory_appends_all_or_nothing),
	    cmocka_unit_test(frame_random_streams_agree_with_what_was_sent),
	    cmocka_unit_test(frame_random_garbage_is_refused_or_waits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
