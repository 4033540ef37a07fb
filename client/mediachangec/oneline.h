/* SPDX-License-Identifier: ISC */
/* Asking as the original did: one line out, one line back (docs/protocol.md, One-line protocol). */
#ifndef OPDESK_CLIENT_MEDIACHANGEC_ONELINE_H
#define OPDESK_CLIENT_MEDIACHANGEC_ONELINE_H

#include "client/mediachangec/answer.h"
#include "client/mediachangec/settings.h"

/* As asking_run().  On OP_CANCELLED the connection is closed, which withdraws the question.
 * OP_BAD_REQUEST: the message does not fit in a line (said). */
int oneline_run(const struct settings *s, struct answer *out);

#endif
