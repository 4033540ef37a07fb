/* SPDX-License-Identifier: ISC */
/*
 * TIME (RFC 868): seconds since 1900-01-01 as a 32-bit number, big-endian; it wraps in 2036 and is
 * then taken to be of the era nearest to our own clock.  And what such an answer says about another
 * clock, given when we asked and when the answer came.  Pure.
 */
#ifndef OPDESK_LIB_DATAGRAM_TIME868_H
#define OPDESK_LIB_DATAGRAM_TIME868_H

#include <stddef.h>
#include <stdint.h>

#define TIME868_PORT "37"
#define TIME868_BYTES 4

void time868_encode(unsigned char out[TIME868_BYTES], int64_t unix_s);

/* near_s: our own clock, seconds since 1970.  More than four bytes are as good as four.
 * OP_BAD_REQUEST: fewer. */
int time868_decode(const void *bytes, size_t len, int64_t near_s, int64_t *unix_s);

/* The other clock minus ours: within offset_ms ± within_ms. */
struct time868_offset {
	int64_t offset_ms, within_ms;
};

/* Asked at asked_ms, answered at answered_ms (ours, since 1970) with `unix_s`: a whole second that
 * had begun there at some moment between. */
struct time868_offset time868_offset(int64_t unix_s, int64_t asked_ms, int64_t answered_ms);

/* In whole seconds, for people: 0 when the difference is within the uncertainty. */
int64_t time868_offset_s(const struct time868_offset *o);

#endif
