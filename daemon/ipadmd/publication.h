/* SPDX-License-Identifier: ISC */
/*
 * One run of the publisher, a commit at a time:
 *   generate  the outputs of all files into a new set, filters over it
 *   check     the brake; the real servers' checkers on what differs
 *   switch    the set becomes the current one, in one step (shelf.h)
 *   reload    the configured commands
 *   probe     name servers must serve the new serials
 * After a failure at `reload` or `probe` the set of before is switched to again, with reload and
 * probe.  Whatever ends the process at whatever place, servers read a whole set, the old or the new
 * one, and the next run completes or repeats.  Blocking; in the publisher.
 * publication.c leads the run, stage.c makes the set, handover.c hands it to the servers.
 */
#ifndef OPDESK_DAEMON_IPADMD_PUBLICATION_H
#define OPDESK_DAEMON_IPADMD_PUBLICATION_H

#include "daemon/ipadmd/outcome.h"
#include "daemon/ipadmd/publish_settings.h"
#include "daemon/ipadmd/shelf.h"
#include "daemon/ipadmd/snapshot.h"
#include "lib/publish/publish.h"

struct publication {
	const struct publish_settings *settings;
	struct history *history;
	struct shelf shelf;
	struct snapshot snapshot;
	int stop_fd[2];
	/* It has come to a step; the outcome so far is in `out`. */
	void (*on_step)(const char *step, void *arg);
	void *arg;

	/* the run in hand, or the last one */
	struct outcome out;
	struct publish_record before; /* of what is published */
	struct publish_record next;   /* of what is to be */
	struct publish_result result; /* what lib/publish/ has made */
	char set[SHELF_SET];          /* "": none is staged */
	struct shelf_unproven doubt;  /* set "": everything is proven */
};

struct publication_wish {
	bool confirm;       /* release the brake */
	const char *commit; /* only if that is the newest; "" : whatever it is */
};

/* p->out says what became of it.  OP_OK; OP_CLOSED: the engine or the daemon has ended;
 * OP_NO_MEMORY: nothing has changed. */
int publication_run(struct publication *p, const struct publication_wish *wish);
void publication_fini(struct publication *p);

/* --- its parts; OP_CONFLICT: the outcome says why --- */

/* Fill before, result, next and set. */
int stage_make(struct publication *p);
/* What was staged is not wanted. */
void stage_drop(struct publication *p);
/* Is this file other than what is published? */
bool stage_differs(const struct publication *p, const struct publish_previous *file);

/* Seal, switch, reload, probe; go back when it fails. */
int handover_new(struct publication *p);
/* Reload and probe what is current, because nobody knows whether servers have it. */
int handover_again(struct publication *p);
/* A run was cut short between switching and proving: prove it now, or go back. */
int handover_settle(struct publication *p);

/* Test builds: the places where OPDESK_PUBLISH_DIES="PLACE FILE" ends the process, once: when FILE
 * is there, which is removed. */
enum publish_place {
	PUBLISH_STAGED = 1, /* the set is written, not synced */
	PUBLISH_CHECKED,
	PUBLISH_SEALED,
	PUBLISH_DOUBTED, /* `unproven` is there */
	PUBLISH_SWITCHED,
	PUBLISH_RELOADED,
	PUBLISH_PROBED,
	PUBLISH_TRUSTED,
	PUBLISH_BURNT, /* going back */
	PUBLISH_BACK,
};
void publication_reach(enum publish_place place);

#endif
