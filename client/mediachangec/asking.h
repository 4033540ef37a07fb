/* SPDX-License-Identifier: ISC */
/*
 * One question and the wait for its answer.  It ends only when a daemon says how it ended, when
 * nobody takes it, when its time is up, or by a signal: a lost connection is made again to the same
 * daemon and the same question is asked again under the same id, which gives the same answer.
 */
#ifndef OPDESK_CLIENT_MEDIACHANGEC_ASKING_H
#define OPDESK_CLIENT_MEDIACHANGEC_ASKING_H

#include "client/mediachangec/answer.h"
#include "client/mediachangec/settings.h"

struct asking;

struct asking *asking_new(const struct settings *s); /* NULL: no memory */
void asking_free(struct asking *a);

/* OP_OK: *out is how it ended, unreachable and refused included.  OP_CANCELLED: a signal.
 * OP_NO_MEMORY.  What other daemons may keep of the question is taken back (takeback.h). */
int asking_run(struct asking *a, struct answer *out);

/* Tell the daemon that the answer has arrived where it belongs; keeps trying for a few seconds.
 * When it fails the daemon keeps the answer, which is said on standard error. */
void asking_confirm(struct asking *a, const struct answer *answer);

/* After a signal: take the question back, waiting a second at most. */
void asking_withdraw(struct asking *a);

#endif
