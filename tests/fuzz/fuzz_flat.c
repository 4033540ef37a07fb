/* SPDX-License-Identifier: ISC */
/*
 * Flat files of every type: up to three, parted by a byte 0xff alone on a line.  Check, difference
 * and merge end; a merge with one side unchanged is the other side; a merge with itself is itself.
 */
#include "tests/fuzz/fuzz.h"

#include <git2.h>

#include "lib/err.h"
#include "lib/flat/check.h"
#include "lib/flat/merge.h"

#define FILES 3

static const char *const columns[] = {"name", "to", "rest"};
static const struct flat_format formats[] = {
    {.kind = FLAT_HOSTS},
    {FLAT_TABLE, ':', '#', columns, 3, 0},
    {FLAT_TABLE, '\0', '\0', columns, 2, 1},
    {.kind = FLAT_TEXT},
};

static void
cut(const uint8_t *data, size_t size, struct sdb_text out[FILES])
{
	const uint8_t *end = data + size;

	for (int i = 0; i < FILES; i++) {
		const uint8_t *mark =
		    i + 1 < FILES ? memmem(data, (size_t)(end - data), "\xff\n", 2) : NULL;

		out[i] =
		    (struct sdb_text){(const char *)data, (size_t)((mark ? mark : end) - data)};
		data = mark ? mark + 2 : end;
	}
}

static void
check_merge(const struct flat_format *format, const struct sdb_text t[FILES])
{
	struct flat_merge m;
	struct flat_diff d;

	FUZZ_CHECK(flat_merge(format, t[0], t[1], t[0], &m) == OP_OK && m.count == 0);
	FUZZ_CHECK(buf_len(&m.bytes) == t[1].len);
	flat_merge_fini(&m);
	/* Of a binary libgit2 makes a conflict without lines. */
	int err = flat_merge(format, t[0], t[1], t[2], &m);

	FUZZ_CHECK(err == OP_OK || (err == OP_SYSTEM && format->kind == FLAT_TEXT));
	if (err == OP_OK)
		flat_merge_fini(&m);
	FUZZ_CHECK(flat_diff(format, t[0], t[1], &d) == OP_OK);
	flat_diff_fini(&d);
	FUZZ_CHECK(flat_diff(format, t[2], t[2], &d) == OP_OK && d.count == 0 && !d.reordered);
	flat_diff_fini(&d);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct sdb_text t[FILES];
	static bool ready;
	struct flat_findings l = {0};

	if (!ready)
		ready = git_libgit2_init() > 0;
	cut(data, size, t);
	for (size_t i = 0; i < sizeof(formats) / sizeof(formats[0]); i++) {
		FUZZ_CHECK(flat_check(&formats[i], t[0], &l) == OP_OK);
		flat_findings_fini(&l);
		check_merge(&formats[i], t);
	}
	FUZZ_CHECK(flat_checker_said(t[0], "aliases", &l) == OP_OK);
	flat_findings_fini(&l);
	return 0;
}
