/* SPDX-License-Identifier: ISC */
/* The commands that look: list, show, history, stats. */
#include <stdio.h>
#include <unistd.h>
#include "client/mediachangeq/commands.h"
#include "client/mediachangeq/lookup.h"
#include "client/mediachangeq/table.h"
#include "lib/err.h"
#include "lib/text.h"
#include "lib/units.h"

#define PAGE 500 /* alerts of history asked for at once */
#define HISTORY_DEFAULT 100

static int
nonsense(const struct query *q)
{
	return query_complain(q, OP_PROTOCOL, "the daemon's answer makes no sense");
}

static void
say_nothing_there(const char *what)
{
	if (isatty(STDOUT_FILENO))
		fprintf(stderr, "%s\n", what);
}

/* --- list --- */

static const struct table_column list_columns[] = {{"ID", cell_id}, {"AGE", cell_age},
    {"SEVERITY", cell_severity}, {"FROM", cell_from}, {"STATE", cell_state},
    {"QUESTION", cell_question}, {0}};

int
command_list(struct query *q)
{
	const msgpack_object_array *alerts;
	const msgpack_object *result;
	int err = query_call(q, "alert.list", query_pack_nothing, NULL, &result);

	if (err != OP_OK)
		return err;
	if (q->settings->json)
		return query_print_json_lines(result, "alerts");
	if (mp_get_array(result, "alerts", &alerts) != OP_OK)
		return nonsense(q);
	if (alerts->size > 0)
		return table_print(alerts, list_columns);
	say_nothing_there("no question is waiting");
	return OP_OK;
}

/* --- show --- */

static int
show_text(struct buf *out, const msgpack_object *alert, const char *key)
{
	return cell_text(out, alert, key);
}

static int
show_int(struct buf *out, const msgpack_object *alert, const char *key)
{
	int64_t v;

	return mp_get_int(alert, key, &v) == OP_OK ? buf_printf(out, "%lld", (long long)v) : OP_OK;
}

static int
show_time(struct buf *out, const msgpack_object *alert, const char *key)
{
	int64_t at_ms;

	return mp_get_int(alert, key, &at_ms) == OP_OK ? cell_time(out, at_ms) : OP_OK;
}

static int
show_duration(struct buf *out, const msgpack_object *alert, const char *key)
{
	char text[40];
	int64_t ms;

	if (mp_get_int(alert, key, &ms) != OP_OK)
		return OP_OK;
	return buf_printf(out, "%s", units_format_ms(text, sizeof(text), ms));
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

static const struct {
	const char *title, *key;
	int (*show)(struct buf *out, const msgpack_object *alert, const char *key);
} fields[] = {
    {"Id", "id", show_text},
    {"From", "from", show_text},
    {"Title", "title", show_text},
    {"Severity", "severity", show_text},
    {"Tags", "tags", show_list},
    {"Key", "key", show_text},
    {"Attempt", "attempt", show_int},
    {"Kind", "kind", show_text},
    {"Labels", "labels", show_list},
    {"Default", "default", show_text},
    {"Asked", "created_at", show_time},
    {"Deadline", "deadline_at", show_time},
    {"Time left", "left_ms", show_duration},
    {"State", "state", show_text},
    {"Job is gone", "orphaned", show_flag},
    {"Waiting", "waiting", show_int},
    {"Claimed by", "claimed_by", show_text},
    {"Answer", "answer", show_text},
    {"Text", "text_answer", show_text},
    {"By", "by", show_text},
    {"Desk", "desk", show_text},
    {"Note", "note", show_text},
    {"Reason", "reason", show_text},
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
	if (q->settings->json)
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

/* --- history --- */

static const struct table_column history_columns[] = {{"ID", cell_id}, {"ASKED", cell_asked},
    {"FROM", cell_from}, {"ANSWER", cell_state}, {"QUESTION", cell_question}, {0}};

struct page {
	int64_t before_seq; /* 0: the newest */
	int64_t limit;
};

static void
pack_history(struct mp_out *o, const struct query *q, const void *arg)
{
	const struct query_settings *s = q->settings;
	const struct page *p = arg;

	mp_map(o, (size_t)(1 + (q->since_at > 0) + (p->before_seq > 0) + (s->host != NULL) +
			   (s->text != NULL)));
	mp_kint(o, "limit", p->limit);
	if (q->since_at > 0)
		mp_kint(o, "since_at", q->since_at);
	if (p->before_seq > 0)
		mp_kint(o, "before_seq", p->before_seq);
	if (s->host)
		mp_kstr(o, "host", s->host);
	if (s->text)
		mp_kstr(o, "text", s->text);
}

/* Print one page; *more: there is another one, which begins before p->before_seq. */
static int
print_page(struct query *q, struct page *p, bool *more)
{
	const msgpack_object_array *alerts;
	const msgpack_object *result;
	bool is_first = p->before_seq == 0;
	int err = query_call(q, "alert.history", pack_history, p, &result);

	*more = false;
	if (err != OP_OK)
		return err;
	if (mp_get_array(result, "alerts", &alerts) != OP_OK)
		return nonsense(q);
	mp_get_bool(result, "more", more);
	if (alerts->size == 0) {
		*more = false;
		if (is_first)
			say_nothing_there("no closed question matches");
		return OP_OK;
	}
	if (mp_get_int(&alerts->ptr[alerts->size - 1], "seq", &p->before_seq) != OP_OK)
		return nonsense(q);
	return q->settings->json ? query_print_json_lines(result, "alerts")
				 : table_print(alerts, history_columns);
}

int
command_history(struct query *q)
{
	bool wants_all = q->since_at > 0;
	struct page p = {0, wants_all ? PAGE : HISTORY_DEFAULT};
	bool more = true;
	int err = OP_OK;

	while (more && err == OP_OK) {
		err = print_page(q, &p, &more);
		if (err == OP_OK && more && !wants_all) {
			fflush(stdout);
			fprintf(stderr,
			    "mediachangeq: there is more; --since TIME shows all of a time\n");
			break;
		}
	}
	return err;
}

/* --- stats --- */

static void
pack_since(struct mp_out *o, const struct query *q, const void *arg)
{
	(void)arg;
	mp_map(o, q->since_at > 0);
	if (q->since_at > 0)
		mp_kint(o, "since_at", q->since_at);
}

static const struct {
	const char *title, *key;
	int (*show)(struct buf *out, const msgpack_object *map, const char *key);
} counts[] = {
    {"Asked", "asked", show_int},
    {"Answered", "answered", show_int},
    {"Time was up", "expired", show_int},
    {"Withdrawn", "withdrawn", show_int},
    {"Waiting", "pending", show_int},
    {"Median time to answer", "median_ms", show_duration},
    {"Slowest answer", "slowest_ms", show_duration},
    {"Desks attached", "desks", show_int},
};

static int
cell_asker(struct buf *out, const msgpack_object *row)
{
	return cell_text(out, row, "asker");
}

static int
cell_asked_count(struct buf *out, const msgpack_object *row)
{
	return show_int(out, row, "asked");
}

static int
cell_answered_count(struct buf *out, const msgpack_object *row)
{
	return show_int(out, row, "answered");
}

static int
cell_median(struct buf *out, const msgpack_object *row)
{
	return show_duration(out, row, "median_ms");
}

static const struct table_column asker_columns[] = {{"ASKED", cell_asked_count},
    {"ANSWERED", cell_answered_count}, {"MEDIAN", cell_median}, {"ASKER", cell_asker}, {0}};

static int
print_counts(const msgpack_object *result)
{
	struct buf value;
	int err = OP_OK;

	buf_init(&value);
	for (size_t i = 0; i < sizeof(counts) / sizeof(counts[0]) && err == OP_OK; i++) {
		buf_clear(&value);
		err = counts[i].show(&value, result, counts[i].key);
		if (buf_len(&value) > 0)
			printf("%-22s %.*s\n", counts[i].title, (int)buf_len(&value),
			    (const char *)buf_bytes(&value));
	}
	buf_fini(&value);
	return err;
}

int
command_stats(struct query *q)
{
	const msgpack_object_array *askers;
	const msgpack_object *result;
	int err = query_call(q, "alert.stats", pack_since, NULL, &result);

	if (err != OP_OK)
		return err;
	if (q->settings->json)
		return query_print_json(result);
	err = print_counts(result);
	if (err != OP_OK || mp_get_array(result, "by_asker", &askers) != OP_OK || askers->size == 0)
		return err;
	putchar('\n');
	return table_print(askers, asker_columns);
}
