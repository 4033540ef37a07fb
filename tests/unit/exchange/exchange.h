/* SPDX-License-Identifier: ISC */
/*
 * What the tests of importers share: what was read as text, a line for each node
 * ("3 tug1|192.0.2.33|-|ferry|-|bridge", '-' for fields that the source does not have) and for each
 * finding ("E 4:1 what").
 */
#ifndef OPDESK_TESTS_UNIT_EXCHANGE_EXCHANGE_H
#define OPDESK_TESTS_UNIT_EXCHANGE_EXCHANGE_H

#include "lib/err.h"
#include "lib/exchange/exchange.h"
#include "tests/unit/unit.h"

typedef int exchange_read_fn(
    const char *bytes, size_t len, const struct exchange_options *o, struct exchange *out);

static inline void
describe(struct buf *b, const struct exchange *x)
{
	for (size_t i = 0; i < x->node_count; i++) {
		const struct exchange_node *n = &x->nodes[i];

		assert_int_equal(buf_printf(b, "%u ", n->line), OP_OK);
		for (unsigned f = 0; f < SDB_FIELDS; f++) {
			bool is_given = n->given & (1u << f);

			assert_int_equal(buf_printf(b, "%s%.*s", f ? "|" : "",
					     is_given ? (int)n->field[f].len : 1,
					     is_given ? n->field[f].s : "-"),
			    OP_OK);
		}
		assert_int_equal(buf_append(b, "\n", 1), OP_OK);
	}
	for (size_t i = 0; i < x->finding_count; i++)
		assert_int_equal(
		    buf_printf(b, "%c %u:%u %s\n", x->findings[i].is_error ? 'E' : 'W',
			x->findings[i].line, x->findings[i].column, x->findings[i].message),
		    OP_OK);
}

static inline void
assert_reads_bytes(
    exchange_read_fn *read, const char *origin, const char *bytes, size_t len, const char *expected)
{
	struct exchange_options o = {.origin = origin};
	struct exchange x;
	struct buf b;

	exchange_init(&x);
	buf_init(&b);
	assert_int_equal(read(bytes, len, &o, &x), OP_OK);
	describe(&b, &x);
	assert_int_equal(buf_append(&b, "", 1), OP_OK);
	assert_string_equal((const char *)buf_bytes(&b), expected);
	buf_fini(&b);
	exchange_fini(&x);
}

static inline void
assert_reads(exchange_read_fn *read, const char *text, const char *expected)
{
	assert_reads_bytes(read, NULL, text, strlen(text), expected);
}

/* Any bytes: no crash, counts that agree, and in time (the test's own limit). */
static inline void
read_hostile(exchange_read_fn *read, const char *bytes, size_t len)
{
	struct exchange x;

	exchange_init(&x);
	assert_int_equal(read(bytes, len, NULL, &x), OP_OK);
	assert_true(x.finding_count <= x.errors + x.warnings);
	exchange_fini(&x);
}

/* `count` times the same piece. */
static inline char *
repeated(const char *piece, size_t count, size_t *len)
{
	size_t n = strlen(piece);
	char *all = malloc(n * count + 1);

	assert_non_null(all);
	for (size_t i = 0; i < count; i++)
		memcpy(all + i * n, piece, n);
	*len = n * count;
	return all;
}

static inline void
read_hostile_pieces(exchange_read_fn *read, const char *const *pieces, size_t bytes)
{
	for (; *pieces; pieces++) {
		size_t len;
		char *all = repeated(*pieces, bytes / strlen(*pieces), &len);

		read_hostile(read, all, len);
		free(all);
	}
}

#endif
