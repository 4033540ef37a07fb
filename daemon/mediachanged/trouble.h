/* SPDX-License-Identifier: ISC */
/*
 * When to say that something fails again and again: the first time, then once an hour, and when it
 * is over, which is when it has worked for a while (TROUBLE_CALM_MS without another failure).  On a
 * full disk a process ends at every try, which may be for a night.  Pure; times are CLOCK_BOOTTIME.
 */
#ifndef OPDESK_DAEMON_MEDIACHANGED_TROUBLE_H
#define OPDESK_DAEMON_MEDIACHANGED_TROUBLE_H

#include <stdbool.h>
#include <stdint.h>

#define TROUBLE_CALM_MS 10000
#define TROUBLE_AGAIN_MS (3600 * INT64_C(1000))

struct trouble {         /* all zero: none */
	int64_t count;   /* failures of this trouble */
	int64_t from_ms; /* the first */
	int64_t last_ms;
	int64_t told_ms; /* when it was last told */
	int64_t good_ms; /* it has worked since then; 0: not since the last failure */
};

/* It has failed: is that to be told? */
bool trouble_failed(struct trouble *t, int64_t now_ms);
/* It has worked. */
void trouble_worked(struct trouble *t, int64_t now_ms);
/* When it is over, unless it fails before that; INT64_MAX: it has not worked since. */
int64_t trouble_end_ms(const struct trouble *t);

#endif
