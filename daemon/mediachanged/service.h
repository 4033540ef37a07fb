/* SPDX-License-Identifier: ISC */
/*
 * Inside the engine of mediachanged: the shell around the book.
 *   service.c   life: start, stop, reload, timers, the two storers
 *   calls.c     a table of methods: params → the book
 *   tell.c      what the book says: replies, notifications
 *   subscribers.c  desks and others that hear of every change
 *   search.c    history, show, stats: through the reader
 *   desk.c      starting a desk when there is none
 *   escalate.c  the commands of levels of escalation
 * Everything runs on the engine's loop; nothing waits.
 */
#ifndef OPDESK_DAEMON_MEDIACHANGED_SERVICE_H
#define OPDESK_DAEMON_MEDIACHANGED_SERVICE_H

#include <sys/queue.h>
#include "daemon/mediachanged/book.h"
#include "daemon/mediachanged/alert_settings.h"
#include "daemon/mediachanged/storer.h"
#include "daemon/server/engine.h"
#include "lib/table.h"

struct desk;
struct errand;
struct search;

struct guest {                  /* a client of the framework; client_arg() */
	struct table_node node; /* in service.guests by id */
	struct client *client;
	uint64_t id;
	bool subscribed, is_desk;
	bool behind;   /* its subscription ended because it did not read */
	bool has_rest; /* of the snapshot, from told_seq on */
	int64_t told_seq;
	TAILQ_ENTRY(guest) link; /* in service.subscribers */
};

TAILQ_HEAD(guest_list, guest);
TAILQ_HEAD(search_list, search);
TAILQ_HEAD(errand_list, errand);

struct service {
	struct engine *engine;
	const struct alert_settings *settings;
	struct book *book;
	struct storer *writer, *reader; /* reader: NULL until the store was read once */
	struct table guests;
	struct guest_list subscribers;
	int desks, desks_told; /* subscribed desks; as the book knows */
	struct search_list searches;
	size_t search_count;
	uint64_t last_search;
	struct desk *desk;
	struct errand_list errands;
	ev_timer timer;   /* the book's next moment */
	int64_t timer_at; /* which that is; boot clock, ms */
	ev_timer hourly;  /* removing old history */
	ev_timer prune;   /* its next step */
	bool loaded, stopping;
	char failed[512]; /* why the store could not be opened at start */
};

extern const struct engine_events service_events;
struct book_now service_now(void);

/* calls.c */
void calls_request(struct service *s, struct client *c, const struct rpc_msg *m);
void calls_cancel(struct service *s, struct client *c, const struct rpc_msg *m);

/* tell.c */
/* After every event of the book; also sets the timer and looks after the desk. */
void tell_all(struct service *s);
struct guest *tell_guest(const struct service *s, uint64_t id); /* NULL: gone */
void tell_pack(struct service *s, struct mp_out *o, const struct alert *a, bool cut);

/* subscribers.c */
void subscribers_tell(struct service *s, struct mp_out *o); /* the same message to all */
void subscribers_add(struct service *s, struct client *c, uint32_t msgid);
void subscribers_remove(struct service *s, struct guest *g);
void subscribers_drained(struct service *s, struct guest *g);
void subscribers_list(struct service *s, struct client *c, uint32_t msgid); /* no subscription */

/* search.c */
extern const struct storer_events search_events;
void search_history(struct service *s, struct client *c, const struct rpc_msg *m);
void search_show(struct service *s, struct client *c, const struct rpc_msg *m);
void search_stats(struct service *s, struct client *c, const struct rpc_msg *m);
bool search_cancel(struct service *s, uint64_t client, uint32_t msgid);
void search_client_gone(struct service *s, uint64_t client);

/* escalate.c */
void escalate_run(struct service *s, const struct alert *a);
/* Tell the book of one that could not be started: true when there was one. */
bool escalate_tell(struct service *s);
void escalate_stop(struct service *s);

/* desk.c */
struct desk *desk_new(struct service *s);
/* After any change of what is pending, of the desks or of the settings. */
void desk_update(struct desk *d);
void desk_stop(struct desk *d);

#endif
