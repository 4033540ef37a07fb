/* SPDX-License-Identifier: ISC */
/* opnet timed: this host's clock to anybody who asks (RFC 868). */
#include "client/opnet/clockserver.h"
#include "client/opnet/commands.h"
#include "lib/clock.h"
#include "lib/datagram/time868.h"

static const struct options_program program = {.name = "opnet timed",
    .usage = "[OPTION]...",
    .summary = "Tell the seconds since 1900 to whoever asks by datagram or connection, until\n"
	       "interrupted.",
    .rows = clockserver_rows};

static size_t
answer(void *dst, size_t size)
{
	(void)size;
	time868_encode(dst, clock_wall_ms() / 1000);
	return TIME868_BYTES;
}

int
opnet_timed(int argc, char **argv)
{
	return clockserver_run(&program, TIME868_PORT, answer, argc, argv);
}
