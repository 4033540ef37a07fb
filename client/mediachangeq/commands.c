/* SPDX-License-Identifier: ISC */
/* The table of sub-commands.  main.c, --help and the checks of operands and options read it. */
#include "client/mediachangeq/commands.h"

#include <string.h>

const struct command commands[] = {
    {"list", "", 0, 0, 0, command_list, "the questions that wait for an answer"},
    {"show", "ID", 1, 1, 0, command_show, "one question in full, with its life"},
    {"answer", "ID LABEL|TEXT [TEXT]", 2, 3, TAKES_NOTE, command_answer, "answer it"},
    {"withdraw", "ID", 1, 1, TAKES_NOTE, command_withdraw, "close it without an answer"},
    {"claim", "ID [TIME]", 1, 2, 0, command_claim,
	"\"I am on it\": silent for TIME (1h); 0 ends that"},
    {"snooze", "ID TIME", 2, 2, 0, command_snooze, "silent for TIME; 0 rings again"},
    {"history", "", 0, 0, TAKES_SINCE | TAKES_UNTIL | TAKES_HOST | TAKES_TEXT, command_history,
	"closed questions, newest first"},
    {"follow", "", 0, 0, 0, command_follow, "what is waiting, and every change from now on"},
    {"stats", "", 0, 0, TAKES_SINCE, command_stats, "how many, how fast, from whom"}, {0}};

const struct command *
commands_find(const char *name)
{
	for (const struct command *c = commands; c->name; c++)
		if (strcmp(c->name, name) == 0)
			return c;
	return NULL;
}
