/* SPDX-License-Identifier: ISC */
/*
 * What has to be done at every whole multiple of a period of the wall clock, once each: asked at
 * any moment it says whether one is due and how long to wait for the next.  A clock that is set
 * back over the last beat makes none double, one that jumps ahead makes none at a wrong time. Pure.
 */
#ifndef OPDESK_LIB_BEAT_H
#define OPDESK_LIB_BEAT_H

#include <stdint.h>

struct beat {
	int64_t period_ms;
	int64_t last; /* the multiple that was done or passed over last */
};

enum beat_due {
	BEAT_WAIT,  /* nothing to do before beat_wait_ms() has passed */
	BEAT_NOW,   /* do it */
	BEAT_MISSED /* one or more went by unseen (a stopped process, a clock set ahead): pass over
		     */
};

/* The first beat is the next whole multiple, the present one if now_ms is exactly on it. */
void beat_init(struct beat *b, int64_t period_ms, int64_t now_ms);

/* now_ms: wall clock, since 1970.  A beat is done at most a quarter of the period late, and never
 * later than a second. */
enum beat_due beat_check(struct beat *b, int64_t now_ms);

/* Until the next beat, 1 … period. */
int64_t beat_wait_ms(const struct beat *b, int64_t now_ms);

#endif
