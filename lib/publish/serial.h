/* SPDX-License-Identifier: ISC */
/*
 * Serials of zones: 32-bit serial arithmetic (RFC 1982), never digits glued together.  Pure.
 */
#ifndef OPDESK_LIB_PUBLISH_SERIAL_H
#define OPDESK_LIB_PUBLISH_SERIAL_H

#include <stdbool.h>
#include <stdint.h>

/* Would a secondary that has `b` fetch `a`?  Half the circle apart: no. */
bool publish_serial_newer(uint32_t a, uint32_t b);

/* A serial newer than `previous` (0: there was none): `hint` if that is newer, else one more.
 * Never 0, which some programs take for none. */
uint32_t publish_serial_next(uint32_t previous, uint32_t hint);

#endif
