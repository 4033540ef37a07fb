/* SPDX-License-Identifier: ISC */
/* Each question is one number of the sequence, asked in the same order whatever the answers, so
 * that a seed means the same with other percentages. */
#include "client/opnet/lossy.h"

static uint64_t
next(struct lossy *l)
{
	uint64_t z = l->state += 0x9e3779b97f4a7c15u;

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
	return z ^ (z >> 31);
}

static bool
happens(struct lossy *l, int64_t percent)
{
	return (int64_t)(next(l) % 100) < percent;
}

static int64_t
delay(struct lossy *l)
{
	bool late = happens(l, l->delay);
	int64_t ms = 1 + (int64_t)(next(l) % (uint64_t)(l->delay_ms > 0 ? l->delay_ms : 1));

	return late ? ms : 0;
}

struct lossy_fate
lossy_decide(struct lossy *l)
{
	bool dropped = happens(l, l->drop), twice = happens(l, l->twice);
	struct lossy_fate f = {.held = happens(l, l->reorder)};

	f.delay_ms[0] = delay(l);
	f.delay_ms[1] = delay(l);
	f.copies = dropped ? 0 : twice ? 2 : 1;
	return f;
}
