/* SPDX-License-Identifier: ISC */
/* msgecho: gives every message back, whatever its bytes are. */
#include <stdio.h>
#include <string.h>
#include "lib/err.h"
#include "lib/ev/msg.h"

#define SEND_MS 30000

static void
on_message(struct msg_conn *c, const void *bytes, size_t len, int err, void *arg)
{
	(void)arg;
	if (bytes != NULL)
		err = msg_send_later(c, bytes, len);
	if (err == OP_UNAVAILABLE) /* the queue is full: wait for this client */
		err = msg_send_now(c, bytes, len, SEND_MS);
	if (bytes == NULL || err != OP_OK)
		(void)msg_disconnect(c);
}

static msg_rcv_fn *
on_login(struct msg_conn *c, const char *host, unsigned port, void *arg)
{
	(void)c;
	(void)host;
	(void)port;
	(void)arg;
	return on_message;
}

int
main(int argc, char **argv)
{
	struct msg *m;
	struct endpoint e;
	const char *bad = "one endpoint";
	char why[300];
	bool help = argc == 2 && strcmp(argv[1], "--help") == 0;

	if (help || argc != 2 || endpoint_parse(argv[1], "2346", &e, &bad) != 0) {
		fprintf(help ? stdout : stderr,
		    "usage: msgecho ENDPOINT\n\nGive every message (docs/msg.md) back.\n");
		return help ? 0 : 64;
	}
	m = msg_new();
	if (m == NULL)
		return 1;
	if (msg_new_server(m, &e, NULL, on_login, NULL, why, sizeof(why)) == NULL) {
		fprintf(stderr, "msgecho: %s\n", why);
		msg_free(m);
		return 1;
	}
	printf("listening\n");
	fflush(stdout);
	msg_event_loop(m, 0);
	msg_free(m);
	return 0;
}
