/* SPDX-License-Identifier: ISC */
/* Objects of one line of JSON (RFC 8259) for --json, written member by member. */
#ifndef OPDESK_CLIENT_OPNET_JSON_H
#define OPDESK_CLIENT_OPNET_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "lib/buf.h"

struct json {
	struct buf out;
	bool failed; /* no memory: nothing is printed, and json_end() says so */
	bool begun;
};

void json_begin(struct json *j);
void json_text(struct json *j, const char *key, const char *s);
void json_bytes(struct json *j, const char *key, const void *s, size_t len);
void json_int(struct json *j, const char *key, int64_t v);
void json_bool(struct json *j, const char *key, bool v);
/* Microseconds as a number of milliseconds: 1.234. */
void json_us(struct json *j, const char *key, int64_t us);
/* Print the line and release everything. */
void json_end(struct json *j);

#endif
