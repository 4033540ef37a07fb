/* SPDX-License-Identifier: ISC */
/*
 * Inside the book: its structs and what its files use of one another.
 *   book.c          entries, places, actions, looking
 *   book_store.c    decisions on their way to the disk and what follows; reading again
 *   book_doubt.c    calls whose outcome is unknown: their callers are told, their ids remembered
 *   book_call.c     calls: made, waiting their turn, sent to the rule for their type
 *   book_ask.c      the rules for askers
 *   book_operate.c  the rules for operators
 *   book_escalate.c levels of escalation
 *   book_time.c     deadlines, leases, claims: a heap of entries by their next moment
 *
 * An *entry* is an id in memory.  entry.alert is always what the disk holds; entry.next is decided
 * and on its way there (at most one at a time, entry.op != 0); calls that come meanwhile wait in
 * entry.deferred and are dispatched anew when it has arrived.  Freed things stay readable until the
 * next event (book.dead), because actions point at them.
 */
#ifndef OPDESK_DAEMON_MEDIACHANGED_BOOK_INT_H
#define OPDESK_DAEMON_MEDIACHANGED_BOOK_INT_H

#include <stdlib.h>
#include <sys/queue.h>
#include "daemon/mediachanged/book.h"
#include "lib/table.h"

/* The book's answer to a failed allocation (book.h). */
static inline void *
must(void *p)
{
	if (!p)
		abort();
	return p;
}

enum call_type {
	CALL_ASK,
	CALL_CONFIRM,
	CALL_WITHDRAW,
	CALL_ANSWER,
	CALL_CLAIM,
	CALL_SNOOZE,
	CALL_NOTE,
	CALL_SHOWN
};

TAILQ_HEAD(call_list, call);
TAILQ_HEAD(entry_list, entry);

struct client_calls { /* the calls of one connection */
	struct table_node node;
	uint64_t id;
	struct call_list calls;
	size_t count;
};

struct call {
	enum call_type type;
	struct client_calls *client; /* NULL: nobody listens any more */
	uint32_t msgid;
	bool is_operator;
	char id[UUID_SIZE];
	char *who; /* owned */
	struct alert
	    *arg; /* owned; what is asked, or the fields to set: answer, by, reason, note … */
	int64_t for_ms; /* claim, snooze */
	bool wait;      /* ask: the reply is the closed alert */
	bool require_desk;
	bool looked;          /* the store was asked for this id */
	char host[UUID_SIZE]; /* an ask: the question that it had joined before; "": none known */
	char ask[UUID_SIZE];  /* a withdrawal: the ask that is taken back; "": not named */
	bool if_alone;        /* a withdrawal: not when anybody waits on another connection */
	bool joined;          /* an ask that waits for another one's alert */
	int losses;           /* of the store while its write was on the way */
	bool told;            /* that the store does not work, while its write goes on */
	bool no_desk;         /* its grace has ended without a desk */
	int64_t grace;        /* boot clock: until then a desk must come; 0: no matter */
	struct call_list
	    *list; /* that `link` is in: waiting or deferred of an entry, book.held, or NULL */
	struct entry *entry; /* of that list */
	TAILQ_ENTRY(call) link;
	TAILQ_ENTRY(call) of_client;
	TAILQ_ENTRY(call) graced; /* in book.graced while grace != 0 */
	struct call *next_dead;
};

struct key { /* one key of one asker, while some entry has it */
	struct table_node node;
	char *asker, *name;
	struct entry *newest;    /* on disk, with the largest seq; or NULL */
	size_t entries;          /* that refer to it */
	struct entry *inserting; /* a new attempt on its way to the disk; or NULL */
};

struct refusal { /* a question that its asker was told is not kept, and that may be on disk */
	struct table_node node;
	TAILQ_ENTRY(refusal) order;
	char id[UUID_SIZE];
	char *who;
};

TAILQ_HEAD(refusal_list, refusal);

struct asker { /* while it has open questions */
	struct table_node node;
	char *who;
	size_t open;
};

enum place { PLACE_NONE, PLACE_PENDING, PLACE_CLOSED };

struct entry {
	struct table_node node;
	char id[UUID_SIZE];
	struct alert *alert; /* as it is on disk; NULL: not there, or not known yet */
	struct alert *next;  /* decided, not yet on disk */
	struct call *cause;  /* the call that decided it; NULL: time or a lost connection */
	uint64_t op;         /* of the write or look-up on the way; 0: none */
	bool stale;          /* while reading again: not seen yet */
	bool orphaned;
	bool awaited; /* an asker has waited for its end, whatever the first one wanted */
	bool refused; /* its asker was told that it is not kept, and has not asked again */
	struct call_list waiting;  /* asks that get the answer */
	struct call_list deferred; /* calls that wait for `op` */
	int waiters;               /* length of `waiting` */
	struct key *key;           /* or NULL */
	struct asker *asker;       /* whose open count it is in, or NULL */
	enum place place;
	TAILQ_ENTRY(entry) order;  /* in book.pending (by seq) or book.closed (by closing) */
	TAILQ_ENTRY(entry) flight; /* in book.flight while op != 0 */
	bool starting; /* the write that begins a level is on its way; holds one of the slots */
	bool running;  /* its command runs; holds one of the slots */
	bool queued;   /* in book.escalate_queue: due, and waits for a slot */
	bool has_failed;
	uint64_t *shown; /* desks that have shown it, as hashes; or NULL */
	size_t shown_count;
	char *result; /* of a command, on its way to the disk; or NULL */
	char level[24];
	TAILQ_ENTRY(entry) escalate;
	/* boot clock: when it was asked, and closed, as far as is known */
	int64_t asked, closed;
	/* boot clock; BOOK_NEVER: none */
	int64_t deadline, lease_end, orphan_end, claim_end, snooze_end;
	bool is_by_wall;   /* all by the wall clock: reckoned anew when the grace is over */
	bool is_quietened; /* claimed or snoozed in the grace */
	int64_t due;       /* the earliest of them while in the heap */
	size_t heap_slot;  /* 0: not in the heap */
	struct entry *next_dead;
};

struct book {
	struct book_limits limits;
	bool ready; /* the store was read and is there */
	bool stopping;
	int desks;
	uint64_t last_op;
	int64_t last_seq;
	size_t open; /* questions pending or on their way to be */
	size_t pending_count, closed_count;
	struct table by_id, keys, askers, clients;
	struct entry_list pending, closed, flight;
	struct entry_list escalate_queue; /* the first one due first */
	size_t escalations;               /* slots that are taken */
	struct call_list graced;          /* by grace */
	struct call_list held;            /* until the store is read again */
	int64_t hold_until;               /* boot clock: then they fail */
	int64_t ms;                       /* boot clock, of this event */
	int64_t boot_id;                  /* of that clock; 0: not known */
	int64_t clock_grace;              /* boot clock: the end of the grace; 0: not begun */
	int64_t moved_at;                 /* boot clock: something landed, or took off alone */
	bool stalled;                     /* the store is there and answers nothing */
	char *trouble;                    /* what callers are told about the store */
	struct table refused;
	struct refusal_list refusals; /* the oldest first */
	struct entry **heap;          /* slots 1 … heap_count */
	size_t heap_count, heap_size;
	struct book_action *actions;
	size_t action_head, action_count, action_size;
	struct entry *dead_entries;
	struct call *dead_calls;
	struct alert **dead_alerts;
	size_t dead_alert_count, dead_alert_size;
};

/* book.c */
/* First thing in every event: frees what has died. */
void book_enter(struct book *b, const struct book_now *now);
struct book_action *book_do(struct book *b, enum book_action_type type, const struct alert *a);
void book_bury_alert(struct book *b, struct alert *a);
struct entry *book_entry(const struct book *b, const char *id);
struct entry *book_entry_new(struct book *b, const char *id);
/* Take the entry to where its alert's state says, its key included; the book's order of closing is
 * the order of these calls. */
void book_place(struct book *b, struct entry *e);
/* Forget the entry if nothing needs it in memory. */
void book_tidy(struct book *b, struct entry *e);
void book_forget(struct book *b, struct entry *e);
bool book_is_needed(const struct entry *e); /* by a write, a call or a command */
struct key *book_key(struct book *b, const char *asker, const char *name, bool make);
void book_key_take(struct entry *e, struct key *k);
void book_key_release(struct book *b, struct entry *e);
void book_open(
    struct book *b, struct entry *e, const char *who); /* counts one more open question */
void book_unopen(struct book *b, struct entry *e);
size_t book_open_of(const struct book *b, const char *who);

/* book_call.c */
struct call *call_new(
    struct book *b, enum call_type type, const struct book_caller *c, const char *id);
void call_free(struct book *b, struct call *call);
void call_enlist(struct call *call, struct entry *e, struct call_list *list);
void call_delist(struct call *call);
void call_grace_end(struct book *b, struct call *call);
/* Reply and free. */
void call_reply(struct book *b, struct call *call, const struct alert *a);
void call_fail(
    struct book *b, struct call *call, int err, const char *message, const struct alert *a);
/* The store is not there: the call waits a while for it to come back, or fails. */
void call_hold(struct book *b, struct call *call, const struct book_now *now);
void call_end_hold(struct book *b);
/* What is decided goes on, but nobody listens to this call any more. */
void call_leave(struct book *b, struct call *call);
/* OP_UNAVAILABLE, reason "store"; the call lives on. */
void call_tell_trouble(struct book *b, struct call *call);
void call_dispatch(struct book *b, struct call *call, const struct book_now *now);
void call_dispatch_list(struct book *b, struct call_list *calls, const struct book_now *now);

/* book_store.c */
/* `next` (given away) is what the entry shall be; the rest follows book_stored(). */
#define QUIET_MAX_MS (30 * 24 * 3600 * INT64_C(1000)) /* longest claim or snooze */
void book_decide(
    struct book *b, struct entry *e, struct alert *next, struct call *cause, struct book_life life);
void book_lookup(struct book *b, struct call *call);
struct alert *book_revise(
    const struct entry *e); /* a copy of the alert, to be changed and decided */
/* The end of a question that `next` is to be. */
void book_end(
    const struct book *b, struct alert *next, enum alert_state state, const struct book_now *now);
/* As book_end(), with an answer: one that nobody waits for counts as confirmed, since nobody would
 * ever confirm it, and the next ask under the key is to be asked. */
void book_end_answered(const struct book *b, const struct entry *e, struct alert *next,
    enum alert_state state, const struct book_now *now);

/* book_doubt.c */
#define HOLD_MS 5000 /* longest wait for a store; a new one has read everything long before */
#define DOUBT_NO_REASON "it cannot be written to disk"
void doubt_fini(struct book *b);
/* What callers are told from now on; NULL: nothing in particular. */
void doubt_because(struct book *b, const char *why);
/* The call cannot be kept, as far as is known: its caller is told, its question remembered; the
 * call is freed. */
void doubt_fail(struct book *b, struct call *call);
/* Nothing has moved for HOLD_MS: whoever waits for the store is told. */
bool doubt_is_stalling(const struct book *b);
void doubt_stall(struct book *b);
void doubt_moved(struct book *b); /* something landed */
/* Would the call have to wait for a store that is stalled? */
bool doubt_blocks(const struct book *b, const struct call *call, const struct entry *e);
/* A question without an asker is on disk: the one of an asker who was told that it is not kept? */
void doubt_turned_up(struct book *b, struct entry *e);
/* Its asker has come back. */
void doubt_over(struct book *b, struct entry *e);

/* book_ask.c */
void ask_run(struct book *b, struct call *call, struct entry *e, const struct book_now *now);
void ask_stored(struct book *b, struct call *call, struct entry *e, const struct book_now *now);
void confirm_run(struct book *b, struct call *call, struct entry *e, const struct book_now *now);
void withdraw_run(struct book *b, struct call *call, struct entry *e, const struct book_now *now);
/* Nobody waits for it any more (or not yet): its lease begins. */
void ask_lease(struct book *b, struct entry *e, const struct book_now *now);
void ask_grace_over(struct book *b, const struct book_now *now);
/* Waiting asks whose grace has ended: withdraw the question, or, when others wait too, only them.
 */
void ask_no_desk(struct book *b, struct entry *e, const struct book_now *now);
void book_end_by_daemon(
    struct book *b, struct entry *e, const char *reason, const struct book_now *now);

/* book_operate.c */
void answer_run(struct book *b, struct call *call, struct entry *e, const struct book_now *now);
void claim_run(struct book *b, struct call *call, struct entry *e, const struct book_now *now);
void snooze_run(struct book *b, struct call *call, struct entry *e, const struct book_now *now);
void note_run(struct book *b, struct call *call, struct entry *e, const struct book_now *now);
void shown_run(struct book *b, struct call *call, struct entry *e, const struct book_now *now);
/* The line of life is on disk: that desk is not written down again. */
void shown_stored(struct entry *e, const struct call *call);

/* book_escalate.c */
/* When the next level is due, as things are; BOOK_NEVER. */
int64_t escalate_moment(const struct book *b, const struct entry *e);
void escalate_due(struct book *b, struct entry *e);
/* The entry is at rest: begin what was written, write down what has ended. */
void escalate_settle(struct book *b, struct entry *e);
void escalate_forget(struct book *b, struct entry *e);
/* Those that wait for a slot. */
bool escalate_can_go_on(const struct book *b);
void escalate_go_on(struct book *b);

/* book_time.c */
void book_schedule(struct book *b, struct entry *e); /* after any change of its moments or of op */
void book_unschedule(struct book *b, struct entry *e);
/* Moments of a pending row that was read, a lease only when nobody waits for it; and those that
 * follow a decision about claim or snooze. */
void book_arm(struct book *b, struct entry *e, const struct book_now *now);
void book_arm_quiet(const struct book *b, struct entry *e, const struct book_now *now);
static inline bool
book_is_quiet(const struct entry *e)
{
	return e->claim_end != BOOK_NEVER || e->snooze_end != BOOK_NEVER;
}
/* A moment as rows have it (alert.h, claimed_until); BOOK_NEVER: 0. */
int64_t book_until(const struct entry *e, int64_t moment);
/* `next` is to be of this boot: it counts from here whatever becomes of the wall clock.  In the
 * grace nobody knows since when, so it stays as it is. */
void book_tie(const struct book *b, const struct entry *e, struct alert *next);
/* The same for one that was claimed or snoozed in the grace, once that is over: it is written. */
void book_tie_quiet(struct book *b, struct entry *e);
/* Until its deadline; 0: none, or past. */
int64_t book_left(const struct entry *e, const struct book_now *now);
/* A closed row that was read: when that was. */
void book_age(struct book *b, struct entry *e, const struct book_now *now);

#endif
