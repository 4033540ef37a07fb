/* SPDX-License-Identifier: ISC */
#include "examples/travesty/markov.h"

#include <search.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include "lib/err.h"

struct word {
	uint32_t number;
	char text[];
};

struct markov {
	void *tree;          /* of words, by their text (tsearch(3)) */
	struct word **words; /* by number */
	size_t unique, words_room;
	uint32_t *text; /* numbers of words */
	size_t length, text_room;
	uint32_t *index; /* positions of pairs that something follows, in order of the pairs */
	size_t indexed;  /* length of the text that the index is of */
};

struct markov *
markov_new(void)
{
	return calloc(1, sizeof(struct markov));
}

static void
leave_to_words(void *word)
{
	(void)word;
}

void
markov_reset(struct markov *m)
{
	tdestroy(m->tree, leave_to_words);
	for (size_t i = 0; i < m->unique; i++)
		free(m->words[i]);
	free(m->words);
	free(m->text);
	free(m->index);
	*m = (struct markov){0};
}

void
markov_free(struct markov *m)
{
	if (!m)
		return;
	markov_reset(m);
	free(m);
}

static int
compare_words(const void *a, const void *b)
{
	const struct word *x = a, *y = b;

	return strcmp(x->text, y->text);
}

/* Room for one more of `count`. */
static int
grow(void **list, size_t count, size_t *room, size_t size)
{
	if (count < *room)
		return OP_OK;
	size_t more = *room ? *room * 2 : 1024;
	void *bigger = reallocarray(*list, more, size);

	if (!bigger)
		return OP_NO_MEMORY;
	*list = bigger;
	*room = more;
	return OP_OK;
}

/* The word of this text, entered when it is new; NULL: no memory. */
static const struct word *
intern(struct markov *m, const char *text, size_t len)
{
	struct word *word = malloc(sizeof(*word) + len + 1);

	if (!word)
		return NULL;
	memcpy(word->text, text, len);
	word->text[len] = '\0';
	word->number = (uint32_t)m->unique;
	if (grow((void **)&m->words, m->unique, &m->words_room, sizeof(*m->words)))
		goto fail;
	struct word **found = tsearch(word, &m->tree, compare_words);

	if (!found)
		goto fail;
	if (*found == word)
		m->words[m->unique++] = word;
	else
		free(word);
	return *found;
fail:
	free(word);
	return NULL;
}

static int
add_word(struct markov *m, const char *text, size_t len)
{
	if (m->length >= MARKOV_MAX_WORDS)
		return OP_TOO_LARGE;
	if (grow((void **)&m->text, m->length, &m->text_room, sizeof(*m->text)))
		return OP_NO_MEMORY;
	const struct word *word = intern(m, text, len);

	if (!word)
		return OP_NO_MEMORY;
	m->text[m->length++] = word->number;
	return OP_OK;
}

static bool
is_blank(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r') || c == '\0';
}

int
markov_add(struct markov *m, const char *text, size_t len)
{
	int err = OP_OK;

	for (size_t i = 0; i < len && err == OP_OK;) {
		size_t from = i;

		while (i < len && !is_blank(text[i]))
			i++;
		if (i > from)
			err = add_word(m, text + from, i - from);
		else
			i++;
	}
	return err;
}

size_t
markov_unique(const struct markov *m)
{
	return m->unique;
}

size_t
markov_words(const struct markov *m)
{
	return m->length;
}

/* --- the index --- */

static int
compare_pairs(const uint32_t *a, const uint32_t *b)
{
	if (a[0] != b[0])
		return a[0] < b[0] ? -1 : 1;
	return a[1] == b[1] ? 0 : a[1] < b[1] ? -1 : 1;
}

static int
compare_places(const void *a, const void *b, void *text)
{
	const uint32_t *numbers = text;

	return compare_pairs(numbers + *(const uint32_t *)a, numbers + *(const uint32_t *)b);
}

static bool
has_index(struct markov *m)
{
	if (m->indexed == m->length && m->index)
		return true;
	if (m->length < 3)
		return false;
	size_t count = m->length - 2; /* the last pair is followed by nothing */
	uint32_t *index = reallocarray(m->index, count, sizeof(*index));

	if (!index)
		return false;
	for (size_t i = 0; i < count; i++)
		index[i] = (uint32_t)i;
	qsort_r(index, count, sizeof(*index), compare_places, m->text);
	m->index = index;
	m->indexed = m->length;
	return true;
}

/* The first place in the index whose pair is not before (strictly: is after) the one at `at`. */
static size_t
bound(const struct markov *m, uint32_t at, bool strictly)
{
	size_t low = 0, high = m->length - 2;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int order = compare_pairs(m->text + m->index[middle], m->text + at);

		if (order < 0 || (strictly && order == 0))
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

const char *
markov_next(struct markov *m, struct markov_place *place, uint64_t random)
{
	if (!has_index(m))
		return NULL;
	if (place->said < 2) {
		if (place->said == 0)
			place->at = (uint32_t)(random % (m->length - 2));
		return m->words[m->text[place->at + place->said++]]->text;
	}
	size_t first = bound(m, place->at, false), after = bound(m, place->at, true);

	if (first == after) {
		*place = (struct markov_place){0};
		return markov_next(m, place, random);
	}
	uint32_t like = m->index[first + random % (after - first)];

	place->at = like + 1;
	return m->words[m->text[like + 2]]->text;
}
