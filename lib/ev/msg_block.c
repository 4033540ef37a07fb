/* SPDX-License-Identifier: ISC */
/* The blocking calls of the message toolkit. */
#include <errno.h>
#include <poll.h>
#include "lib/clock.h"
#include "lib/err.h"
#include "lib/ev/msg_conn_int.h"

/* Wait for input, and for room if something is queued; OP_TIMEOUT past the deadline (0 = none). */
static int
wait_for(struct msg_conn *c, bool input, int64_t deadline_ms)
{
	bool output = buf_len(&c->out) > 0 && c->send_err == OP_OK;
	struct pollfd fds[2] = {
	    {.fd = input ? c->t.rfd : -1, .events = POLLIN},
	    {.fd = output ? c->t.wfd : -1, .events = POLLOUT},
	};
	int64_t left = deadline_ms - clock_boot_ms();
	int n;

	if (deadline_ms == 0)
		left = -1;
	else if (left <= 0)
		return OP_TIMEOUT;
	n = poll(fds, 2, left > INT32_MAX ? INT32_MAX : (int)left);
	if (n < 0 && errno != EINTR)
		return OP_SYSTEM;
	return n > 0 && fds[1].revents != 0 ? msg_conn_write(c) : OP_OK;
}

static int64_t
deadline_of(int64_t timeout_ms)
{
	int64_t now_ms = clock_boot_ms();

	if (timeout_ms <= 0)
		return 0;
	return timeout_ms < INT64_MAX - now_ms ? now_ms + timeout_ms : INT64_MAX;
}

/* A message, or OP_AGAIN: wait; or the end, and the connection is closed. */
static int
receive(struct msg_conn *c, struct buf *out)
{
	int err = msg_conn_take(c, out);

	if (err != OP_AGAIN)
		return err;
	msg_conn_read(c);
	err = msg_conn_take(c, out);
	if (err != OP_AGAIN || !c->eof)
		return err;
	err = msg_conn_how_ended(c);
	msg_conn_close(c, err);
	return err != OP_OK ? err : OP_CLOSED;
}

int
msg_rcv_now(struct msg_conn *c, int64_t timeout_ms, struct buf *out)
{
	int64_t deadline_ms = deadline_of(timeout_ms);
	int err = OP_CLOSED;

	while (c->open && (err = receive(c, out)) == OP_AGAIN) {
		err = wait_for(c, true, deadline_ms);
		if (err != OP_OK)
			return err;
	}
	if (err == OP_OK) {
		/* More may have come with it than the loop will see at the descriptor. */
		if (buf_len(&c->in) > 0 || c->eof)
			msg_job_add(c->m, &c->again);
		msg_conn_settle(c);
	} else {
		msg_conn_close(c, err);
	}
	return err;
}

int
msg_send_now(struct msg_conn *c, const void *bytes, size_t len, int64_t timeout_ms)
{
	int64_t deadline_ms = deadline_of(timeout_ms);
	int err = msg_conn_queue(c, bytes, len, NULL, 0);

	if (err != OP_OK)
		return err;
	err = msg_conn_write(c);
	while (err == OP_OK && buf_len(&c->out) > 0)
		err = wait_for(c, false, deadline_ms);
	msg_conn_settle(c);
	return err;
}
