/* SPDX-License-Identifier: ISC */
/*
 * The desk's end of the relay: this process plays the desk, the relay itself runs in a child, as in
 * life, on a socketpair in place of the two pipes.
 */
#ifndef OPDESK_TESTS_UNIT_HELPER_DESK_H
#define OPDESK_TESTS_UNIT_HELPER_DESK_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <ev.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>
#include "helper/relay.h"
#include "helper/wrap.h"
#include "lib/err.h"
#include "lib/rpc.h"

#define LIMIT_MS 10000
#define HELPER_LIMIT_S 20 /* one that hangs ends by SIGALRM */

/* --- the helper --- */

static int fd; /* the desk's end */
static pid_t helper;

static inline void
on_ended(int err, void *arg)
{
	(void)err;
	ev_break(arg, EVBREAK_ALL);
}

static inline void
run_helper(int end)
{
	struct ev_loop *loop = ev_loop_new(EVFLAG_AUTO);
	struct relay *r = relay_new(loop, transport_socket(end), on_ended, loop);

	ev_run(loop, 0);
	relay_free(r);
	ev_loop_destroy(loop);
	_exit(0);
}

static inline int
start(void **state)
{
	int ends[2];

	(void)state;
	if (socketpair(AF_UNIX, SOCK_STREAM, 0, ends) < 0)
		return -1;
	fflush(NULL);
	helper = fork();
	if (helper == 0) {
		close(ends[0]);
		alarm(HELPER_LIMIT_S);
		run_helper(ends[1]);
	}
	close(ends[1]);
	fd = ends[0];
	return 0;
}

/* It ends by itself when the desk closes its end. */
static inline int
stop(void **state)
{
	int status = 0;

	(void)state;
	close(fd);
	waitpid(helper, &status, 0);
	return status;
}

/* --- the desk --- */

struct reply {
	unsigned char bytes[65536];
	struct wrap w;
	struct rpc_msg m;
};

static inline void
read_reply(struct reply *r)
{
	struct pollfd p = {.fd = fd, .events = POLLIN};
	unsigned char header[FRAME_HEADER];

	assert_int_equal(poll(&p, 1, LIMIT_MS), 1);
	assert_int_equal(recv(fd, header, sizeof(header), MSG_WAITALL), sizeof(header));
	size_t len = frame_claimed(header);

	assert_true(len <= sizeof(r->bytes));
	assert_int_equal(recv(fd, r->bytes, len, MSG_WAITALL), len);
	assert_int_equal(wrap_parse(r->bytes, len, &r->w), OP_OK);
	assert_int_equal(rpc_parse(&r->m, r->w.rpc, r->w.rpc_len), OP_OK);
}

static inline void
send_call(int64_t link, uint32_t msgid, const char *method, const char *key, int64_t value)
{
	struct buf b, frame;
	struct mp_out o;

	buf_init(&b);
	buf_init(&frame);
	mp_out_init(&o, &b);
	wrap_head(&o, link);
	rpc_request(&o, msgid, method);
	mp_map(&o, key != NULL);
	if (key)
		mp_kint(&o, key, value);
	frame_append(&frame, buf_bytes(&b), buf_len(&b));
	assert_int_equal(send(fd, buf_bytes(&frame), buf_len(&frame), 0), buf_len(&frame));
	buf_fini(&b);
	buf_fini(&frame);
}

/* Read up to this state of the link; other messages on the way are failures. */
static inline void
await_state(int64_t link, const char *want)
{
	static struct reply r;
	struct mp_text t;
	int64_t n;
	bool is_there = false;

	while (!is_there) {
		read_reply(&r);
		assert_int_equal(r.w.link, 0);
		assert_true(mp_text_is(r.m.method, "link.state"));
		assert_int_equal(mp_get_int(r.m.params, "link", &n), OP_OK);
		assert_int_equal(n, link);
		assert_int_equal(mp_get_text(r.m.params, "state", &t), OP_OK);
		is_there = mp_text_is(t, want);
		rpc_fini(&r.m);
	}
}

static inline void
expect_error(int64_t link, uint32_t msgid, int err)
{
	static struct reply r;

	read_reply(&r);
	assert_int_equal(r.w.link, link);
	assert_int_equal(r.m.type, RPC_RESPONSE);
	assert_int_equal(r.m.msgid, msgid);
	assert_non_null(r.m.error);
	assert_int_equal(rpc_error_of(&r.m).err, err);
	rpc_fini(&r.m);
}

static inline void
expect_result(int64_t link, uint32_t msgid)
{
	static struct reply r;

	read_reply(&r);
	assert_int_equal(r.w.link, link);
	assert_int_equal(r.m.msgid, msgid);
	assert_null(r.m.error);
	rpc_fini(&r.m);
}

/* A call whose parameters are texts: KEY, VALUE … NULL. */
static inline void
send_texts(int64_t link, uint32_t msgid, const char *method, ...)
{
	const char *texts[8];
	size_t count = 0;
	struct buf b, frame;
	struct mp_out o;
	va_list ap;

	va_start(ap, method);
	while (count < 8 && (texts[count] = va_arg(ap, const char *)))
		count++;
	va_end(ap);
	buf_init(&b);
	buf_init(&frame);
	mp_out_init(&o, &b);
	wrap_head(&o, link);
	rpc_request(&o, msgid, method);
	mp_map(&o, count / 2);
	for (size_t i = 0; i + 1 < count; i += 2)
		mp_kstr(&o, texts[i], texts[i + 1]);
	frame_append(&frame, buf_bytes(&b), buf_len(&b));
	assert_int_equal(send(fd, buf_bytes(&frame), buf_len(&frame), 0), buf_len(&frame));
	buf_fini(&b);
	buf_fini(&frame);
}

#endif
