/* SPDX-License-Identifier: ISC */
/* greet: connect, and copy what the server says to standard output until it has finished. */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include "lib/endpoint.h"
#include "lib/err.h"
#include "lib/ev/dial.h"

#define CONNECT_MS 10000
#define EXIT_USAGE 64

static const char usage[] =
    "usage: greet [ENDPOINT]\n"
    "\n"
    "Print what a greetd says.  ENDPOINT: localhost, port 2345, unless given; unix:PATH.\n";

static int
copy(struct transport *t)
{
	char bytes[4096];
	ssize_t n;

	while ((n = transport_read(t, bytes, sizeof(bytes))) != 0) {
		if (n > 0)
			fwrite(bytes, 1, (size_t)n, stdout);
		else if (errno == EAGAIN)
			poll(&(struct pollfd){.fd = t->rfd, .events = POLLIN}, 1, -1);
		else
			return OP_CLOSED;
		if (n > 0 && fflush(stdout) != 0)
			return OP_SYSTEM;
	}
	return OP_OK;
}

int
main(int argc, char **argv)
{
	struct endpoint e;
	struct transport t;
	const char *bad = "one endpoint";
	char why[300];

	if (argc == 2 && (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0))
		return fputs(usage, stdout) < 0;
	if (argc > 2 || endpoint_parse(argc == 2 ? argv[1] : "localhost", "2345", &e, &bad) != 0) {
		fprintf(stderr, "greet: %s\n%s", bad, usage);
		return EXIT_USAGE;
	}
	if (dial_wait(&e, CONNECT_MS, NULL, &t, why, sizeof(why)) != OP_OK) {
		fprintf(stderr, "greet: cannot connect: %s; is greetd running?\n", why);
		return 1;
	}
	int err = copy(&t);

	transport_close(&t);
	if (err)
		fprintf(stderr, "greet: %s\n", op_strerror(err));
	return err ? 1 : 0;
}
