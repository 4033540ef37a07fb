/* SPDX-License-Identifier: ISC */
/*
 * What the sub-commands share: a loop that a signal ends, words on standard error, exit statuses,
 * addresses as text, ports by name.
 */
#ifndef OPDESK_CLIENT_OPNET_SHELL_H
#define OPDESK_CLIENT_OPNET_SHELL_H

#include <ev.h>
#include <stdbool.h>
#include <stddef.h>
#include "client/common/options.h"
#include "lib/endpoint.h"
#include "lib/ev/resolve.h"

#define EXIT_FAILED 1
#define SHELL_ADDRESS 64 /* "[2001:db8:…]:65535" with its NUL */

struct shell {
	struct ev_loop *loop;
	int signo; /* INT, TERM or HUP, or 0 */
	ev_signal signals[3];
};

/* False, and said: no loop to be had.  Standard output is a line at a time from now on. */
bool shell_open(struct shell *s);
void shell_close(struct shell *s);

/* Run until shell_end() or a signal. */
void shell_run(struct shell *s);
void shell_end(struct shell *s);

/*
 * A sub-command without operands, from its options to its exit status: `settings` holds the
 * defaults; check, which may be NULL, complains and returns OP_BAD_REQUEST.
 */
struct shell_command {
	const struct options_program *program;
	int (*check)(void *settings);
	int (*run)(void *settings, struct shell *shell);
};
int shell_command(const struct shell_command *c, int argc, char **argv, void *settings);

/* "opnet: …" and a line end on standard error. */
void shell_say(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* The exit status for an error. */
int shell_status(int err);

/* The status, or 70 and said when standard output could not be written. */
int shell_written(int status);

/* "192.0.2.1:7", "[2001:db8::1]:7"; returns dst. */
const char *shell_address(char dst[SHELL_ADDRESS], const struct resolve_addr *a);
/* The address alone. */
const char *shell_host(char dst[SHELL_ADDRESS], const struct resolve_addr *a);

/*
 * HOST[:PORT] with `port` as default; a port's name is looked up for the protocol ("udp", "tcp")
 * now, so that e->port is a number.  OP_BAD_REQUEST, with *why (static).
 */
int shell_parse_host(
    const char *text, const char *port, const char *protocol, struct endpoint *e, const char **why);

#endif
