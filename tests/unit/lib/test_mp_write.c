/* SPDX-License-Identifier: ISC */
/* MessagePack, written and read back, also by msgpack-c. */
#include "tests/unit/unit.h"

#include <stdbool.h>

#include "lib/err.h"
#include "lib/mp.h"

#define BYTES(text) (text), sizeof(text) - 1

/* {i: -5, b: true, s: "hä", bin: "\0\1", a: [nil, "x"], n: nil, nul: "a\0b"} */
static void
pack_sample(struct mp_out *o)
{
	mp_map(o, 7);
	mp_kint(o, "i", -5);
	mp_kbool(o, "b", true);
	mp_kstr(o, "s", "hä");
	mp_str(o, "bin");
	mp_bin(o, "\0\1", 2);
	mp_str(o, "a");
	mp_array(o, 2);
	mp_nil(o);
	mp_strn(o, "xyz", 1);
	mp_kstr(o, "n", NULL);
	mp_str(o, "nul");
	mp_strn(o, "a\0b", 3);
}

static void
mp_no_bytes_are_an_empty_string(void **state)
{
	struct mp_out o;
	struct buf b;

	(void)state;
	buf_init(&b);
	mp_out_init(&o, &b);
	mp_strn(&o, NULL, 0);
	assert_int_equal(o.err, OP_OK);
	assert_int_equal(buf_len(&b), 1);
	assert_int_equal(*buf_bytes(&b), 0xa0);
	buf_fini(&b);
}

static void
mp_written_map_is_read_back(void **state)
{
	const msgpack_object_array *a;
	struct mp_text t;
	struct mp_doc doc;
	struct mp_out o;
	struct buf b;
	int64_t i;
	bool yes = false;

	(void)state;
	buf_init(&b);
	mp_out_init(&o, &b);
	pack_sample(&o);
	assert_int_equal(o.err, OP_OK);
	assert_int_equal(mp_parse(&doc, buf_bytes(&b), buf_len(&b)), OP_OK);
	assert_int_equal(mp_get_int(&doc.root, "i", &i), OP_OK);
	assert_int_equal(i, -5);
	assert_int_equal(mp_get_bool(&doc.root, "b", &yes), OP_OK);
	assert_true(yes);
	assert_int_equal(mp_get_text(&doc.root, "s", &t), OP_OK);
	assert_true(mp_text_is(t, "hä"));
	assert_false(mp_text_is(t, "h"));
	assert_false(mp_text_is(t, "häh"));
	assert_int_equal(mp_get(&doc.root, "bin")->type, MSGPACK_OBJECT_BIN);
	assert_int_equal(mp_get_array(&doc.root, "a", &a), OP_OK);
	assert_int_equal(a->size, 2);
	assert_int_equal(a->ptr[0].type, MSGPACK_OBJECT_NIL);
	mp_fini(&doc);
	buf_fini(&b);
}

static void
mp_absent_nil_and_wrong_types_are_told_apart(void **state)
{
	const msgpack_object_array *a = NULL;
	struct mp_text t = {NULL, 0};
	struct mp_doc doc;
	struct mp_out o;
	struct buf b;
	int64_t i = 7;
	bool yes;

	(void)state;
	buf_init(&b);
	mp_out_init(&o, &b);
	pack_sample(&o);
	assert_int_equal(mp_parse(&doc, buf_bytes(&b), buf_len(&b)), OP_OK);
	assert_int_equal(mp_get_int(&doc.root, "n", &i), OP_NOT_FOUND);
	assert_int_equal(mp_get_int(&doc.root, "absent", &i), OP_NOT_FOUND);
	assert_int_equal(mp_get_int(&doc.root, "s", &i), OP_BAD_REQUEST);
	assert_int_equal(i, 7);
	assert_int_equal(mp_get_text(&doc.root, "i", &t), OP_BAD_REQUEST);
	assert_int_equal(mp_get_text(&doc.root, "bin", &t), OP_BAD_REQUEST);
	assert_int_equal(mp_get_bool(&doc.root, "i", &yes), OP_BAD_REQUEST);
	assert_int_equal(mp_get_array(&doc.root, "s", &a), OP_BAD_REQUEST);
	assert_null(mp_get(NULL, "s"));
	assert_null(mp_get(mp_get(&doc.root, "s"), "s"));
	assert_null(mp_dup(&doc.root, "i"));
	assert_null(mp_dup(&doc.root, "nul"));
	assert_null(mp_dup(&doc.root, "absent"));
	mp_fini(&doc);
	buf_fini(&b);
}

static void
mp_first_of_two_equal_keys_counts(void **state)
{
	struct mp_doc doc;
	int64_t v;

	(void)state;
	assert_int_equal(mp_parse(&doc, BYTES("\x83\x05\x06\xa1k\x01\xa1k\x02")), OP_OK);
	assert_int_equal(mp_get_int(&doc.root, "k", &v), OP_OK);
	assert_int_equal(v, 1);
	mp_fini(&doc);
}

static void
mp_object_written_again_is_the_same(void **state)
{
	struct mp_doc doc;
	struct mp_out o;
	struct buf a, b;

	(void)state;
	buf_init(&a);
	buf_init(&b);
	mp_out_init(&o, &a);
	pack_sample(&o);
	assert_int_equal(mp_parse(&doc, buf_bytes(&a), buf_len(&a)), OP_OK);
	mp_out_init(&o, &b);
	mp_object(&o, &doc.root);
	assert_int_equal(o.err, OP_OK);
	assert_int_equal(buf_len(&a), buf_len(&b));
	assert_memory_equal(buf_bytes(&a), buf_bytes(&b), buf_len(&a));
	buf_clear(&b);
	mp_raw(&o, buf_bytes(&a), buf_len(&a));
	assert_memory_equal(buf_bytes(&a), buf_bytes(&b), buf_len(&a));
	mp_fini(&doc);
	buf_fini(&a);
	buf_fini(&b);
}

static void
round_trip_under_failing_malloc(void *arg)
{
	struct mp_doc doc;
	struct mp_out o;
	struct buf b;

	(void)arg;
	buf_init(&b);
	mp_out_init(&o, &b);
	pack_sample(&o);
	if (o.err) {
		assert_int_equal(o.err, OP_NO_MEMORY);
	} else {
		int err = mp_parse(&doc, buf_bytes(&b), buf_len(&b));

		assert_true(err == OP_OK || err == OP_NO_MEMORY);
		if (err == OP_OK) {
			char *copy = mp_dup(&doc.root, "s");

			assert_true(!copy || strcmp(copy, "hä") == 0);
			assert_true(copy || failing_malloc_hit());
			free(copy);
			mp_fini(&doc);
		}
	}
	buf_fini(&b);
}

static void
mp_without_memory_is_a_clean_error(void **state)
{
	(void)state;
	failing_malloc_each(round_trip_under_failing_malloc, NULL);
}

static void
mp_error_of_the_writer_stays(void **state)
{
	struct mp_out o;
	struct buf b;

	(void)state;
	buf_init(&b);
	mp_out_init(&o, &b);
	failing_malloc_at(1);
	mp_int(&o, 1);
	failing_malloc_at(0);
	mp_int(&o, 2);
	mp_raw(&o, "x", 1);
	assert_int_equal(o.err, OP_NO_MEMORY);
	assert_int_equal(buf_len(&b), 0);
	buf_fini(&b);
}

/* Every prefix of a random object is refused, the whole of it is read as msgpack-c reads it. */
static void
random_object(struct mp_out *o, unsigned depth)
{
	uint32_t n = unit_random(5);
	char text[40] = {0};

	switch (unit_random(depth < 6 ? 8 : 6)) {
	case 0:
		mp_nil(o);
		break;
	case 1:
		mp_bool(o, unit_random(2));
		break;
	case 2:
		mp_int(o, (int64_t)((uint64_t)unit_random(UINT32_MAX) << unit_random(33)));
		break;
	case 3:
		mp_int(o, -(int64_t)((uint64_t)unit_random(UINT32_MAX) << unit_random(32)));
		break;
	case 4:
		mp_strn(o, text, unit_random(sizeof(text)));
		break;
	case 5:
		mp_bin(o, text, unit_random(sizeof(text)));
		break;
	case 6:
		mp_array(o, n);
		while (n-- > 0)
			random_object(o, depth + 1);
		break;
	default:
		mp_map(o, n);
		for (n *= 2; n-- > 0;)
			random_object(o, depth + 1);
	}
}

static void
mp_random_objects_read_as_msgpack_c_reads_them(void **state)
{
	(void)state;
	unit_random_start(__func__);
	for (int round = 0; round < 2000; round++) {
		msgpack_unpacked theirs;
		struct mp_doc ours;
		struct mp_out o;
		struct buf b;
		size_t off = 0;

		buf_init(&b);
		mp_out_init(&o, &b);
		random_object(&o, 0);
		for (size_t n = 0; n < buf_len(&b) && n < 50; n++)
			assert_int_equal(mp_parse(&ours, buf_bytes(&b), n), OP_PROTOCOL);
		msgpack_unpacked_init(&theirs);
		assert_int_equal(
		    msgpack_unpack_next(&theirs, (const char *)buf_bytes(&b), buf_len(&b), &off),
		    MSGPACK_UNPACK_SUCCESS);
		assert_int_equal(mp_parse(&ours, buf_bytes(&b), buf_len(&b)), OP_OK);
		assert_true(msgpack_object_equal(theirs.data, ours.root));
		msgpack_unpacked_destroy(&theirs);
		mp_fini(&ours);
		buf_fini(&b);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(mp_no_bytes_are_an_empty_string),
	    cmocka_unit_test(mp_written_map_is_read_back),
	    cmocka_unit_test(mp_absent_nil_and_wrong_types_are_told_apart),
	    cmocka_unit_test(mp_first_of_two_equal_keys_counts),
	    cmocka_unit_test(mp_object_written_again_is_the_same),
	    cmocka_unit_test(mp_without_memory_is_a_clean_error),
	    cmocka_unit_test(mp_error_of_the_writer_stays),
	    cmocka_unit_test(mp_random_objects_read_as_msgpack_c_reads_them),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
