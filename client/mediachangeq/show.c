/* SPDX-License-Identifier: ISC */
/* The commands that look at what waits: list, and show for one question in full. */
#include <stdio.h>
#include "client/mediachangeq/commands.h"
#include "client/mediachangeq/lookup.h"
#include "client/common/table.h"
#include "client/mediachangeq/cells.h"
#include "lib/err.h"
#include "lib/text.h"

/* --- list --- */

static const struct table_column list_columns[] = {{"ID", cell_id, false}, {"AGE", cell_age, false},
    {"SEVERITY", cell_severity, false}, {"FROM", cell_from, false}, {"STATE", cell_state, false},
    {"QUESTION", cell_question, false}, {0}};

int
command_list(struct query *q)
{
	const msgpack_object_array *alerts;
	const msgpack_object *result;
	int64_t left_out;
	int err = query_call(q, "alert.list", query_pack_nothing, NULL, &result);

	if (err != OP_OK)
		return err;
	if (mp_get_array(result, "alerts", &alerts) != OP_OK)
		return query_nonsense(q);
	if (mp_get_int(result, "left_out", &left_out) == OP_OK)
		query_complain(
		    q, OP_OK, "%lld more are waiting; follow tells of all", (long long)left_out);
	if (q->json)
		return query_print_json_lines(alerts);
	if (alerts->size > 0)
		return table_print(alerts, list_columns);
	table_say_empty("no question is waiting");
	return OP_OK;
}

/* --- show --- */

static int
show_time(struct buf *out, const msgpack_object *alert, const char *key)
{
	int64_t at_ms;

	return mp_get_int(alert, key, &at_ms) == OP_OK ? cell_time(out, at_ms) : OP_OK;
}

static int
show_flag(struct buf *out, const msgpack_object *alert, const char *key)
{
	bool flag;

	return mp_get_bool(alert, key, &flag) == OP_OK && flag ? buf_printf(out, "yes") : OP_OK;
}

static int
show_list(struct buf *out, const msgpack_object *alert, const char *key)
{
	const msgpack_object_array *items;
	int err = OP_OK;

	if (mp_get_array(alert, key, &items) != OP_OK)
		return OP_OK;
	for (uint32_t i = 0; i < items->size && err == OP_OK; i++) {
		if (items->ptr[i].type != MSGPACK_OBJECT_STR)
			continue;
		if (i > 0)
			err = buf_append(out, ", ", 2);
		if (err == OP_OK)
			err = text_plain(
			    out, items->ptr[i].via.str.ptr, items->ptr[i].via.str.size, false);
	}
	return err;
}

/* Not of 0 ms. */
static int
show_duration(struct buf *out, const msgpack_object *alert, const char *key)
{
	int64_t ms = 0;

	mp_get_int(alert, key, &ms);
	return ms > 0 ? cell_duration(out, alert, key) : OP_OK;
}

static int
show_level(struct buf *out, const msgpack_object *alert, const char *key)
{
	int64_t level;

	return mp_get_int(alert, key, &level) == OP_OK ? buf_printf(out, "to level %d", (int)level)
						       : OP_OK;
}

static const struct {
	const char *title, *key;
	cell_key_fn *show;
} fields[] = {
    {"Id", "id", cell_text},
    {"From", "from", cell_text},
    {"Title", "title", cell_text},
    {"Severity", "severity", cell_text},
    {"Tags", "tags", show_list},
    {"Key", "key", cell_text},
    {"Attempt", "attempt", cell_int},
    {"Kind", "kind", cell_text},
    {"Labels", "labels", show_list},
    {"Default", "default", cell_text},
    {"Asked", "created_at", show_time},
    {"Deadline", "deadline_at", show_time},
    {"Time left", "left_ms", cell_duration},
    {"State", "state", cell_text},
    {"Job is gone", "orphaned", show_flag},
    {"Jobs waiting", "waiting", cell_int},
    {"Claimed by", "claimed_by", cell_text},
    {"Silent for", "ring_in_ms", show_duration},
    {"Escalated", "escalated", show_level},
    {"It failed", "escalation_error", cell_text},
    {"Answer", "answer", cell_text},
    {"Text", "text_answer", cell_text},
    {"By", "by", cell_text},
    {"Desk", "desk", cell_text},
    {"Note", "note", cell_text},
    {"Reason", "reason", cell_text},
    {"Closed", "closed_at", show_time},
};

static int
format_fields(struct buf *out, const msgpack_object *alert)
{
	struct buf value;
	int err = OP_OK;

	buf_init(&value);
	for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]) && err == OP_OK; i++) {
		buf_clear(&value);
		err = fields[i].show(&value, alert, fields[i].key);
		if (err == OP_OK && buf_len(&value) > 0)
			err = buf_printf(out, "%-12s %.*s\n", fields[i].title, (int)buf_len(&value),
			    (const char *)buf_bytes(&value));
	}
	buf_fini(&value);
	return err;
}

static int
format_question(struct buf *out, const msgpack_object *alert)
{
	struct mp_text t = {"", 0};
	int err = buf_append(out, "\n", 1);

	mp_get_text(alert, "text", &t);
	if (err == OP_OK)
		err = text_plain(out, t.s, t.len, true);
	return err == OP_OK ? buf_append(out, "\n", 1) : err;
}

/* One line of its life: when, what, by whom, note. */
static int
format_event(struct buf *out, const msgpack_object *event)
{
	static const char *const keys[] = {"what", "by", "note"};
	int64_t at_ms = 0;

	mp_get_int(event, "at", &at_ms);
	int err = cell_time(out, at_ms);

	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]) && err == OP_OK; i++) {
		if (!mp_get(event, keys[i]))
			continue;
		err = buf_append(out, "  ", 2);
		if (err == OP_OK)
			err = cell_text(out, event, keys[i]);
	}
	return err == OP_OK ? buf_append(out, "\n", 1) : err;
}

static int
format_life(struct buf *out, const msgpack_object *alert)
{
	const msgpack_object_array *life;
	int err = OP_OK;

	if (mp_get_array(alert, "life", &life) != OP_OK || life->size == 0)
		return OP_OK;
	err = buf_append(out, "\n", 1);
	for (uint32_t i = 0; i < life->size && err == OP_OK; i++)
		err = format_event(out, &life->ptr[i]);
	return err;
}

static void
pack_id(struct mp_out *o, const struct query *q, const void *arg)
{
	(void)q;
	mp_map(o, 1);
	mp_kstr(o, "id", arg);
}

int
command_show(struct query *q)
{
	const msgpack_object *alert;
	struct lookup l;
	struct buf out;
	int err = lookup_alert(q, q->operands[0], &l);

	if (err == OP_OK)
		err = query_call(q, "alert.show", pack_id, l.id, &alert);
	if (err != OP_OK)
		return err;
	if (q->json)
		return query_print_json(alert);
	buf_init(&out);
	err = format_fields(&out, alert);
	if (err == OP_OK)
		err = format_question(&out, alert);
	if (err == OP_OK)
		err = format_life(&out, alert);
	fwrite(buf_bytes(&out), 1, buf_len(&out), stdout);
	buf_fini(&out);
	return err;
}
