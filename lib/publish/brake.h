/* SPDX-License-Identifier: ISC */
/*
 * The brake on mass deletion: counts records of what was published before and of what would be now.
 * Pure.
 */
#ifndef OPDESK_LIB_PUBLISH_BRAKE_H
#define OPDESK_LIB_PUBLISH_BRAKE_H

#include <stdbool.h>
#include <stddef.h>
#include "lib/publish/publish.h"

#define PUBLISH_BRAKE_PERCENT 30
#define PUBLISH_BRAKE_MIN 10 /* a file that had fewer records does not count by itself */

struct publish_brake {
	const char *path; /* the file that lost the largest share; NULL: it is about all of them */
	size_t before;    /* records */
	size_t after;
};

/* True: more than `percent` of a file's records, or of all, would go, and somebody has to confirm;
 * *out (may be NULL) says what.  Both lists sorted by path. */
bool publish_brake(const struct publish_previous *before, size_t n,
    const struct publish_file *after, size_t m, unsigned percent, struct publish_brake *out);

#endif
