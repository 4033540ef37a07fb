/* SPDX-License-Identifier: ISC */
#include "daemon/ipadmd/lasts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/clock.h"
#include "lib/err.h"

void
lasts_fini(struct lasts *l)
{
	free(l->list);
	*l = (struct lasts){0};
}

/* Where it is, or belongs. */
static size_t
place_of(const struct lasts *l, const char *file)
{
	size_t low = 0, high = l->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (strcmp(l->list[middle].file, file) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

const struct last *
lasts_find(const struct lasts *l, const char *file)
{
	size_t i = place_of(l, file);

	return i < l->count && strcmp(l->list[i].file, file) == 0 ? &l->list[i] : NULL;
}

static int
insert(struct lasts *l, size_t at, const char *file)
{
	if (l->count == l->room) {
		size_t room = l->room ? l->room * 2 : 64;
		struct last *list = reallocarray(l->list, room, sizeof(*list));

		if (!list)
			return OP_NO_MEMORY;
		l->list = list;
		l->room = room;
	}
	memmove(&l->list[at + 1], &l->list[at], (l->count - at) * sizeof(*l->list));
	l->count++;
	l->list[at] = (struct last){0};
	snprintf(l->list[at].file, FILE_TEXT, "%s", file);
	return OP_OK;
}

struct step {
	struct lasts *l;
	const struct history_commit *commit;
	bool is_new; /* overwrites what earlier walks have found */
};

static int
note(const char *file, const char *version, void *arg)
{
	struct step *s = arg;
	struct lasts *l = s->l;
	size_t at = place_of(l, file);
	bool known = at < l->count && strcmp(l->list[at].file, file) == 0;

	(void)version;
	if (strlen(file) >= FILE_TEXT) /* not made by us */
		return OP_OK;
	if (known && (!s->is_new || l->list[at].walk == l->walk))
		return OP_OK;
	int err = known ? OP_OK : insert(l, at, file);

	if (err)
		return err;
	struct last *row = &l->list[at];

	memcpy(row->commit, s->commit->id, sizeof(row->commit));
	memcpy(row->who, s->commit->who, sizeof(row->who));
	row->at_ms = s->commit->at_ms;
	row->walk = l->walk;
	return OP_OK;
}

/* One commit; `id` becomes its parent. */
static int
look(struct lasts *l, struct history *h, bool is_new, char id[COMMIT_TEXT])
{
	struct history_commit c;
	struct step s = {l, &c, is_new};
	int err = history_read(h, id, &c);

	if (err)
		return err;
	err = history_files(h, c.id, true, note, &s);
	memcpy(id, c.parent, COMMIT_TEXT);
	history_commit_fini(&c);
	return err;
}

int
lasts_update(struct lasts *l, struct history *h, int64_t budget_ms)
{
	char head[COMMIT_TEXT], id[COMMIT_TEXT];
	const int64_t until = clock_boot_ms() + budget_ms;
	int err = history_head(h, head);

	if (err)
		return err == OP_NOT_FOUND ? OP_OK : err;
	if (!*l->head) {
		memcpy(l->next, head, sizeof(head));
	} else if (strcmp(l->head, head) != 0) {
		/* A few at most: what was committed since the last time. */
		l->walk++;
		memcpy(id, head, sizeof(id));
		while (err == OP_OK && *id && strcmp(id, l->head) != 0)
			err = look(l, h, true, id);
	}
	if (err)
		return err;
	memcpy(l->head, head, sizeof(head));
	while (err == OP_OK && *l->next && clock_boot_ms() < until)
		err = look(l, h, false, l->next);
	return err == OP_OK && *l->next ? OP_AGAIN : err;
}
