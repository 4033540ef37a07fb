/* SPDX-License-Identifier: ISC */
/* MessagePack, read: the formats of the specification, and what must be refused. */
#include "tests/unit/unit.h"

#include <stdbool.h>

#include "lib/err.h"
#include "lib/mp.h"

#define BYTES(text) (text), sizeof(text) - 1

static int
parse_copy(struct mp_doc *doc, unsigned char **copy, const void *bytes, size_t len)
{
	/* exactly as long as the message, so that the sanitizer sees a read past it */
	*copy = malloc(len ? len : 1);
	memcpy(*copy, bytes, len);
	return mp_parse(doc, *copy, len);
}

static void
mp_every_integer_format_reads_as_its_value(void **state)
{
	static const struct {
		const char *bytes;
		size_t len;
		int64_t value;
	} cases[] = {
	    {BYTES("\x00"), 0},
	    {BYTES("\x7f"), 127},
	    {BYTES("\xff"), -1},
	    {BYTES("\xe0"), -32},
	    {BYTES("\xcc\xff"), 255},
	    {BYTES("\xcd\x01\x00"), 256},
	    {BYTES("\xce\xff\xff\xff\xff"), 0xffffffff},
	    {BYTES("\xcf\x7f\xff\xff\xff\xff\xff\xff\xff"), INT64_MAX},
	    {BYTES("\xd0\x80"), -128},
	    {BYTES("\xd0\x05"), 5},
	    {BYTES("\xd1\x80\x00"), -32768},
	    {BYTES("\xd2\x80\x00\x00\x00"), INT32_MIN},
	    {BYTES("\xd3\x80\x00\x00\x00\x00\x00\x00\x00"), INT64_MIN},
	};

	(void)state;
	for (size_t i = 0; i < UNIT_COUNT(cases); i++) {
		char map[16] = "\x81\xa1k";
		struct mp_doc doc;
		int64_t v = 99;

		memcpy(map + 3, cases[i].bytes, cases[i].len);
		assert_int_equal(mp_parse(&doc, map, 3 + cases[i].len), OP_OK);
		assert_int_equal(mp_get_int(&doc.root, "k", &v), OP_OK);
		assert_true(v == cases[i].value);
		mp_fini(&doc);
	}
}

static void
mp_integer_past_int64_is_out_of_range(void **state)
{
	struct mp_doc doc;
	int64_t v = 99;

	(void)state;
	assert_int_equal(
	    mp_parse(&doc, BYTES("\x81\xa1k\xcf\x80\x00\x00\x00\x00\x00\x00\x00")), OP_OK);
	assert_int_equal(mp_get_int(&doc.root, "k", &v), OP_BAD_REQUEST);
	assert_int_equal(v, 99);
	mp_fini(&doc);
}

static void
mp_floats_read_as_their_value(void **state)
{
	struct mp_doc doc;

	(void)state;
	assert_int_equal(mp_parse(&doc, BYTES("\xca\x3f\xc0\x00\x00")), OP_OK);
	assert_int_equal(doc.root.type, MSGPACK_OBJECT_FLOAT32);
	assert_true(doc.root.via.f64 == 1.5);
	mp_fini(&doc);
	assert_int_equal(mp_parse(&doc, BYTES("\xcb\xc0\x04\x00\x00\x00\x00\x00\x00")), OP_OK);
	assert_true(doc.root.via.f64 == -2.5);
	mp_fini(&doc);
}

static void
mp_every_length_format_reads_as_its_bytes(void **state)
{
	static const struct {
		const char *bytes;
		size_t len;
		msgpack_object_type type;
	} cases[] = {
	    {BYTES("\xa3"
		   "abc"),
		MSGPACK_OBJECT_STR},
	    {BYTES("\xd9\x03"
		   "abc"),
		MSGPACK_OBJECT_STR},
	    {BYTES("\xda\x00\x03"
		   "abc"),
		MSGPACK_OBJECT_STR},
	    {BYTES("\xdb\x00\x00\x00\x03"
		   "abc"),
		MSGPACK_OBJECT_STR},
	    {BYTES("\xc4\x03"
		   "abc"),
		MSGPACK_OBJECT_BIN},
	    {BYTES("\xc5\x00\x03"
		   "abc"),
		MSGPACK_OBJECT_BIN},
	    {BYTES("\xc6\x00\x00\x00\x03"
		   "abc"),
		MSGPACK_OBJECT_BIN},
	};

	(void)state;
	for (size_t i = 0; i < UNIT_COUNT(cases); i++) {
		struct mp_doc doc;

		assert_int_equal(mp_parse(&doc, cases[i].bytes, cases[i].len), OP_OK);
		assert_int_equal(doc.root.type, cases[i].type);
		assert_int_equal(doc.root.via.str.size, 3);
		assert_memory_equal(doc.root.via.str.ptr, "abc", 3);
		mp_fini(&doc);
	}
}

static void
mp_every_container_format_holds_its_items(void **state)
{
	static const struct {
		const char *bytes;
		size_t len;
	} arrays[] = {{BYTES("\x92\x01\x02")}, {BYTES("\xdc\x00\x02\x01\x02")},
	    {BYTES("\xdd\x00\x00\x00\x02\x01\x02")}},
	  maps[] = {{BYTES("\x81\x01\x02")}, {BYTES("\xde\x00\x01\x01\x02")},
	      {BYTES("\xdf\x00\x00\x00\x01\x01\x02")}};
	struct mp_doc doc;

	(void)state;
	for (size_t i = 0; i < UNIT_COUNT(arrays); i++) {
		assert_int_equal(mp_parse(&doc, arrays[i].bytes, arrays[i].len), OP_OK);
		assert_int_equal(doc.root.type, MSGPACK_OBJECT_ARRAY);
		assert_int_equal(doc.root.via.array.size, 2);
		assert_int_equal(doc.root.via.array.ptr[1].via.u64, 2);
		mp_fini(&doc);
		assert_int_equal(mp_parse(&doc, maps[i].bytes, maps[i].len), OP_OK);
		assert_int_equal(doc.root.type, MSGPACK_OBJECT_MAP);
		assert_int_equal(doc.root.via.map.size, 1);
		assert_int_equal(doc.root.via.map.ptr[0].key.via.u64, 1);
		assert_int_equal(doc.root.via.map.ptr[0].val.via.u64, 2);
		mp_fini(&doc);
	}
}

static void
mp_bad_messages_are_refused(void **state)
{
	static const struct {
		const char *bytes;
		size_t len;
	} cases[] = {
	    {BYTES("")},
	    {BYTES("\xc1")},             /* never used */
	    {BYTES("\xd4\x01\x00")},     /* fixext */
	    {BYTES("\xc7\x01\x01\x00")}, /* ext */
	    {BYTES("\xcc")},             /* cut short … */
	    {BYTES("\xcd\x01")},
	    {BYTES("\xcf\0\0\0\0\0\0\0")},
	    {BYTES("\xa3"
		   "ab")},
	    {BYTES("\xdb\x00\x00")},
	    {BYTES("\x92\x01")},
	    {BYTES("\x81\x01")},
	    {BYTES("\x01\x02")}, /* something left over */
	    {BYTES("\x90\x90")},
	    {BYTES("\xdd\xff\xff\xff\xff")}, /* the 5-byte header that asks for gigabytes */
	    {BYTES("\xdf\xff\xff\xff\xff")},
	    {BYTES("\xdd\x00\x00\x00\x02\x01")}, /* one more than there are bytes */
	    {BYTES("\xdf\x80\x00\x00\x00")},
	    {BYTES("\xdf\x80\x00\x00\x00\x01")}, /* twice 2^31 is 0 in 32 bits */
	    {BYTES("\xdb\xff\xff\xff\xff"
		   "a")},
	    {BYTES("\xc6\xff\xff\xff\xff"
		   "a")},
	};

	(void)state;
	for (size_t i = 0; i < UNIT_COUNT(cases); i++) {
		struct mp_doc doc;
		unsigned char *copy;
		int err = parse_copy(&doc, &copy, cases[i].bytes, cases[i].len);

		if (err != OP_PROTOCOL)
			print_error("case %zu\n", i);
		assert_int_equal(err, OP_PROTOCOL);
		free(copy);
	}
}

static void
claim_without_allocation(void *arg)
{
	struct mp_doc doc;

	(void)arg;
	assert_int_equal(mp_parse(&doc, BYTES("\xdd\xff\xff\xff\xff")), OP_PROTOCOL);
	assert_false(failing_malloc_hit());
}

static void
mp_huge_count_allocates_nothing(void **state)
{
	(void)state;
	failing_malloc_each(claim_without_allocation, NULL);
}

static void
mp_depth_is_limited(void **state)
{
	unsigned char nested[MP_MAX_DEPTH + 2];
	struct mp_doc doc;

	(void)state;
	memset(nested, 0x91, sizeof(nested));
	nested[MP_MAX_DEPTH] = 0xc0;
	assert_int_equal(mp_parse(&doc, nested, MP_MAX_DEPTH + 1), OP_OK);
	mp_fini(&doc);
	nested[MP_MAX_DEPTH] = 0x91;
	nested[MP_MAX_DEPTH + 1] = 0xc0;
	assert_int_equal(mp_parse(&doc, nested, MP_MAX_DEPTH + 2), OP_PROTOCOL);
}

/* An array32 of `count` zeros; returns the byte after it. */
static unsigned char *
zeros(unsigned char *p, uint32_t count)
{
	const unsigned char head[] = {0xdd, (unsigned char)(count >> 24),
	    (unsigned char)(count >> 16), (unsigned char)(count >> 8), (unsigned char)count};

	memcpy(p, head, sizeof(head));
	memset(p + sizeof(head), 0, count);
	return p + sizeof(head) + count;
}

static void
mp_number_of_objects_is_limited(void **state)
{
	unsigned char *many = malloc(MP_MAX_OBJECTS + 20), *end;
	struct mp_doc doc;

	(void)state;
	end = zeros(many, MP_MAX_OBJECTS);
	assert_int_equal(mp_parse(&doc, many, (size_t)(end - many)), OP_OK);
	mp_fini(&doc);
	end = zeros(many, MP_MAX_OBJECTS + 1);
	assert_int_equal(mp_parse(&doc, many, (size_t)(end - many)), OP_PROTOCOL);
	/* two arrays that are too many together: the outer one has two objects itself */
	many[0] = 0x92;
	end = zeros(zeros(many + 1, MP_MAX_OBJECTS / 2), MP_MAX_OBJECTS / 2);
	assert_int_equal(mp_parse(&doc, many, (size_t)(end - many)), OP_PROTOCOL);
	end = zeros(zeros(many + 1, MP_MAX_OBJECTS / 2), MP_MAX_OBJECTS / 2 - 2);
	assert_int_equal(mp_parse(&doc, many, (size_t)(end - many)), OP_OK);
	mp_fini(&doc);
	free(many);
}

static void
mp_scan_tells_the_first_object(void **state)
{
	size_t used = 99;

	(void)state;
	assert_int_equal(mp_scan(BYTES("\x92\x01\xa1x\x05"), &used), OP_OK);
	assert_int_equal(used, 4);
	assert_int_equal(mp_scan(BYTES("\x92\x01"), &used), OP_PROTOCOL);
	assert_int_equal(mp_scan("", 0, &used), OP_PROTOCOL);
	assert_int_equal(used, 4);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(mp_every_integer_format_reads_as_its_value),
	    cmocka_unit_test(mp_integer_past_int64_is_out_of_range),
	    cmocka_unit_test(mp_floats_read_as_their_value),
	    cmocka_unit_test(mp_every_length_format_reads_as_its_bytes),
	    cmocka_unit_test(mp_every_container_format_holds_its_items),
	    cmocka_unit_test(mp_bad_messages_are_refused),
	    cmocka_unit_test(mp_huge_count_allocates_nothing),
	    cmocka_unit_test(mp_depth_is_limited),
	    cmocka_unit_test(mp_number_of_objects_is_limited),
	    cmocka_unit_test(mp_scan_tells_the_first_object),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
