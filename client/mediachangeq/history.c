/* SPDX-License-Identifier: ISC */
/* The commands that look back: history and stats. */
#include <stdio.h>
#include "client/mediachangeq/commands.h"
#include "client/common/table.h"
#include "client/mediachangeq/cells.h"
#include "lib/err.h"

#define PAGE 500 /* alerts of history asked for at once */
#define HISTORY_DEFAULT 100

static const struct table_column history_columns[] = {{"ID", cell_id, false},
    {"ENDED", cell_ended, false}, {"FROM", cell_from, false}, {"ANSWER", cell_state, false},
    {"QUESTION", cell_question, false}, {0}};

struct page {
	int64_t before_seq, before_at; /* 0: the newest */
	int64_t limit;
};

static void
pack_history(struct mp_out *o, const struct query *q, const void *arg)
{
	const struct mediachangeq *s = settings_of(q);
	const struct page *p = arg;

	mp_map(o, (size_t)(2 + (s->since_at > 0) + (s->until_at > 0) + 2 * (p->before_seq > 0) +
			   (s->host != NULL) + (s->text != NULL)));
	mp_kint(o, "limit", p->limit);
	mp_kbool(o, "by_end", true);
	if (s->since_at > 0)
		mp_kint(o, "since_at", s->since_at);
	if (s->until_at > 0)
		mp_kint(o, "until_at", s->until_at);
	if (p->before_seq > 0) {
		mp_kint(o, "before_seq", p->before_seq);
		mp_kint(o, "before_at", p->before_at);
	}
	if (s->host)
		mp_kstr(o, "host", s->host);
	if (s->text)
		mp_kstr(o, "text", s->text);
}

/* Print one page; *more: there is another one, which begins before what `p` says then. */
static int
print_page(struct query *q, struct page *p, bool *more)
{
	const msgpack_object_array *alerts;
	const msgpack_object *result;
	int err = query_call(q, "alert.history", pack_history, p, &result);

	*more = false;
	if (err != OP_OK)
		return err;
	if (mp_get_array(result, "alerts", &alerts) != OP_OK)
		return query_nonsense(q);
	if (alerts->size == 0)
		return OP_OK;
	mp_get_bool(result, "more", more);
	const msgpack_object *last = &alerts->ptr[alerts->size - 1];

	if (mp_get_int(last, "seq", &p->before_seq) != OP_OK ||
	    mp_get_int(last, "closed_at", &p->before_at) != OP_OK)
		return query_nonsense(q);
	return q->json ? query_print_json_lines(alerts) : table_print(alerts, history_columns);
}

int
command_history(struct query *q)
{
	bool wants_all = settings_of(q)->since_at > 0;
	struct page p = {.limit = wants_all ? PAGE : HISTORY_DEFAULT};
	bool more = true;
	int err;

	do
		err = print_page(q, &p, &more);
	while (err == OP_OK && more && wants_all);
	if (err != OP_OK)
		return err;
	if (p.before_seq == 0)
		table_say_empty("no closed question matches");
	if (more) {
		fflush(stdout);
		fprintf(stderr, "mediachangeq: there is more; --since TIME shows all of a time\n");
	}
	return OP_OK;
}

/* --- stats --- */

static void
pack_since(struct mp_out *o, const struct query *q, const void *arg)
{
	(void)arg;
	mp_map(o, settings_of(q)->since_at > 0);
	if (settings_of(q)->since_at > 0)
		mp_kint(o, "since_at", settings_of(q)->since_at);
}

/* Nothing when nothing was answered: 0 ms would read as very fast. */
static int
cell_answer_time(struct buf *out, const msgpack_object *counts, const char *key)
{
	int64_t answered = 0;

	mp_get_int(counts, "answered", &answered);
	return answered > 0 ? cell_duration(out, counts, key) : OP_OK;
}

static const struct {
	const char *title, *key;
	cell_key_fn *show;
} counts[] = {
    {"Asked", "asked", cell_int},
    {"Answered", "answered", cell_int},
    {"Time was up", "expired", cell_int},
    {"Withdrawn", "withdrawn", cell_int},
    {"Waiting", "pending", cell_int},
    {"Median time to answer", "median_ms", cell_answer_time},
    {"Slowest answer", "slowest_ms", cell_answer_time},
    {"Desks attached", "desks", cell_int},
};

static int
cell_asker(struct buf *out, const msgpack_object *row)
{
	return cell_text(out, row, "asker");
}

static int
cell_asked_count(struct buf *out, const msgpack_object *row)
{
	return cell_int(out, row, "asked");
}

static int
cell_answered_count(struct buf *out, const msgpack_object *row)
{
	return cell_int(out, row, "answered");
}

static int
cell_median(struct buf *out, const msgpack_object *row)
{
	return cell_answer_time(out, row, "median_ms");
}

static const struct table_column asker_columns[] = {{"ASKED", cell_asked_count, false},
    {"ANSWERED", cell_answered_count, false}, {"MEDIAN", cell_median, false},
    {"ASKER", cell_asker, false}, {0}};

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
	if (q->json)
		return query_print_json(result);
	err = print_counts(result);
	if (err != OP_OK || mp_get_array(result, "by_asker", &askers) != OP_OK || askers->size == 0)
		return err;
	putchar('\n');
	return table_print(askers, asker_columns);
}
