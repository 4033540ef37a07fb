/* SPDX-License-Identifier: ISC */
/*
 * Allocation that fails when told to: linked with --wrap into every unit test.  Counts only calls
 * made from code linked into the test binary (not from shared libraries).
 */
#ifndef OPDESK_TESTS_UNIT_FAILING_MALLOC_H
#define OPDESK_TESTS_UNIT_FAILING_MALLOC_H

/* Let the n-th allocation from now on fail (1 = the next), and only that one; 0 = none. */
void failing_malloc_at(long n);

/* Did the failure that was asked for happen? */
int failing_malloc_hit(void);

/*
 * Run body(arg) with the 1st, 2nd, 3rd … allocation failing until one run needs no more than that.
 * body must be able to run again and again and must itself check that what it got is either whole
 * or a clean error.
 */
void failing_malloc_each(void (*body)(void *arg), void *arg);

#endif
