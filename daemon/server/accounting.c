/* SPDX-License-Identifier: ISC */
/*
 * An open-addressed table with backward-shift deletion (Knuth, The Art of Computer Programming,
 * vol. 3, 6.4, algorithm R): no tombstones, so it never has to be rebuilt.  At most half full.
 * Workers of one source are counted by walking: a few hundred entries, and only for peers from
 * afar.
 */
#include "daemon/server/accounting.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "lib/err.h"

#define FIRST_SLOTS 64

struct worker_entry {
	pid_t pid; /* 0: free */
	bool resting;
	struct source source;
};

bool
source_equal(const struct source *a, const struct source *b)
{
	if (a->addr.family == 0 && (a->uid != b->uid || a->uid == (uid_t)-1))
		return false;
	return netaddr_equal(&a->addr, &b->addr);
}

static bool
has_network(const struct netaddr *a)
{
	return a->family == 6 && !netaddr_is_link_local(a) && !netaddr_is_loopback(a);
}

struct netaddr
source_counted(const struct netaddr *a)
{
	struct netaddr counted = *a;

	if (has_network(a))
		memset(counted.bytes + 8, 0, 8);
	return counted;
}

const char *
source_counted_text(char dst[SOURCE_TEXT], const struct netaddr *a)
{
	struct netaddr counted = source_counted(a);
	char address[NETADDR_TEXT] = "local";

	if (a->family)
		netaddr_format(address, &counted);
	snprintf(dst, SOURCE_TEXT, "%s%s", address, has_network(a) ? "/64" : "");
	return dst;
}

void
accounting_init(struct accounting *a)
{
	*a = (struct accounting){0};
}

void
accounting_fini(struct accounting *a)
{
	free(a->slots);
	accounting_init(a);
}

static bool
is_exempt(const struct source *source)
{
	return source->addr.family == 0 || netaddr_is_loopback(&source->addr);
}

/* Of those that have an address. */
static size_t
count_source(const struct accounting *a, const struct source *source)
{
	struct netaddr wanted = source_counted(&source->addr);
	size_t n = 0;

	for (size_t i = 0; i < a->slot_count; i++) {
		struct netaddr here = source_counted(&a->slots[i].source.addr);

		n += a->slots[i].pid && !a->slots[i].resting && netaddr_equal(&here, &wanted);
	}
	return n;
}

const char *
accounting_refuses(
    const struct accounting *a, const struct accounting_limits *l, const struct source *source)
{
	if (a->count - a->resting >= l->max_workers)
		return "max_workers";
	if (!is_exempt(source) && count_source(a, source) >= l->max_per_source)
		return "max_workers_per_source";
	return NULL;
}

static size_t
home(const struct accounting *a, pid_t pid)
{
	return ((uint32_t)pid * UINT32_C(2654435769)) & (a->slot_count - 1);
}

/* The slot of the pid, or the free one where it belongs. */
static size_t
slot_of(const struct accounting *a, pid_t pid)
{
	size_t i = home(a, pid);

	while (a->slots[i].pid && a->slots[i].pid != pid)
		i = (i + 1) & (a->slot_count - 1);
	return i;
}

static int
grow(struct accounting *a)
{
	struct accounting bigger = {
	    .slot_count = a->slot_count ? a->slot_count * 2 : FIRST_SLOTS,
	    .count = a->count,
	    .resting = a->resting,
	};

	bigger.slots = calloc(bigger.slot_count, sizeof(*bigger.slots));
	if (!bigger.slots)
		return OP_NO_MEMORY;
	for (size_t i = 0; i < a->slot_count; i++)
		if (a->slots[i].pid)
			bigger.slots[slot_of(&bigger, a->slots[i].pid)] = a->slots[i];
	free(a->slots);
	*a = bigger;
	return OP_OK;
}

int
accounting_add(struct accounting *a, pid_t pid, const struct source *source)
{
	if (a->count * 2 >= a->slot_count && grow(a))
		return OP_NO_MEMORY;
	a->slots[slot_of(a, pid)] = (struct worker_entry){pid, false, *source};
	a->count++;
	return OP_OK;
}

bool
accounting_has(const struct accounting *a, pid_t pid)
{
	return a->count > 0 && pid > 0 && a->slots[slot_of(a, pid)].pid == pid;
}

static void
close_gap(struct accounting *a, size_t gap)
{
	size_t mask = a->slot_count - 1;

	for (size_t i = (gap + 1) & mask; a->slots[i].pid; i = (i + 1) & mask) {
		size_t wanted = home(a, a->slots[i].pid);

		/* Movable unless its home lies after the gap, cyclically. */
		if (((i - wanted) & mask) < ((i - gap) & mask))
			continue;
		a->slots[gap] = a->slots[i];
		gap = i;
	}
	a->slots[gap].pid = 0;
}

bool
accounting_remove(struct accounting *a, pid_t pid, struct source *source)
{
	size_t i;

	if (!accounting_has(a, pid))
		return false;
	i = slot_of(a, pid);
	*source = a->slots[i].source;
	a->resting -= a->slots[i].resting;
	close_gap(a, i);
	a->count--;
	return true;
}

bool
accounting_rest(struct accounting *a, pid_t pid, bool resting, struct source *source)
{
	struct worker_entry *w;

	if (!accounting_has(a, pid))
		return false;
	w = &a->slots[slot_of(a, pid)];
	if (w->resting == resting)
		return false;
	*source = w->source;
	w->resting = resting;
	a->resting += resting ? 1 : (size_t)-1;
	return true;
}

pid_t
accounting_next(const struct accounting *a, size_t *slot)
{
	while (*slot < a->slot_count) {
		pid_t pid = a->slots[(*slot)++].pid;

		if (pid)
			return pid;
	}
	return 0;
}

bool
accounting_row(const struct accounting *a, size_t *slot, struct worker_row *out)
{
	const struct worker_entry *e;

	if (accounting_next(a, slot) == 0)
		return false;
	e = &a->slots[*slot - 1];
	*out = (struct worker_row){e->pid, e->resting, e->source};
	return true;
}
