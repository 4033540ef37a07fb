/* SPDX-License-Identifier: ISC */
/*
 * The alert as a value: fields by table, and its two packed forms.  Pure.
 */
#include "daemon/mediachanged/alert.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "lib/err.h"
#include "lib/text.h"

#define FIELD(member, type, body)                                   \
	{                                                           \
#member, type, offsetof(struct alert, member), body \
	}

const struct alert_field alert_fields[ALERT_FIELDS] = {
    FIELD(seq, ALERT_INT, false),
    FIELD(id, ALERT_ID, false),
    FIELD(version, ALERT_INT, false),
    FIELD(key, ALERT_TEXT, true),
    FIELD(asker, ALERT_TEXT, true),
    FIELD(from, ALERT_TEXT, false),
    FIELD(host, ALERT_TEXT, false),
    FIELD(title, ALERT_TEXT, true),
    FIELD(text, ALERT_TEXT, true),
    FIELD(kind, ALERT_TEXT, true),
    FIELD(labels, ALERT_TEXT, true),
    FIELD(severity, ALERT_TEXT, true),
    FIELD(tags, ALERT_TEXT, true),
    FIELD(default_label, ALERT_TEXT, true),
    FIELD(timeout_ms, ALERT_INT, false),
    FIELD(created_at, ALERT_INT, false),
    FIELD(deadline_at, ALERT_INT, false),
    FIELD(boot_id, ALERT_INT, false),
    FIELD(boot_ms, ALERT_INT, false),
    FIELD(attempt, ALERT_INT, false),
    FIELD(wait, ALERT_BOOL, false),
    FIELD(line, ALERT_BOOL, true),
    FIELD(state, ALERT_STATE, false),
    FIELD(joined, ALERT_TEXT, false),
    FIELD(answer, ALERT_TEXT, false),
    FIELD(text_answer, ALERT_TEXT, false),
    FIELD(answer_id, ALERT_TEXT, false),
    FIELD(by, ALERT_TEXT, false),
    FIELD(desk, ALERT_TEXT, false),
    FIELD(note, ALERT_TEXT, false),
    FIELD(reason, ALERT_TEXT, false),
    FIELD(closed_at, ALERT_INT, false),
    FIELD(confirmed, ALERT_BOOL, false),
    FIELD(claimed_by, ALERT_TEXT, false),
    FIELD(claimed_until, ALERT_INT, false),
    FIELD(snoozed_until, ALERT_INT, false),
    FIELD(escalated, ALERT_INT, false),
    FIELD(escalating, ALERT_BOOL, false),
    FIELD(escalation_error, ALERT_TEXT, false),
};

const char *
alert_state_name(enum alert_state s)
{
	static const char *const names[] = {"pending", "answered", "expired", "withdrawn"};

	return names[s];
}

static void *
member(const struct alert *a, const struct alert_field *f)
{
	return (char *)(uintptr_t)a + f->offset;
}

int64_t
alert_number(const struct alert *a, const struct alert_field *f)
{
	switch (f->type) {
	case ALERT_INT:
		return *(int64_t *)member(a, f);
	case ALERT_BOOL:
		return *(bool *)member(a, f);
	default:
		assert(f->type == ALERT_STATE);
		return *(enum alert_state *)member(a, f);
	}
}

void
alert_set_number(struct alert *a, const struct alert_field *f, int64_t v)
{
	switch (f->type) {
	case ALERT_INT:
		*(int64_t *)member(a, f) = v;
		break;
	case ALERT_BOOL:
		*(bool *)member(a, f) = v != 0;
		break;
	default:
		assert(f->type == ALERT_STATE && v >= ALERT_PENDING && v <= ALERT_WITHDRAWN);
		*(enum alert_state *)member(a, f) = (enum alert_state)v;
	}
}

char **
alert_string(struct alert *a, const struct alert_field *f)
{
	assert(f->type == ALERT_TEXT);
	return member(a, f);
}

static const char *
string_of(const struct alert *a, const struct alert_field *f)
{
	return f->type == ALERT_ID ? a->id : *(char **)member(a, f);
}

struct alert *
alert_new(void)
{
	return calloc(1, sizeof(struct alert));
}

void
alert_free(struct alert *a)
{
	if (!a)
		return;
	for (size_t i = 0; i < ALERT_FIELDS; i++) {
		if (alert_fields[i].type == ALERT_TEXT)
			free(*alert_string(a, &alert_fields[i]));
	}
	free(a);
}

struct alert *
alert_copy(const struct alert *a)
{
	struct alert *copy = malloc(sizeof(*copy));

	if (!copy)
		return NULL;
	*copy = *a;
	bool failed = false;

	for (size_t i = 0; i < ALERT_FIELDS; i++) {
		if (alert_fields[i].type != ALERT_TEXT)
			continue;
		char **s = alert_string(copy, &alert_fields[i]);

		if (*s && (failed || !(*s = strdup(*s)))) {
			*s = NULL;
			failed = true;
		}
	}
	if (failed) {
		alert_free(copy);
		return NULL;
	}
	return copy;
}

int
alert_set(char **field, const char *s)
{
	char *copy = NULL;

	if (s && !(copy = strdup(s)))
		return OP_NO_MEMORY;
	free(*field);
	*field = copy;
	return OP_OK;
}

static bool
same_string(const char *a, const char *b)
{
	return a && b ? strcmp(a, b) == 0 : a == b;
}

static bool
same_field(const struct alert *a, const struct alert *b, const struct alert_field *f)
{
	if (f->type == ALERT_TEXT || f->type == ALERT_ID)
		return same_string(string_of(a, f), string_of(b, f));
	return alert_number(a, f) == alert_number(b, f);
}

bool
alert_same_body(const struct alert *a, const struct alert *b)
{
	for (size_t i = 0; i < ALERT_FIELDS; i++) {
		if (alert_fields[i].body && !same_field(a, b, &alert_fields[i]))
			return false;
	}
	return true;
}

bool
alert_equal(const struct alert *a, const struct alert *b)
{
	for (size_t i = 0; i < ALERT_FIELDS; i++) {
		if (!same_field(a, b, &alert_fields[i]))
			return false;
	}
	return true;
}

/* The next line of a list: its start and length; *at moves on.  False at the end. */
static bool
next_line(const char **at, const char **line, size_t *len)
{
	if (!*at || !**at)
		return false;
	*line = *at;
	*len = strcspn(*at, "\n");
	*at += *len + ((*at)[*len] == '\n');
	return true;
}

bool
alert_list_has(const char *list, const char *word)
{
	const char *line;
	size_t len, want = strlen(word);

	while (next_line(&list, &line, &len)) {
		if (len == want && memcmp(line, word, len) == 0)
			return true;
	}
	return false;
}

void
alert_pack_row(struct mp_out *o, const struct alert *a)
{
	mp_array(o, ALERT_FIELDS);
	for (size_t i = 0; i < ALERT_FIELDS; i++) {
		const struct alert_field *f = &alert_fields[i];
		bool is_text = f->type == ALERT_TEXT || f->type == ALERT_ID;
		const char *s = is_text ? string_of(a, f) : NULL;

		if (s)
			mp_strn(o, s, strlen(s) + 1);
		else if (is_text)
			mp_nil(o);
		else
			mp_int(o, alert_number(a, f));
	}
}

static int
borrow_string(struct alert *a, const struct alert_field *f, const msgpack_object *v)
{
	if (v->type == MSGPACK_OBJECT_NIL && f->type == ALERT_TEXT)
		return OP_OK;
	if (v->type != MSGPACK_OBJECT_STR || v->via.str.size == 0)
		return OP_BAD_REQUEST;
	const char *s = v->via.str.ptr;
	size_t len = v->via.str.size - 1;

	if (s[len] != '\0')
		return OP_BAD_REQUEST;
	if (f->type == ALERT_TEXT) {
		*alert_string(a, f) = (char *)(uintptr_t)s;
		return OP_OK;
	}
	if (!uuid_valid(s, len))
		return OP_BAD_REQUEST;
	memcpy(a->id, s, len);
	return OP_OK;
}

static int
unpack_number(struct alert *a, const struct alert_field *f, const msgpack_object *v)
{
	int64_t n;

	if (v->type == MSGPACK_OBJECT_POSITIVE_INTEGER && v->via.u64 <= INT64_MAX)
		n = (int64_t)v->via.u64;
	else if (v->type == MSGPACK_OBJECT_NEGATIVE_INTEGER)
		n = v->via.i64;
	else
		return OP_BAD_REQUEST;
	if (f->type == ALERT_STATE && (n < ALERT_PENDING || n > ALERT_WITHDRAWN))
		return OP_BAD_REQUEST;
	alert_set_number(a, f, n);
	return OP_OK;
}

int
alert_borrow_row(const msgpack_object *row, struct alert *out)
{
	struct alert a = {0};

	if (row->type != MSGPACK_OBJECT_ARRAY || row->via.array.size != ALERT_FIELDS)
		return OP_BAD_REQUEST;
	for (size_t i = 0; i < ALERT_FIELDS; i++) {
		const struct alert_field *f = &alert_fields[i];
		const msgpack_object *v = &row->via.array.ptr[i];
		bool is_text = f->type == ALERT_TEXT || f->type == ALERT_ID;
		int err = is_text ? borrow_string(&a, f, v) : unpack_number(&a, f, v);

		if (err)
			return err;
	}
	*out = a;
	return OP_OK;
}

int
alert_unpack_row(const msgpack_object *row, struct alert **out)
{
	struct alert borrowed, *a;
	int err = alert_borrow_row(row, &borrowed);

	if (err)
		return err;
	if (!(a = alert_copy(&borrowed)))
		return OP_NO_MEMORY;
	*out = a;
	return OP_OK;
}

/* --- the form for clients: the same walk counts the pairs (o NULL) and writes them --- */

struct wire {
	struct mp_out *o;
	size_t pairs;
};

static void
wire_str(struct wire *w, const char *key, const char *s)
{
	if (!s)
		return;
	w->pairs++;
	if (w->o)
		mp_kstr(w->o, key, s);
}

static void
wire_int(struct wire *w, const char *key, int64_t v)
{
	w->pairs++;
	if (w->o)
		mp_kint(w->o, key, v);
}

static void
wire_bool(struct wire *w, const char *key, bool v)
{
	w->pairs++;
	if (w->o)
		mp_kbool(w->o, key, v);
}

static void
wire_lines(struct wire *w, const char *key, const char *list)
{
	if (!list)
		return;
	w->pairs++;
	if (!w->o)
		return;
	const char *at = list, *line;
	size_t len, count = 0;

	while (next_line(&at, &line, &len))
		count++;
	mp_str(w->o, key);
	mp_array(w->o, count);
	at = list;
	while (next_line(&at, &line, &len))
		mp_strn(w->o, line, len);
}

static void
wire_text(struct wire *w, const char *text, bool cut)
{
	size_t len = strlen(text);
	size_t shown = cut ? text_clip(text, len, ALERT_CUT_BYTES) : len;

	w->pairs++;
	if (w->o) {
		mp_str(w->o, "text");
		mp_strn(w->o, text, shown);
	}
	if (shown < len)
		wire_bool(w, "cut", true);
}

static void
wire_asked(struct wire *w, const struct alert *a, const struct alert_view *v)
{
	wire_str(w, "id", a->id);
	wire_int(w, "seq", a->seq);
	wire_int(w, "version", a->version);
	wire_str(w, "asker", a->asker);
	wire_str(w, "from", a->from);
	wire_str(w, "host", a->host);
	wire_str(w, "title", a->title);
	wire_text(w, a->text, v->cut);
	wire_str(w, "kind", a->kind);
	wire_lines(w, "labels", a->labels);
	wire_str(w, "severity", a->severity);
	wire_lines(w, "tags", a->tags);
	wire_str(w, "state", alert_state_name(a->state));
	wire_int(w, "created_at", a->created_at);
	wire_int(w, "age_ms", v->age_ms);
	if (a->deadline_at)
		wire_int(w, "deadline_at", a->deadline_at);
	wire_str(w, "default", a->default_label);
	wire_int(w, "attempt", a->attempt);
	wire_str(w, "key", a->key);
}

static void
wire_pending(struct wire *w, const struct alert *a, const struct alert_view *v)
{
	if (a->deadline_at)
		wire_int(w, "left_ms", v->left_ms);
	wire_bool(w, "orphaned", v->orphaned);
	wire_int(w, "waiting", v->waiting);
	if (v->claim_left_ms > 0) {
		wire_str(w, "claimed_by", a->claimed_by);
		wire_int(w, "claim_left_ms", v->claim_left_ms);
	}
	wire_int(w, "ring_in_ms", v->ring_in_ms);
	wire_str(w, "note", a->note);
}

static void
wire_closed(struct wire *w, const struct alert *a)
{
	wire_str(w, "answer", a->answer);
	wire_str(w, "text_answer", a->text_answer);
	wire_str(w, "by", a->by);
	wire_str(w, "desk", a->desk);
	wire_str(w, "note", a->note);
	wire_int(w, "closed_at", a->closed_at);
	wire_str(w, "reason", a->reason);
}

static void
wire_escalation(struct wire *w, const struct alert *a)
{
	if (a->escalated == 0)
		return;
	wire_int(w, "escalated", a->escalated);
	wire_str(w, "escalation_error", a->escalation_error);
}

static void
wire_all(struct wire *w, const struct alert *a, const struct alert_view *v)
{
	wire_asked(w, a, v);
	wire_escalation(w, a);
	if (a->state == ALERT_PENDING)
		wire_pending(w, a, v);
	else
		wire_closed(w, a);
}

size_t
alert_wire_pairs(const struct alert *a, const struct alert_view *v)
{
	struct wire w = {NULL, 0};

	wire_all(&w, a, v);
	return w.pairs;
}

void
alert_pack_pairs(struct mp_out *o, const struct alert *a, const struct alert_view *v)
{
	struct wire w = {o, 0};

	wire_all(&w, a, v);
}

void
alert_pack_wire(struct mp_out *o, const struct alert *a, const struct alert_view *v)
{
	mp_map(o, alert_wire_pairs(a, v));
	alert_pack_pairs(o, a, v);
}
