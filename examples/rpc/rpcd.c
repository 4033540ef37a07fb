/* SPDX-License-Identifier: ISC */
/* rpcd: three methods for whoever connects to the endpoint named. */
#include <stdio.h>
#include "lib/ev/rpcmsg.h"

static int
divide(struct rpcmsg_query *q, void *arg) /* two results: one array */
{
	int64_t a, b;

	q->why = "a and b: whole numbers, b above 0"; /* raised at the caller, if at all */
	if (mp_get_int(q->params, "a", &a) || mp_get_int(q->params, "b", &b) || b < 1)
		return OP_BAD_REQUEST;
	mp_array(q->result, 2);
	mp_int(q->result, a / b);
	mp_int(q->result, a % b);
	return OP_OK;
}

static int
welcome(struct rpcmsg_query *q, void *arg) /* calls the caller back, and waits */
{
	struct rpcmsg_answer name;
	int err = rpcmsg_wait(q->from, "name", 5000, &name);

	if (err == OP_OK)
		mp_object(q->result, &name.doc.root);
	rpcmsg_answer_fini(&name);
	return err;
}

static int
forever(struct rpcmsg_query *q, void *arg) /* never answered: the caller may cancel it */
{
	return OP_AGAIN;
}

static const struct rpcmsg_method methods[] = {
    {"divide", divide}, {"welcome", welcome}, {"forever", forever}, {NULL, NULL}};

static msg_rcv_fn *
on_login(struct msg_conn *c, const char *host, unsigned port, void *arg)
{
	return rpcmsg_serve(c, methods, NULL);
}

int
main(int argc, char **argv)
{
	struct msg *m = msg_new();
	struct endpoint e;
	const char *bad = "usage: rpcd ENDPOINT";
	char why[200] = "";

	if (argc != 2 || endpoint_parse(argv[1], "2347", &e, &bad) ||
	    !msg_new_server(m, &e, NULL, on_login, NULL, why, sizeof(why)))
		return fprintf(stderr, "rpcd: %s\n", why[0] ? why : bad), 1;
	msg_event_loop(m, 0); /* for ever */
	return 0;
}
