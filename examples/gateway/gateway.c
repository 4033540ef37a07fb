/* SPDX-License-Identifier: ISC */
/*
 * gateway: a CGI program (RFC 3875) that shows what mediachanged's operators are asked.  The daemon
 * has a private UNIX socket; the web server starts this program as a user who may connect to it.
 * Only GET and HEAD: nothing can be answered from here, and no input of the browser's is looked at.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "examples/gateway/page.h"
#include "lib/err.h"
#include "lib/ev/rpcmsg.h"
#include "lib/paths.h"

#define WAIT_MS 10000

static const char usage[] =
    "usage: gateway\n"
    "\n"
    "A CGI program: the pending questions of mediachanged as a web page, to read only.\n"
    "\n"
    "REQUEST_METHOD        GET or HEAD; anything else gets status 405\n"
    "MEDIACHANGED_SOCKET   the daemon's UNIX socket, if it is not where clients look for it\n";

static int
say_hello(struct rpcmsg *r, struct rpcmsg_answer *a)
{
	struct mp_out *o = rpcmsg_begin(r);

	mp_map(o, 4);
	mp_kint(o, "proto", RPC_PROTO);
	mp_kstr(o, "program", "gateway");
	mp_kstr(o, "version", OPDESK_VERSION);
	mp_kstr(o, "role", "tool");
	return rpcmsg_wait(r, "hello", WAIT_MS, a);
}

/* The page, or why there is none in `why`. */
static int
ask(struct rpcmsg *r, struct buf *page, char *why, size_t size)
{
	struct rpcmsg_answer hello, list = {0};
	int err = say_hello(r, &hello);

	snprintf(why, size, "%s", hello.why);
	if (err == OP_OK) {
		err = rpcmsg_wait(r, "alert.list", WAIT_MS, &list);
		snprintf(why, size, "%s", list.why);
	}
	if (err == OP_OK)
		err = page_questions(page, &list.doc.root);
	rpcmsg_answer_fini(&hello);
	rpcmsg_answer_fini(&list);
	return err;
}

static int
fetch(struct buf *page, char *why, size_t size)
{
	struct msg *m = msg_new();
	struct endpoint e = {.kind = ENDPOINT_UNIX};
	const char *path = getenv("MEDIACHANGED_SOCKET");
	struct rpcmsg *r;
	int err = OP_NO_MEMORY;

	if (m == NULL)
		return err;
	if (path == NULL)
		err = paths_socket(e.path, sizeof(e.path), "mediachanged.sock");
	else
		err = snprintf(e.path, sizeof(e.path), "%s", path) < (int)sizeof(e.path)
			  ? OP_OK
			  : OP_TOO_LARGE;
	if (err == OP_OK)
		err = rpcmsg_connect(m, &e, WAIT_MS, NULL, NULL, &r, why, size);
	if (err == OP_OK) {
		err = ask(r, page, why, size);
		rpcmsg_free(r);
	}
	msg_free(m);
	return err;
}

static int
answer(const char *status, const struct buf *page, bool body)
{
	printf("Status: %s\r\n"
	       "Content-Type: text/html; charset=utf-8\r\n"
	       "Content-Length: %zu\r\n"
	       "Cache-Control: no-store\r\n"
	       "Content-Security-Policy: default-src 'none'; style-src 'unsafe-inline'\r\n"
	       "X-Content-Type-Options: nosniff\r\n\r\n",
	    status, buf_len(page));
	if (body)
		fwrite(buf_bytes(page), 1, buf_len(page), stdout);
	return fflush(stdout) == 0 ? 0 : 1;
}

int
main(int argc, char **argv)
{
	const char *method = getenv("REQUEST_METHOD"), *status = "200 OK";
	char why[300] = "";
	struct buf page;
	bool help = argc == 2 && strcmp(argv[1], "--help") == 0;

	if (help || argc > 1 || method == NULL) {
		fputs(usage, help ? stdout : stderr);
		return help ? 0 : 64;
	}
	buf_init(&page);
	if (strcmp(method, "GET") != 0 && strcmp(method, "HEAD") != 0) {
		status = "405 Method Not Allowed";
		(void)page_problem(&page, "This page can only be read.");
	} else if (fetch(&page, why, sizeof(why)) != OP_OK) {
		/* The path and the reason are for the web server's log. */
		fprintf(stderr, "gateway: mediachanged: %s\n", why);
		status = "502 Bad Gateway";
		buf_clear(&page);
		(void)page_problem(&page, "The daemon cannot be asked at the moment.");
	}
	int rc = answer(status, &page, strcmp(method, "HEAD") != 0);

	buf_fini(&page);
	return rc;
}
