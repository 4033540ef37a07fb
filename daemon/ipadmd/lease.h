/* SPDX-License-Identifier: ISC */
/*
 * The rules of locks, pure.  A lock belongs to a user: for a *session* (a window, an editor) or
 * *held*, for all sessions of the user.  It is guaranteed for some minutes; then anyone may take it
 * over, and if nobody does it stays.  On disk it is the target of a symbolic link in the original's
 * form, `user@host:pid`, with ` session UUID` or ` held` behind it.
 */
#ifndef OPDESK_DAEMON_IPADMD_LEASE_H
#define OPDESK_DAEMON_IPADMD_LEASE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "lib/uuid.h"

#define LEASE_OWNER 160
#define LEASE_TEXT 256 /* longest target with its NUL */

struct lease {
	char owner[LEASE_OWNER]; /* "user@host": authenticated */
	int64_t pid;             /* the client's word, for show */
	bool held;
	char session[UUID_SIZE]; /* "": held, or of another program */
	int64_t since_ms;        /* wall clock; not part of the text */
};

enum lease_verdict {
	LEASE_TAKE,      /* it is free */
	LEASE_RENEW,     /* it is the asker's: its time begins anew */
	LEASE_TAKE_OVER, /* somebody else's, whose guaranteed time is over */
	LEASE_REFUSE
};

/* `now`: NULL when the file is not locked. */
enum lease_verdict lease_decide(
    const struct lease *now, const struct lease *wanted, int64_t now_ms, int64_t guaranteed_ms);

/* May this user in this session change the file? */
bool lease_admits(const struct lease *now, const char *owner, const char *session);

/* When it may be taken over: milliseconds from now, 0 = already. */
int64_t lease_left_ms(const struct lease *l, int64_t now_ms, int64_t guaranteed_ms);

const char *lease_format(char dst[LEASE_TEXT], const struct lease *l);
/* OP_BAD_REQUEST: nothing that a lock of ours or of the original could say. */
int lease_parse(const char *text, struct lease *out);

#endif
