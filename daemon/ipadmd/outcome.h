/* SPDX-License-Identifier: ISC */
/*
 * What became of one run of the publisher: *published* of docs/protocol.md.  Pure.
 */
#ifndef OPDESK_DAEMON_IPADMD_OUTCOME_H
#define OPDESK_DAEMON_IPADMD_OUTCOME_H

#include "daemon/ipadmd/command.h"
#include "lib/mp.h"
#include "lib/publish/record.h"

enum outcome_state {
	OUTCOME_PUBLISHED,
	OUTCOME_UNCHANGED,
	OUTCOME_BRAKED,
	OUTCOME_REFUSED,
	OUTCOME_FAILED
};

#define OUTCOME_OUTPUTS 8 /* the last ones */
#define OUTCOME_COMMITS 64

struct outcome_output {
	char command[200];
	struct command_result result;
};

struct outcome {
	enum outcome_state state;
	const char *step; /* of a failure; static */
	char reason[600];
	int64_t at_ms, took_ms;
	char commit[PUBLISH_COMMIT_TEXT];
	char commits[OUTCOME_COMMITS][PUBLISH_COMMIT_TEXT]; /* it and those before it */
	size_t commit_count;
	size_t files, changed;
	size_t records_old, records_new;
	size_t errors, warnings;
	int64_t since_ms; /* 0: nothing is unpublished */
	bool braked;
	char brake_path[PUBLISH_PATH_MAX + 1]; /* "": all files together */
	size_t brake_before, brake_after;
	struct outcome_output *outputs; /* owned: OUTCOME_OUTPUTS */
	size_t output_count;
};

int outcome_init(struct outcome *o); /* OP_NO_MEMORY */
void outcome_fini(struct outcome *o);

/* It failed, or was refused; the first reason stays.  Returns OP_CONFLICT. */
int outcome_fail(struct outcome *o, enum outcome_state state, const char *step, const char *fmt,
    ...) __attribute__((format(printf, 4, 5)));
/* More of the reason. */
void outcome_more(struct outcome *o, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* What a program said; one that said nothing and ended well is left out. */
void outcome_output(struct outcome *o, const char *command, const struct command_result *r);

/* An array: the newest commits that are in it. */
void outcome_pack_commits(struct mp_out *to, const struct outcome *o);
/* One map. */
void outcome_pack(struct mp_out *to, const struct outcome *o);
const char *outcome_state_name(enum outcome_state state);

#endif
