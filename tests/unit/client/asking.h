/* SPDX-License-Identifier: ISC */
/* A question to fake daemons, and what came of it. */
#ifndef OPDESK_TESTS_UNIT_CLIENT_ASKING_H
#define OPDESK_TESTS_UNIT_CLIENT_ASKING_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "client/mediachangec/asking.h"
#include "client/mediachangec/oneline.h"
#include "lib/clock.h"
#include "lib/err.h"
#include "tests/unit/client/fake_daemon.h"

struct run {
	struct settings settings;
	struct asking *asking;
	struct answer answer;
	int err;
};

/* Ask `count` daemons with the options given, wait for the end. */
static inline void
start(struct run *r, const struct endpoint *endpoints, size_t count, int64_t timeout_ms)
{
	static char *argv[] = {"mediachangec", "placeholder", "question", NULL};

	assert_int_equal(settings_parse(&r->settings, 3, argv), OP_OK);
	memcpy(r->settings.endpoints, endpoints, count * sizeof(*endpoints));
	r->settings.endpoint_count = count;
	r->settings.connect_ms = 5000;
	r->settings.timeout_ms = timeout_ms;
	r->asking = asking_new(&r->settings);
	answer_init(&r->answer);
}

static inline void
ask(struct run *r, const struct endpoint *endpoints, size_t count, int64_t timeout_ms)
{
	start(r, endpoints, count, timeout_ms);
	r->err = asking_run(r->asking, &r->answer);
}

static inline void
end(struct run *r)
{
	answer_fini(&r->answer);
	asking_free(r->asking);
	settings_fini(&r->settings);
}

static inline void
assert_label(const struct run *r, const char *want)
{
	assert_int_equal(buf_len(&r->answer.label), strlen(want));
	assert_memory_equal(buf_bytes(&r->answer.label), want, strlen(want));
}

static inline void
script_silent(int listener)
{
	fake_accept(listener);
	pause();
}

/* Ends a daemon that waits for ever. */
static inline void
fake_kill(struct fake *f)
{
	kill(f->pid, SIGKILL);
	fake_stop(f);
}

#endif
