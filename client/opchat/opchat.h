/* SPDX-License-Identifier: ISC */
/*
 * opchat, the terminal client of opchatd.  words.c: what a typed line means and how events read,
 * pure; talk.c: the conversation (lib/ev/chatlink.h) and standard input, on one libev loop; find.c:
 * looking for a server; admin.c: the administrator's commands over the UNIX socket.
 */
#ifndef OPDESK_CLIENT_OPCHAT_OPCHAT_H
#define OPDESK_CLIENT_OPCHAT_OPCHAT_H

#include <ev.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "client/common/options.h"
#include "lib/buf.h"
#include "lib/chatter.h"
#include "lib/ev/resolve.h"

#define OPCHAT_LINE_MAX 1024

struct opchat_settings {
	const char *nick, *server, *admin;
	struct option_texts channels;
	const char *interface; /* where multicast is heard */
	bool times;            /* before each line */
};

/* --- words.c --- */

enum opchat_wish_type {
	WISH_NOTHING,
	WISH_SAY,
	WISH_JOIN,
	WISH_PART,
	WISH_CHANNELS,
	WISH_USERS,
	WISH_WHISPER,
	WISH_QUIT,
	WISH_HELP,
	WISH_BAD, /* `text`: what is wrong */
};

struct opchat_wish {
	enum opchat_wish_type type;
	const char *word; /* a channel, a nick; NULL: none */
	const char *text; /* what to say */
};

/* Cuts the line into pieces; they are borrowed from it. */
struct opchat_wish opchat_understand(char *line);
void opchat_print_help(void);

/* How an event reads, one line with its end; nothing for those that are not for people.
 * OP_NO_MEMORY. */
int opchat_describe(const struct chatter_event *e, struct buf *out);

/* --- the others --- */

/* The first server that answers a probe on any interface that broadcasts, or discovery by the
 * groups (lib/ev/discover.h), 3 s at most.  OP_OK; OP_NOT_FOUND: none; OP_UNAVAILABLE: no
 * interface; OP_SYSTEM.  Says on standard error what it does.
 */
int opchat_find(struct ev_loop *loop, struct resolve_addr *out);

/* Talk with the first of these addresses of a server that answers, until the end of input, /quit, a
 * signal or a refusal; the exit status. */
int opchat_talk(struct ev_loop *loop, const struct opchat_settings *s,
    const struct resolve_addr *servers, int count);

/* One command; the exit status. */
int opchat_admin(const struct opchat_settings *s, int count, char **operands);

#endif
