/* SPDX-License-Identifier: ISC */
#include "daemon/ipadmd/gather.h"

#include <assert.h>

void
gather_init(struct gather *g, int64_t delay_ms, int64_t retry_ms)
{
	*g = (struct gather){.delay_ms = delay_ms, .retry_ms = retry_ms, .due_ms = GATHER_NEVER};
}

static void
be_due(struct gather *g, int64_t at_ms)
{
	if (at_ms < g->due_ms)
		g->due_ms = at_ms;
}

void
gather_changed(struct gather *g, int64_t now_ms)
{
	if (g->is_running)
		g->is_dirty = true;
	else
		be_due(g, now_ms + g->delay_ms);
}

uint64_t
gather_asked(struct gather *g, int64_t now_ms)
{
	if (g->is_running)
		g->is_asked = true;
	else
		be_due(g, now_ms);
	return g->run + 1;
}

void
gather_up(struct gather *g, int64_t now_ms)
{
	be_due(g, now_ms);
}

int64_t
gather_left_ms(const struct gather *g, int64_t now_ms)
{
	if (g->is_running || g->due_ms == GATHER_NEVER)
		return -1;
	return g->due_ms > now_ms ? g->due_ms - now_ms : 0;
}

void
gather_begin(struct gather *g)
{
	assert(!g->is_running);
	g->is_running = true;
	g->is_asked = g->is_dirty = false;
	g->due_ms = GATHER_NEVER;
	g->run++;
}

void
gather_end(struct gather *g, int64_t now_ms, bool again)
{
	g->is_running = false;
	if (g->is_asked)
		be_due(g, now_ms);
	else if (g->is_dirty)
		be_due(g, now_ms + g->delay_ms);
	else if (again && g->retry_ms > 0)
		be_due(g, now_ms + g->retry_ms);
}
