/* SPDX-License-Identifier: ISC */
/* Multiples are counted from 1970; `last` only goes back when the clock was set back by more than a
 * period. */
#include "lib/beat.h"

#define LATE_MAX_MS 1000

static int64_t
multiple_at(const struct beat *b, int64_t now_ms)
{
	int64_t k = now_ms / b->period_ms;

	return k - (now_ms % b->period_ms < 0);
}

void
beat_init(struct beat *b, int64_t period_ms, int64_t now_ms)
{
	b->period_ms = period_ms;
	b->last = multiple_at(b, now_ms - 1);
}

enum beat_due
beat_check(struct beat *b, int64_t now_ms)
{
	int64_t k = multiple_at(b, now_ms), late_ms = now_ms - k * b->period_ms;
	int64_t allowed_ms = b->period_ms / 4 < LATE_MAX_MS ? b->period_ms / 4 : LATE_MAX_MS;
	int64_t before = b->last;

	/* One back: the clock was set back a little, and the beat that comes next is done already.
	 */
	if (k == before || k == before - 1)
		return BEAT_WAIT;
	b->last = k;
	if (k < before)
		return BEAT_WAIT;
	return late_ms <= allowed_ms ? BEAT_NOW : BEAT_MISSED;
}

int64_t
beat_wait_ms(const struct beat *b, int64_t now_ms)
{
	int64_t next = multiple_at(b, now_ms) + 1;

	/* Set back: up to the one after the last that was done. */
	if (next == b->last)
		next++;
	return next * b->period_ms - now_ms;
}
