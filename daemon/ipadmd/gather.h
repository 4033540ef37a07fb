/* SPDX-License-Identifier: ISC */
/*
 * When to publish: changes are gathered for a moment, one run at a time, a failed one is tried
 * again.  Pure; in the engine.  Times are milliseconds of CLOCK_BOOTTIME.
 */
#ifndef OPDESK_DAEMON_IPADMD_GATHER_H
#define OPDESK_DAEMON_IPADMD_GATHER_H

#include <stdbool.h>
#include <stdint.h>

#define GATHER_NEVER INT64_MAX

struct gather {
	int64_t delay_ms, retry_ms; /* retry 0: never */
	int64_t due_ms;             /* when the next run is to begin; GATHER_NEVER */
	bool is_running;
	bool is_asked; /* somebody waits for a run that begins after now */
	bool is_dirty; /* something changed since the run began */
	uint64_t run;  /* the run that is going on, or was the last one; from 1 */
};

void gather_init(struct gather *g, int64_t delay_ms, int64_t retry_ms);

/* A change is committed.  Further ones do not put it off. */
void gather_changed(struct gather *g, int64_t now_ms);
/* Somebody wants it now; the number of the run that will have all of now in it. */
uint64_t gather_asked(struct gather *g, int64_t now_ms);
/* The publisher has come up: what became of a run of before is not known. */
void gather_up(struct gather *g, int64_t now_ms);

/* Milliseconds until a run is to begin; -1: none is, or one is going on. */
int64_t gather_left_ms(const struct gather *g, int64_t now_ms);
void gather_begin(struct gather *g);
/* It has ended (also: the publisher has died); again: try it again by itself. */
void gather_end(struct gather *g, int64_t now_ms, bool again);

#endif
