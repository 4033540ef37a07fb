/* SPDX-License-Identifier: ISC */
#include "daemon/ipadmd/outcome.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/err.h"

static const char *const state_names[] = {
    [OUTCOME_PUBLISHED] = "published",
    [OUTCOME_UNCHANGED] = "unchanged",
    [OUTCOME_BRAKED] = "braked",
    [OUTCOME_REFUSED] = "refused",
    [OUTCOME_FAILED] = "failed",
};

const char *
outcome_state_name(enum outcome_state state)
{
	return state_names[state];
}

int
outcome_init(struct outcome *o)
{
	*o = (struct outcome){.outputs = calloc(OUTCOME_OUTPUTS, sizeof(*o->outputs))};
	return o->outputs ? OP_OK : OP_NO_MEMORY;
}

void
outcome_fini(struct outcome *o)
{
	free(o->outputs);
	*o = (struct outcome){0};
}

int
outcome_fail(struct outcome *o, enum outcome_state state, const char *step, const char *fmt, ...)
{
	va_list ap;

	if (*o->reason)
		return OP_CONFLICT;
	o->state = state;
	o->step = step;
	va_start(ap, fmt);
	vsnprintf(o->reason, sizeof(o->reason), fmt, ap);
	va_end(ap);
	return OP_CONFLICT;
}

void
outcome_more(struct outcome *o, const char *fmt, ...)
{
	size_t len = strlen(o->reason);
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(o->reason + len, sizeof(o->reason) - len, fmt, ap);
	va_end(ap);
}

void
outcome_output(struct outcome *o, const char *command, const struct command_result *r)
{
	if (r->status == 0 && !*r->output)
		return;
	if (o->output_count == OUTCOME_OUTPUTS)
		memmove(o->outputs, o->outputs + 1, --o->output_count * sizeof(*o->outputs));
	struct outcome_output *out = &o->outputs[o->output_count++];

	snprintf(out->command, sizeof(out->command), "%s", command);
	out->result = *r;
}

static void
pack_brake(struct mp_out *to, const struct outcome *o)
{
	mp_str(to, "brake");
	mp_map(to, *o->brake_path ? 3 : 2);
	if (*o->brake_path)
		mp_kstr(to, "path", o->brake_path);
	mp_kint(to, "before", (int64_t)o->brake_before);
	mp_kint(to, "after", (int64_t)o->brake_after);
}

static void
pack_outputs(struct mp_out *to, const struct outcome *o)
{
	mp_str(to, "output");
	mp_array(to, o->output_count);
	for (size_t i = 0; i < o->output_count; i++) {
		mp_map(to, 3);
		mp_kstr(to, "command", o->outputs[i].command);
		mp_kint(to, "status", o->outputs[i].result.status);
		mp_kstr(to, "text", o->outputs[i].result.output);
	}
}

void
outcome_pack_commits(struct mp_out *to, const struct outcome *o)
{
	mp_array(to, o->commit_count);
	for (size_t i = 0; i < o->commit_count; i++)
		mp_str(to, o->commits[i]);
}

void
outcome_pack(struct mp_out *to, const struct outcome *o)
{
	mp_map(to, 11u + (o->step ? 1 : 0) + (*o->reason ? 1 : 0) + (*o->commit ? 1 : 0) +
		       (o->since_ms ? 1 : 0) + (o->braked ? 1 : 0));
	mp_kstr(to, "state", state_names[o->state]);
	if (o->step)
		mp_kstr(to, "step", o->step);
	if (*o->reason)
		mp_kstr(to, "reason", o->reason);
	mp_kint(to, "at", o->at_ms);
	mp_kint(to, "took_ms", o->took_ms);
	if (*o->commit)
		mp_kstr(to, "commit", o->commit);
	mp_str(to, "commits");
	outcome_pack_commits(to, o);
	mp_kint(to, "files", (int64_t)o->files);
	mp_kint(to, "changed", (int64_t)o->changed);
	mp_kint(to, "records_old", (int64_t)o->records_old);
	mp_kint(to, "records_new", (int64_t)o->records_new);
	mp_kint(to, "errors", (int64_t)o->errors);
	mp_kint(to, "warnings", (int64_t)o->warnings);
	if (o->since_ms)
		mp_kint(to, "since_at", o->since_ms);
	if (o->braked)
		pack_brake(to, o);
	pack_outputs(to, o);
}
