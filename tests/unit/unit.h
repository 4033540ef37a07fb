/* SPDX-License-Identifier: ISC */
/*
 * What every unit test includes: cmocka with the headers it wants before it, allocation that fails
 * when told to, and a random source whose seed is printed, so that a failure can be run again with
 * OPDESK_SEED=<seed>.
 */
#ifndef OPDESK_TESTS_UNIT_UNIT_H
#define OPDESK_TESTS_UNIT_UNIT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "tests/unit/failing_malloc.h"

static uint64_t unit_random_state;

/* Begin a random test: a new seed each run unless OPDESK_SEED says which. */
static inline void
unit_random_start(const char *test)
{
	const char *given = getenv("OPDESK_SEED");
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	unit_random_state = given ? strtoull(given, NULL, 10)
				  : (uint64_t)now.tv_sec * 1000000007u + (uint64_t)now.tv_nsec;
	printf("%s: OPDESK_SEED=%llu\n", test, (unsigned long long)unit_random_state);
}

/* 0 … below - 1; the generator is splitmix64 (public domain, Vigna). */
static inline uint32_t
unit_random(uint32_t below)
{
	uint64_t z = unit_random_state += 0x9e3779b97f4a7c15u;

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
	return (uint32_t)((z ^ (z >> 31)) % below);
}

#define UNIT_COUNT(array) (sizeof(array) / sizeof((array)[0]))

#endif
