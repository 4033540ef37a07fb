/* SPDX-License-Identifier: ISC */
/*
 * Workers at rest.  The acceptor takes the word of a worker that it is free, as it can harm nobody
 * but its own source by that; who it is comes from the kernel.
 */
#include "daemon/server/acceptor.h"

#include <unistd.h>
#include "lib/clock.h"
#include "lib/err.h"
#include "lib/log.h"

#define RINGS_PER_TURN 64

static void
let_go(int channel)
{
	if (channel != -1)
		close(channel);
}

static void
take_ring(struct acceptor *a, const struct ring *r)
{
	int64_t linger_ms = a->tree.config->generic.worker_linger_ms;
	struct idle_worker w = {.pid = r->pid, .due_ms = clock_boot_ms() + linger_ms};
	int kept = idle_kept(&a->idle, r->pid);

	w.channel = r->channel != -1 ? r->channel : kept;
	if (w.channel != kept)
		let_go(kept);
	if (w.channel == -1) /* it was one too many, and sees that its channel is closed */
		return;
	/* One with old settings serves nobody else. */
	if (!accounting_rest(&a->workers, r->pid, true, &w.source) || linger_ms == 0 ||
	    r->generation != a->tree.generation || a->stopping) {
		let_go(w.channel);
		return;
	}
	let_go(idle_add(&a->idle, &w));
	log_debug("worker %ld: at rest", (long)r->pid);
}

void
rest_hear(struct acceptor *a)
{
	struct ring r;
	int err = OP_OK;

	for (int i = 0; i < RINGS_PER_TURN && err != OP_AGAIN; i++) {
		err = bell_hear(a->tree.bell.in, &r);
		if (err == OP_OK) {
			take_ring(a, &r);
		} else if (err == OP_PROTOCOL && accounting_has(&a->workers, r.pid)) {
			log_error("worker %ld: killed: a bad message to the bell", (long)r.pid);
			kill(r.pid, SIGKILL);
		} else if (err == OP_SYSTEM) {
			return;
		}
	}
}

bool
rest_reuse(struct acceptor *a, const struct source *source, const struct arrival *client, int fd)
{
	struct idle_worker w;
	struct source same;
	int err = OP_CLOSED;

	while (err && idle_take(&a->idle, source, &w)) {
		err = handover_send(w.channel, client, fd);
		if (err || !idle_keep(&a->idle, w.pid, w.channel))
			let_go(w.channel);
	}
	if (!err)
		accounting_rest(&a->workers, w.pid, false, &same);
	return !err;
}

void
rest_expire(struct acceptor *a, int64_t now_ms)
{
	int channel;

	while ((channel = idle_expire(&a->idle, now_ms)) != -1)
		let_go(channel);
}

void
rest_died(struct acceptor *a, pid_t pid)
{
	let_go(idle_remove(&a->idle, pid));
}
