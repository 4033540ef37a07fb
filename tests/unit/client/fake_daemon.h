/* SPDX-License-Identifier: ISC */
/*
 * A daemon that does exactly what a test says: a child process that accepts on a UNIX socket of its
 * own and plays a script of blocking calls.  What it expects and does not get ends it with a status
 * other than 0, which fake_stop() reports.  Included by one test file each.
 */
#ifndef OPDESK_TESTS_UNIT_CLIENT_FAKE_DAEMON_H
#define OPDESK_TESTS_UNIT_CLIENT_FAKE_DAEMON_H

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>
#include "lib/endpoint.h"
#include "lib/frame.h"
#include "lib/rpc.h"

#define FAKE_ID "11111111-1111-4111-8111-111111111111"
#define FAKE_LIMIT_S 20 /* a script that hangs ends by SIGALRM */

struct fake {
	pid_t pid;
	char folder[64];
	struct endpoint endpoint;
};

/* What a client sent last, in the child. */
struct fake_call {
	unsigned char bytes[65536];
	struct rpc_msg m;
};

#define FAKE_EXPECT(condition)                                                                   \
	do {                                                                                     \
		if (!(condition)) {                                                              \
			fprintf(                                                                 \
			    stderr, "fake daemon, line %d: not so: %s\n", __LINE__, #condition); \
			_exit(9);                                                                \
		}                                                                                \
	} while (0)

static inline int
fake_listen(struct fake *f)
{
	struct sockaddr_un sa = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	snprintf(f->folder, sizeof(f->folder), "/tmp/opdesk-fake.XXXXXX");
	FAKE_EXPECT(mkdtemp(f->folder));
	f->endpoint.kind = ENDPOINT_UNIX;
	snprintf(f->endpoint.path, sizeof(f->endpoint.path), "%s/sock", f->folder);
	snprintf(sa.sun_path, sizeof(sa.sun_path), "%s", f->endpoint.path);
	FAKE_EXPECT(bind(fd, (struct sockaddr *)&sa, sizeof(sa)) == 0 && listen(fd, 8) == 0);
	return fd;
}

static inline void
fake_start(struct fake *f, void (*script)(int listener))
{
	int listener = fake_listen(f);

	fflush(NULL);
	f->pid = fork();
	FAKE_EXPECT(f->pid >= 0);
	if (f->pid == 0) {
		alarm(FAKE_LIMIT_S);
		script(listener);
		_exit(0);
	}
	close(listener);
}

/* Wait for the script to end; 0 when everything it expected came. */
static inline int
fake_stop(struct fake *f)
{
	int status = 0;

	waitpid(f->pid, &status, 0);
	unlink(f->endpoint.path);
	rmdir(f->folder);
	return status;
}

/* --- in the child --- */

static inline int
fake_accept(int listener)
{
	int fd = accept(listener, NULL, NULL);

	FAKE_EXPECT(fd >= 0);
	return fd;
}

static inline void
fake_send(int fd, const struct buf *payload)
{
	struct buf out;

	buf_init(&out);
	FAKE_EXPECT(frame_append(&out, buf_bytes(payload), buf_len(payload)) == OP_OK);
	FAKE_EXPECT(
	    send(fd, buf_bytes(&out), buf_len(&out), MSG_NOSIGNAL) == (ssize_t)buf_len(&out));
	buf_fini(&out);
}

/* Read one call, byte-exact; false at the end of the stream. */
static inline bool
fake_read(int fd, struct fake_call *c)
{
	unsigned char header[FRAME_HEADER];

	if (recv(fd, header, sizeof(header), MSG_WAITALL) != (ssize_t)sizeof(header))
		return false;
	size_t len = frame_claimed(header);

	FAKE_EXPECT(len <= sizeof(c->bytes));
	FAKE_EXPECT(recv(fd, c->bytes, len, MSG_WAITALL) == (ssize_t)len);
	FAKE_EXPECT(rpc_parse(&c->m, c->bytes, len) == OP_OK);
	return true;
}

/* The next call must be this one. */
static inline void
fake_expect(int fd, struct fake_call *c, const char *method)
{
	FAKE_EXPECT(fake_read(fd, c));
	if (!mp_text_is(c->m.method, method)) {
		fprintf(stderr, "fake daemon: expected %s, got %.*s\n", method,
		    (int)c->m.method.len, c->m.method.s);
		_exit(8);
	}
}

static inline void
fake_reply_empty(int fd, const struct fake_call *c)
{
	struct buf b;
	struct mp_out o;

	buf_init(&b);
	mp_out_init(&o, &b);
	rpc_result(&o, c->m.msgid);
	mp_map(&o, 0);
	fake_send(fd, &b);
	buf_fini(&b);
}

static inline void
fake_reply_error(int fd, const struct fake_call *c, int err, const char *message)
{
	struct buf b;
	struct mp_out o;

	buf_init(&b);
	mp_out_init(&o, &b);
	rpc_error(&o, c->m.msgid, err, message);
	fake_send(fd, &b);
	buf_fini(&b);
}

static inline void
fake_hello_proto(int fd, struct fake_call *c, int proto)
{
	struct buf b;
	struct mp_out o;

	fake_expect(fd, c, "hello");
	buf_init(&b);
	mp_out_init(&o, &b);
	rpc_result(&o, c->m.msgid);
	mp_map(&o, 4);
	mp_kint(&o, "proto", proto);
	mp_kstr(&o, "program", "mediachanged");
	mp_kstr(&o, "you", "anna@local");
	mp_kbool(&o, "operator", true);
	fake_send(fd, &b);
	buf_fini(&b);
}

static inline void
fake_hello(int fd, struct fake_call *c)
{
	fake_hello_proto(fd, c, RPC_PROTO);
}

static inline void
fake_notify_accepted(int fd, const struct fake_call *ask, const char *id, int desks)
{
	struct mp_text asked;
	struct buf b;
	struct mp_out o;

	FAKE_EXPECT(mp_get_text(ask->m.params, "id", &asked) == OP_OK);
	buf_init(&b);
	mp_out_init(&o, &b);
	rpc_notify(&o, "alert.accepted");
	mp_map(&o, 5);
	mp_str(&o, "ask");
	mp_strn(&o, asked.s, asked.len);
	mp_kstr(&o, "id", id);
	mp_kint(&o, "desks", desks);
	mp_kint(&o, "attempt", 1);
	mp_kbool(&o, "joined", false);
	fake_send(fd, &b);
	buf_fini(&b);
}

static inline void
fake_pack_alert(struct mp_out *o, const char *id, const char *state, const char *answer)
{
	mp_map(o, (size_t)(4 + (answer != NULL)));
	mp_kstr(o, "id", id);
	mp_kstr(o, "state", state);
	mp_kstr(o, "kind", "okcancel");
	mp_str(o, "labels");
	mp_array(o, 2);
	mp_str(o, "Ok");
	mp_str(o, "Cancel");
	if (answer)
		mp_kstr(o, "answer", answer);
}

static inline void
fake_reply_alert(int fd, const struct fake_call *c, const char *state, const char *answer)
{
	struct buf b;
	struct mp_out o;

	buf_init(&b);
	mp_out_init(&o, &b);
	rpc_result(&o, c->m.msgid);
	fake_pack_alert(&o, FAKE_ID, state, answer);
	fake_send(fd, &b);
	buf_fini(&b);
}

#endif
