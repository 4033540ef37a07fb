/* SPDX-License-Identifier: ISC */
/* Random UUIDs (RFC 9562, version 4) from getrandom(2). */
#ifndef OPDESK_LIB_UUID_H
#define OPDESK_LIB_UUID_H

#include <stdbool.h>
#include <stddef.h>

#define UUID_SIZE 37 /* with the final NUL */

void uuid_new(char out[UUID_SIZE]);

/* 36 characters, lower or upper case hexadecimal, dashes where they belong. */
bool uuid_valid(const char *s, size_t len);

#endif
