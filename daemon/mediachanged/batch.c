/* SPDX-License-Identifier: ISC */
#include "daemon/mediachanged/batch.h"

#include <stdbool.h>

#define SMOOTH 8 /* the last eight or so commits count */

void
batch_add(struct batch *b, int64_t now_us)
{
	if (b->came++ == 0)
		b->first_us = now_us;
}

static int64_t
patience_us(const struct batch *b)
{
	int64_t us = b->commit_us / 2;

	if (us < BATCH_WAIT_MIN_US)
		return 0;
	return us < BATCH_WAIT_MAX_US ? us : BATCH_WAIT_MAX_US;
}

int64_t
batch_wait_us(struct batch *b, int64_t now_us)
{
	bool follows = b->first_us - b->told_us <= b->commit_us;
	int64_t left_us = b->first_us + patience_us(b) - now_us;

	if (b->came >= b->expected || !follows || b->resting > 0 || left_us <= 0)
		return 0;
	if (b->had == 0)
		b->had = b->came;
	return left_us;
}

/* What this batch's waiting, if it has waited, says about the next ones. */
static void
learn(struct batch *b)
{
	if (b->had == 0) {
		b->resting -= b->resting > 0 && b->came < b->expected;
		return;
	}
	if (2 * (b->came - b->had) >= b->expected - b->had)
		b->in_vain = 0;
	else if (b->in_vain < BATCH_REST_MAX)
		b->in_vain = b->in_vain ? 2 * b->in_vain : 1;
	b->resting = b->in_vain;
}

void
batch_told(struct batch *b, int64_t began_us, int64_t now_us, int queued)
{
	int64_t took_us = now_us - began_us;

	learn(b);
	b->commit_us += b->commit_us ? (took_us - b->commit_us) / SMOOTH : took_us;
	b->told_us = now_us;
	b->expected = b->came + queued;
	b->came = b->had = 0;
}
