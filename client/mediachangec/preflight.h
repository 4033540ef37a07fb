/* SPDX-License-Identifier: ISC */
/*
 * --check: could a human be reached now?  The first daemon that can be reached tells how many desks
 * see its questions.  Blocking; nothing is asked and nothing is kept.
 */
#ifndef OPDESK_CLIENT_MEDIACHANGEC_PREFLIGHT_H
#define OPDESK_CLIENT_MEDIACHANGEC_PREFLIGHT_H

#include "client/mediachangec/settings.h"

/* OP_OK and *outcome: yes, unreachable (no daemon, or no desk) or refused, said on standard error;
 * the number of desks goes to standard output unless quiet.  OP_CANCELLED: a signal.  OP_SYSTEM:
 * standard output cannot be written.  OP_NO_MEMORY. */
int preflight_run(const struct settings *s, enum outcome *outcome);

#endif
