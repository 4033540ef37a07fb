/* SPDX-License-Identifier: ISC */
/*
 * Two sorted lists walked side by side.
 */
#include "lib/publish/brake.h"

#include <string.h>

static size_t
lost(const struct publish_brake *b)
{
	return b->before > b->after ? b->before - b->after : 0;
}

static bool
trips(const struct publish_brake *b, unsigned percent)
{
	return b->before >= PUBLISH_BRAKE_MIN && lost(b) * 100 > b->before * (size_t)percent;
}

static bool
is_worse(const struct publish_brake *a, const struct publish_brake *b)
{
	return lost(a) * b->before > lost(b) * a->before;
}

bool
publish_brake(const struct publish_previous *before, size_t n, const struct publish_file *after,
    size_t m, unsigned percent, struct publish_brake *out)
{
	struct publish_brake all = {0}, worst = {0};
	size_t at = 0;

	for (size_t i = 0; i < n; i++) {
		struct publish_brake one = {before[i].path, before[i].records, 0};

		while (at < m && strcmp(after[at].path, one.path) < 0)
			at++;
		if (at < m && strcmp(after[at].path, one.path) == 0)
			one.after = after[at].records;
		all.before += one.before;
		all.after += one.after < one.before ? one.after : one.before;
		if (trips(&one, percent) && (!worst.path || is_worse(&one, &worst)))
			worst = one;
	}
	if (!worst.path && trips(&all, percent))
		worst = all;
	if (out && worst.before)
		*out = worst;
	return worst.before > 0;
}
