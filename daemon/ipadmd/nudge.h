/* SPDX-License-Identifier: ISC */
/*
 * Who has asked for whose lock a moment ago, so that nobody is asked again and again: once in
 * NUDGE_MS for a file and an asker.  The last NUDGES_MAX are remembered; a restart forgets them.
 * Pure; in the committer.
 */
#ifndef OPDESK_DAEMON_IPADMD_NUDGE_H
#define OPDESK_DAEMON_IPADMD_NUDGE_H

#include <stddef.h>
#include <stdint.h>
#include "daemon/ipadmd/catalog.h"

#define NUDGE_MS 60000
#define NUDGES_MAX 64

struct nudges {
	struct nudge {
		char file[FILE_TEXT];
		char who[200];
		int64_t at_ms; /* CLOCK_BOOTTIME */
	} list[NUDGES_MAX];
	size_t count;
};

/* 0: it may be asked, and is remembered; else the milliseconds until it may. */
int64_t nudges_wait(struct nudges *n, const char *file, const char *who, int64_t now_ms);

#endif
