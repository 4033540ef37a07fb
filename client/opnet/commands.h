/* SPDX-License-Identifier: ISC */
/* The sub-commands of opnet: one row and one file each.  A command reads its own options, says on
 * standard error what went wrong, and returns the exit status of the program. */
#ifndef OPDESK_CLIENT_OPNET_COMMANDS_H
#define OPDESK_CLIENT_OPNET_COMMANDS_H

struct opnet_command {
	const char *name;                  /* NULL ends the table */
	const char *arguments;             /* "HOST…" */
	int (*run)(int argc, char **argv); /* argv[0] is "opnet NAME" */
	const char *help;
};

extern const struct opnet_command opnet_commands[];

const struct opnet_command *opnet_find(const char *name); /* NULL */

int opnet_daytime(int argc, char **argv);
int opnet_time(int argc, char **argv);
int opnet_echo(int argc, char **argv);
int opnet_echod(int argc, char **argv);
int opnet_daytimed(int argc, char **argv);
int opnet_timed(int argc, char **argv);
int opnet_interfaces(int argc, char **argv);
int opnet_discover(int argc, char **argv);
int opnet_beacon(int argc, char **argv);
int opnet_watch(int argc, char **argv);

#endif
