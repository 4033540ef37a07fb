/* SPDX-License-Identifier: ISC */
/* What the two halves of the relay share: relay.c carries messages, own.c has the helper's methods.
 */
#ifndef OPDESK_HELPER_RELAY_INT_H
#define OPDESK_HELPER_RELAY_INT_H

#include "helper/calls.h"
#include "helper/relay.h"
#include "helper/wrap.h"
#include "lib/ev/conn.h"
#include "lib/ev/link.h"

struct relay_link;

/* What can be at the far end of a link, a table for each; `far` of the link is its own. */
struct relay_kind {
	void (*close)(struct relay_link *l);
	/* One message of the GUI.  OP_OK: it is dealt with, and if it is a call it is answered now
	 * or later; else the relay answers it with the error. */
	int (*send)(struct relay_link *l, const struct wrap *w, const struct rpc_msg *m);
	void (*retry)(struct relay_link *l);              /* now instead of later */
	void (*pause)(struct relay_link *l, bool paused); /* the GUI does not read */
};

struct relay_link {
	struct relay *relay;
	const struct relay_kind *kind;
	void *far;
	int64_t number;
	char endpoint[ENDPOINT_TEXT + 1]; /* as the GUI wrote it */
};

struct relay {
	struct ev_loop *loop;
	struct conn *gui;
	struct calls *calls;
	ev_timer timer; /* for the earliest deadline */
	struct relay_link *links[RELAY_LINKS_MAX];
	int64_t last_number;
	bool is_paused; /* the links are */
	int err;        /* why the GUI cannot be reached */
	ev_timer failure;
	void (*ended)(int err, void *arg);
	void *arg;
};

/* A message to the GUI on `link`: append one RPC message to the writer, then relay_end(), which
 * cannot fail: what goes wrong ends the relay from the loop. */
struct mp_out relay_begin(struct relay *r, int64_t link);
void relay_end(struct relay *r, const struct mp_out *o);
void relay_reply_error(struct relay *r, int64_t link, uint32_t msgid, int err, const char *message);

/* The place of the link of that number; NULL. */
struct relay_link **relay_find_link(struct relay *r, int64_t number);

/* Tell the GUI that a call's connection is lost (a calls_fn; arg is the relay). */
void relay_on_lost(int64_t link, uint32_t msgid, void *arg);

/* A change of state: tells the GUI, and, unless it is up now, that the calls on the link are lost.
 * As link_events.state; peer: who is there, when up. */
void relay_tell_state(struct relay_link *l, enum link_state s, const char *reason, int64_t retry_ms,
    const struct link_peer *peer);

/* Answer a call on a link, {} or an error.  False: it has been answered, nothing is sent. */
bool relay_answer(struct relay_link *l, uint32_t msgid);
bool relay_answer_error(struct relay_link *l, uint32_t msgid, int err, const char *message);

/* daemon.c, chat.c, watch.c: set kind and far, and start; the first state is told from the loop.
 * OP_BAD_REQUEST with *why (static); OP_NO_MEMORY. */
typedef int relay_open_fn(
    struct relay_link *l, const struct endpoint *e, const msgpack_object *params, const char **why);
relay_open_fn daemon_open, chat_open, watch_open;

/* own.c: a message on link 0. */
void relay_own(struct relay *r, const struct rpc_msg *m);

#endif
