/* SPDX-License-Identifier: ISC */
/* Tests of the message toolkit run once on each of its back ends. */
#ifndef OPDESK_TESTS_UNIT_EV_BACKENDS_H
#define OPDESK_TESTS_UNIT_EV_BACKENDS_H

#include "lib/ev/msg.h"
#include "tests/unit/ev/evtest.h"

static const struct msg_backend *backend; /* of this run: msg_new_on(backend) */

static inline int
run_on(const struct msg_backend *b, const char *name, const struct CMUnitTest *tests, size_t count)
{
	backend = b;
	return _cmocka_run_group_tests(name, tests, count, NULL, NULL);
}

/* How many have failed. */
#define RUN_ON_EACH_BACKEND(tests)                                            \
	(run_on(&msg_libev, "libev", tests, sizeof(tests) / sizeof(*tests)) + \
	    run_on(&msg_poll, "poll", tests, sizeof(tests) / sizeof(*tests)))

#endif
