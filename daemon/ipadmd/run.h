/* SPDX-License-Identifier: ISC */
/*
 * Run a program to its end: argument list, standard input empty, output kept up to a limit, a fixed
 * PATH, no descriptor of ours, a process group of its own that is killed when the time is over.
 * Blocking; for processes without a loop.
 */
#ifndef OPDESK_DAEMON_IPADMD_RUN_H
#define OPDESK_DAEMON_IPADMD_RUN_H

#include <stdint.h>
#include "lib/buf.h"

#define RUN_OUTPUT_MAX (64u * 1024)

/* argv[0] is a path.  *status is that of waitpid().  OP_SYSTEM with errno: it could not be run;
 * OP_TIMEOUT: it was killed; OP_NO_MEMORY. */
int run_program(char *const argv[], int64_t limit_ms, struct buf *output, int *status);

#endif
