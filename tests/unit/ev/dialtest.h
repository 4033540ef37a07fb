/* SPDX-License-Identifier: ISC */
/* What the tests of connecting have in common: a listener, one try, and what came of it. */
#ifndef OPDESK_TESTS_UNIT_EV_DIALTEST_H
#define OPDESK_TESTS_UNIT_EV_DIALTEST_H

#include "tests/unit/ev/evtest.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sched.h>
#include <signal.h>
#include <sys/mount.h>
#include "lib/ev/dial.h"
#include "lib/ev/listen.h"
#include "lib/ev/resolve.h"

struct fixture {
	struct ev_loop *loop;
	struct transport t;
	int results, err;
	char why[200];
	int listener;
	struct endpoint e;
};

static inline void
on_result(struct transport *t, int err, const char *why, void *arg)
{
	struct fixture *f = arg;

	assert_int_equal(t == NULL, err != OP_OK);
	f->results++;
	f->err = err;
	snprintf(f->why, sizeof(f->why), "%s", why);
	if (t != NULL)
		f->t = *t;
}

static inline int
setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	f->loop = ev_loop_new(EVBACKEND_POLL);
	f->listener = -1;
	*state = f;
	return 0;
}

static inline int
teardown(void **state)
{
	struct fixture *f = *state;

	if (f->t.ops != NULL)
		transport_close(&f->t);
	if (f->listener >= 0)
		listen_close(f->listener);
	ev_loop_destroy(f->loop);
	free(f);
	return 0;
}

static inline void
listen_on(struct fixture *f, const char *host, int backlog)
{
	struct listen_options o = {.backlog = backlog, .owner = (uid_t)-1, .group = (gid_t)-1};
	struct endpoint e = {.kind = ENDPOINT_TCP, .port = "0"};

	snprintf(e.host, sizeof(e.host), "%s", host);
	assert_int_equal(listen_open(&e, &o, &f->listener, 1, f->why, sizeof(f->why)), 1);
	assert_int_equal(listen_endpoint(f->listener, &f->e), OP_OK);
}

static inline void
dial(struct fixture *f, int64_t timeout_ms)
{
	assert_non_null(dial_start(f->loop, &f->e, timeout_ms, on_result, f));
	assert_int_equal(f->results, 0);
	assert_true(reaches(f->loop, &f->results, 1));
}

/* Fill the backlog, so that the kernel answers no more connection requests. */
static inline int
fill_backlog(struct fixture *f, struct transport *t, int max)
{
	int count = 0;

	while (
	    count < max && dial_wait(&f->e, 100, NULL, &t[count], f->why, sizeof(f->why)) == OP_OK)
		count++;
	assert_in_range(count, 1, max - 1);
	return count;
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

#endif
