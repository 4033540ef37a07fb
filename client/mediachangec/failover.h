/* SPDX-License-Identifier: ISC */
/*
 * Which daemon to ask: until one has taken the question each is tried in order, round after round,
 * for --connect-timeout in all.  A daemon that does not take it is named on standard error, once
 * for each reason in a row.
 */
#ifndef OPDESK_CLIENT_MEDIACHANGEC_FAILOVER_H
#define OPDESK_CLIENT_MEDIACHANGEC_FAILOVER_H

#include <stdint.h>
#include "client/common/server.h"
#include "client/mediachangec/settings.h"

/* One attempt.  OP_OK: taken.  OP_DENIED, OP_CONFLICT, OP_BAD_REQUEST and the like: refused, no
 * other is tried.  OP_CANCELLED: a signal.  Other errors: try the next; `why` is for people. */
typedef int failover_fn(
    const struct endpoint *e, int64_t deadline_ms, char *why, size_t why_size, void *arg);

/* OP_OK and *index, whose attempt succeeded; OP_UNAVAILABLE when the time is up; OP_CANCELLED;
 * OP_NO_MEMORY; OP_DENIED: refused.  All but OP_CANCELLED are said on standard error. */
int failover_run(const struct settings *s, failover_fn *attempt, void *arg, size_t *index);

/* Is this error of a daemon final, so that asking again would not help? */
bool failover_is_final(int err);

/* A pause between attempts: *pause_ms, then doubled up to max_ms.  OP_CANCELLED, or OP_OK. */
int failover_pause(int64_t *pause_ms, int64_t max_ms, int64_t deadline_ms);

#endif
