/* SPDX-License-Identifier: ISC */
/*
 * Every RPC method of every daemon: its parameters with their types, who may call it, its help.
 * Tables, a file for each service (lib/method_rows.h).  They are read by the workers (validation
 * and rights), by the Tcl codec (Tcl values have no types), by the tests that compare
 * docs/protocol.md, and by the fuzzer.  Pure.
 */
#ifndef OPDESK_LIB_METHOD_H
#define OPDESK_LIB_METHOD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "lib/mp.h"

enum field_type {
	FIELD_STR,
	FIELD_BIN,
	FIELD_INT,
	FIELD_BOOL,
	FIELD_STRS,
	FIELD_ID,
	FIELD_MAPS /* an array of maps: method_items() */
};

struct method_field {
	const char *name;
	enum field_type type;
	bool required;
	int64_t max;        /* STR, BIN, each of STRS: bytes; INT: largest value (smallest is 0) */
	uint32_t max_items; /* STRS, MAPS: how many */
	const char *help;
};

/* Who may call: ANY: every admitted peer; ASK: may ask questions, and touch what it asked;
 * OPERATE: an operator (UNIX credentials, ssh, later a certificate). */
enum method_right { METHOD_ANY, METHOD_ASK, METHOD_OPERATE };

enum method_way { METHOD_CALL, METHOD_NOTIFY_IN, METHOD_NOTIFY_OUT };

struct method {
	const char *name; /* "alert.ask" */
	enum method_way way;
	enum method_right right;
	bool only_looks; /* a call changes nothing, so that its result may be thrown away */
	const struct method_field *fields; /* ended by a NULL name; may be NULL */
	const char *help;
};

/* The n-th of all methods, from 0; NULL past the last. */
const struct method *method_at(size_t n);

/* The most bytes (FIELD_INT: the largest value) of a parameter of a call, for who says so before it
 * is sent; -1: there is no such call or parameter. */
int64_t method_limit(const char *name, const char *field);

/* What each map of a field of type MAPS holds; none of them of that type.  NULL: it is no such
 * field. */
const struct method_field *method_items(const struct method_field *f);

/* NULL when there is none of that name (len bytes) in the given direction: calls and inward
 * notifications when `inward`, notifications of the daemons otherwise. */
const struct method *method_find(const char *name, size_t len, bool inward);

/*
 * Hold params (the map, or NULL) against the method: required keys, types, lengths, UTF-8 without
 * NUL.  Unknown keys are ignored.  OP_BAD_REQUEST: *why (caller's array, always terminated) names
 * the key: "text: missing".
 */
int method_check(const struct method *m, const msgpack_object *params, char *why, size_t why_size);

#endif
