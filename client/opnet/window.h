/* SPDX-License-Identifier: ISC */
/*
 * The echo client's rules: which lines are on the way, when one is repeated or given up, and what a
 * reply belongs to.  A bounded number is on the way at once.  Numbered lines ("N: text") tell late,
 * doubled and misordered replies apart; without numbers one line is on the way at a time and the
 * next reply is its own, whatever it is.  Pure: time in microseconds of any steady clock.
 */
#ifndef OPDESK_CLIENT_OPNET_WINDOW_H
#define OPDESK_CLIENT_OPNET_WINDOW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define WINDOW_FOREVER INT64_MAX

enum window_what {
	WINDOW_SEND,  /* text is the payload to send */
	WINDOW_RETRY, /* the same once more */
	WINDOW_REPLY, /* text came back for `sent`; rtt_us, or -1 after a retry: whose answer? */
	WINDOW_DUPLICATE, /* a reply that was there already */
	WINDOW_LATE,      /* a reply to a line that was given up */
	WINDOW_STRANGE,   /* a reply to nothing that we sent */
	WINDOW_LOST       /* given up after all tries */
};

struct window_event {
	enum window_what what;
	uint32_t seq;
	const char
	    *text; /* SEND, RETRY: the whole payload; REPLY, LATE: what came, without number */
	size_t len;
	const char *sent; /* REPLY: the line that was sent, without number */
	size_t sent_len;
	int64_t rtt_us;
	bool misordered; /* REPLY: a later line's reply had come before */
};

/* All texts are borrowed for the call.  Must not call window_* itself. */
typedef void window_fn(const struct window_event *e, void *arg);

struct window_options {
	bool numbered;
	size_t size;        /* lines on the way; 1 without numbers */
	int tries;          /* sendings of a line in all */
	int64_t timeout_us; /* of one try; WINDOW_FOREVER */
};

struct window_stats {
	uint64_t sent, answered, retries, lost, late, duplicate, misordered, strange;
	uint64_t timed; /* replies with a round trip time */
	int64_t least_us, most_us, sum_us;
};

struct window;

struct window *window_new(const struct window_options *o, window_fn *event, void *arg);
void window_free(struct window *w); /* NULL is fine */

bool window_has_room(const struct window *w);
size_t window_pending(const struct window *w);

/* Send a line (a copy is kept).  OP_AGAIN: no room; OP_NO_MEMORY. */
int window_put(struct window *w, const char *line, size_t len, int64_t now_us);

/* A datagram came from the server. */
void window_take(struct window *w, const char *bytes, size_t len, int64_t now_us);

/* Repeat and give up what is due; then the time when that is due next, WINDOW_FOREVER: never. */
int64_t window_tick(struct window *w, int64_t now_us);

/* Send again all that is on the way, as if for the first time: the server was found elsewhere. */
void window_resend(struct window *w, int64_t now_us);

const struct window_stats *window_stats(const struct window *w);

#endif
