/* SPDX-License-Identifier: ISC */
/* The importer of zone files. */
#include "tests/fuzz/exchange.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	return exchange_fuzz("zone", data, size);
}
