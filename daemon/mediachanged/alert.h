/* SPDX-License-Identifier: ISC */
/*
 * One question and its life, as it is kept on disk and sent over the wire.  A struct alert is a
 * value with owned strings; daemon/mediachanged/book.h holds the rules, store.h keeps it.  One
 * table names the fields: copying, freeing, comparing, the form between processes and the columns
 * of a store all follow from it.
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
	int64_t seq;     /* order of asking, from 1, never reused */
	int64_t version; /* rises by one with every write */

	/* what was asked: never changes */
	char *key;   /* or NULL */
	char *asker; /* identity.who */
	char *from;  /* identity.shown */
	char *host;  /* identity.host */
	char *title; /* or NULL */
	char *text;
	char *kind;
	char *labels; /* one a line, always there */
	char *severity;
	char *tags;          /* one a line, or NULL */
	char *default_label; /* or NULL */
	int64_t timeout_ms;  /* 0 = none */
	int64_t created_at;  /* wall, ms */
	int64_t deadline_at; /* wall, ms; 0 = none */
	int64_t attempt;     /* 1 … under its key */
	bool wait;           /* false: asked with --no-wait, never orphaned */
	bool line;           /* a one-line client: it cannot come back */

	/* what became of it */
	enum alert_state state;
	/* When it was asked, and once it is closed, when it was closed: on CLOCK_BOOTTIME of the
	 * boot of the host that is called boot_id (clock_boot_id(); 0: not known).  Below 0: before
	 * that boot. */
	int64_t boot_id, boot_ms;
	char *joined; /* ids of other asks that wait for it under its key, one a line, or NULL */
	char *answer; /* the label, or NULL */
	char *text_answer;      /* kind text, or NULL */
	char *answer_id;        /* of the click, or NULL */
	char *by;               /* who answered or withdrew, or NULL */
	char *desk;             /* where from, or NULL */
	char *note;             /* the newest one, or NULL */
	char *reason;           /* of a withdrawal, or NULL */
	int64_t closed_at;      /* wall, ms; 0 while pending */
	bool confirmed;         /* the asker has its answer */
	char *claimed_by;       /* or NULL */
	int64_t claimed_until;  /* created_at and the time that has passed since, ms; 0 = not */
	int64_t snoozed_until;  /* the same: no step of the wall clock since then is in them */
	int64_t escalated;      /* how many levels were begun */
	bool escalating;        /* the last of them has no result yet */
	char *escalation_error; /* what went wrong with the last one, or NULL */
};

enum alert_type { ALERT_ID, ALERT_TEXT, ALERT_INT, ALERT_BOOL, ALERT_STATE };

struct alert_field {
	const char *name; /* also the column in a store */
	enum alert_type type;
	size_t offset;
	bool body; /* counts in alert_same_body() */
};

#define ALERT_FIELDS 39
extern const struct alert_field alert_fields[ALERT_FIELDS];

/* A numeric field (INT, BOOL, STATE) or a text field of `a`, by its row in the table. */
int64_t alert_number(const struct alert *a, const struct alert_field *f);
void alert_set_number(struct alert *a, const struct alert_field *f, int64_t v);
char **alert_string(struct alert *a, const struct alert_field *f);

struct alert *alert_new(void); /* zeroed, pending; NULL: no memory */
void alert_free(struct alert *a);
struct alert *alert_copy(const struct alert *a); /* NULL: no memory */

/* Replace an owned string by a copy of s (NULL clears).  OP_NO_MEMORY leaves it as it was. */
int alert_set(char **field, const char *s);

/* The same question?  What was asked, without id, seq, times, attempt, and whether its asker waits:
 * a question asked without waiting may be asked again to wait for its answer. */
bool alert_same_body(const struct alert *a, const struct alert *b);

/* Every field equal, version included. */
bool alert_equal(const struct alert *a, const struct alert *b);

/* Is `word` one of the lines of `list` (labels, tags, joined; NULL is empty)? */
bool alert_list_has(const char *list, const char *word);

/* The form between engine and storer: an array of every field, as in the table, texts with their
 * final NUL; and back.  OP_BAD_REQUEST, OP_NO_MEMORY. */
void alert_pack_row(struct mp_out *o, const struct alert *a);
int alert_unpack_row(const msgpack_object *row, struct alert **out);
/* The same without a copy: the texts are the message's own, never to be changed or freed. */
int alert_borrow_row(const msgpack_object *row, struct alert *out);

/* The form for clients (docs/protocol.md, An alert).  Durations of pending ones come from the book,
 * which keeps them on a clock that does not step (book_view()). */
struct alert_view {
	int64_t age_ms; /* since it was asked */
	bool cut;       /* shorten the text to ALERT_CUT_BYTES */
	bool orphaned;
	int waiting;
	int64_t left_ms; /* until the deadline */
	int64_t claim_left_ms;
	int64_t ring_in_ms;
};
void alert_pack_wire(struct mp_out *o, const struct alert *a, const struct alert_view *v);

/* The pairs of that map alone, for a caller that adds its own: their number, then themselves. */
size_t alert_wire_pairs(const struct alert *a, const struct alert_view *v);
void alert_pack_pairs(struct mp_out *o, const struct alert *a, const struct alert_view *v);

#endif
