/* SPDX-License-Identifier: ISC */
/* The parts of testd: testd.c (the daemon), testd_engine.c, testd_session.c (what workers do). */
#ifndef OPDESK_TESTS_SERVER_TESTD_H
#define OPDESK_TESTS_SERVER_TESTD_H

#include "daemon/server/engine.h"
#include "daemon/server/server.h"

struct settings {
	char *color;
	int64_t nap_ms, program_limit_ms;
	char *greeting;
	bool fail_start;
	bool trace, refuse;
};

extern const struct engine_events testd_engine;
extern const struct relay_line testd_line;

/* Its handlers are those of the relay but for what is traced: filled by testd_session_init(). */
extern struct session_events testd_session;
void testd_session_init(void);

#endif
