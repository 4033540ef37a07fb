/* SPDX-License-Identifier: ISC */
/*
 * Serial arithmetic.
 */
#include "lib/publish/serial.h"

bool
publish_serial_newer(uint32_t a, uint32_t b)
{
	uint32_t ahead = a - b;

	return ahead != 0 && ahead < UINT32_C(1) << 31;
}

uint32_t
publish_serial_next(uint32_t previous, uint32_t hint)
{
	if (hint && (previous == 0 || publish_serial_newer(hint, previous)))
		return hint;
	return previous == UINT32_MAX ? 1 : previous + 1;
}
