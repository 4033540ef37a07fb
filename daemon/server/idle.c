/* SPDX-License-Identifier: ISC */
/* An array: it is short, and each source has few. */
#include "daemon/server/idle.h"

#include <string.h>

static struct idle_worker
take_at(struct idle *i, size_t at)
{
	struct idle_worker w = i->items[at];

	i->count--;
	memmove(&i->items[at], &i->items[at + 1], (i->count - at) * sizeof(w));
	return w;
}

int
idle_add(struct idle *i, const struct idle_worker *w)
{
	int displaced = i->count == IDLE_MAX ? take_at(i, 0).channel : -1;

	i->items[i->count++] = *w;
	return displaced;
}

bool
idle_take(struct idle *i, const struct source *source, struct idle_worker *out)
{
	for (size_t at = i->count; at > 0; at--) {
		if (!source_equal(&i->items[at - 1].source, source))
			continue;
		*out = take_at(i, at - 1);
		return true;
	}
	return false;
}

int
idle_expire(struct idle *i, int64_t now_ms)
{
	return i->count > 0 && i->items[0].due_ms <= now_ms ? take_at(i, 0).channel : -1;
}

int
idle_remove(struct idle *i, pid_t pid)
{
	for (size_t at = 0; at < i->count; at++)
		if (i->items[at].pid == pid)
			return take_at(i, at).channel;
	return idle_kept(i, pid);
}

bool
idle_keep(struct idle *i, pid_t pid, int channel)
{
	if (i->busy_count == IDLE_MAX)
		return false;
	i->busy[i->busy_count++] = (struct idle_busy){pid, channel};
	return true;
}

int
idle_kept(struct idle *i, pid_t pid)
{
	for (size_t at = 0; at < i->busy_count; at++) {
		int channel = i->busy[at].channel;

		if (i->busy[at].pid != pid)
			continue;
		i->busy[at] = i->busy[--i->busy_count];
		return channel;
	}
	return -1;
}

int64_t
idle_next_ms(const struct idle *i)
{
	return i->count > 0 ? i->items[0].due_ms : INT64_MAX;
}
