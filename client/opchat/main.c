/* SPDX-License-Identifier: ISC */
/* opchat: chat with the people on duty, from a terminal. */
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "client/common/options.h"
#include "client/opchat/opchat.h"
#include "lib/endpoint.h"
#include "lib/err.h"
#include "lib/ev/interfaces.h"
#include "lib/output.h"

#define AT(field) offsetof(struct opchat_settings, field)
#define LOOKUP_MS 10000

static const struct option_row rows[] = {
    {'n', "nick", "NAME", OPTION_TEXT, AT(nick), NULL, "who you are (default: your user name)"},
    {'c', "channel", "TITLE", OPTION_TEXTS, AT(channels), NULL,
	"go into this channel; may be repeated, the last is current"},
    {'i', "interface", "NAME", OPTION_TEXT, AT(interface), NULL,
	"where multicast is heard, by name or address"},
    {'t', "times", NULL, OPTION_FLAG, AT(times), NULL, "print the time before each line"},
    {0, "admin", "COMMAND", OPTION_TEXT, AT(admin), NULL,
	"users, channels, muzzle NICK, unmuzzle NICK, logout NICK [REASON]"},
    {'s', "server", "ENDPOINT", OPTION_TEXT, AT(server), NULL,
	"with --admin: the server's UNIX socket (default: of the local one)"},
    {0}};

static void
print_more(void)
{
	printf("\nWithout HOST a server is looked for on every network that broadcasts.\n\n");
	opchat_print_help();
	printf("\nexit status: 0 ended by you   1 not logged in, no server any more, or refused\n"
	       "             4 --admin: no server   64 usage   70 internal   77 not allowed\n");
}

static const struct options_program program = {"opchat",
    "[OPTION]... [HOST[:PORT]]\n--admin COMMAND [-s ENDPOINT] [NICK [REASON]]",
    "Chat with the people on duty.", rows, true, print_more, NULL};

static int
resolve(const char *text, struct resolve_answer *out)
{
	struct endpoint e;
	const char *why;

	if (endpoint_parse(text, "2027", &e, &why) != OP_OK)
		return options_complain(&program, "\"%s\" is no host: %s", text, why);
	if (e.kind != ENDPOINT_TCP)
		return options_complain(
		    &program, "a server is HOST or HOST:PORT, not \"%s\"", text);
	resolve_forward_wait(e.host, e.port, LOOKUP_MS, NULL, out);
	if (out->err != OP_OK || out->count == 0) {
		fprintf(stderr, "opchat: %s: %s\n", e.host, out->err ? out->why : "no address");
		return OP_NOT_FOUND;
	}
	return OP_OK;
}

static int
find(struct ev_loop *loop, struct resolve_answer *out)
{
	int err = opchat_find(loop, &out->addrs[0]);

	out->count = 1;
	if (err == OP_UNAVAILABLE)
		fprintf(stderr, "opchat: no network to look for a server on: name its host\n");
	else if (err)
		fprintf(stderr, "opchat: no server answers: name its host\n");
	return err;
}

/* Found now, not when the first channel that speaks by multicast is joined. */
static int
check_interface(const char *name)
{
	struct interface *list = NULL;
	int count = interfaces_list(&list);
	const struct interface *i = interfaces_find(list, count, name);
	int err = OP_OK;

	if (count >= 0 && !i)
		err = options_complain(&program,
		    "--interface: this host has no \"%s\"; opnet interfaces lists them", name);
	else if (i && !interface_can_multicast(i))
		err = options_complain(&program, "--interface: %s cannot multicast", i->name);
	free(list);
	return err;
}

static const char *
own_name(void)
{
	const struct passwd *user = getpwuid(getuid());

	return user ? user->pw_name : NULL;
}

static int
finish(int status)
{
	return output_flush("opchat") == OP_OK ? status : EXIT_INTERNAL;
}

int
main(int argc, char **argv)
{
	struct opchat_settings s = {0};
	struct resolve_answer server = {0};
	int first;
	int err = options_parse(&program, argc, argv, &s, &first);

	if (err)
		return options_status(err);
	if (s.admin)
		return finish(opchat_admin(&s, argc - first, argv + first));
	if (argc - first > 1 || s.server) {
		options_complain(&program,
		    s.server ? "-s is for --admin; name the chat server as HOST" : "one HOST");
		return EXIT_USAGE;
	}
	if (!s.nick)
		s.nick = own_name();
	if (!s.nick || !chat_is_word(s.nick, strlen(s.nick))) {
		options_complain(&program,
		    "a nickname is one word of at most %d bytes: --nick NAME", CHAT_WORD_MAX);
		return EXIT_USAGE;
	}
	if (s.interface && check_interface(s.interface) != OP_OK)
		return EXIT_USAGE;
	/* poll(2) also takes standard input that is a file; signals want the default loop */
	struct ev_loop *loop = ev_default_loop(EVBACKEND_POLL);

	if (!loop)
		return EXIT_INTERNAL;
	err = first < argc ? resolve(argv[first], &server) : find(loop, &server);
	if (err)
		return err == OP_BAD_REQUEST ? EXIT_USAGE : 1;
	return finish(opchat_talk(loop, &s, server.addrs, server.count));
}
