/* SPDX-License-Identifier: ISC */
/* The growable run of bytes, also against a naive model. */
#include "tests/unit/unit.h"

#include "lib/buf.h"
#include "lib/err.h"

static void
buf_empty_has_no_bytes(void **state)
{
	struct buf b;

	(void)state;
	buf_init(&b);
	assert_int_equal(buf_len(&b), 0);
	assert_null(buf_bytes(&b));
	assert_int_equal(buf_append(&b, NULL, 0), OP_OK);
	buf_consume(&b, 0);
	buf_clear(&b);
	buf_fini(&b);
}

static void
buf_append_consume_truncate_keep_the_order(void **state)
{
	struct buf b;

	(void)state;
	buf_init(&b);
	assert_int_equal(buf_append(&b, "abcdef", 6), OP_OK);
	buf_consume(&b, 2);
	assert_int_equal(buf_append(&b, "gh", 2), OP_OK);
	assert_memory_equal(buf_bytes(&b), "cdefgh", 6);
	buf_truncate(&b, 3);
	assert_int_equal(buf_len(&b), 3);
	assert_memory_equal(buf_bytes(&b), "cde", 3);
	buf_fini(&b);
}

static void
buf_emptied_when_large_gives_its_storage_back(void **state)
{
	static const char big[BUF_KEEP + 1];
	struct buf b;

	(void)state;
	buf_init(&b);
	buf_append(&b, big, sizeof(big));
	buf_consume(&b, sizeof(big) - 1);
	assert_true(b.cap > BUF_KEEP);
	buf_consume(&b, 1);
	assert_int_equal(b.cap, 0);
	buf_append(&b, big, 10);
	buf_clear(&b);
	assert_true(b.cap > 0);
	buf_fini(&b);
}

static void
buf_printf_appends_without_the_final_nul(void **state)
{
	struct buf b;

	(void)state;
	buf_init(&b);
	assert_int_equal(buf_printf(&b, "%s-%d", "x", 42), OP_OK);
	assert_int_equal(buf_printf(&b, "%s", ""), OP_OK);
	assert_int_equal(buf_printf(&b, "%0300d", 7), OP_OK);
	assert_int_equal(buf_len(&b), 304);
	assert_memory_equal(buf_bytes(&b), "x-420000", 8);
	buf_fini(&b);
}

static void
buf_reserve_of_an_impossible_size_fails_clean(void **state)
{
	struct buf b;
	unsigned char *room;

	(void)state;
	buf_init(&b);
	buf_append(&b, "abc", 3);
	assert_int_equal(buf_reserve(&b, SIZE_MAX, &room), OP_NO_MEMORY);
	assert_int_equal(buf_reserve(&b, SIZE_MAX / 2 + 1, &room), OP_NO_MEMORY);
	assert_memory_equal(buf_bytes(&b), "abc", 3);
	buf_fini(&b);
}

static void
append_under_failing_malloc(void *arg)
{
	struct buf b;
	size_t done = 0;

	(void)arg;
	buf_init(&b);
	for (int i = 0; i < 100; i++) {
		size_t before = buf_len(&b);
		int err = i % 2 ? buf_append(&b, "0123456789", 10) : buf_printf(&b, "%010d", i);

		assert_true(err == OP_OK || err == OP_NO_MEMORY);
		assert_int_equal(buf_len(&b), err ? before : before + 10);
		done += err == OP_OK;
	}
	assert_true(done >= 99);
	buf_fini(&b);
}

static void
buf_without_memory_stays_as_it_was(void **state)
{
	(void)state;
	failing_malloc_each(append_under_failing_malloc, NULL);
}

#define MODEL_BYTES (1u << 20)

struct model {
	unsigned char bytes[MODEL_BYTES];
	size_t from, to;
};

static void
one_operation(struct buf *b, struct model *m)
{
	unsigned char chunk[3000];
	unsigned char *room;
	size_t n;

	switch (unit_random(6)) {
	case 0:
	case 1:
		n = unit_random(unit_random(20) ? 100 : sizeof(chunk));
		for (size_t i = 0; i < n; i++)
			chunk[i] = (unsigned char)unit_random(256);
		assert_int_equal(buf_append(b, chunk, n), OP_OK);
		memcpy(m->bytes + m->to, chunk, n);
		m->to += n;
		break;
	case 2:
		n = unit_random(500);
		assert_int_equal(buf_reserve(b, n + unit_random(500), &room), OP_OK);
		memset(room, (int)n, n);
		memset(m->bytes + m->to, (int)n, n);
		buf_commit(b, n);
		m->to += n;
		break;
	case 3:
	case 4:
		n = unit_random((uint32_t)buf_len(b) + 1);
		buf_consume(b, n);
		m->from += n;
		break;
	default:
		n = buf_len(b) - unit_random((uint32_t)(buf_len(b) / 4) + 1);
		buf_truncate(b, n);
		m->to = m->from + n;
	}
}

static void
buf_random_operations_agree_with_a_model(void **state)
{
	struct model *m = calloc(1, sizeof(*m));
	struct buf b;

	(void)state;
	unit_random_start(__func__);
	buf_init(&b);
	while (m->to + 4096 < MODEL_BYTES) {
		one_operation(&b, m);
		assert_int_equal(buf_len(&b), m->to - m->from);
		if (buf_len(&b))
			assert_memory_equal(buf_bytes(&b), m->bytes + m->from, buf_len(&b));
	}
	buf_fini(&b);
	free(m);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(buf_empty_has_no_bytes),
	    cmocka_unit_test(buf_append_consume_truncate_keep_the_order),
	    cmocka_unit_test(buf_emptied_when_large_gives_its_storage_back),
	    cmocka_unit_test(buf_printf_appends_without_the_final_nul),
	    cmocka_unit_test(buf_reserve_of_an_impossible_size_fails_clean),
	    cmocka_unit_test(buf_without_memory_stays_as_it_was),
	    cmocka_unit_test(buf_random_operations_agree_with_a_model),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
