/* SPDX-License-Identifier: ISC */
/* A daemon in inet style: every line comes back with its number, from stdio.  "who": whom it speaks
 * with; "fail": it ends with status 3; "hang": it listens no more; the end of input: how many there
 * were. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "daemon/server/engine.h"
#include "daemon/server/inet.h"
#include "daemon/server/server.h"

static int
converse(const void *settings, const struct inet_peer *peer)
{
	char line[70000];
	int n = 0;

	(void)settings;
	while (fgets(line, sizeof(line), stdin)) {
		if (strcmp(line, "who\n") == 0)
			printf("%s at %s%s%s\n", peer->text, peer->listener,
			    *peer->subject ? " as " : "", peer->subject);
		else if (strcmp(line, "fail\n") == 0)
			return 3;
		else if (strcmp(line, "hang\n") == 0)
			pause();
		else
			printf("%d: %s", ++n, line);
		fflush(stdout);
	}
	printf("%d lines\n", n);
	return 0;
}

int
main(int argc, char **argv)
{
	static const char *const listen[] = {"tcp:127.0.0.1:0", NULL};
	static const struct server_setting settings[] = {{0}};
	static const struct engine_events engine = {0};
	static const struct inet_handler handler = {converse, 0};
	static const struct server_app app = {.name = "inetd",
	    .summary = "standard streams",
	    .default_port = "0",
	    .default_listen = listen,
	    .settings = settings,
	    .session = &inet_events,
	    .inet = &handler,
	    .engine = &engine};

	return server_main(&app, argc, argv);
}
