/* SPDX-License-Identifier: ISC */
/*
 * Does a change bring an error that was not there before?  Errors that are there already must not
 * keep anybody from mending them one by one.  An error is the same when code, file and the text of
 * its line are, wherever the line stands now.  Pure.
 */
#ifndef OPDESK_DAEMON_IPADMD_JUDGE_H
#define OPDESK_DAEMON_IPADMD_JUDGE_H

#include <stdbool.h>
#include "lib/flat/check.h"
#include "lib/sdb/check.h"

struct judged {
	const struct sdb_input *in;
	const struct sdb_findings *findings;
};

/* An array of flags, one per finding of `after`: true where it is a new error.  *count is how many.
 * NULL: no memory. */
bool *judge_new_errors(const struct judged *before, const struct judged *after, size_t *count);

/* The same of a file that is no subnet: what it was, and what it is to be. */
bool *judge_new_flat(const struct flat_findings *before, struct sdb_text old,
    const struct flat_findings *after, struct sdb_text new, size_t *count);

#endif
