/* SPDX-License-Identifier: ISC */
/*
 * Which nodes are shown in which order, and finding one.
 */
#include "gui/sheet.h"

#include <stdlib.h>
#include <string.h>
#include "lib/err.h"
#include "lib/sdb/range.h"

/* --- text --- */

/* Where `word` is in `text`, letters of either case; NULL. */
static const char *
find_word(struct sdb_text text, struct sdb_text word)
{
	char lower;

	if (word.len == 0)
		return text.s;
	lower = sdb_lower(word.s[0]);
	for (size_t i = 0; i + word.len <= text.len; i++) {
		if (sdb_lower(text.s[i]) == lower &&
		    sdb_text_same_letters((struct sdb_text){text.s + i, word.len}, word))
			return text.s + i;
	}
	return NULL;
}

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* The number that `t` begins with, without leading zeros; the rest is what follows it. */
static struct sdb_text
take_number(struct sdb_text *t)
{
	struct sdb_text number;
	size_t n = 0;

	while (t->len > 1 && t->s[0] == '0' && is_digit(t->s[1])) {
		t->s++;
		t->len--;
	}
	while (n < t->len && is_digit(t->s[n]))
		n++;
	number = (struct sdb_text){t->s, n};
	t->s += n;
	t->len -= n;
	return number;
}

static int
compare_numbers(struct sdb_text *a, struct sdb_text *b)
{
	struct sdb_text x = take_number(a), y = take_number(b);

	if (x.len != y.len)
		return x.len < y.len ? -1 : 1;
	return memcmp(x.s, y.s, x.len);
}

/* As people count: digits by what they amount to, letters of either case alike. */
static int
compare_texts(struct sdb_text a, struct sdb_text b)
{
	while (a.len && b.len) {
		int order;

		if (is_digit(*a.s) && is_digit(*b.s)) {
			order = compare_numbers(&a, &b);
		} else {
			order = (unsigned char)sdb_lower(*a.s) - (unsigned char)sdb_lower(*b.s);
			a.s++, b.s++;
			a.len--, b.len--;
		}
		if (order)
			return order;
	}
	return a.len ? 1 : b.len ? -1 : 0;
}

/* --- order --- */

struct order {
	const struct sheet *s;
	enum sdb_field field;
	int sign;
};

static int
compare_addresses(const struct sdb_line *a, const struct sdb_line *b)
{
	sdb_u128 x, y;

	if (a->address.family != b->address.family)
		return a->address.family < b->address.family ? -1 : 1;
	x = sdb_address_number(&a->address);
	y = sdb_address_number(&b->address);
	return (x > y) - (x < y);
}

static int
compare_rows(const void *pa, const void *pb, void *data)
{
	const struct order *o = data;
	uint32_t a = *(const uint32_t *)pa, b = *(const uint32_t *)pb;
	const struct sdb_line *x = o->s->nodes[a], *y = o->s->nodes[b];
	int order = o->field == SDB_ADDRESS
			? compare_addresses(x, y)
			: compare_texts(sdb_node_field(x, o->field), sdb_node_field(y, o->field));

	return order ? order * o->sign : (a > b) - (a < b);
}

static bool
has_words(const struct sdb_line *line, const struct sdb_text *words, size_t n)
{
	struct sdb_text text = {line->text, line->len};

	for (size_t i = 0; i < n; i++)
		if (!find_word(text, words[i]))
			return false;
	return true;
}

int
sheet_show(struct sheet *s, const struct sdb_text *words, size_t n, unsigned field, bool descending)
{
	struct order o = {s, (enum sdb_field)field, descending ? -1 : 1};

	s->shown = 0;
	for (uint32_t i = 0; i < s->count; i++)
		if (has_words(s->nodes[i], words, n))
			s->rows[s->shown++] = i;
	if (field < SDB_FIELDS) {
		qsort_r(s->rows, s->shown, sizeof(*s->rows), compare_rows, &o);
	} else if (descending) {
		for (uint32_t i = 0; i < s->shown / 2; i++) {
			uint32_t row = s->rows[i];

			s->rows[i] = s->rows[s->shown - 1 - i];
			s->rows[s->shown - 1 - i] = row;
		}
	}
	return OP_OK;
}

/* --- finding --- */

uint32_t
sheet_find(const struct sheet *s, unsigned field, struct sdb_text text, uint32_t from)
{
	uint32_t inside = SHEET_NONE;

	for (uint32_t i = 0; i < s->count; i++) {
		uint32_t number = (uint32_t)(((uint64_t)from + i) % s->count);
		struct sdb_text value = sdb_node_field(s->nodes[number], (enum sdb_field)field);
		const char *at = find_word(value, text);

		if (at && at == value.s)
			return number;
		if (at && inside == SHEET_NONE)
			inside = number;
	}
	return inside;
}

uint32_t
sheet_at_line(const struct sheet *s, uint32_t line)
{
	uint32_t low = 0, high = s->count;

	while (low < high) {
		uint32_t middle = low + (high - low) / 2;

		if (s->lines[middle] < line)
			low = middle + 1;
		else
			high = middle;
	}
	return low < s->count && s->lines[low] == line ? low : SHEET_NONE;
}

uint32_t
sheet_row_of(const struct sheet *s, uint32_t number)
{
	for (uint32_t i = 0; i < s->shown; i++)
		if (s->rows[i] == number)
			return i;
	return SHEET_NONE;
}
