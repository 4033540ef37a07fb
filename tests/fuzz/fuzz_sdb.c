/* SPDX-License-Identifier: ISC */
/*
 * Subnet files: up to three, parted by a byte 0xff alone on a line.  Reading and writing is the
 * identity; the check ends and its corrections apply; edits read back; difference and merge end,
 * and a merge with one side unchanged is the other side.
 */
#include "tests/fuzz/fuzz.h"

#include "lib/err.h"
#include "lib/sdb/check.h"
#include "lib/sdb/diff.h"
#include "lib/sdb/edit.h"
#include "lib/sdb/marked.h"
#include "lib/sdb/merge.h"
#include "lib/sdb/name.h"
#include "lib/sdb/space.h"

#define FILES 3

static bool
writes(const struct sdb_file *f, const void *bytes, size_t len)
{
	struct buf b;
	bool same;

	buf_init(&b);
	FUZZ_CHECK(sdb_file_write(f, &b) == OP_OK);
	same = buf_len(&b) == len && (len == 0 || memcmp(buf_bytes(&b), bytes, len) == 0);
	buf_fini(&b);
	return same;
}

/* Kinds, fields and counts of an edited file are those of its bytes. */
static void
check_consistent(const struct sdb_file *f)
{
	const struct sdb_line *a, *b;
	struct sdb_file *again;
	struct buf text;

	buf_init(&text);
	FUZZ_CHECK(sdb_file_write(f, &text) == OP_OK);
	FUZZ_CHECK(sdb_file_parse(buf_bytes(&text), buf_len(&text), &again) == OP_OK);
	FUZZ_CHECK(sdb_file_lines(f) == sdb_file_lines(again));
	FUZZ_CHECK(sdb_file_nodes(f) == sdb_file_nodes(again));
	FUZZ_CHECK(sdb_file_format(f) == sdb_file_format(again));
	for (a = sdb_file_first(f), b = sdb_file_first(again); a; a = a->next, b = b->next)
		FUZZ_CHECK(a->kind == b->kind && a->fields == b->fields && a->len == b->len &&
			   netaddr_equal(&a->address, &b->address));
	sdb_file_free(again);
	buf_fini(&text);
}

static void
check_fixes(const uint8_t *data, size_t size, const struct sdb_findings *l)
{
	for (size_t i = 0; i < l->count && i < 20; i++) {
		struct sdb_file *f;

		if (l->list[i].file != 0 || l->list[i].fix.kind == SDB_FIX_NONE)
			continue;
		FUZZ_CHECK(sdb_file_parse(data, size, &f) == OP_OK);
		FUZZ_CHECK(sdb_fix_apply(f, &l->list[i].fix) == OP_OK);
		FUZZ_CHECK(!writes(f, data, size));
		check_consistent(f);
		sdb_file_free(f);
	}
}

static void
check_space(const struct sdb_file *f)
{
	struct netaddr list[8], a;
	struct sdb_space *s;
	size_t n;

	if (sdb_space_new(f, &s) != OP_OK)
		return;
	n = sdb_space_list(s, NULL, list, 8);
	for (size_t i = 0; i < n; i++)
		FUZZ_CHECK(sdb_space_is_free(s, &list[i]));
	FUZZ_CHECK((sdb_space_find(s, 1, NULL, &a) == OP_OK) == (n > 0));
	FUZZ_CHECK(n == 0 || netaddr_equal(&a, &list[0]));
	sdb_space_free(s);
}

/* Every node is changed to what it says, moved, copied, and removed again. */
static void
check_edits(struct sdb_file *f, const uint8_t *data, size_t size)
{
	const struct sdb_line *line = sdb_file_first(f), *copy;
	struct sdb_node node;

	for (int n = 0; line && n < 20; line = line->next) {
		if (line->kind != SDB_NODE)
			continue;
		n++;
		sdb_node_read(line, &node);
		FUZZ_CHECK(sdb_edit_change(f, line, &node) == OP_OK);
		FUZZ_CHECK(writes(f, data, size));
		node.field[SDB_REMARK] = SDB_TEXT("a: b");
		if (sdb_edit_add(f, &node, NULL, &copy) == OP_OK) {
			check_consistent(f);
			FUZZ_CHECK(sdb_edit_move(f, copy, line) == OP_OK);
			sdb_edit_remove(f, copy);
			check_consistent(f);
		}
		break;
	}
	(void)sdb_edit_header(f, SDB_TEXT("Format"), SDB_TEXT("2"));
	(void)sdb_edit_header(f, SDB_TEXT("Title"), SDB_TEXT("x"));
	(void)sdb_edit_drop_header(f, SDB_TEXT("Domain"));
	check_consistent(f);
}

/* Without a conflict the plain merge; with one, marks. */
static void
check_marked(const struct sdb_merge *m, const uint8_t *const start[], const size_t len[])
{
	struct sdb_text t[FILES];
	struct buf out;
	size_t count = 0;

	for (int i = 0; i < FILES; i++)
		t[i] = (struct sdb_text){(const char *)start[i], len[i]};
	buf_init(&out);
	FUZZ_CHECK(sdb_merge_marked(t[0], t[1], t[2], true, &out, &count) == OP_OK);
	FUZZ_CHECK((count > 0) == (m->count > 0));
	if (count == 0)
		FUZZ_CHECK(buf_len(&out) == buf_len(&m->bytes) &&
			   (buf_len(&out) == 0 ||
			       memcmp(buf_bytes(&out), buf_bytes(&m->bytes), buf_len(&out)) == 0));
	else
		FUZZ_CHECK(sdb_marked_line((struct sdb_text){
			       (const char *)buf_bytes(&out), buf_len(&out)}) > 0);
	buf_fini(&out);
}

static void
check_merge(struct sdb_file *const f[FILES], const uint8_t *const start[], const size_t len[])
{
	struct sdb_merge m;
	struct sdb_diff d;

	FUZZ_CHECK(sdb_diff(f[0], f[1], &d) == OP_OK);
	sdb_diff_fini(&d);
	FUZZ_CHECK(sdb_merge(f[0], f[1], f[0], &m) == OP_OK && m.count == 0);
	FUZZ_CHECK(buf_len(&m.bytes) == len[1]);
	FUZZ_CHECK(len[1] == 0 || memcmp(buf_bytes(&m.bytes), start[1], len[1]) == 0);
	sdb_merge_fini(&m);
	FUZZ_CHECK(sdb_merge(f[0], f[1], f[2], &m) == OP_OK);
	check_marked(&m, start, len);
	sdb_merge_fini(&m);
}

static void
cut(const uint8_t *data, size_t size, const uint8_t *start[FILES], size_t len[FILES])
{
	const uint8_t *end = data + size;

	for (int i = 0; i < FILES; i++) {
		const uint8_t *mark =
		    i + 1 < FILES ? memmem(data, (size_t)(end - data), "\xff\n", 2) : NULL;

		start[i] = data;
		len[i] = (size_t)((mark ? mark : end) - data);
		data = mark ? mark + 2 : end;
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct sdb_input in[FILES];
	struct sdb_file *f[FILES];
	const uint8_t *start[FILES];
	size_t len[FILES];
	struct sdb_findings l;
	struct sdb_name name;

	(void)sdb_name_parse((const char *)data, size, &name);
	cut(data, size, start, len);
	for (int i = 0; i < FILES; i++) {
		FUZZ_CHECK(sdb_file_parse(start[i], len[i], &f[i]) == OP_OK);
		FUZZ_CHECK(writes(f[i], start[i], len[i]));
		check_space(f[i]);
		in[i] = (struct sdb_input){"Subnet_1.sdb", f[i]};
	}
	sdb_findings_init(&l, SDB_MAX_FINDINGS);
	FUZZ_CHECK(sdb_check(in, FILES, &l) == OP_OK);
	check_fixes(start[0], len[0], &l);
	sdb_findings_fini(&l);
	check_merge(f, start, len);
	check_edits(f[0], start[0], len[0]);
	for (int i = 0; i < FILES; i++)
		sdb_file_free(f[i]);
	return 0;
}
