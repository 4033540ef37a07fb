/* SPDX-License-Identifier: ISC */
#include "daemon/ipadmd/done.h"

#include <stdlib.h>
#include <string.h>
#include "lib/err.h"

int
done_init(struct done *d)
{
	*d = (struct done){.ring = calloc(DONE_MAX, sizeof(*d->ring))};
	return d->ring ? OP_OK : OP_NO_MEMORY;
}

void
done_fini(struct done *d)
{
	free(d->ring);
}

void
done_add(struct done *d, const char *change, const char *commit)
{
	struct done_row *row = &d->ring[d->next];

	memcpy(row->change, change, UUID_SIZE);
	memcpy(row->commit, commit, COMMIT_TEXT);
	d->next = (d->next + 1) % DONE_MAX;
	if (d->count < DONE_MAX)
		d->count++;
}

const char *
done_find(const struct done *d, const char *change)
{
	for (size_t i = 0; i < d->count; i++)
		if (strcasecmp(d->ring[i].change, change) == 0)
			return d->ring[i].commit;
	return NULL;
}
