/* SPDX-License-Identifier: ISC */
#include "lib/flat/merge.h"

#include <stdlib.h>

#include "lib/err.h"

#define NOTHING ((struct sdb_text){NULL, 0})

int
flat_diff_add(struct flat_diff *d, struct sdb_text old, struct sdb_text new)
{
	if (d->count == d->room) {
		size_t room = d->room ? d->room * 2 : 16;
		struct flat_change *list = reallocarray(d->list, room, sizeof(*list));

		if (!list)
			return OP_NO_MEMORY;
		d->list = list;
		d->room = room;
	}
	d->list[d->count++] = (struct flat_change){old, new};
	return OP_OK;
}

static int
diff_lines(const struct flat_file *old, const struct flat_index *olds, const struct flat_file *new,
    const struct flat_index *news, struct flat_diff *out)
{
	const struct flat_line *last = NULL;
	int err = OP_OK;

	for (size_t i = 0; i < old->count && err == OP_OK; i++)
		if (!flat_index_find(news, &old->lines[i]))
			err = flat_diff_add(out, old->lines[i].text, NOTHING);
	for (size_t i = 0; i < new->count &&err == OP_OK; i++) {
		const struct flat_line *l = &new->lines[i], *was = flat_index_find(olds, l);

		if (!was)
			err = flat_diff_add(out, NOTHING, l->text);
		else if (!sdb_text_equal(was->text, l->text))
			err = flat_diff_add(out, was->text, l->text);
		if (was) {
			out->reordered = out->reordered || (last && was < last);
			last = was;
		}
	}
	return err;
}

static int
diff_keys(const struct flat_format *format, struct sdb_text old, struct sdb_text new,
    struct flat_diff *out)
{
	struct flat_file a = {0}, b = {0};
	struct flat_index *x = NULL, *y = NULL;
	int err = flat_parse(format, old, &a);

	if (err == OP_OK)
		err = flat_parse(format, new, &b);
	if (err == OP_OK)
		err = flat_index_new(&a, &x);
	if (err == OP_OK)
		err = flat_index_new(&b, &y);
	if (err == OP_OK)
		err = diff_lines(&a, x, &b, y, out);
	flat_index_free(x);
	flat_index_free(y);
	flat_fini(&a);
	flat_fini(&b);
	return err;
}

int
flat_diff(const struct flat_format *format, struct sdb_text old, struct sdb_text new,
    struct flat_diff *out)
{
	struct flat_diff d = {0};
	int err = format->kind == FLAT_TEXT ? flat_diff_text(old, new, &d)
					    : diff_keys(format, old, new, &d);

	if (err)
		flat_diff_fini(&d);
	else
		*out = d;
	return err;
}

void
flat_diff_fini(struct flat_diff *d)
{
	free(d->list);
	*d = (struct flat_diff){0};
}
