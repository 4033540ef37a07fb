/* SPDX-License-Identifier: ISC */
/* opnet daytime and opnet time ask the same way; each reads and prints what comes in its own. */
#ifndef OPDESK_CLIENT_OPNET_CLOCKCLIENT_H
#define OPDESK_CLIENT_OPNET_CLOCKCLIENT_H

#include "client/common/options.h"
#include "client/opnet/json.h"
#include "client/opnet/survey.h"

struct clockclient_settings {
	bool json, other; /* other: not the way of the service's default */
	const char *port;
	int64_t timeout_ms;
};

#define CLOCKCLIENT_AT(field) offsetof(struct clockclient_settings, field)

/* All rows; way: the option that asks the other way. */
#define CLOCKCLIENT_ROWS(way, way_help, port_number)                                    \
	{0, way, NULL, OPTION_FLAG, CLOCKCLIENT_AT(other), NULL, way_help},             \
	    {'p', "port", "PORT", OPTION_TEXT, CLOCKCLIENT_AT(port), NULL,              \
		"a number or the name of a service (default: " port_number ")"},        \
	    {'t', "timeout", "TIME", OPTION_DURATION, CLOCKCLIENT_AT(timeout_ms), NULL, \
		"one deadline for all of them (default: 10s)"},                         \
	    {0, "json", NULL, OPTION_FLAG, CLOCKCLIENT_AT(json), NULL,                  \
		"print JSON, one object a line"},                                       \
	{                                                                               \
		0                                                                       \
	}

struct clockclient {
	const struct options_program *program;
	const char *port;
	bool udp;                 /* by default */
	size_t enough;            /* as in struct survey_question */
	void (*begin)(bool json); /* before all answers; may be NULL */
	/* Print it.  False: it is none, which has been said. */
	bool (*answer)(const struct survey_answer *a, bool json);
};

/* A whole sub-command; returns the exit status: EXIT_FAILED when an answer was none. */
int clockclient_run(const struct clockclient *c, int argc, char **argv);

/* Begin the object of an answer with what every one has. */
void clockclient_json(struct json *j, const struct survey_answer *a);

#endif
