/* SPDX-License-Identifier: ISC */
/* Abbreviated ids and labels.  The matching is pure; lookup_alert() asks the daemon. */
#include "client/mediachangeq/lookup.h"

#include <stdio.h>
#include <strings.h>
#include "client/mediachangeq/cells.h"
#include "lib/err.h"

static bool
begins_with(const msgpack_object *alert, const char *prefix)
{
	size_t len = strlen(prefix);
	struct mp_text id;

	return mp_get_text(alert, "id", &id) == OP_OK && len > 0 && len <= id.len &&
	       strncasecmp(id.s, prefix, len) == 0;
}

size_t
lookup_matches(const msgpack_object_array *alerts, const char *prefix, const msgpack_object **first)
{
	size_t count = 0;

	for (uint32_t i = 0; i < alerts->size; i++) {
		if (!begins_with(&alerts->ptr[i], prefix))
			continue;
		if (count++ == 0)
			*first = &alerts->ptr[i];
	}
	return count;
}

static void
take(const msgpack_object *alert, struct lookup *out)
{
	const msgpack_object_array *labels;
	struct mp_text t;

	*out = (struct lookup){.label_count = 0};
	if (mp_get_text(alert, "id", &t) == OP_OK)
		snprintf(out->id, sizeof(out->id), "%.*s", (int)t.len, t.s);
	out->is_text = mp_get_text(alert, "kind", &t) == OP_OK && mp_text_is(t, "text");
	if (mp_get_array(alert, "labels", &labels) != OP_OK)
		return;
	for (uint32_t i = 0; i < labels->size && out->label_count < ALERTKIND_LABELS_MAX; i++)
		if (labels->ptr[i].type == MSGPACK_OBJECT_STR)
			snprintf(out->labels[out->label_count++], sizeof(out->labels[0]), "%.*s",
			    (int)labels->ptr[i].via.str.size, labels->ptr[i].via.str.ptr);
}

static int
complain_ambiguous(struct query *q, const msgpack_object_array *alerts, const char *prefix)
{
	struct buf lines;

	query_complain(q, OP_CONFLICT, "\"%s\" is the beginning of several ids:", prefix);
	buf_init(&lines);
	for (uint32_t i = 0; i < alerts->size; i++) {
		if (!begins_with(&alerts->ptr[i], prefix))
			continue;
		buf_append(&lines, "  ", 2);
		cell_text(&lines, &alerts->ptr[i], "id");
		buf_append(&lines, "  ", 2);
		cell_question(&lines, &alerts->ptr[i]);
		buf_append(&lines, "\n", 1);
	}
	fwrite(buf_bytes(&lines), 1, buf_len(&lines), stderr);
	buf_fini(&lines);
	return OP_CONFLICT;
}

/* OP_NOT_FOUND is not said: there is another place to look. */
static int
choose(struct query *q, const msgpack_object *result, const char *prefix, struct lookup *out)
{
	const msgpack_object_array *alerts;
	const msgpack_object *alert = NULL;

	if (mp_get_array(result, "alerts", &alerts) != OP_OK)
		return query_nonsense(q);
	size_t count = lookup_matches(alerts, prefix, &alert);

	if (count > 1)
		return complain_ambiguous(q, alerts, prefix);
	if (count == 0)
		return OP_NOT_FOUND;
	take(alert, out);
	return OP_OK;
}

static void
pack_prefix(struct mp_out *o, const struct query *q, const void *arg)
{
	(void)q;
	mp_map(o, 2);
	mp_kstr(o, "id", arg);
	mp_kint(o, "limit", 10);
}

int
lookup_alert(struct query *q, const char *prefix, struct lookup *out)
{
	const msgpack_object *result;
	int err = query_call(q, "alert.list", query_pack_nothing, NULL, &result);

	if (err == OP_OK)
		err = choose(q, result, prefix, out);
	if (err != OP_NOT_FOUND)
		return err;
	if (strlen(prefix) < UUID_SIZE)
		err = query_call(q, "alert.history", pack_prefix, prefix, &result);
	if (err == OP_OK)
		err = choose(q, result, prefix, out);
	if (err == OP_NOT_FOUND)
		query_complain(q, err, "no question has an id that begins with \"%s\"", prefix);
	return err;
}

const char *
lookup_label(const struct lookup *l, const char *typed)
{
	const char *found = NULL;

	for (size_t i = 0; i < l->label_count; i++)
		if (strcmp(l->labels[i], typed) == 0)
			return l->labels[i];
	for (size_t i = 0; i < l->label_count; i++) {
		if (strcasecmp(l->labels[i], typed) != 0)
			continue;
		if (found)
			return NULL;
		found = l->labels[i];
	}
	return found;
}
