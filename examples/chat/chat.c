/* SPDX-License-Identifier: ISC */
/*
 * A small chat over TCP, for nc and telnet: what one says, all read.  A whole daemon on the server
 * framework (docs/server.md): a state, here only who is attached, and three handlers.
 *   chat -f --listen tcp:127.0.0.1:2029 --state /tmp/chat
 */
#include <stdarg.h>
#include <stdio.h>
#include "daemon/server/engine.h"
#include "daemon/server/lines.h"
#include "daemon/server/server.h"

static void __attribute__((format(printf, 2, 3))) tell_all(struct engine *e, const char *fmt, ...)
{
	char text[LINES_MAX + 500];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	for (struct client *c = client_next(e, NULL); c; c = client_next(e, c))
		lines_send(c, text);
}

static void
on_attached(struct client *c)
{
	tell_all(client_engine(c), "* %s is here\n", client_identity(c)->shown);
}

static void
on_notify(struct client *c, const struct rpc_msg *m)
{
	char text[LINES_MAX + 1];

	if (lines_text(m, text, sizeof(text)))
		tell_all(client_engine(c), "<%s> %s\n", client_identity(c)->shown, text);
}

static void
on_detached(struct client *c)
{
	tell_all(client_engine(c), "* %s has left\n", client_identity(c)->shown);
}

static const struct engine_events engine = {
    .attached = on_attached, .notify = on_notify, .detached = on_detached};
static const struct server_setting settings[] = {{0}};
static const char *const listen_default[] = {"tcp:127.0.0.1:2029", NULL};
static const struct server_app app = {.name = "chat",
    .summary = "what one says, all read",
    .default_port = "2029",
    .default_listen = listen_default,
    .settings = settings,
    .session = &lines_events,
    .engine = &engine};

int
main(int argc, char **argv)
{
	return server_main(&app, argc, argv);
}
