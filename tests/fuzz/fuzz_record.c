/* SPDX-License-Identifier: ISC */
/* The record of what was published: what is read is written as it was read; serials in zones. */
#include "tests/fuzz/fuzz.h"

#include "lib/err.h"
#include "lib/publish/record.h"
#include "lib/publish/soa.h"

static void
check_soa(const uint8_t *data, size_t size)
{
	struct publish_soa soa, again;
	struct buf b;

	if (publish_soa_find(data, size, &soa) != OP_OK)
		return;
	FUZZ_CHECK(soa.len > 0 && soa.at + soa.len <= size);
	buf_init(&b);
	FUZZ_CHECK(publish_soa_replace(data, size, &soa, 4000000000u, &b) == OP_OK);
	FUZZ_CHECK(publish_soa_find(buf_bytes(&b), buf_len(&b), &again) == OP_OK);
	FUZZ_CHECK(again.serial == 4000000000u && again.at == soa.at);
	FUZZ_CHECK(publish_soa_hash(data, size, &soa) ==
		   publish_soa_hash(buf_bytes(&b), buf_len(&b), &again));
	buf_fini(&b);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct publish_record r, again;
	struct buf b;

	check_soa(data, size);
	if (publish_record_read(data, size, &r) != OP_OK)
		return 0;
	for (size_t i = 0; i < r.count; i++) {
		FUZZ_CHECK(publish_path_is_good(r.list[i].path));
		FUZZ_CHECK(publish_record_find(&r, r.list[i].path) == &r.list[i]);
	}
	buf_init(&b);
	FUZZ_CHECK(publish_record_write(&r, &b) == OP_OK);
	FUZZ_CHECK(publish_record_read(buf_bytes(&b), buf_len(&b), &again) == OP_OK);
	FUZZ_CHECK(again.count == r.count && strcmp(again.commit, r.commit) == 0);
	buf_fini(&b);
	publish_record_fini(&r);
	publish_record_fini(&again);
	return 0;
}
