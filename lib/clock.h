/* SPDX-License-Identifier: ISC */
/* The two clocks we use.  Everything pure takes the time as an argument; only shells call these. */
#ifndef OPDESK_LIB_CLOCK_H
#define OPDESK_LIB_CLOCK_H

#include <stdint.h>

/* Milliseconds of CLOCK_BOOTTIME: for timers; goes on in suspend, never steps. */
int64_t clock_boot_ms(void);

/* The same in microseconds: for round trips. */
int64_t clock_boot_us(void);

/* A number for this boot of the host, within which clock_boot_ms() goes on; 0: not known. */
int64_t clock_boot_id(void);

/* Milliseconds since 1970-01-01 UTC: for what people read and what outlives a restart. */
int64_t clock_wall_ms(void);

#endif
