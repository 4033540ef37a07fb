/* SPDX-License-Identifier: ISC */
/*
 * One question and its life, as it is kept on disk and sent over the wire.  A struct alert is a
 * value with owned strings; daemon/mediachanged/book.h holds the rules, store.h keeps it.
 */
#ifndef OPDESK_DAEMON_MEDIACHANGED_ALERT_H
#define OPDESK_DAEMON_MEDIACHANGED_ALERT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "lib/mp.h"
#include "lib/uuid.h"

enum alert_state { ALERT_PENDING, ALERT_ANSWERED, ALERT_EXPIRED, ALERT_WITHDRAWN };
const char *alert_state_name(enum alert_state s);

#define ALERT_TEXT_MAX 16384
#define ALERT_CUT_BYTES 512 /* of the text in lists */

struct alert {
	char id[UUID_SIZE];
	int64_t seq;	 /* order of asking, from 1, never reused */
	int64_t version; /* rises by one with every write */

	/* what was asked: never changes */
	char *key;    /* or NULL */
	char *asker;  /* identity.who */
	char *from;   /* identity.shown */
	char *host;   /* identity.host */
	char *title;  /* or NULL */
	char *text;
	char *kind;
	char *labels; /* one a line, always there */
	char *severity;
	char *tags;   /* one a line, or NULL */
	char *default_label; /* or NULL */
	int64_t timeout_ms;  /* 0 = none */
	int64_t created_at;  /* wall, ms */
	int64_t deadline_at; /* wall, ms; 0 = none */
	int attempt;	     /* 1 … under its key */
	bool wait;	     /* false: asked with --no-wait, never orphaned */
	bool line;	     /* a one-line client: it cannot come back */

	/* what became of it */
	enum alert_state state;
	char *answer;	   /* the label, or NULL */
	char *text_answer; /* kind text, or NULL */
	char *answer_id;   /* of the click, or NULL */
	char *by;	   /* who answered or withdrew, or NULL */
	char *desk;	   /* where from, or NULL */
	char *note;	   /* or NULL */
	char *reason;	   /* of a withdrawal, or NULL */
	int64_t closed_at; /* wall, ms */
	bool confirmed;	   /* the asker has its answer */
	char *claimed_by;  /* or NULL */
	int64_t claimed_until; /* wall, ms */
	int64_t snoozed_until; /* wall, ms */
};

struct alert *alert_new(void); /* zeroed, pending; NULL: no memory */
void alert_free(struct alert *a);
struct alert *alert_copy(const struct alert *a);

/* The same question?  (What was asked, without id, seq, times and attempt.) */
bool alert_same_body(const struct alert *a, const struct alert *b);

/* The form between engine and storer: every field, one map; and back.  OP_BAD_REQUEST. */
void alert_pack_row(struct mp_out *o, const struct alert *a);
int alert_unpack_row(const msgpack_object *row, struct alert **out);

/* The form for clients (docs/protocol.md, An alert), with durations reckoned from now_wall. */
struct alert_view {
	int64_t now_wall;
	bool cut;	/* shorten the text to ALERT_CUT_BYTES */
	bool orphaned;
	int waiting;
};
void alert_pack_wire(struct mp_out *o, const struct alert *a, const struct alert_view *v);

#endif
