/* SPDX-License-Identifier: ISC */
/*
 * Travesties: text made of another text's two-word Markov chains.  Words are what blanks part;
 * after a pair of words comes one of those that follow this pair somewhere in the text, as often as
 * it does there.  The text is kept as numbers of words and an index of its positions in order of
 * their pairs, which is made when it is first asked for.  Pure: the random numbers are the
 * caller's.
 */
#ifndef OPDESK_EXAMPLES_TRAVESTY_MARKOV_H
#define OPDESK_EXAMPLES_TRAVESTY_MARKOV_H

#include <stddef.h>
#include <stdint.h>

#define MARKOV_MAX_WORDS 4000000u /* of text: some 100 MB when all are different */

struct markov;

struct markov *markov_new(void); /* NULL: no memory */
void markov_free(struct markov *m);

/* Forget the text. */
void markov_reset(struct markov *m);

/* More text; a word never goes across two pieces.  OP_NO_MEMORY; OP_TOO_LARGE: past the bound.
 * What was added before, and the words of this piece up to there, stay usable. */
int markov_add(struct markov *m, const char *text, size_t len);

size_t markov_unique(const struct markov *m); /* different words */
size_t markov_words(const struct markov *m);  /* all words */

/* Where a travesty is; begin with zeros. */
struct markov_place {
	uint32_t at; /* position of the pair in the text */
	unsigned said;
};

/* The next word, borrowed until the text changes; random: any number.  A pair that nothing follows
 * goes on anywhere.  NULL: the text has no three words, or there is no memory for the index. */
const char *markov_next(struct markov *m, struct markov_place *place, uint64_t random);

#endif
