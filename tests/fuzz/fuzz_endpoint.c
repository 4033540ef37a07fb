/* SPDX-License-Identifier: ISC */
/* Endpoints: what is accepted has a canonical text that means the same. */
#include "tests/fuzz/fuzz.h"

#include "lib/endpoint.h"
#include "lib/err.h"

typedef int parse_fn(const char *s, const char *port, struct endpoint *out, const char **why);

static void
check(const char *s, parse_fn *parse)
{
	char text[ENDPOINT_TEXT];
	struct endpoint e, again;
	const char *why = NULL;
	int err = parse(s, "8979", &e, &why);

	FUZZ_CHECK(err == OP_OK || (err == OP_BAD_REQUEST && why));
	if (err == OP_OK) {
		endpoint_format(text, sizeof(text), &e);
		FUZZ_CHECK(strlen(text) < sizeof(text) - 1);
		FUZZ_CHECK(parse(text, NULL, &again, &why) == OP_OK);
		FUZZ_CHECK(again.kind == e.kind && strcmp(again.host, e.host) == 0);
		FUZZ_CHECK(strcmp(again.port, e.port) == 0 && strcmp(again.path, e.path) == 0);
		FUZZ_CHECK(e.kind == ENDPOINT_UNIX || e.host[0] != '-');
		FUZZ_CHECK(e.kind != ENDPOINT_SSH || !strpbrk(e.path, " ;$`|&\n'\"\\"));
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *s = fuzz_string(data, size);

	check(s, endpoint_parse);
	check(s, endpoint_parse_link);
	free(s);
	return 0;
}
