/* SPDX-License-Identifier: ISC */
/*
 * A private loop on poll(2): it needs no descriptor of its own and leaves signals to their owner.
 */
#include "lib/ev/block.h"

#define LOOK_S \
	0.2 /* a signal can arrive just before poll(2): its handler's flag is looked at again */

static void
look(struct ev_loop *loop, ev_timer *w, int revents)
{
	(void)loop;
	(void)w;
	(void)revents;
}

struct ev_loop *
block_loop(void)
{
	return ev_loop_new(EVBACKEND_POLL | EVFLAG_NOENV);
}

bool
block_until(struct ev_loop *loop, const bool *done, const volatile int *stop)
{
	ev_timer timer;

	ev_timer_init(&timer, look, LOOK_S, LOOK_S);
	ev_timer_start(loop, &timer);
	while (!*done && (stop == NULL || !*stop))
		ev_run(loop, EVRUN_ONCE);
	ev_timer_stop(loop, &timer);
	return *done;
}
