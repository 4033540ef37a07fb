/* SPDX-License-Identifier: ISC */
/* opnet daytimed and opnet timed are the same server with another answer. */
#ifndef OPDESK_CLIENT_OPNET_CLOCKSERVER_H
#define OPDESK_CLIENT_OPNET_CLOCKSERVER_H

#include "client/common/options.h"
#include "client/opnet/serve.h"

/* The answer of this moment: dst has room for `size` bytes; returns how many. */
typedef size_t clockserver_answer_fn(void *dst, size_t size);

extern const struct option_row clockserver_rows[];

/* A whole sub-command; returns the exit status.  default_port: "13". */
int clockserver_run(const struct options_program *program, const char *default_port,
    clockserver_answer_fn *answer, int argc, char **argv);

#endif
