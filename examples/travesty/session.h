/* SPDX-License-Identifier: ISC */
/*
 * The server's side of one conversation (docs/protocol.md, travesty): lines in, bytes out.  Pure;
 *the caller moves the bytes and knows about urgent data.
 *
 *	200 at the beginning
 *	DATA		201, lines of text, "." alone (or urgent data) ends: 202 N unique words
 *	GENERATE n	203, text, "." alone ends
 *	RESET		205
 *	BYE		the end
 *	anything else	500
 */
#ifndef OPDESK_EXAMPLES_TRAVESTY_SESSION_H
#define OPDESK_EXAMPLES_TRAVESTY_SESSION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "examples/travesty/markov.h"
#include "lib/buf.h"

#define SESSION_PORTION 500 /* words: between two of them an interruption is seen */
#define SESSION_COLUMNS 72

enum session_state { SESSION_COMMAND, SESSION_TEXT, SESSION_GENERATES, SESSION_OVER };

struct session {
	enum session_state state;
	struct markov *text;
	struct markov_place place;
	struct buf line; /* of text that is generated */
	uint64_t left;   /* words to generate */
	uint64_t random; /* state of the generator, never 0 */
	int text_err;    /* the text is not whole: OP_NO_MEMORY, OP_TOO_LARGE */
};

/* seed: any number.  OP_NO_MEMORY. */
int session_init(struct session *s, uint64_t seed, struct buf *out);
void session_fini(struct session *s);

/* A line without its end.  OP_NO_MEMORY: `out` is not whole, give up. */
int session_line(struct session *s, const char *line, size_t len, struct buf *out);

/* While it generates: the next portion.  OP_NO_MEMORY. */
int session_generate(struct session *s, struct buf *out);

/* Urgent data came; what was before its mark has been thrown away, and what waits in `out` of a
 * text that is generated has too.  *answer: an urgent byte is to follow `out`: the client waits for
 * it (also when nothing was generated any more). */
int session_interrupt(struct session *s, struct buf *out, bool *answer);

#endif
