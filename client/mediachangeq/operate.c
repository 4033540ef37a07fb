/* SPDX-License-Identifier: ISC */
/* The commands that change a question: answer, withdraw, claim, snooze. */
#include <stdio.h>
#include <unistd.h>
#include "client/mediachangeq/commands.h"
#include "client/mediachangeq/lookup.h"
#include "client/mediachangeq/cells.h"
#include "lib/err.h"
#include "lib/units.h"

#define QUIET_MAX_MS (30 * 24 * 3600 * INT64_C(1000)) /* as the daemon has it */

struct change {
	const char *id;
	const char *label, *text; /* answer */
	int64_t for_ms;           /* claim, snooze; -1: the daemon's default */
};

static int
print_changed(const struct query *q, const msgpack_object *alert)
{
	struct buf line;

	if (q->json)
		return query_print_json(alert);
	buf_init(&line);
	int err = cell_id(&line, alert);

	if (err == OP_OK)
		err = buf_append(&line, "  ", 2);
	if (err == OP_OK)
		err = cell_state(&line, alert);
	if (err == OP_OK)
		printf("%.*s\n", (int)buf_len(&line), (const char *)buf_bytes(&line));
	buf_fini(&line);
	return err;
}

static int
call_and_print(struct query *q, const char *method, query_pack_fn *pack, const struct change *c)
{
	const msgpack_object *alert;
	int err = query_call(q, method, pack, c, &alert);

	return err == OP_OK ? print_changed(q, alert) : err;
}

/* --- answer --- */

static void
pack_answer(struct mp_out *o, const struct query *q, const void *arg)
{
	const struct change *c = arg;
	const char *note = settings_of(q)->note;
	char desk[100] = "mediachangeq@";
	size_t lead = strlen(desk);

	gethostname(desk + lead, sizeof(desk) - lead - 1);
	mp_map(o, (size_t)(4 + (c->text != NULL) + (note != NULL)));
	mp_kstr(o, "id", c->id);
	mp_kstr(o, "answer_id", settings_of(q)->answer_id);
	mp_kstr(o, "label", c->label);
	mp_kstr(o, "desk", desk);
	if (c->text)
		mp_kstr(o, "text", c->text);
	if (note)
		mp_kstr(o, "note", note);
}

static int
complain_label(const struct query *q, const struct lookup *l, const char *typed)
{
	char words[ALERTKIND_LABELS_MAX * (ALERTKIND_LABEL_BYTES + 4)] = "";

	for (size_t i = 0; i < l->label_count; i++) {
		size_t used = strlen(words);

		snprintf(
		    words + used, sizeof(words) - used, "%s\"%s\"", i ? ", " : "", l->labels[i]);
	}
	return query_complain(
	    q, OP_BAD_REQUEST, "\"%s\" is not one of its labels: %s", typed, words);
}

/* A question for a text: what is typed is the text, unless it is a label followed by a text, or the
 * label that refuses. */
static int
choose_answer(const struct query *q, const struct lookup *l, struct change *c)
{
	const char *typed = q->operands[1];
	const char *label = lookup_label(l, typed);

	c->text = q->operands[2];
	if (l->is_text && !c->text && (!label || label == l->labels[0])) {
		c->label = l->labels[0];
		c->text = typed;
		return OP_OK;
	}
	if (c->text && !l->is_text)
		return query_complain(q, OP_BAD_REQUEST, "the question does not ask for a text");
	if (!label)
		return complain_label(q, l, typed);
	c->label = label;
	return OP_OK;
}

int
command_answer(struct query *q)
{
	struct lookup l;
	struct change c = {0};
	int err = lookup_alert(q, q->operands[0], &l);

	if (err == OP_OK)
		err = choose_answer(q, &l, &c);
	if (err != OP_OK)
		return err;
	c.id = l.id;
	return call_and_print(q, "alert.answer", pack_answer, &c);
}

/* --- withdraw, claim, snooze --- */

static void
pack_withdraw(struct mp_out *o, const struct query *q, const void *arg)
{
	const struct change *c = arg;
	const char *note = settings_of(q)->note;

	mp_map(o, (size_t)(1 + (note != NULL)));
	mp_kstr(o, "id", c->id);
	if (note)
		mp_kstr(o, "reason", note);
}

static void
pack_duration(struct mp_out *o, const struct query *q, const void *arg)
{
	const struct change *c = arg;

	(void)q;
	mp_map(o, (size_t)(1 + (c->for_ms >= 0)));
	mp_kstr(o, "id", c->id);
	if (c->for_ms >= 0)
		mp_kint(o, "for_ms", c->for_ms);
}

static int
change(struct query *q, const char *method, query_pack_fn *pack)
{
	struct change c = {.for_ms = -1};
	struct lookup l;

	if (q->operands[1] &&
	    (units_duration(q->operands[1], &c.for_ms) != OP_OK || c.for_ms > QUIET_MAX_MS))
		return query_complain(q, OP_BAD_REQUEST, "expected %s, at most 30d, not \"%s\"",
		    UNITS_DURATION_HELP, q->operands[1]);
	int err = lookup_alert(q, q->operands[0], &l);

	if (err != OP_OK)
		return err;
	c.id = l.id;
	return call_and_print(q, method, pack, &c);
}

int
command_withdraw(struct query *q)
{
	return change(q, "alert.withdraw", pack_withdraw);
}

int
command_claim(struct query *q)
{
	return change(q, "alert.claim", pack_duration);
}

int
command_snooze(struct query *q)
{
	return change(q, "alert.snooze", pack_duration);
}
