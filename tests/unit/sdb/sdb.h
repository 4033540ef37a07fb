/* SPDX-License-Identifier: ISC */
/*
 * What the tests of the subnet model share: files from text and back, and the example of the
 * documentation.
 */
#ifndef OPDESK_TESTS_UNIT_SDB_SDB_H
#define OPDESK_TESTS_UNIT_SDB_SDB_H

#include "lib/err.h"
#include "lib/sdb/edit.h"
#include "lib/sdb/file.h"
#include "lib/sdb/node.h"
#include "tests/unit/unit.h"

#define EXAMPLE_HEADER                       \
	"Title = Subnet 7, Harbour Pilots\n" \
	"Domain = Pilots.Example.Org\n"      \
	"Base_IP = 192.0.2.32\n"             \
	"Subnet_Mask = 255.255.255.224\n"    \
	"Gateway = 192.0.2.62\n"
#define EXAMPLE_NODES                                                          \
	"tug1:192.0.2.33:0200c0ffee01:ferry:mail.Example.Org:bridge console\n" \
	"lamp:192.0.2.34:0200c0ffee02:::no alias, no mail\n"
#define EXAMPLE EXAMPLE_HEADER "__NODES__\n" EXAMPLE_NODES

static inline struct sdb_file *
file_of_bytes(const void *bytes, size_t len)
{
	struct sdb_file *f = NULL;

	assert_int_equal(sdb_file_parse(bytes, len, &f), OP_OK);
	return f;
}

static inline struct sdb_file *
file_of(const char *text)
{
	return file_of_bytes(text, strlen(text));
}

/* The file's bytes as an allocated, terminated string. */
static inline char *
written(const struct sdb_file *f)
{
	struct buf b;

	buf_init(&b);
	assert_int_equal(sdb_file_write(f, &b), OP_OK);
	assert_int_equal(buf_append(&b, "", 1), OP_OK);
	return (char *)b.data;
}

static inline void
assert_written(const struct sdb_file *f, const char *expected)
{
	char *text = written(f);

	assert_string_equal(text, expected);
	free(text);
}

static inline const struct sdb_line *
node_of(const struct sdb_file *f, const char *name)
{
	const struct sdb_line *line = sdb_file_by_name(f, sdb_text_of(name));

	assert_non_null(line);
	return line;
}

static inline void
assert_text(struct sdb_text t, const char *expected)
{
	assert_int_equal(t.len, strlen(expected));
	assert_memory_equal(t.s, expected, t.len);
}

static inline struct sdb_node
make_node(const char *name, const char *address, const char *remark)
{
	struct sdb_node n = {0};

	n.field[SDB_NAME] = sdb_text_of(name);
	n.field[SDB_ADDRESS] = sdb_text_of(address);
	n.field[SDB_REMARK] = sdb_text_of(remark);
	return n;
}

#endif
