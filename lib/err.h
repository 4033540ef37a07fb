/* SPDX-License-Identifier: ISC */
/*
 * One list of errors for the whole suite: what a function of lib/ returns, what an RPC error
 * map carries in `name` and `code` (docs/protocol.md, RPC), and what a Tcl errorCode ends in.
 * Functions return 0 (OP_OK) or one of these negative numbers; out-parameters stay untouched
 * on failure.  The numbers are wire format: append, never renumber.
 */
#ifndef OPDESK_LIB_ERR_H
#define OPDESK_LIB_ERR_H

#include <stddef.h>

/* number, C name, wire name, sentence for people */
#define OP_ERRORS(X)                                                         \
	X(-1, BAD_REQUEST, "bad_request", "the request is malformed")        \
	X(-2, UNKNOWN_METHOD, "unknown_method", "no such method")            \
	X(-3, DENIED, "denied", "not allowed")                               \
	X(-4, NOT_FOUND, "not_found", "not found")                           \
	X(-5, CONFLICT, "conflict", "in conflict with what is there")        \
	X(-6, LOCKED, "locked", "locked by somebody else")                   \
	X(-7, ALREADY_ANSWERED, "already_answered", "already answered")      \
	X(-8, TOO_LARGE, "too_large", "too large")                           \
	X(-9, TIMEOUT, "timeout", "timed out")                               \
	X(-10, CANCELLED, "cancelled", "cancelled")                          \
	X(-11, UNAVAILABLE, "unavailable", "not available at the moment")    \
	X(-12, INTERNAL, "internal", "internal error")                       \
	X(-13, NO_MEMORY, "no_memory", "out of memory")                      \
	X(-14, PROTOCOL, "protocol", "the peer broke the protocol")          \
	X(-15, CLOSED, "closed", "the connection is closed")                 \
	X(-16, AGAIN, "again", "not enough yet; call again later")           \
	X(-17, SYSTEM, "system", "a system call failed")                     \
	/* unavailable in the daemon's own word, who is there; never sent */ \
	X(-18, NOT_NOW, "not_now", "it cannot be done at the moment")

enum op_err {
	OP_OK = 0,
#define X(number, name, wire, text) OP_##name = (number),
	OP_ERRORS(X)
#undef X
};

/* A sentence without a full stop, static storage; for an unknown number "unknown error". */
const char *op_strerror(int err);

/* The wire name ("bad_request"), static storage; "internal" for an unknown number, "ok" for 0. */
const char *op_err_name(int err);

/* The number for a wire name of `len` bytes; OP_INTERNAL for a name not in the list. */
int op_err_from_name(const char *name, size_t len);

#endif
