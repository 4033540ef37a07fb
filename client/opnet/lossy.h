/* SPDX-License-Identifier: ISC */
/*
 * A bad network on purpose: what happens to each datagram by chance, the same for the same seed.
 * Reordered ones wait until the next one has passed.  Pure; splitmix64 (public domain, Vigna).
 */
#ifndef OPDESK_CLIENT_OPNET_LOSSY_H
#define OPDESK_CLIENT_OPNET_LOSSY_H

#include <stdbool.h>
#include <stdint.h>

struct lossy {
	/* per cent of all datagrams */
	int64_t drop, twice, delay, reorder;
	int64_t delay_ms; /* the longest delay; the shortest is 1 */
	uint64_t state;   /* begins as the seed */
};

struct lossy_fate {
	int copies;          /* 0: dropped; 1; 2: doubled */
	bool held;           /* to be sent after the next one */
	int64_t delay_ms[2]; /* of each copy; 0: at once */
};

struct lossy_fate lossy_decide(struct lossy *l);

#endif
