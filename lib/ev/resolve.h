/* SPDX-License-Identifier: ISC */
/*
 * Names without waiting: a child process asks the resolver (getaddrinfo(3), getnameinfo(3)) and
 * writes its answer into a pipe.  Numbers are answered without a child.  Two faces: one for a libev
 * loop, one for programs without a loop, which poll the descriptor themselves.
 */
#ifndef OPDESK_LIB_EV_RESOLVE_H
#define OPDESK_LIB_EV_RESOLVE_H

#include <ev.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>
#include "lib/netaddr.h"

#define RESOLVE_MAX 16 /* addresses taken from one answer */

struct resolve_addr {
	struct sockaddr_storage sa;
	socklen_t len;
};

struct resolve_answer {
	int err;       /* 0; OP_NOT_FOUND; OP_TIMEOUT; OP_UNAVAILABLE; OP_SYSTEM */
	char why[160]; /* sentence part for people: "name or service not known" */
	int count;     /* forward: addresses, in the resolver's order */
	struct resolve_addr addrs[RESOLVE_MAX];
	char name[256]; /* reverse: the name; empty when there is none */
	bool verified;  /* reverse: the name resolves forward to the same address */
};

struct resolve; /* one question on the way */

/* The callback is called exactly once, never from inside resolve_*(), never after resolve_cancel().
 * NULL: no memory or no process to be had. */
typedef void resolve_fn(const struct resolve_answer *a, void *arg);
struct resolve *resolve_forward(struct ev_loop *loop, const char *host, const char *port,
    int64_t timeout_ms, resolve_fn *done, void *arg);
struct resolve *resolve_reverse(struct ev_loop *loop, const struct sockaddr *sa, socklen_t len,
    int64_t timeout_ms, resolve_fn *done, void *arg);
void resolve_cancel(struct resolve *r);

/* Without a loop: blocks at most timeout_ms, whatever the resolver does.  Signals that the caller
 * leaves unblocked are handled; EINTR continues unless *stop becomes non-zero (stop may be NULL),
 * which gives OP_CANCELLED. */
void resolve_forward_wait(const char *host, const char *port, int64_t timeout_ms,
    const volatile int *stop, struct resolve_answer *out);
void resolve_reverse_wait(const struct sockaddr *sa, socklen_t len, int64_t timeout_ms,
    const volatile int *stop, struct resolve_answer *out);

#endif
