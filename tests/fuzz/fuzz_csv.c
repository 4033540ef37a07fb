/* SPDX-License-Identifier: ISC */
/* The importer of CSV. */
#include "tests/fuzz/exchange.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	return exchange_fuzz("csv", data, size);
}
