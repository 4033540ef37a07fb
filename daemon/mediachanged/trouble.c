/* SPDX-License-Identifier: ISC */
#include "daemon/mediachanged/trouble.h"

bool
trouble_failed(struct trouble *t, int64_t now_ms)
{
	if (t->count++ == 0)
		t->from_ms = now_ms;
	t->last_ms = now_ms;
	t->good_ms = 0;
	if (t->count > 1 && now_ms - t->told_ms < TROUBLE_AGAIN_MS)
		return false;
	t->told_ms = now_ms;
	return true;
}

void
trouble_worked(struct trouble *t, int64_t now_ms)
{
	if (t->count > 0 && t->good_ms == 0)
		t->good_ms = now_ms;
}

int64_t
trouble_end_ms(const struct trouble *t)
{
	return t->good_ms ? t->good_ms + TROUBLE_CALM_MS : INT64_MAX;
}
