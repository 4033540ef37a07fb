/* SPDX-License-Identifier: ISC */
/*
 * A place is the index in items[]; ROSTER_MAX is a power of two, so that place and serial number
 * share 31 bits.  A worker that dies young is started again after a pause that doubles from 10 ms
 * to 1 s, as the engine is.
 */
#include "daemon/server/acceptor.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include "daemon/server/multiplex.h"
#include "daemon/server/parcel.h"
#include "lib/clock.h"
#include "lib/err.h"
#include "lib/log.h"

#define PAUSE_MIN_MS 10
#define PAUSE_MAX_MS 1000
#define SETTLED_MS 10000
#define SILENCE_MIN_MS (4 * MULTIPLEX_BEAT_MS)
#define REPORTS_PER_TURN 64
#define SERIALS (INT32_MAX / ROSTER_MAX)

/* --- life --- */

static void
pause_place(struct roster_worker *w)
{
	int64_t now_ms = clock_boot_ms();

	if (w->pause_ms == 0 || now_ms - w->started_ms >= SETTLED_MS)
		w->pause_ms = PAUSE_MIN_MS;
	w->due_ms = now_ms + w->pause_ms;
	w->pause_ms = w->pause_ms * 2 < PAUSE_MAX_MS ? w->pause_ms * 2 : PAUSE_MAX_MS;
}

static void
start(struct acceptor *a, struct roster_worker *w)
{
	int fds[2] = {-1, -1};

	w->started_ms = w->heard_ms = clock_boot_ms();
	w->load = 0;
	w->pid = parcel_pair(fds, false) ? -1 : fork();
	if (w->pid == 0)
		multiplex_main(&a->tree, fds[1]);
	if (fds[1] != -1)
		close(fds[1]);
	if (w->pid > 0) {
		w->channel = fds[0];
		a->roster.running++;
		log_debug("worker %ld: began", (long)w->pid);
		return;
	}
	log_error("worker: cannot start: %s", strerror(errno));
	if (fds[0] != -1)
		close(fds[0]);
	w->pid = 0;
	pause_place(w);
}

static int hear(struct acceptor *a, struct roster_worker *w);

static void
judge_silence(struct acceptor *a, struct roster_worker *w, int64_t now_ms, int64_t limit_ms)
{
	/* What it has said waits to be heard, when it is we who were late. */
	if (now_ms - w->heard_ms <= limit_ms || hear(a, w) != OP_AGAIN ||
	    now_ms - w->heard_ms <= limit_ms)
		return;
	log_error("worker %ld: killed: it hangs: not a sign of life for %lld ms (%zu connections)",
	    (long)w->pid, (long long)(now_ms - w->heard_ms), w->load);
	kill(w->pid, SIGKILL);
	w->heard_ms = now_ms;
}

/* 0: none.  Workers of earlier settings are judged by it, too: all beat alike. */
static int64_t
silence_limit_ms(const struct acceptor *a)
{
	int64_t limit_ms = a->tree.config->generic.worker_silence_ms;

	return limit_ms > 0 && limit_ms < SILENCE_MIN_MS ? SILENCE_MIN_MS : limit_ms;
}

static void
judge_all(struct acceptor *a, int64_t now_ms)
{
	int64_t limit_ms = silence_limit_ms(a);
	bool slept = now_ms - a->roster.looked_ms > limit_ms / 2;

	if (limit_ms == 0 || now_ms - a->roster.looked_ms < limit_ms / 4)
		return;
	a->roster.looked_ms = now_ms;
	for (size_t i = 0; i < ROSTER_MAX; i++) {
		struct roster_worker *w = &a->roster.items[i];

		/* Whatever had us stand still (a suspended machine) did so to them. */
		if (w->pid > 0 && slept)
			w->heard_ms = now_ms;
		else if (w->pid > 0)
			judge_silence(a, w, now_ms, limit_ms);
	}
}

void
roster_look(struct acceptor *a, int64_t now_ms)
{
	if (a->roster.running > 0)
		judge_all(a, now_ms);
	for (size_t i = 0; i < ROSTER_MAX; i++) {
		struct roster_worker *w = &a->roster.items[i];

		if (w->wanted && w->pid == 0 && now_ms >= w->due_ms)
			start(a, w);
	}
}

static void
retire(struct roster_worker *w)
{
	w->wanted = false;
	w->pause_ms = w->due_ms = 0;
	if (w->pid > 0)
		shutdown(w->channel, SHUT_WR);
}

static size_t
wanted_count(const struct acceptor *a)
{
	int64_t n = a->tree.config->generic.workers;

	if (n == 0)
		n = sysconf(_SC_NPROCESSORS_ONLN);
	return n < 1 ? 1 : n > ROSTER_MAX / 2 ? ROSTER_MAX / 2 : (size_t)n;
}

void
roster_renew(struct acceptor *a)
{
	size_t free_places = 0, n = wanted_count(a);

	for (size_t i = 0; i < ROSTER_MAX; i++) {
		retire(&a->roster.items[i]);
		free_places += a->roster.items[i].pid == 0;
	}
	if (free_places == 0) {
		log_warn("worker %ld: killed: too many old workers are left",
		    (long)a->roster.items[0].pid);
		a->roster.items[0].wanted = true;
		kill(a->roster.items[0].pid, SIGKILL);
	}
	for (size_t i = 0; i < ROSTER_MAX && n > 0; i++) {
		struct roster_worker *w = &a->roster.items[i];

		if (w->pid > 0)
			continue;
		w->wanted = true;
		n--;
		start(a, w);
	}
}

static size_t
forget_clients(struct acceptor *a, size_t place)
{
	struct source source;
	size_t slot = 0, n = 0;
	pid_t number;

	while ((number = accounting_next(&a->workers, &slot)) > 0) {
		if ((size_t)number % ROSTER_MAX != place)
			continue;
		accounting_remove(&a->workers, number, &source);
		slot--; /* another row may have moved there */
		n++;
	}
	return n;
}

static struct roster_worker *
find(const struct roster *r, pid_t pid)
{
	for (size_t i = 0; i < ROSTER_MAX; i++)
		if (pid > 0 && r->items[i].pid == pid)
			return (struct roster_worker *)&r->items[i];
	return NULL;
}

bool
roster_has(const struct roster *r, pid_t pid)
{
	return find(r, pid) != NULL;
}

bool
roster_died(struct acceptor *a, pid_t pid, int status)
{
	struct roster_worker *w = find(&a->roster, pid);
	char how[32];
	size_t lost;

	if (!w)
		return false;
	hear(a, w);
	close(w->channel);
	w->pid = 0;
	a->roster.running--;
	lost = forget_clients(a, (size_t)(w - a->roster.items));
	acceptor_describe(status, how, sizeof(how));
	if (status == 0 || a->stopping)
		log_info("worker %ld: ended: %s", (long)pid, how);
	else
		log_warn("worker %ld: ended: %s: %zu connections are lost", (long)pid, how, lost);
	if (w->wanted)
		pause_place(w);
	return true;
}

void
roster_kill(const struct roster *r)
{
	for (size_t i = 0; i < ROSTER_MAX; i++)
		if (r->items[i].pid > 0)
			kill(r->items[i].pid, SIGKILL);
}

int64_t
roster_next_ms(const struct acceptor *a)
{
	const struct roster *r = &a->roster;
	int64_t limit_ms = silence_limit_ms(a);
	int64_t next = r->running > 0 && limit_ms > 0 ? r->looked_ms + limit_ms / 4 : INT64_MAX;

	for (size_t i = 0; i < ROSTER_MAX; i++)
		if (r->items[i].wanted && r->items[i].pid == 0 && r->items[i].due_ms < next)
			next = r->items[i].due_ms;
	return next;
}

/* --- clients --- */

bool
roster_has_room(const struct roster *r)
{
	struct pollfd p[ROSTER_MAX];
	nfds_t n = 0;

	for (size_t i = 0; i < ROSTER_MAX; i++)
		if (r->items[i].wanted && r->items[i].pid > 0)
			p[n++] = (struct pollfd){.fd = r->items[i].channel, .events = POLLOUT};
	if (n == 0 || poll(p, n, 0) <= 0)
		return false;
	/* The channel of one that has just died can be written to as well. */
	for (nfds_t i = 0; i < n; i++)
		if (p[i].revents == POLLOUT)
			return true;
	return false;
}

static struct roster_worker *
least_loaded(struct roster *r, size_t below, const bool tried[ROSTER_MAX])
{
	struct roster_worker *best = NULL;

	for (size_t i = 0; i < ROSTER_MAX; i++) {
		struct roster_worker *w = &r->items[i];

		if (w->wanted && w->pid > 0 && w->load < below && !tried[i] &&
		    (!best || w->load < best->load))
			best = w;
	}
	return best;
}

static uint32_t
new_number(struct acceptor *a, size_t place)
{
	uint32_t number;

	do {
		a->roster.serial = a->roster.serial % (SERIALS - 1) + 1;
		number = a->roster.serial * ROSTER_MAX + (uint32_t)place;
	} while (accounting_has(&a->workers, (pid_t)number));
	return number;
}

/* OP_OK, or why this one does not take it. */
static int
give(struct acceptor *a, struct roster_worker *w, const struct source *source,
    struct arrival *client, int fd)
{
	struct source same;
	int err;

	client->number = new_number(a, (size_t)(w - a->roster.items));
	if (accounting_add(&a->workers, (pid_t)client->number, source))
		return OP_NO_MEMORY;
	err = handover_send(w->channel, client, fd);
	if (err)
		accounting_remove(&a->workers, (pid_t)client->number, &same);
	else
		w->load++;
	return err;
}

int
roster_hand_over(struct acceptor *a, const struct source *source, struct arrival *client, int fd)
{
	const struct server_settings *g = &a->tree.config->generic;
	size_t below = (size_t)(g->max_per_worker + (client->reserved ? g->reserved_workers : 0));
	bool tried[ROSTER_MAX] = {false};
	int err = a->roster.running > 0 ? OP_TOO_LARGE : OP_AGAIN;

	while (err) {
		struct roster_worker *w = least_loaded(&a->roster, below, tried);

		if (!w)
			return err;
		tried[w - a->roster.items] = true;
		err = give(a, w, source, client, fd) ? OP_AGAIN : OP_OK;
	}
	return OP_OK;
}

/* --- what they report --- */

size_t
roster_poll(const struct roster *r, struct pollfd p[ROSTER_MAX])
{
	size_t n = 0;

	for (size_t i = 0; i < ROSTER_MAX; i++)
		if (r->items[i].pid > 0)
			p[n++] = (struct pollfd){.fd = r->items[i].channel, .events = POLLIN};
	return n;
}

static void
client_ended(struct acceptor *a, struct roster_worker *w, uint32_t number)
{
	struct source source;

	/* Of its own clients only. */
	if (number > INT32_MAX || number % ROSTER_MAX != (uint32_t)(w - a->roster.items))
		return;
	if (accounting_remove(&a->workers, (pid_t)number, &source))
		w->load--;
}

/* OP_AGAIN: that was all for now. */
static int
hear(struct acceptor *a, struct roster_worker *w)
{
	uint32_t numbers[HANDOVER_NUMBERS];
	int n;

	for (int turn = 0; turn < REPORTS_PER_TURN; turn++) {
		n = handover_hear(w->channel, numbers);
		if (n < 0)
			return n;
		w->heard_ms = clock_boot_ms();
		for (int i = 0; i < n; i++)
			client_ended(a, w, numbers[i]);
	}
	return OP_AGAIN;
}

void
roster_hear(struct acceptor *a, int channel)
{
	for (size_t i = 0; i < ROSTER_MAX; i++) {
		struct roster_worker *w = &a->roster.items[i];

		/* It has closed its end, or says what no worker of ours says: it does not live
		 * on. */
		if (w->pid > 0 && w->channel == channel && hear(a, w) != OP_AGAIN)
			kill(w->pid, SIGKILL);
	}
}
