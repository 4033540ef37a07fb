/* SPDX-License-Identifier: ISC */
/*
 * What the engine has sent to a storer or reader process, read from its end of the socketpair:
 * frames in their order, and, before their turn, what was given up (STORER_CANCEL).  Plain blocking
 * code.
 */
#ifndef OPDESK_DAEMON_MEDIACHANGED_STORER_INBOX_H
#define OPDESK_DAEMON_MEDIACHANGED_STORER_INBOX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "lib/buf.h"

struct storer_inbox {
	int fd;             /* borrowed */
	struct buf in;      /* all zero: empty */
	struct buf message; /* the one in hand: `in` may grow and move meanwhile */
};

void storer_inbox_fini(struct storer_inbox *b);

/* Read what has come; blocks when nothing has.  OP_CLOSED: the engine has gone; OP_NO_MEMORY,
 * OP_SYSTEM. */
int storer_inbox_take(struct storer_inbox *b);

/* The next whole message of those read, valid until the next call.  OP_AGAIN: none is left;
 * OP_NO_MEMORY; OP_PROTOCOL and others of frame_peek(). */
int storer_inbox_next(struct storer_inbox *b, const unsigned char **payload, size_t *len);

/* How many whole messages wait?  Looks, without waiting, at what has come, up to 1 MiB. */
int storer_inbox_count(struct storer_inbox *b);

/* Has the engine given this request up?  Looks, without waiting, at what has come, up to 1 MiB;
 * costs a system call. */
bool storer_inbox_has_cancel(struct storer_inbox *b, uint64_t op);

#endif
