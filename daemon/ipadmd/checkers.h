/* SPDX-License-Identifier: ISC */
/*
 * The real servers' own checkers, run on what lies in the staged directory: one table row for each
 * kind of file.  They are the last fence: what they let through, lib/publish/ leaves out before
 * (docs/publish.md).  Blocking; in the publisher.
 */
#ifndef OPDESK_DAEMON_IPADMD_CHECKERS_H
#define OPDESK_DAEMON_IPADMD_CHECKERS_H

#include "daemon/ipadmd/command.h"
#include "daemon/ipadmd/publish_settings.h"
#include "lib/publish/publish.h"

/* Is this the label of a checker, "zone"? */
bool checkers_know(const char *label);

struct checkers {
	const struct publish_settings *settings;
	const char *staged; /* absolute path */
	int stop_fd[2];
	/* What a checker has said against a file: called once, for the first one. */
	void (*said)(const char *command, const struct command_result *r, void *arg);
	void *arg;
};

/* Check the file (path below `staged`); those of no checker are good.  OP_OK; OP_CONFLICT: it was
 * refused, and said; OP_CLOSED.  A checker that is not installed counts as one that accepts. */
int checkers_file(const struct checkers *c, const struct publish_file *f);
/* The configured commands that check all; their last argument is `staged`. */
int checkers_all(const struct checkers *c);

/* The programs that are wanted for these generators and are not installed: fn for each. */
void checkers_missing(const struct publish_settings *s,
    void (*fn)(const char *label, const char *program, void *arg), void *arg);

#endif
