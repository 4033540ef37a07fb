/* SPDX-License-Identifier: ISC */
#include "daemon/ipadmd/nudge.h"

#include <stdio.h>
#include <string.h>

static struct nudge *
find(struct nudges *n, const char *file, const char *who)
{
	for (size_t i = 0; i < n->count; i++)
		if (strcmp(n->list[i].file, file) == 0 && strcmp(n->list[i].who, who) == 0)
			return &n->list[i];
	return NULL;
}

/* A new row, or that of the oldest. */
static struct nudge *
make_room(struct nudges *n)
{
	struct nudge *oldest = &n->list[0];

	if (n->count < NUDGES_MAX)
		return &n->list[n->count++];
	for (size_t i = 1; i < n->count; i++)
		if (n->list[i].at_ms < oldest->at_ms)
			oldest = &n->list[i];
	return oldest;
}

int64_t
nudges_wait(struct nudges *n, const char *file, const char *who, int64_t now_ms)
{
	struct nudge *row = find(n, file, who);

	if (row && now_ms - row->at_ms < NUDGE_MS)
		return row->at_ms + NUDGE_MS - now_ms;
	if (!row)
		row = make_room(n);
	snprintf(row->file, sizeof(row->file), "%s", file);
	snprintf(row->who, sizeof(row->who), "%s", who);
	row->at_ms = now_ms;
	return 0;
}
