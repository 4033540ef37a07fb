/* SPDX-License-Identifier: ISC */
/* Some dozens at a time: a list is enough. */
#include "daemon/ipadmd/offer.h"

#include <stdlib.h>
#include <string.h>
#include "lib/err.h"

void
offers_fini(struct offers *o)
{
	free(o->list);
	*o = (struct offers){0};
}

void
offers_expire(struct offers *o, int64_t now_ms)
{
	size_t kept = 0;

	for (size_t i = 0; i < o->count; i++)
		if (o->list[i].until_ms > now_ms)
			o->list[kept++] = o->list[i];
	o->count = kept;
}

static struct offer *
find(const struct offers *o, const struct sdb_name *file, const uint8_t mac[6])
{
	for (size_t i = 0; i < o->count; i++)
		if (sdb_name_compare(&o->list[i].file, file) == 0 &&
		    memcmp(o->list[i].mac, mac, sizeof(o->list[i].mac)) == 0)
			return &o->list[i];
	return NULL;
}

const struct offer *
offers_find(const struct offers *o, const struct sdb_name *file, const uint8_t mac[6])
{
	return find(o, file, mac);
}

int
offers_hold(struct offers *o, const struct offer *offer)
{
	struct offer *old = find(o, &offer->file, offer->mac);

	if (old) {
		*old = *offer;
		return OP_OK;
	}
	if (o->count >= OFFERS_MAX)
		return OP_UNAVAILABLE;
	if (o->count == o->room) {
		size_t room = o->room ? o->room * 2 : 16;
		struct offer *list = reallocarray(o->list, room, sizeof(*list));

		if (!list)
			return OP_NO_MEMORY;
		o->list = list;
		o->room = room;
	}
	o->list[o->count++] = *offer;
	return OP_OK;
}

void
offers_drop(struct offers *o, const struct sdb_name *file, const uint8_t mac[6])
{
	struct offer *old = find(o, file, mac);

	if (old)
		*old = o->list[--o->count];
}
