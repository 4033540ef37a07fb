/* SPDX-License-Identifier: ISC */
/*
 * Lines on the way are slots in order of sending.  Of those that were given up the last GIVEN_UP
 * numbers are remembered, so that their replies are late rather than doubled.
 */
#include "client/opnet/window.h"

#include <stdlib.h>
#include <string.h>
#include "lib/buf.h"
#include "lib/datagram/echoline.h"
#include "lib/err.h"

#define GIVEN_UP 1024u

struct slot {
	uint32_t seq;
	struct buf payload;
	size_t text_at;
	int tries;
	int64_t sent_us;
};

struct window {
	struct window_options o;
	window_fn *event;
	void *arg;
	struct window_stats stats;
	struct slot *slots; /* o.size, `count` of them in use, oldest first */
	size_t count;
	uint32_t next, highest; /* numbers: of the next line; past the highest answered */
	uint32_t given_up[GIVEN_UP];
	size_t given_up_count; /* ever; the ring keeps the last */
};

struct window *
window_new(const struct window_options *o, window_fn *event, void *arg)
{
	struct window *w = calloc(1, sizeof(*w));

	if (w == NULL)
		return NULL;
	w->o = *o;
	w->event = event;
	w->arg = arg;
	w->slots = calloc(o->size, sizeof(*w->slots));
	if (w->slots != NULL)
		return w;
	free(w);
	return NULL;
}

void
window_free(struct window *w)
{
	if (w == NULL)
		return;
	for (size_t i = 0; i < w->count; i++)
		buf_fini(&w->slots[i].payload);
	free(w->slots);
	free(w);
}

bool
window_has_room(const struct window *w)
{
	return w->count < w->o.size;
}

size_t
window_pending(const struct window *w)
{
	return w->count;
}

const struct window_stats *
window_stats(const struct window *w)
{
	return &w->stats;
}

/* --- sending --- */

static void
send_slot(struct window *w, struct slot *s, enum window_what what, int64_t now_us)
{
	struct window_event e = {.what = what,
	    .seq = s->seq,
	    .text = (const char *)buf_bytes(&s->payload),
	    .len = buf_len(&s->payload)};

	s->tries++;
	s->sent_us = now_us;
	w->event(&e, w->arg);
}

int
window_put(struct window *w, const char *line, size_t len, int64_t now_us)
{
	struct slot *s = &w->slots[w->count];

	if (!window_has_room(w))
		return OP_AGAIN;
	*s = (struct slot){.seq = w->next};
	buf_init(&s->payload);
	int err = w->o.numbered ? echoline_format(&s->payload, w->next, line, len)
				: buf_append(&s->payload, line, len);

	if (err != OP_OK) {
		buf_fini(&s->payload);
		return err;
	}
	s->text_at = buf_len(&s->payload) - len;
	w->next++;
	w->count++;
	w->stats.sent++;
	send_slot(w, s, WINDOW_SEND, now_us);
	return OP_OK;
}

static void
remove_slot(struct window *w, size_t i)
{
	buf_fini(&w->slots[i].payload);
	w->count--;
	memmove(&w->slots[i], &w->slots[i + 1], (w->count - i) * sizeof(w->slots[0]));
}

/* --- replies --- */

static void
count_rtt(struct window_stats *s, int64_t rtt_us)
{
	if (s->timed == 0 || rtt_us < s->least_us)
		s->least_us = rtt_us;
	if (s->timed == 0 || rtt_us > s->most_us)
		s->most_us = rtt_us;
	s->sum_us += rtt_us;
	s->timed++;
}

static void
answer_slot(struct window *w, size_t i, const char *text, size_t len, int64_t now_us)
{
	struct slot *s = &w->slots[i];
	struct window_event e = {.what = WINDOW_REPLY,
	    .seq = s->seq,
	    .text = text,
	    .len = len,
	    .sent = (const char *)buf_bytes(&s->payload) + s->text_at,
	    .sent_len = buf_len(&s->payload) - s->text_at,
	    .rtt_us = s->tries == 1 ? now_us - s->sent_us : -1,
	    .misordered = w->o.numbered && s->seq < w->highest};

	if (buf_len(&s->payload) == 0)
		e.sent = "";
	w->stats.answered++;
	w->stats.misordered += e.misordered;
	if (e.rtt_us >= 0)
		count_rtt(&w->stats, e.rtt_us);
	if (s->seq >= w->highest)
		w->highest = s->seq + 1;
	w->event(&e, w->arg);
	remove_slot(w, i);
}

static bool
take_given_up(struct window *w, uint32_t seq)
{
	size_t n = w->given_up_count < GIVEN_UP ? w->given_up_count : GIVEN_UP;

	for (size_t i = 0; i < n; i++) {
		if (w->given_up[i] != seq)
			continue;
		/* Once late, then doubled.  A number that was not sent yet takes its place. */
		w->given_up[i] = UINT32_MAX;
		return true;
	}
	return false;
}

static void
pass_over(struct window *w, enum window_what what, uint32_t seq, const char *text, size_t len)
{
	struct window_event e = {.what = what, .seq = seq, .text = text, .len = len};

	w->stats.late += what == WINDOW_LATE;
	w->stats.duplicate += what == WINDOW_DUPLICATE;
	w->stats.strange += what == WINDOW_STRANGE;
	w->event(&e, w->arg);
}

static void
take_numbered(struct window *w, const char *bytes, size_t len, int64_t now_us)
{
	uint32_t seq = 0;
	size_t at = 0;

	if (echoline_parse(bytes, len, &seq, &at) != OP_OK || seq >= w->next) {
		pass_over(w, WINDOW_STRANGE, 0, bytes, len);
		return;
	}
	for (size_t i = 0; i < w->count; i++) {
		if (w->slots[i].seq != seq)
			continue;
		answer_slot(w, i, bytes + at, len - at, now_us);
		return;
	}
	pass_over(
	    w, take_given_up(w, seq) ? WINDOW_LATE : WINDOW_DUPLICATE, seq, bytes + at, len - at);
}

void
window_take(struct window *w, const char *bytes, size_t len, int64_t now_us)
{
	if (w->o.numbered)
		take_numbered(w, bytes, len, now_us);
	else if (w->count > 0)
		answer_slot(w, 0, bytes, len, now_us);
	else
		pass_over(w, WINDOW_STRANGE, 0, bytes, len);
}

/* --- time --- */

static void
give_up(struct window *w, size_t i)
{
	struct window_event e = {.what = WINDOW_LOST, .seq = w->slots[i].seq};

	w->given_up[w->given_up_count++ % GIVEN_UP] = e.seq;
	w->stats.lost++;
	w->event(&e, w->arg);
	remove_slot(w, i);
}

int64_t
window_tick(struct window *w, int64_t now_us)
{
	int64_t next = WINDOW_FOREVER;

	if (w->o.timeout_us == WINDOW_FOREVER)
		return next;
	for (size_t i = 0; i < w->count;) {
		struct slot *s = &w->slots[i];

		if (now_us - s->sent_us >= w->o.timeout_us) {
			if (s->tries >= w->o.tries) {
				give_up(w, i);
				continue;
			}
			w->stats.retries++;
			send_slot(w, s, WINDOW_RETRY, now_us);
		}
		if (s->sent_us + w->o.timeout_us < next)
			next = s->sent_us + w->o.timeout_us;
		i++;
	}
	return next;
}

void
window_resend(struct window *w, int64_t now_us)
{
	for (size_t i = 0; i < w->count; i++) {
		w->slots[i].tries = 0;
		send_slot(w, &w->slots[i], WINDOW_SEND, now_us);
	}
}
