/* SPDX-License-Identifier: ISC */
/* Parts of an alert as plain text, for tables, single lines and the full view.  Pure. */
#include "client/mediachangeq/cells.h"

#include "lib/err.h"
#include "lib/text.h"
#include "lib/units.h"

#define ID_CHARS 8u /* of an id in a table: enough to be unique among what is waiting */

int
cell_id(struct buf *out, const msgpack_object *alert)
{
	struct mp_text t;

	if (mp_get_text(alert, "id", &t) != OP_OK)
		return OP_OK;
	return text_plain(out, t.s, t.len < ID_CHARS ? t.len : ID_CHARS, false);
}

/* The duration under `key` between two words, or nothing when there is none or it is over. */
static int
add_duration(struct buf *out, const msgpack_object *alert, const char *lead, const char *key,
    const char *tail)
{
	char text[40];
	int64_t ms;

	if (mp_get_int(alert, key, &ms) != OP_OK || ms <= 0)
		return OP_OK;
	return buf_printf(out, "%s%s%s", lead, units_format_ms(text, sizeof(text), ms), tail);
}

int
cell_age(struct buf *out, const msgpack_object *alert)
{
	return add_duration(out, alert, "", "age_ms", "");
}

int
cell_ended(struct buf *out, const msgpack_object *alert)
{
	int64_t at_ms;

	return mp_get_int(alert, "closed_at", &at_ms) == OP_OK ? cell_time(out, at_ms) : OP_OK;
}

int
cell_severity(struct buf *out, const msgpack_object *alert)
{
	return cell_text(out, alert, "severity");
}

int
cell_from(struct buf *out, const msgpack_object *alert)
{
	return cell_text(out, alert, "from");
}

#define TYPED_BYTES 40 /* of a typed answer in a line; show has it all */

static int
add_typed(struct buf *out, const msgpack_object *alert)
{
	char text[TYPED_BYTES];
	struct mp_text t = {"", 0};

	mp_get_text(alert, "text_answer", &t);
	return buf_printf(out, "\"%s\"", text_log(text, sizeof(text), t.s, t.len));
}

static int
state_closed(struct buf *out, const msgpack_object *alert)
{
	const bool is_answered = mp_get(alert, "answer") != NULL;
	const bool is_typed = mp_get(alert, "text_answer") != NULL;
	struct mp_text state = {"", 0}, by;
	int err = is_typed ? add_typed(out, alert)
			   : cell_text(out, alert, is_answered ? "answer" : "state");

	mp_get_text(alert, "state", &state);
	if (err == OP_OK && is_answered && mp_text_is(state, "expired"))
		return buf_printf(out, " by default");
	if (err != OP_OK || mp_get_text(alert, "by", &by) != OP_OK)
		return err;
	err = buf_append(out, " by ", 4);
	return err == OP_OK ? text_plain(out, by.s, by.len, false) : err;
}

/* Who has it or how long it is silent; else that it waits, or that nobody waits for it any more. */
static int
state_attention(struct buf *out, const msgpack_object *alert)
{
	bool is_orphaned = false;
	int64_t silent_ms = 0;
	struct mp_text by;

	if (mp_get_text(alert, "claimed_by", &by) == OP_OK) {
		int err = buf_printf(out, "claimed by ");

		if (err == OP_OK)
			err = text_plain(out, by.s, by.len, false);
		return err == OP_OK ? add_duration(out, alert, ", silent for ", "ring_in_ms", "")
				    : err;
	}
	mp_get_int(alert, "ring_in_ms", &silent_ms);
	if (silent_ms > 0)
		return add_duration(out, alert, "silent for ", "ring_in_ms", "");
	mp_get_bool(alert, "orphaned", &is_orphaned);
	return buf_printf(out, is_orphaned ? "job is gone" : "waiting");
}

static int
add_escalation(struct buf *out, const msgpack_object *alert)
{
	int64_t level = 0;

	mp_get_int(alert, "escalated", &level);
	if (level == 0)
		return OP_OK;
	return buf_printf(out, ", escalated to level %d%s", (int)level,
	    mp_get(alert, "escalation_error") ? " (failed)" : "");
}

static int
state_pending(struct buf *out, const msgpack_object *alert)
{
	int64_t attempt = 1;
	int err = state_attention(out, alert);

	mp_get_int(alert, "attempt", &attempt);
	if (err == OP_OK && attempt > 1)
		err = buf_printf(out, ", attempt %d", (int)attempt);
	if (err == OP_OK)
		err = add_escalation(out, alert);
	return err == OP_OK ? add_duration(out, alert, ", ", "left_ms", " left") : err;
}

int
cell_state(struct buf *out, const msgpack_object *alert)
{
	struct mp_text state = {"", 0};

	mp_get_text(alert, "state", &state);
	return mp_text_is(state, "pending") ? state_pending(out, alert) : state_closed(out, alert);
}

/* A question of several lines becomes one. */
static int
add_one_line(struct buf *out, struct mp_text t)
{
	int err = OP_OK;

	while (t.len > 0 && err == OP_OK) {
		const char *end = memchr(t.s, '\n', t.len);
		size_t len = end ? (size_t)(end - t.s) : t.len;

		err = text_plain(out, t.s, len, false);
		if (end && err == OP_OK)
			err = buf_append(out, " ", 1);
		len += end != NULL;
		t.s += len;
		t.len -= len;
	}
	return err;
}

int
cell_question(struct buf *out, const msgpack_object *alert)
{
	struct mp_text t;
	int err = OP_OK;

	if (mp_get_text(alert, "title", &t) == OP_OK && t.len > 0) {
		err = text_plain(out, t.s, t.len, false);
		if (err == OP_OK)
			err = buf_append(out, ": ", 2);
	}
	if (err == OP_OK && mp_get_text(alert, "text", &t) == OP_OK)
		err = add_one_line(out, t);
	return err;
}
