/* SPDX-License-Identifier: ISC */
/*
 * The classical pair for TCP urgent data: a sender whose ^C is an urgent byte, and a receiver that
 * shows how such a byte arrives, by SIGURG or by poll(2), out of band or inline.
 */
#ifndef OPDESK_EXAMPLES_URGENT_URGENT_H
#define OPDESK_EXAMPLES_URGENT_URGENT_H

#include <stdbool.h>

struct urgent_options {
	bool by_signal; /* recv: SIGURG instead of poll(2) */
	bool is_inline;
	const char *listen; /* recv: address */
	const char *host;   /* send */
	const char *port;
	long count;       /* send */
	long interval_ms; /* send */
};

/* Exit statuses. */
int urgent_run_send(const struct urgent_options *o);
int urgent_run_recv(const struct urgent_options *o);

#endif
