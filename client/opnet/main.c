/* SPDX-License-Identifier: ISC */
/* opnet: the classical small services of a network, both sides of each, and who is alive on it. */
#include <stdio.h>
#include "client/common/options.h"
#include "client/opnet/commands.h"
#include "client/opnet/shell.h"
#include "lib/err.h"

static const struct option_row rows[] = {{0}};

static void
print_commands(void)
{
	printf("\n");
	for (const struct opnet_command *c = opnet_commands; c->name != NULL; c++) {
		char left[60];

		snprintf(left, sizeof(left), "  %s %s", c->name, c->arguments);
		printf("%-24s%s\n", left, c->help);
	}
	printf("\nopnet COMMAND --help tells the rest.\n\nexit status: 0 done   1 somebody did not "
	       "answer, or nothing was found, or it could not be\n             done   64 usage   "
	       "70 internal   77 not allowed\n");
}

static const struct options_program program = {.name = "opnet",
    .usage = "COMMAND [OPTION]... [ARGUMENT]...",
    .summary = "Look at the network: clocks, echoes, interfaces, daemons, who is alive.",
    .rows = rows,
    .more = print_commands};

int
main(int argc, char **argv)
{
	char name[40];
	int first;
	struct {
		char none;
	} settings;
	int err = options_parse(&program, argc, argv, &settings, &first);

	if (err != OP_OK)
		return options_status(err);
	if (first == argc) {
		options_complain(&program, "a command is missing");
		return EXIT_USAGE;
	}
	const struct opnet_command *c = opnet_find(argv[first]);

	if (c == NULL) {
		options_complain(&program, "there is no command \"%s\"", argv[first]);
		return EXIT_USAGE;
	}
	snprintf(name, sizeof(name), "opnet %s", c->name);
	argv[first] = name;
	return shell_written(c->run(argc - first, argv + first));
}
