/* SPDX-License-Identifier: ISC */
/* The importer of dhcpd.conf(5). */
#include "tests/fuzz/exchange.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	return exchange_fuzz("dhcpd", data, size);
}
