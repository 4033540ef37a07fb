/* SPDX-License-Identifier: ISC */
/* Commands as argument lists. */
#include "tests/fuzz/fuzz.h"

#include "lib/err.h"
#include "lib/words.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *s = fuzz_string(data, size);
	char **words;
	size_t count, bytes = 0;

	if (words_split(s, &words, &count) == OP_OK) {
		FUZZ_CHECK(words[count] == NULL);
		for (size_t i = 0; i < count; i++)
			bytes += strlen(words[i]);
		FUZZ_CHECK(bytes <= strlen(s));
		FUZZ_CHECK(count > 0 || bytes == 0);
		free(words);
	}
	free(s);
	return 0;
}
