/* SPDX-License-Identifier: ISC */
#include "examples/urgent/urgent.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define EXIT_USAGE 64 /* sysexits(3) */

static const char usage[] =
    "usage: urgent send [--count N] [--interval MS] HOST [PORT]\n"
    "       urgent recv [--signal | --poll] [--inline] [--listen ADDRESS] [PORT]\n"
    "\n"
    "send writes two bytes a second, 30 times; ^C sends an urgent byte, ^\\ quits.\n"
    "recv prints what arrives, ordinary and urgent.\n"
    "\n"
    "      --poll            learn of the urgent byte from poll(2); the default\n"
    "      --signal          learn of it from SIGURG\n"
    "      --inline          leave it in the stream (SO_OOBINLINE)\n"
    "      --listen ADDRESS  default 127.0.0.1; * is every address\n"
    "      --count N, --interval MS\n"
    "  -h, --help            print this\n"
    "\n"
    "The port is 2007 unless given.\n";

enum { OPT_SIGNAL = 256, OPT_POLL, OPT_INLINE, OPT_LISTEN, OPT_COUNT, OPT_INTERVAL };

static const struct option rows[] = {
    {"signal", no_argument, NULL, OPT_SIGNAL},
    {"poll", no_argument, NULL, OPT_POLL},
    {"inline", no_argument, NULL, OPT_INLINE},
    {"listen", required_argument, NULL, OPT_LISTEN},
    {"count", required_argument, NULL, OPT_COUNT},
    {"interval", required_argument, NULL, OPT_INTERVAL},
    {"help", no_argument, NULL, 'h'},
    {0},
};

static void __attribute__((noreturn)) complain(const char *what)
{
	fprintf(stderr, "urgent: %s\n%s", what, usage);
	exit(EXIT_USAGE);
}

static long
number(const char *text)
{
	char *end;

	errno = 0;
	long n = strtol(text, &end, 10);

	if (errno || end == text || *end || n < 0)
		complain("expected a number that is not negative");
	return n;
}

static void
take_option(struct urgent_options *o, int option)
{
	switch (option) {
	case OPT_SIGNAL:
	case OPT_POLL:
		o->by_signal = option == OPT_SIGNAL;
		break;
	case OPT_INLINE:
		o->is_inline = true;
		break;
	case OPT_LISTEN:
		o->listen = optarg;
		break;
	case OPT_COUNT:
		o->count = number(optarg);
		break;
	case OPT_INTERVAL:
		o->interval_ms = number(optarg);
		break;
	case 'h':
		fputs(usage, stdout);
		exit(0);
	default:
		exit(EXIT_USAGE);
	}
}

int
main(int argc, char **argv)
{
	struct urgent_options o = {
	    .listen = "127.0.0.1", .port = "2007", .count = 30, .interval_ms = 1000};
	int option;

	setvbuf(stdout, NULL, _IOLBF, 0);
	while ((option = getopt_long(argc, argv, "h", rows, NULL)) != -1)
		take_option(&o, option);
	argv += optind;
	argc -= optind;
	if (argc < 1)
		complain("send or recv?");
	if (strcmp(argv[0], "send") == 0 && (argc == 2 || argc == 3)) {
		o.host = argv[1];
		o.port = argc == 3 ? argv[2] : o.port;
		return urgent_run_send(&o);
	}
	if (strcmp(argv[0], "recv") == 0 && argc <= 2) {
		o.port = argc == 2 ? argv[1] : o.port;
		return urgent_run_recv(&o);
	}
	complain("send takes HOST and PORT, recv takes PORT");
}
