/* SPDX-License-Identifier: ISC */
#include "daemon/ipadmd/lasts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/byname.h"
#include "lib/clock.h"
#include "lib/err.h"

static const char *
file_of(const void *row)
{
	return ((const struct last *)row)->file;
}

static const struct byname BY_FILE = {sizeof(struct last), file_of};

void
lasts_fini(struct lasts *l)
{
	free(l->list);
	*l = (struct lasts){0};
}

const struct last *
lasts_find(const struct lasts *l, const char *file)
{
	return byname_find(&BY_FILE, l->list, l->count, file);
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
	size_t at = byname_place(&BY_FILE, l->list, l->count, file);
	bool known = at < l->count && strcmp(l->list[at].file, file) == 0;

	(void)version;
	if (strlen(file) >= FILE_TEXT) /* not made by us */
		return OP_OK;
	if (known && (!s->is_new || l->list[at].walk == l->walk))
		return OP_OK;
	if (!known) {
		struct last *list = byname_insert(&BY_FILE, l->list, l->count, at);

		if (!list)
			return OP_NO_MEMORY;
		l->list = list;
		l->count++;
	}
	struct last *row = &l->list[at];

	snprintf(row->file, FILE_TEXT, "%s", file);
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
