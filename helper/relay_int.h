/* SPDX-License-Identifier: ISC */
/* What the two halves of the relay share: relay.c carries messages, own.c has the helper's methods.
 */
#ifndef OPDESK_HELPER_RELAY_INT_H
#define OPDESK_HELPER_RELAY_INT_H

#include "helper/calls.h"
#include "helper/relay.h"
#include "lib/ev/conn.h"
#include "lib/ev/link.h"

struct relay_link {
	struct relay *relay;
	struct link *link;
	int64_t number;
	char endpoint[ENDPOINT_TEXT + 1]; /* as the GUI wrote it */
	char role[24];
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

extern const struct link_events relay_link_events;

/* A message to the GUI on `link`: append one RPC message to the writer, then relay_end(), which
 * cannot fail: what goes wrong ends the relay from the loop. */
struct mp_out relay_begin(struct relay *r, int64_t link);
void relay_end(struct relay *r, const struct mp_out *o);
void relay_reply_error(struct relay *r, int64_t link, uint32_t msgid, int err, const char *message);

/* The place of the link of that number; NULL. */
struct relay_link **relay_find_link(struct relay *r, int64_t number);

/* Tell the GUI that a call's connection is lost (a calls_fn; arg is the relay). */
void relay_on_lost(int64_t link, uint32_t msgid, void *arg);

/* own.c: a message on link 0. */
void relay_own(struct relay *r, const struct rpc_msg *m);

#endif
