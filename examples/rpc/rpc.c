/* SPDX-License-Identifier: ISC */
/* rpc: divide two numbers at an rpcd; be asked for a name; cancel a call. */
#include <stdio.h>
#include <stdlib.h>
#include "lib/ev/rpcmsg.h"

static int
name(struct rpcmsg_query *q, void *arg) /* what the server calls back */
{
	mp_str(q->result, "Ada");
	return OP_OK;
}

static const struct rpcmsg_method methods[] = {{"name", name}, {NULL, NULL}};

static void
on_forever(struct rpcmsg *r, int err, const struct rpc_msg *m, void *arg)
{
	printf("forever: %s\n", op_strerror(err));
}

static void
wait_and_print(struct rpcmsg *r, const char *method)
{
	struct rpcmsg_answer answer;

	if (rpcmsg_wait(r, method, 5000, &answer) == OP_OK)
		msgpack_object_print(stdout, answer.doc.root);
	else
		printf("error: %s", answer.why);
	printf("\n");
	rpcmsg_answer_fini(&answer);
}

int
main(int argc, char **argv)
{
	struct msg *m = msg_new();
	struct endpoint e;
	struct rpcmsg *r;
	const char *bad = "usage: rpc ENDPOINT A B";
	char why[200] = "";
	uint32_t msgid;

	if (argc != 4 || endpoint_parse(argv[1], "2347", &e, &bad) ||
	    rpcmsg_connect(m, &e, 5000, methods, NULL, &r, why, sizeof(why)))
		return fprintf(stderr, "rpc: %s\n", why[0] ? why : bad), 1;
	struct mp_out *o = rpcmsg_begin(r);

	mp_map(o, 2);
	mp_kint(o, "a", atoi(argv[2]));
	mp_kint(o, "b", atoi(argv[3]));
	wait_and_print(r, "divide");
	if (rpcmsg_call(r, "forever", 0, on_forever, NULL, &msgid) == OP_OK)
		rpcmsg_cancel(r, msgid);
	wait_and_print(r, "welcome");
	rpcmsg_free(r);
	msg_free(m);
	return 0;
}
