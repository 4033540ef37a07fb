/* SPDX-License-Identifier: ISC */
/* The daemon as its users name it, and what to tell them when it cannot be reached. */
#ifndef OPDESK_CLIENT_COMMON_SERVER_H
#define OPDESK_CLIENT_COMMON_SERVER_H

#include <stddef.h>
#include "lib/endpoint.h"
#include "lib/err.h"

#define SERVER_WHY 400 /* bytes that hold any message of server_explain() */

struct server_kind {
	const char *name;         /* "mediachanged" */
	const char *default_port; /* "8979" */
};

extern const struct server_kind server_mediachanged, server_ipadmd;

/* What follows -s: an endpoint, or "unix:" alone for the daemon's socket in the runtime directory.
 * For a tls endpoint the files that OPDESK_TLS_… name are tried.  OP_BAD_REQUEST with *why, a whole
 * message (static, until the next call): all programs end with EX_USAGE then. */
int server_parse(
    const struct server_kind *k, const char *text, struct endpoint *out, const char **why);

/* What failed, where, and what to do: "no daemon at tcp:127.0.0.1:8979: connection refused; is
 * mediachanged running?".  `reason` is the detail for people, may be empty.  Returns dst. */
const char *server_explain(char *dst, size_t size, const struct server_kind *k,
    const struct endpoint *e, int err, const char *reason);

#endif
