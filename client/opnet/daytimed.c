/* SPDX-License-Identifier: ISC */
/* opnet daytimed: this host's local time to anybody who asks (RFC 867). */
#include <string.h>
#include <time.h>
#include "client/opnet/clockserver.h"
#include "client/opnet/commands.h"
#include "lib/clock.h"
#include "lib/datagram/daytime.h"

static const struct options_program program = {.name = "opnet daytimed",
    .usage = "[OPTION]...",
    .summary = "Tell the local time to whoever asks by datagram or connection, until interrupted.",
    .rows = clockserver_rows};

static size_t
answer(void *dst, size_t size)
{
	char line[DAYTIME_BYTES];
	time_t now = clock_wall_ms() / 1000;
	struct tm tm = {0};

	(void)size;
	(void)localtime_r(&now, &tm);
	daytime_format(line, now + tm.tm_gmtoff);
	memcpy(dst, line, sizeof(line) - 1);
	return sizeof(line) - 1;
}

int
opnet_daytimed(int argc, char **argv)
{
	return clockserver_run(&program, DAYTIME_PORT, answer, argc, argv);
}
