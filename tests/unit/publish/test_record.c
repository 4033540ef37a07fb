/* SPDX-License-Identifier: ISC */
/* The record of what was published, and serials in zone files. */
#include "tests/unit/unit.h"

#include "lib/err.h"
#include "lib/publish/record.h"
#include "lib/publish/soa.h"

#define COMMIT "0123456789abcdef0123456789abcdef01234567"

static struct publish_record
record_of(size_t n)
{
	struct publish_record r = {.commit = COMMIT, .at_ms = 1764176400123};

	for (size_t i = 0; i < n; i++) {
		char path[40];
		/* in no order */
		struct publish_previous f = {.path = path,
		    .hash = i * 3,
		    .records = i,
		    .serial = (uint32_t)(UINT32_MAX - i)};

		snprintf(path, sizeof(path), "bind/zones/%zu.example", i * 7 % n);
		assert_int_equal(publish_record_set(&r, &f), OP_OK);
	}
	return r;
}

static int
read_text(const char *text, struct publish_record *out)
{
	return publish_record_read(text, strlen(text), out);
}

static void
record_written_reads_back_the_same(void **state)
{
	struct publish_record r = record_of(100), again;
	struct buf text, twice;

	(void)state;
	buf_init(&text);
	buf_init(&twice);
	assert_int_equal(publish_record_write(&r, &text), OP_OK);
	assert_int_equal(publish_record_read(buf_bytes(&text), buf_len(&text), &again), OP_OK);
	assert_int_equal(again.count, 100);
	assert_string_equal(again.commit, COMMIT);
	assert_int_equal(again.at_ms, r.at_ms);
	assert_int_equal(publish_record_records(&again), 99 * 100 / 2);
	for (size_t i = 0; i < 100; i++) {
		const struct publish_previous *f = publish_record_find(&again, r.list[i].path);

		assert_non_null(f);
		assert_int_equal(f->hash, r.list[i].hash);
		assert_int_equal(f->serial, r.list[i].serial);
		assert_true(i == 0 || strcmp(r.list[i - 1].path, r.list[i].path) < 0);
	}
	assert_int_equal(publish_record_write(&again, &twice), OP_OK);
	assert_int_equal(buf_len(&text), buf_len(&twice));
	assert_memory_equal(buf_bytes(&text), buf_bytes(&twice), buf_len(&text));
	buf_fini(&text);
	buf_fini(&twice);
	publish_record_fini(&r);
	publish_record_fini(&again);
}

static void
record_cut_anywhere_is_no_record(void **state)
{
	struct publish_record r = record_of(5), again;
	struct buf text;

	(void)state;
	buf_init(&text);
	publish_record_write(&r, &text);
	for (size_t len = 0; len < buf_len(&text); len++)
		assert_int_equal(publish_record_read(buf_bytes(&text), len, &again), OP_PROTOCOL);
	buf_fini(&text);
	publish_record_fini(&r);
}

static void
record_refuses_what_it_does_not_write(void **state)
{
	static const char *const bad[] = {
	    "",
	    "opdesk-published 2\ncommit -\nat 1\nend 0\n",
	    "opdesk-published 1\ncommit 123\nat 1\nend 0\n",
	    "opdesk-published 1\ncommit -\nat -1\nend 0\n",
	    "opdesk-published 1\ncommit -\nat 1\nend 1\n",
	    "opdesk-published 1\ncommit -\nat 1\nend 0\nmore\n",
	    "opdesk-published 1\ncommit -\nat 1\nfile 0 1 1 ../a\nend 1\n",
	    "opdesk-published 1\ncommit -\nat 1\nfile 0 1 1 /etc/passwd\nend 1\n",
	    "opdesk-published 1\ncommit -\nat 1\nfile 0 99999999999 1 a\nend 1\n",
	    "opdesk-published 1\ncommit -\nat 1\nfile 0 1 1 b\nfile 0 1 1 a\nend 2\n",
	    "opdesk-published 1\ncommit -\nat 1\nfile 0 1 1 a\nfile 0 1 1 a\nend 2\n",
	};
	struct publish_record r;

	(void)state;
	for (size_t i = 0; i < UNIT_COUNT(bad); i++)
		assert_int_equal(read_text(bad[i], &r), OP_PROTOCOL);
	assert_int_equal(read_text("opdesk-published 1\ncommit -\nat 1\nend 0\n", &r), OP_OK);
	assert_string_equal(r.commit, "");
	publish_record_fini(&r);
}

static void
record_set_replaces(void **state)
{
	struct publish_record r = record_of(3);
	struct publish_previous f = {.path = "bind/zones/1.example", .serial = 42};

	(void)state;
	assert_int_equal(publish_record_set(&r, &f), OP_OK);
	assert_int_equal(r.count, 3);
	assert_int_equal(publish_record_find(&r, f.path)->serial, 42);
	assert_null(publish_record_find(&r, "bind/zones/9.example"));
	publish_record_fini(&r);
}

static void
path_is_good_below_the_directory_only(void **state)
{
	static const char *const good[] = {"a", "bind/zones/32-27.2.0.192.in-addr.arpa", "a..b/c"};
	static const char *const bad[] = {
	    "", "/", "/a", "a/", "a//b", ".", "..", "a/..", "a/./b", "../a", "a\nb", "a\x7f"};

	(void)state;
	for (size_t i = 0; i < UNIT_COUNT(good); i++)
		assert_true(publish_path_is_good(good[i]));
	for (size_t i = 0; i < UNIT_COUNT(bad); i++)
		assert_false(publish_path_is_good(bad[i]));
}

/* --- serials in zone files --- */

static int
find(const char *zone, struct publish_soa *out)
{
	return publish_soa_find(zone, strlen(zone), out);
}

static void
soa_is_found_and_replaced(void **state)
{
	static const char zone[] =
	    "; SOA in a comment\n$TTL 1\n@ SOA ns1.b. h.b. 4294967295 1 2 3 4\n"
	    "@ NS ns1.b.\n";
	struct publish_soa soa, other;
	struct buf out;

	(void)state;
	assert_int_equal(find(zone, &soa), OP_OK);
	assert_int_equal(soa.serial, UINT32_MAX);
	buf_init(&out);
	assert_int_equal(publish_soa_replace(zone, strlen(zone), &soa, 7, &out), OP_OK);
	assert_int_equal(publish_soa_find(buf_bytes(&out), buf_len(&out), &other), OP_OK);
	assert_int_equal(other.serial, 7);
	assert_int_equal(publish_soa_hash(zone, strlen(zone), &soa),
	    publish_soa_hash(buf_bytes(&out), buf_len(&out), &other));
	buf_fini(&out);
	assert_int_equal(find("b. 3600 IN soa ns. h. 12 ( 1 2 3 4 )", &soa), OP_OK);
	assert_int_equal(soa.serial, 12);
}

static void
soa_that_cannot_be_read_is_none(void **state)
{
	static const char *const none[] = {"", "\n", "@ SOA", "@ SOA ns. h.", "@ SOA ns. h. (\n 12",
	    "@ SOA ns. h. 4294967296 1", "@ SOA ns. h. 1x 1", "; @ SOA ns. h. 1 1"};
	struct publish_soa soa;

	(void)state;
	for (size_t i = 0; i < UNIT_COUNT(none); i++)
		assert_int_equal(find(none[i], &soa), OP_NOT_FOUND);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(record_written_reads_back_the_same),
	    cmocka_unit_test(record_cut_anywhere_is_no_record),
	    cmocka_unit_test(record_refuses_what_it_does_not_write),
	    cmocka_unit_test(record_set_replaces),
	    cmocka_unit_test(path_is_good_below_the_directory_only),
	    cmocka_unit_test(soa_is_found_and_replaced),
	    cmocka_unit_test(soa_that_cannot_be_read_is_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
