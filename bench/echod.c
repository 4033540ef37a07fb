/* SPDX-License-Identifier: ISC */
/*
 * A daemon on the server framework that answers every line with Ok, in the worker, under either
 * personality; it ends a connection after its first line, unless that begins with "again".
 */
#include <string.h>
#include "daemon/server/engine.h"
#include "daemon/server/server.h"
#include "daemon/server/session.h"

static void
on_opened(struct session *s)
{
	(void)s;
}

static void
on_input(struct session *s, struct buf *in)
{
	while (session_is_open(s) && buf_len(in) > 0) {
		const char *line = (const char *)buf_bytes(in);
		const char *end = memchr(line, '\n', buf_len(in));

		if (!end)
			return;
		bool again = end - line >= 5 && memcmp(line, "again", 5) == 0;

		buf_consume(in, (size_t)(end - line) + 1);
		session_write(s, "Ok\n", 3);
		if (!again)
			session_close(s);
	}
}

static const struct session_events session = {.opened = on_opened, .input = on_input};
static const struct engine_events engine = {0};
static const struct server_setting settings[] = {{0}};
static const char *const listen_default[] = {"tcp:127.0.0.1:0", NULL};
static const struct server_app app = {.name = "echod",
    .summary = "answers every line with Ok",
    .default_port = "0",
    .default_listen = listen_default,
    .settings = settings,
    .session = &session,
    .engine = &engine};

int
main(int argc, char **argv)
{
	return server_main(&app, argc, argv);
}
