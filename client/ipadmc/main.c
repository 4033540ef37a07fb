/* SPDX-License-Identifier: ISC */
/* ipadmc: everything that an ipadmd can do, from a terminal and from scripts. */
#include <stdio.h>
#include <string.h>
#include <sysexits.h>
#include "client/common/options.h"
#include "client/ipadmc/ipadmc.h"
#include "lib/err.h"
#include "lib/method.h"
#include "lib/output.h"

#define AT(field) offsetof(struct ipadmc, field)

static const char *const keys[] = {"address", "name", "mac", NULL};

/* For every command, then one row for each bit of enum ipadmc_option. */
#define CALL_MS 600000 /* publishing runs other programs; a dead daemon is noticed before */
#define COMMON_ROWS 2
static const struct option_row rows[] = {
    {'s', "server", "ENDPOINT", OPTION_TEXT, AT(server), NULL,
	"the daemon (default: the UNIX socket of the local one)"},
    {0, "json", NULL, OPTION_FLAG, AT(json), NULL, "print JSON, one object a line"},
    {'m', "message", "TEXT", OPTION_TEXT, AT(message), NULL, "why: for the history"},
    {0, "name", "NAME", OPTION_TEXT, AT(name), NULL, "the node's new name"},
    {0, "address", "ADDRESS", OPTION_TEXT, AT(address), NULL, "the node's new address"},
    {0, "mac", "MAC", OPTION_TEXT, AT(mac), NULL, "the node's Ethernet address"},
    {0, "alias", "NAME", OPTION_TEXT, AT(alias), NULL, "another name of the node"},
    {0, "mx", "NAME", OPTION_TEXT, AT(mx), NULL, "the host that takes its mail"},
    {0, "comment", "TEXT", OPTION_TEXT, AT(comment), NULL, "the comment of the node"},
    {0, "count", "N", OPTION_NUMBER, AT(count), NULL, "so many addresses in a row"},
    {'n', "limit", "N", OPTION_NUMBER, AT(limit), NULL, "at most so many"},
    {0, "force", NULL, OPTION_FLAG, AT(force), NULL,
	"break the lock of somebody else (a right of admins)"},
    {0, "base", "VERSION", OPTION_TEXT, AT(base), NULL, "the version the text was made from"},
    {0, "restore", NULL, OPTION_FLAG, AT(restore), NULL, "the whole file as that commit left it"},
    {0, "format", "FORMAT", OPTION_TEXT, AT(format), NULL,
	"of the file: csv, hosts; import also dhcpd, zone"},
    {0, "by", "KEY", OPTION_TEXT, AT(by), keys, "look for nodes by address (default), name or mac"},
    {0, "origin", "DOMAIN", OPTION_TEXT, AT(origin), NULL,
	"of a zone file that does not say its own"},
    {'w', "write", NULL, OPTION_FLAG, AT(write), NULL, "do it; else it is only shown"},
    {0, "confirm", NULL, OPTION_FLAG, AT(confirm), NULL,
	"let most of the records go, once (a right of admins)"},
    {0},
};

/* --- help --- */

static void
print_commands(void)
{
	printf("\n");
	for (const struct command *c = ipadmc_commands; c->name; c++) {
		char left[60];

		snprintf(left, sizeof(left), "  %s %s", c->name, c->arguments);
		printf("%-30s%s\n", left, c->help);
	}
	printf(
	    "\nSUBNET is the name of a file, with or without .sdb, its number (128B), or an "
	    "address in it.\n`ipadmc COMMAND --help` tells more about one.\n\n"
	    "exit status: 0 done   1 there are errors, it is not there, locked, or a conflict   "
	    "4 no daemon\n             64 usage   65 refused as wrong   66 no such file of yours\n"
	    "             69 the daemon is too old   70 internal   74 a file cannot be written\n"
	    "             77 not allowed\n");
}

/* Words in lines of at most 78 characters. */
static void
print_filled(const char *text)
{
	size_t used = 0;

	for (const char *word = text + strspn(text, " "); *word; word += strspn(word, " ")) {
		size_t len = strcspn(word, " ");

		if (used > 0 && used + 1 + len > 78) {
			putchar('\n');
			used = 0;
		}
		used += (size_t)printf("%s%.*s", used ? " " : "", (int)len, word);
		word += len;
	}
	putchar('\n');
}

static bool
print_topic(const char *operand)
{
	const struct command *c = ipadmc_find_command(operand);

	if (!c)
		return false;
	printf("usage: ipadmc [-s ENDPOINT] [--json] %s%s%s%s\n\n%s\n", c->name,
	    *c->arguments ? " " : "", c->arguments, c->takes ? " [OPTION]..." : "", c->help);
	printf("\n");
	if (c->more) {
		print_filled(c->more);
		printf("\n");
	}
	for (size_t i = 0; rows[i].name; i++)
		if (i < COMMON_ROWS || (c->takes & 1u << (i - COMMON_ROWS)))
			options_print_row(&rows[i]);
	return true;
}

static const struct options_program program = {"ipadmc",
    "[-s ENDPOINT] [--json] COMMAND [ARGUMENT]...", "Look at and change the subnets of an ipadmd.",
    rows, true, print_commands, print_topic};

#define complain(...) options_complain(&program, __VA_ARGS__)

/* --- exit status --- */

static const struct {
	int err, status;
} statuses[] = {
    {OP_OK, 0},
    {OP_NOT_FOUND, 1},
    {OP_CONFLICT, 1},
    {OP_LOCKED, 1},
    {OP_CANCELLED, 1},
    {OP_UNAVAILABLE, 4},
    {OP_NOT_NOW, 4},
    {OP_CLOSED, 4},
    {OP_TIMEOUT, 4},
    {OP_BAD_REQUEST, EX_DATAERR},
    {OP_TOO_LARGE, EX_DATAERR},
    {OP_UNKNOWN_METHOD, EX_UNAVAILABLE},
    {OP_SYSTEM, EX_IOERR},
    {OP_DENIED, EXIT_REFUSED},
    {IPADMC_UNREADABLE, EX_NOINPUT},
    {IPADMC_USAGE, EXIT_USAGE},
    {IPADMC_NO_EDITOR, EX_UNAVAILABLE},
};

static int
status_of(int err)
{
	for (size_t i = 0; i < sizeof(statuses) / sizeof(statuses[0]); i++)
		if (statuses[i].err == err)
			return statuses[i].status;
	return EXIT_INTERNAL;
}

/* --- the command line --- */

static bool
is_given(const struct ipadmc *s, const struct option_row *row)
{
	const void *field = (const char *)s + row->offset;

	switch (row->type) {
	case OPTION_FLAG:
		return *(const bool *)field;
	case OPTION_NUMBER:
		return *(const int64_t *)field != 0;
	default:
		return *(const char *const *)field != NULL;
	}
}

static int
check_options(const struct ipadmc *s, const struct command *c)
{
	for (size_t i = COMMON_ROWS; rows[i].name; i++)
		if (is_given(s, &rows[i]) && !(c->takes & 1u << (i - COMMON_ROWS)))
			return complain("%s takes no --%s", c->name, rows[i].name);
	int64_t max = method_limit("sdb.put", "message");

	if (s->message && strlen(s->message) > (size_t)max)
		return complain("--message: it may have %lld bytes, not %zu", (long long)max,
		    strlen(s->message));
	return OP_OK;
}

static int
prepare(struct query *q, const struct ipadmc *s, int count, const struct command **command)
{
	const char *server = s->server ? s->server : "unix:";
	const char *why;

	if (count == 0)
		return complain("a command is missing");
	const struct command *c = ipadmc_find_command(q->operands[0]);

	if (!c)
		return complain("there is no command \"%s\"", q->operands[0]);
	if (count - 1 < c->min || count - 1 > c->max)
		return complain(
		    "usage: ipadmc %s%s%s", c->name, *c->arguments ? " " : "", c->arguments);
	if (check_options(s, c) != OP_OK)
		return OP_BAD_REQUEST;
	if (!c->is_local && server_parse(&server_ipadmd, server, &q->endpoint, &why) != OP_OK)
		return complain("%s", why);
	q->operands++;
	q->command = c->name;
	q->json = s->json;
	*command = c;
	return OP_OK;
}

static const struct query_kind kind = {{"ipadmc", "tool"}, &server_ipadmd, ipadmc_explain, CALL_MS};

int
main(int argc, char **argv)
{
	struct ipadmc settings = {0};
	struct query q = {.kind = &kind, .settings = &settings};
	const struct command *command = NULL;
	int first;
	int err = options_parse(&program, argc, argv, &settings, &first);

	if (err != OP_OK)
		return err == OP_SYSTEM ? EX_IOERR : options_status(err);
	q.operands = argv + first;
	if (prepare(&q, &settings, argc - first, &command) != OP_OK)
		return EXIT_USAGE;
	uuid_new(settings.session);
	uuid_new(settings.id);
	err = command->run(&q);
	query_disconnect(&q);
	return output_flush("ipadmc") == OP_OK ? status_of(err) : EX_IOERR;
}
