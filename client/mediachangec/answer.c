/* SPDX-License-Identifier: ISC */
/* From an alert to outcome, label and remarks.  Pure; called once, at the end of a question. */
#include "client/mediachangec/answer.h"

#include <string.h>
#include <strings.h>
#include "lib/alertkind.h"
#include "lib/err.h"
#include "lib/text.h"

void
answer_init(struct answer *a)
{
	*a = (struct answer){.outcome = OUTCOME_UNREACHABLE};
	buf_init(&a->label);
	buf_init(&a->json);
	buf_init(&a->remark);
}

void
answer_fini(struct answer *a)
{
	buf_fini(&a->label);
	buf_fini(&a->json);
	buf_fini(&a->remark);
}

static bool
same(struct mp_text a, const msgpack_object *b)
{
	return b->type == MSGPACK_OBJECT_STR && b->via.str.size == a.len &&
	       memcmp(b->via.str.ptr, a.s, a.len) == 0;
}

/* Where `label` stands among the alert's labels; past the end when it is not there. */
static size_t
position_of(const msgpack_object *alert, struct mp_text label)
{
	const msgpack_object_array *labels;
	size_t i = 0;

	if (mp_get_array(alert, "labels", &labels) != OP_OK)
		return ALERTKIND_LABELS_MAX;
	while (i < labels->size && !same(label, &labels->ptr[i]))
		i++;
	return i < labels->size ? i : ALERTKIND_LABELS_MAX;
}

static int
add_label(struct answer *a, const msgpack_object *alert, const char *key)
{
	struct mp_text t;

	if (mp_get_text(alert, key, &t) != OP_OK)
		return OP_OK;
	return text_plain(&a->label, t.s, t.len, false);
}

static int
add_remark(struct answer *a, const msgpack_object *alert, const char *lead, const char *key)
{
	struct mp_text by = {"somebody", 8};
	struct mp_text t;

	if (mp_get_text(alert, key, &t) != OP_OK || t.len == 0)
		return OP_OK;
	mp_get_text(alert, "by", &by);
	int err = buf_printf(&a->remark, "%s by ", lead);

	if (err == OP_OK)
		err = text_plain(&a->remark, by.s, by.len, false);
	if (err == OP_OK)
		err = buf_append(&a->remark, ": ", 2);
	return err == OP_OK ? text_plain(&a->remark, t.s, t.len, false) : err;
}

static int
on_answered(struct answer *a, const msgpack_object *alert)
{
	struct mp_text kind, label;

	if (mp_get_text(alert, "answer", &label) != OP_OK ||
	    mp_get_text(alert, "kind", &kind) != OP_OK)
		return OP_PROTOCOL;
	a->outcome = exitmap_outcome(kind.s, kind.len, position_of(alert, label));
	/* A refused text prints nothing, or a script would take the word Cancel for the text. */
	int err = OP_OK;

	if (!mp_text_is(kind, "text"))
		err = add_label(a, alert, "answer");
	else if (a->outcome == OUTCOME_YES)
		err = add_label(a, alert, "text_answer");
	return err == OP_OK ? add_remark(a, alert, "answered", "note") : err;
}

static int
on_expired(struct answer *a, const msgpack_object *alert)
{
	struct mp_text kind;
	int err = buf_printf(&a->remark, "nobody answered in time");

	a->outcome = OUTCOME_TIMEOUT;
	if (err != OP_OK || mp_get_text(alert, "kind", &kind) != OP_OK || mp_text_is(kind, "text"))
		return err; /* nor may it take a label for one */
	return add_label(a, alert, "default");
}

static int
on_withdrawn(struct answer *a, const msgpack_object *alert)
{
	a->outcome = OUTCOME_WITHDRAWN;
	int err = add_remark(a, alert, "withdrawn", "reason");

	if (err == OP_OK && buf_len(&a->remark) == 0)
		err = buf_printf(&a->remark, "the question was withdrawn");
	return err;
}

/* Only asked with --no-wait: it is kept, and that is all that was wanted. */
static int
on_pending(struct answer *a, const msgpack_object *alert)
{
	(void)alert;
	a->outcome = OUTCOME_YES;
	a->id[0] = '\0';
	return OP_OK;
}

static const struct {
	const char *name;
	int (*take)(struct answer *a, const msgpack_object *alert);
} states[] = {
    {"answered", on_answered},
    {"expired", on_expired},
    {"withdrawn", on_withdrawn},
    {"pending", on_pending},
};

void
answer_clear(struct answer *a)
{
	a->id[0] = '\0';
	buf_clear(&a->label);
	buf_clear(&a->json);
	buf_clear(&a->remark);
}

int
answer_from_alert(struct answer *a, const msgpack_object *alert)
{
	struct mp_text id, state;

	if (mp_get_text(alert, "id", &id) != OP_OK || !uuid_valid(id.s, id.len) ||
	    mp_get_text(alert, "state", &state) != OP_OK)
		return OP_PROTOCOL;
	answer_clear(a); /* of an answer that made no sense */
	memcpy(a->id, id.s, id.len);
	a->id[id.len] = '\0';
	int err = text_json(&a->json, alert);

	if (err != OP_OK)
		return err;
	for (size_t i = 0; i < sizeof(states) / sizeof(states[0]); i++)
		if (mp_text_is(state, states[i].name))
			return states[i].take(a, alert);
	return OP_PROTOCOL;
}

int
answer_from_line(struct answer *a, const char *line, size_t len)
{
	static const char *const words[] = {"Ok", "Cancel"};

	for (size_t i = 0; i < 2; i++) {
		if (strlen(words[i]) != len || strncasecmp(words[i], line, len) != 0)
			continue;
		a->outcome = exitmap_outcome("okcancel", 8, i);
		return buf_append(&a->label, words[i], len);
	}
	return OP_PROTOCOL;
}
