/* SPDX-License-Identifier: ISC */
/* The table of sub-commands.  main.c and its --help read it. */
#include "client/opnet/commands.h"

#include <stddef.h>
#include <string.h>

const struct opnet_command opnet_commands[] = {
    {"daytime", "[HOST]...", opnet_daytime, "what time others say it is"},
    {"time", "[HOST]...", opnet_time, "how far other clocks are from ours"},
    {"echo", "HOST [PORT]", opnet_echo, "lines to an echo server and back: lost, late, how long"},
    {"echod", "", opnet_echod, "an echo server; it can lose, double, delay and reorder"},
    {"daytimed", "", opnet_daytimed, "a server for daytime"},
    {"timed", "", opnet_timed, "a server for time"},
    {"interfaces", "", opnet_interfaces, "this host's interfaces and addresses"},
    {"discover", "[HOST]...", opnet_discover, "find the daemons of the network"},
    {"beacon", "", opnet_beacon, "tell a group every 15 s that this host is alive"},
    {"watch", "", opnet_watch, "who is alive, who is silent, whose clock is off"},
    {0},
};

const struct opnet_command *
opnet_find(const char *name)
{
	for (const struct opnet_command *c = opnet_commands; c->name != NULL; c++)
		if (strcmp(c->name, name) == 0)
			return c;
	return NULL;
}
