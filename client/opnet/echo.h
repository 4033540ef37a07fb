/* SPDX-License-Identifier: ISC */
/* The options of opnet echo, for its two ways: one server (echo.c), everybody (echo_all.c); and its
 * words (echo_words.c). */
#ifndef OPDESK_CLIENT_OPNET_ECHO_H
#define OPDESK_CLIENT_OPNET_ECHO_H

#include <stdbool.h>
#include <stdint.h>
#include "client/opnet/shell.h"
#include "client/opnet/window.h"

struct echo_settings {
	bool json, plain, retry;
	const char *all, *interface;
	int64_t count, interval_ms, timeout_ms, tries, window, ttl;
};

/* --all: returns the exit status. */
int echo_everybody(struct shell *shell, const struct echo_settings *s, const char *port);

void echo_say_event(const struct echo_settings *s, const struct window_event *v);
void echo_say_statistics(const struct echo_settings *s, const char *where, const struct window *w);

#endif
