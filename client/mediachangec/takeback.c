/* SPDX-License-Identifier: ISC */
/* The question's way back.  Called by asking.c; the child process is the last half of this file. */
#include "client/mediachangec/takeback.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include "client/mediachangec/failover.h"
#include "lib/clock.h"

#define CHILD_MS 60000 /* a daemon that is restarted is there again by then */
#define ATTEMPT_MS 10000
#define FIRST_PAUSE_MS 200
#define MAX_PAUSE_MS 2000
#define MISSED_MAX 1000 /* messages of a slow daemon that are read over */

const struct rpcsync_hello takeback_hello = {"mediachangec", "asker"};

void
takeback_init(struct takeback *t, const struct settings *s)
{
	*t = (struct takeback){.settings = s};
}

void
takeback_fini(struct takeback *t)
{
	for (size_t i = 0; i < OPTION_TEXTS_MAX; i++)
		rpcsync_close(t->at[i].rpc);
}

void
takeback_keep(struct takeback *t, size_t i, struct rpcsync *rpc)
{
	rpcsync_close(t->at[i].rpc);
	t->at[i].rpc = rpc;
}

void
takeback_sent(struct takeback *t, size_t i, const char *instance)
{
	takeback_keep(t, i, NULL);
	t->at[i].is_sent = true;
	snprintf(t->at[i].instance, sizeof(t->at[i].instance), "%s", instance);
}

size_t
takeback_other(const struct takeback *t, size_t i, const char *instance)
{
	for (size_t j = 0; *instance && j < t->settings->endpoint_count; j++)
		if (j != i && t->at[j].is_sent && strcmp(t->at[j].instance, instance) == 0)
			return j;
	return TAKEBACK_NONE;
}

void
takeback_forget(struct takeback *t, size_t i)
{
	takeback_keep(t, i, NULL);
	t->at[i].is_sent = false;
}

int
takeback_send(struct rpcsync *rpc, const struct settings *s, const char *id, bool if_alone,
    const char *reason, int64_t deadline_ms, uint32_t *msgid)
{
	struct mp_out *o = rpcsync_begin(rpc, "alert.withdraw", msgid);

	mp_map(o, 4);
	mp_kstr(o, "id", id);
	mp_kstr(o, "ask", s->question_id); /* others may have joined the question */
	mp_kbool(o, "if_alone", if_alone);
	mp_kstr(o, "reason", reason);
	return rpcsync_send(rpc, deadline_ms);
}

/* Has the daemon closed?  What it said meanwhile is of no interest, and one that never stops
 * talking is there. */
static bool
is_connected(struct rpcsync *rpc)
{
	const struct rpc_msg *m;
	int err = OP_OK;

	for (int i = 0; i < MISSED_MAX && err == OP_OK; i++)
		err = rpcsync_next(rpc, clock_boot_ms(), &m);
	return err == OP_OK || err == OP_TIMEOUT || err == OP_CANCELLED;
}

/* The connection is ended and not yet closed: close() of ssh would wait. */
static bool
tell_connected(const struct takeback *t, struct rpcsync *rpc, const char *reason)
{
	uint32_t msgid;

	if (!rpc || !is_connected(rpc) ||
	    takeback_send(rpc, t->settings, t->settings->question_id, true, reason, clock_boot_ms(),
		&msgid) != OP_OK)
		return false;
	rpcsync_end(rpc);
	return true;
}

/* --- in the child --- */

/* Whoever reads our output waits for its end, and the daemon for that of its connection. */
static void
let_go(void)
{
	close_range(STDERR_FILENO + 1, UINT_MAX, 0);
	int fd = open("/dev/null", O_RDWR | O_CLOEXEC);

	for (int i = STDIN_FILENO; i <= STDERR_FILENO; i++)
		dup2(fd, i);
	stop_child();
}

static bool
is_pending(const struct rpc_msg *m)
{
	struct mp_text state;

	return !m->error && mp_get_text(m->result, "state", &state) == OP_OK &&
	       mp_text_is(state, "pending");
}

/* Is it done with there?  One that cannot write is asked again, and one that has not noticed the
 * end of our old connection. */
static bool
tell_anew(const struct takeback *t, size_t i, const char *reason, int64_t deadline_ms)
{
	const struct rpc_msg *m = NULL;
	struct rpcsync *rpc;
	char why[SERVER_WHY];
	uint32_t msgid;
	int err = rpcsync_open(
	    &t->settings->endpoints[i], &takeback_hello, deadline_ms, &rpc, why, sizeof(why));

	if (err != OP_OK)
		return failover_is_final(err);
	err = takeback_send(
	    rpc, t->settings, t->settings->question_id, true, reason, deadline_ms, &msgid);
	if (err == OP_OK)
		err = rpcsync_wait(rpc, msgid, deadline_ms, &m);
	bool is_over = m && err != OP_UNAVAILABLE && !is_pending(m);

	rpcsync_close(rpc);
	return is_over;
}

static void
tell_lost(struct takeback *t, size_t except, const char *reason)
{
	int64_t deadline_ms = clock_boot_ms() + CHILD_MS;
	int64_t pause_ms = FIRST_PAUSE_MS;
	bool is_left = true;

	let_go();
	while (is_left && clock_boot_ms() < deadline_ms) {
		is_left = false;
		for (size_t i = 0; i < t->settings->endpoint_count; i++) {
			if (!t->at[i].is_sent || i == except)
				continue;
			t->at[i].is_sent = !tell_anew(t, i, reason, clock_boot_ms() + ATTEMPT_MS);
			is_left |= t->at[i].is_sent;
		}
		if (is_left)
			failover_pause(&pause_ms, MAX_PAUSE_MS, deadline_ms);
	}
	_exit(0);
}

void
takeback_all(struct takeback *t, size_t except, const char *reason)
{
	bool is_left = false;

	for (size_t i = 0; i < t->settings->endpoint_count; i++) {
		if (!t->at[i].is_sent || i == except)
			continue;
		if (tell_connected(t, t->at[i].rpc, reason))
			t->at[i].is_sent = false;
		is_left |= t->at[i].is_sent;
	}
	pid_t teller = is_left ? fork() : 0;

	if (is_left && teller == 0)
		tell_lost(t, except, reason);
	if (teller == -1)
		fprintf(stderr, "mediachangec: a daemon that is slow may keep the question: %s\n",
		    strerror(errno));
}

void
takeback_later(struct takeback *t, size_t i, const char *reason)
{
	for (size_t other = 0; other < t->settings->endpoint_count; other++)
		if (other != i)
			takeback_forget(t, other);
	takeback_sent(t, i, "");
	takeback_all(t, TAKEBACK_NONE, reason);
}
