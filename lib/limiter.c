/* SPDX-License-Identifier: ISC */
/*
 * Token buckets in a table of small sets: a source has WAYS places it can be in, and takes that of
 * whoever was silent longest.  So a flood from forged addresses costs a known amount of memory and
 * time, and the bucket for all bounds what it gets.
 */
#include "lib/limiter.h"

#include <stdlib.h>
#include <string.h>

#define WAYS 4u
#define SOURCES 4096u

struct bucket {
	struct netaddr source; /* family 0: empty */
	double tokens;
	int64_t at_ms; /* when they were counted */
};

struct limiter {
	struct limiter_options o;
	size_t sets;
	uint64_t refused;
	struct bucket all;
	struct bucket buckets[]; /* sets * WAYS */
};

struct limiter *
limiter_new(const struct limiter_options *o)
{
	size_t sets = ((o->sources > 0 ? o->sources : SOURCES) + WAYS - 1) / WAYS;
	struct limiter *l = calloc(1, sizeof(*l) + sets * WAYS * sizeof(l->buckets[0]));

	if (l == NULL)
		return NULL;
	l->o = *o;
	l->sets = sets;
	l->all = (struct bucket){.tokens = o->all_burst, .at_ms = INT64_MIN};
	return l;
}

void
limiter_free(struct limiter *l)
{
	free(l);
}

/* FNV-1a with the seed first; the last mix spreads it over the low bits. */
static uint64_t
hash(uint64_t seed, const struct netaddr *a)
{
	uint64_t h = 0xcbf29ce484222325u ^ seed;

	for (size_t i = 0; i < sizeof(a->bytes); i++)
		h = (h ^ a->bytes[i]) * 0x100000001b3u;
	h = (h ^ (h >> 31)) * 0x9e3779b97f4a7c15u;
	return h ^ (h >> 29);
}

static struct bucket *
find(struct limiter *l, const struct netaddr *source, int64_t now_ms)
{
	struct bucket *set = &l->buckets[hash(l->o.seed, source) % l->sets * WAYS];
	struct bucket *oldest = set;

	for (unsigned i = 0; i < WAYS; i++) {
		if (netaddr_equal(&set[i].source, source))
			return &set[i];
		if (set[i].source.family == 0 ||
		    (oldest->source.family != 0 && set[i].at_ms < oldest->at_ms))
			oldest = &set[i];
	}
	*oldest = (struct bucket){*source, l->o.burst, now_ms};
	return oldest;
}

static bool
has_token(struct bucket *b, double per_second, double burst, int64_t now_ms)
{
	if (per_second <= 0)
		return true;
	if (b->at_ms != INT64_MIN)
		b->tokens += (double)(now_ms - b->at_ms) * per_second / 1000;
	if (b->tokens > burst)
		b->tokens = burst;
	b->at_ms = now_ms;
	return b->tokens >= 1;
}

bool
limiter_allows(struct limiter *l, const struct netaddr *source, int64_t now_ms)
{
	struct netaddr key = *source;

	if (netaddr_is_loopback(source))
		return true;
	if (key.family == 6)
		memset(key.bytes + 8, 0, 8);
	struct bucket *b = find(l, &key, now_ms);

	if (!has_token(b, l->o.per_second, l->o.burst, now_ms) ||
	    !has_token(&l->all, l->o.all_per_second, l->o.all_burst, now_ms)) {
		l->refused++;
		return false;
	}
	b->tokens--;
	l->all.tokens--;
	return true;
}

uint64_t
limiter_take_refused(struct limiter *l)
{
	uint64_t n = l->refused;

	l->refused = 0;
	return n;
}
