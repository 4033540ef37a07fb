/* SPDX-License-Identifier: ISC */
/* Alerts as columns: alignment, cutting, hostile text; and the matching of ids and labels. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "client/common/table.h"
#include "client/mediachangeq/cells.h"
#include "client/mediachangeq/lookup.h"
#include "lib/err.h"
#include "tests/unit/failing_malloc.h"

struct alerts {
	struct buf bytes;
	struct mp_out o;
	struct mp_doc doc;
};

static void
begin(struct alerts *a, size_t count)
{
	buf_init(&a->bytes);
	mp_out_init(&a->o, &a->bytes);
	mp_array(&a->o, count);
}

static void
add(struct alerts *a, const char *id, const char *state, const char *answer, const char *text)
{
	mp_map(&a->o, (size_t)(3 + (answer != NULL)));
	mp_kstr(&a->o, "id", id);
	mp_kstr(&a->o, "state", state);
	mp_kstr(&a->o, "text", text);
	if (answer)
		mp_kstr(&a->o, "answer", answer);
}

static const msgpack_object_array *
end(struct alerts *a)
{
	assert_int_equal(a->o.err, OP_OK);
	assert_int_equal(mp_parse(&a->doc, buf_bytes(&a->bytes), buf_len(&a->bytes)), OP_OK);
	return &a->doc.root.via.array;
}

static void
drop(struct alerts *a)
{
	mp_fini(&a->doc);
	buf_fini(&a->bytes);
}

static const struct table_column columns[] = {
    {"ID", cell_id, false}, {"STATE", cell_state, false}, {"QUESTION", cell_question, false}, {0}};

static void
assert_table(const msgpack_object_array *alerts, size_t width, const char *want)
{
	struct buf out;

	buf_init(&out);
	assert_int_equal(table_format(&out, alerts, columns, width), OP_OK);
	buf_append(&out, "", 1);
	assert_string_equal((const char *)buf_bytes(&out), want);
	buf_fini(&out);
}

static void
columns_are_as_wide_as_their_widest_cell(void **state)
{
	struct alerts a;

	(void)state;
	begin(&a, 2);
	add(&a, "aaaaaaaa-1111-4111-8111-111111111111", "pending", NULL, "Insert volume 2");
	add(&a, "bb", "answered", "Größer", "two\nlines");
	const msgpack_object_array *alerts = end(&a);

	assert_table(alerts, 0,
	    "ID        STATE    QUESTION\n"
	    "aaaaaaaa  waiting  Insert volume 2\n"
	    "bb        Größer   two lines\n");
	drop(&a);
}

static void
last_column_is_cut_by_characters(void **state)
{
	struct alerts a;

	(void)state;
	begin(&a, 1);
	add(&a, "bb", "expired", NULL, "ÄÖÜäöüßÄÖÜäöüß");
	const msgpack_object_array *alerts = end(&a);

	assert_table(alerts, 24, "ID  STATE    QUESTION\nbb  expired  ÄÖÜäöüßÄÖÜ…\n");
	assert_table(alerts, 27, "ID  STATE    QUESTION\nbb  expired  ÄÖÜäöüßÄÖÜäöüß\n");
	drop(&a);
}

static void
hostile_text_is_plain(void **state)
{
	struct alerts a;

	(void)state;
	begin(&a, 1);
	add(&a, "\x1b[2J", "answered", "\x07", "a\x1b]0;x\xe2\x80\xae");
	const msgpack_object_array *alerts = end(&a);
	struct buf out;

	buf_init(&out);
	assert_int_equal(table_format(&out, alerts, columns, 0), OP_OK);
	assert_null(memchr(buf_bytes(&out), 0x1b, buf_len(&out)));
	assert_null(memchr(buf_bytes(&out), 0x07, buf_len(&out)));
	assert_null(memmem(buf_bytes(&out), buf_len(&out), "\xe2\x80\xae", 3));
	buf_fini(&out);
	drop(&a);
}

static void
format_without_memory(void *arg)
{
	struct buf out;

	buf_init(&out);
	int err = table_format(&out, arg, columns, 40);

	assert_true(err == OP_OK || err == OP_NO_MEMORY);
	buf_fini(&out);
}

static void
without_memory_it_fails_cleanly(void **state)
{
	struct alerts a;

	(void)state;
	begin(&a, 1);
	add(&a, "bb", "expired", NULL, "text");
	failing_malloc_each(format_without_memory, (void *)end(&a));
	drop(&a);
}

static void
prefix_matches_without_case(void **state)
{
	const msgpack_object *first = NULL;
	struct alerts a;

	(void)state;
	begin(&a, 3);
	add(&a, "aaaa1", "pending", NULL, "");
	add(&a, "aabb2", "pending", NULL, "");
	add(&a, "bbbb3", "pending", NULL, "");
	const msgpack_object_array *alerts = end(&a);

	assert_int_equal(lookup_matches(alerts, "aa", &first), 2);
	assert_int_equal(lookup_matches(alerts, "AAB", &first), 1);
	assert_ptr_equal(first, &alerts->ptr[1]);
	assert_int_equal(lookup_matches(alerts, "bbbb3", &first), 1);
	assert_int_equal(lookup_matches(alerts, "bbbb34", &first), 0);
	assert_int_equal(lookup_matches(alerts, "", &first), 0);
	drop(&a);
}

static void
label_matches_exactly_before_without_case(void **state)
{
	const struct lookup l = {.label_count = 3, .labels = {"Ok", "ok", "Cancel"}};

	(void)state;
	assert_string_equal(lookup_label(&l, "ok"), "ok");
	assert_string_equal(lookup_label(&l, "Ok"), "Ok");
	assert_string_equal(lookup_label(&l, "CANCEL"), "Cancel");
	assert_null(lookup_label(&l, "OK")); /* two differ in case alone */
	assert_null(lookup_label(&l, "Canc"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(columns_are_as_wide_as_their_widest_cell),
	    cmocka_unit_test(last_column_is_cut_by_characters),
	    cmocka_unit_test(hostile_text_is_plain),
	    cmocka_unit_test(without_memory_it_fails_cleanly),
	    cmocka_unit_test(prefix_matches_without_case),
	    cmocka_unit_test(label_matches_exactly_before_without_case),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
