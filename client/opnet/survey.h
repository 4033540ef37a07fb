/* SPDX-License-Identifier: ISC */
/*
 * The same question to many hosts at once, with one deadline for all of them.  A host that is
 * silent or refuses costs the others nothing.  Names are resolved in child processes
 * (lib/ev/resolve.h); of several addresses of a host the next is tried when one refuses, and by
 * datagram also after two seconds of silence, when the question is repeated.
 */
#ifndef OPDESK_CLIENT_OPNET_SURVEY_H
#define OPDESK_CLIENT_OPNET_SURVEY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "client/opnet/shell.h"

#define SURVEY_HOSTS_MAX 500
#define SURVEY_ANSWER_MAX 512 /* bytes of an answer that are kept */

struct survey_question {
	const char *port; /* default: "37" */
	bool udp;         /* an empty datagram asks; else a connection does */
	size_t enough;    /* TCP: the answer is complete with so many bytes; 0: at its end */
	int64_t timeout_ms;
};

struct survey_answer {
	const char *host;                /* as it was named */
	const struct resolve_addr *from; /* NULL: none was reached */
	int err;                         /* OP_OK: the bytes are what came */
	const char *why;                 /* else: "connection refused" */
	const void *bytes;
	size_t len;
	int64_t asked_ms,
	    answered_ms; /* wall clock: when the question left, when the answer came */
};

/* Once for each host, in the order in which they are known. */
typedef void survey_fn(const struct survey_answer *a, void *arg);

/* Runs until every host has answered or failed; after the deadline or a signal the others have
 * failed.  OP_OK; OP_BAD_REQUEST, said: a host that is none, or too many; OP_NO_MEMORY, said. */
int survey_run(struct shell *s, const struct survey_question *q, char *const *hosts, int count,
    survey_fn *answer, void *arg);

#endif
