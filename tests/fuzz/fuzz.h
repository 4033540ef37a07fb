/* SPDX-License-Identifier: ISC */
/*
 * What a fuzz target includes.  A target looks at `size` bytes, checks with FUZZ_CHECK() what must
 * hold for every input, and returns 0.
 */
#ifndef OPDESK_TESTS_FUZZ_FUZZ_H
#define OPDESK_TESTS_FUZZ_FUZZ_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define FUZZ_CHECK(condition)                                                           \
	do {                                                                            \
		if (!(condition)) {                                                     \
			fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #condition); \
			abort();                                                        \
		}                                                                       \
	} while (0)

/* The input as a string: up to its first NUL. */
static inline char *
fuzz_string(const uint8_t *data, size_t size)
{
	size_t len = strnlen((const char *)data, size);
	char *s = malloc(len + 1);

	FUZZ_CHECK(s);
	if (len)
		memcpy(s, data, len);
	s[len] = '\0';
	return s;
}

#endif
