/* SPDX-License-Identifier: ISC */
/* What the files of the relay share: relay.c frames and the link, relay_line.c one-line clients. */
#ifndef OPDESK_DAEMON_SERVER_RELAY_INT_H
#define OPDESK_DAEMON_SERVER_RELAY_INT_H

#include "daemon/server/attach.h"
#include "daemon/server/relay.h"
#include "daemon/server/relay_core.h"
#include "daemon/server/sessions.h"
#include "lib/uuid.h"

enum mode { UNKNOWN, FRAMES, LINE };

struct relay {
	struct session *s;
	struct relay_core *core;
	struct attach *link;
	enum mode mode;
	bool stopping;
	bool closed; /* the session is: only the last message is on its way */
	/* a one-line client */
	char id[UUID_SIZE];
	int64_t asked_ms; /* 0: not yet */
	bool waits, answered;
};

/* Close the client's connection, told why in the log and, by frames, itself. */
void relay_refuse(struct relay *r, const char *why);
/* A message of the client, whether it came in a frame or was made for its line. */
void relay_pass_on(struct relay *r, const void *payload, size_t len);

/* --- one-line clients (relay_line.c) --- */

/* Bytes of the client; eof: no more will come. */
void relay_line_input(struct relay *r, struct buf *in, bool eof);
/* A message of the engine. */
void relay_line_message(struct relay *r, const void *payload, size_t len);
/* The last message to the engine, if there is one; else nothing is written. */
void relay_line_last(const struct relay *r, bool delivered, struct buf *out);

#endif
