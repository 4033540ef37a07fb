/* SPDX-License-Identifier: ISC */
/* A link and a fake daemon on a UNIX socket, driven by the same loop: it answers hello well,
 * wrongly or not at all, falls silent, and dies half-way. */
#ifndef OPDESK_TESTS_UNIT_EV_LINKTEST_H
#define OPDESK_TESTS_UNIT_EV_LINKTEST_H

#include "tests/unit/ev/evtest.h"

#include <signal.h>
#include "lib/ev/link.h"
#include "lib/ev/listen.h"
#include "lib/ev/peer.h"

enum manner {
	GOOD,
	SILENT,
	GARBAGE,
	OTHER_PROTO,
	NO_PROTO,
	DENIES,
	CONFLICTS,
	BUSY,
	DIES_IN_HELLO
};

struct fixture {
	struct ev_loop *loop;
	struct endpoint e;
	char folder[80];
	/* the daemon */
	int listener;
	ev_io accept;
	struct peer *daemon;
	enum manner manner;
	bool no_pongs;
	int accepted, pings, requests;
	uint32_t hello_id;
	/* the link */
	struct link *l;
	int connecting, up, down, failed, messages;
	int64_t retry_ms, retries[8];
	char reason[300];
	char method[40];
	bool free_when_up, free_in_message;
};

static const struct peer_events daemon_events;

static inline void
on_accept(struct ev_loop *loop, ev_io *w, int revents)
{
	struct fixture *f = w->data;
	int fd = accept4(f->listener, NULL, NULL, SOCK_CLOEXEC);

	(void)revents;
	if (fd < 0)
		return;
	f->accepted++;
	peer_free(f->daemon);
	f->daemon = peer_new(loop, transport_socket(fd), &daemon_events, NULL, 1, f);
}

static inline void
answer_hello(struct fixture *f, uint32_t id)
{
	struct mp_out *o;

	switch (f->manner) {
	case SILENT:
		return;
	case GARBAGE:
		assert_int_equal(peer_send_raw(f->daemon, "\xc1zzz", 4), OP_OK);
		return;
	case DENIES:
		assert_int_equal(peer_error(f->daemon, id, OP_DENIED, "not you"), OP_OK);
		return;
	case CONFLICTS:
		assert_int_equal(
		    peer_error(f->daemon, id, OP_CONFLICT, "protocol 2, not 1"), OP_OK);
		return;
	case BUSY:
		assert_int_equal(peer_error(f->daemon, id, OP_UNAVAILABLE, NULL), OP_OK);
		return;
	default:
		break;
	}
	o = peer_result_begin(f->daemon, id);
	mp_map(o, f->manner == NO_PROTO ? 4 : 5);
	if (f->manner != NO_PROTO)
		mp_kint(o, "proto", f->manner == OTHER_PROTO ? 2 : RPC_PROTO);
	mp_kstr(o, "program", "mediachanged");
	mp_kstr(o, "you", "anna@local");
	mp_kbool(o, "operator", true);
	mp_kint(o, "version", 5); /* of another type than expected: as if it said nothing */
	assert_int_equal(peer_end(f->daemon), OP_OK);
}

static inline void
on_request(struct peer *p, const struct rpc_msg *m, void *arg)
{
	struct fixture *f = arg;
	struct mp_text text;
	struct mp_out *o;

	if (mp_text_is(m->method, "hello")) {
		f->hello_id = m->msgid;
		assert_true(m->msgid >= 0x80000000u);
		assert_int_equal(mp_get_text(m->params, "program", &text), OP_OK);
		assert_true(mp_text_is(text, "test"));
		if (f->manner == DIES_IN_HELLO) {
			peer_free(p);
			f->daemon = NULL;
			return;
		}
		answer_hello(f, m->msgid);
		return;
	}
	if (mp_text_is(m->method, "ping")) {
		f->pings++;
		if (f->no_pongs)
			return;
	} else {
		f->requests++;
	}
	o = peer_result_begin(p, m->msgid);
	mp_map(o, 0);
	assert_int_equal(peer_end(p), OP_OK);
}

static inline void
on_notify(struct peer *p, const struct rpc_msg *m, void *arg)
{
	(void)p;
	(void)m;
	(void)arg;
}

static inline void
on_end(struct peer *p, int err, const char *why, void *arg)
{
	(void)p;
	(void)err;
	(void)why;
	(void)arg;
}

static const struct peer_events daemon_events = {on_request, on_notify, on_end, NULL};

static inline void
on_state(struct link *l, enum link_state s, const char *reason, int64_t retry_ms, void *arg)
{
	struct fixture *f = arg;
	int *const counts[] = {&f->connecting, &f->up, &f->down, &f->failed};

	assert_int_equal(link_state(l), s);
	if (s == LINK_DOWN && f->down < 8)
		f->retries[f->down] = retry_ms;
	*counts[s] += 1;
	f->retry_ms = retry_ms;
	snprintf(f->reason, sizeof(f->reason), "%s", reason);
	assert_int_equal(reason[0] == '\0', s == LINK_UP || s == LINK_CONNECTING);
	if (s == LINK_UP && f->free_when_up) {
		link_free(l);
		f->l = NULL;
	}
}

static inline void
on_message(
    struct link *l, const struct rpc_msg *m, const unsigned char *payload, size_t len, void *arg)
{
	struct fixture *f = arg;

	assert_true(len > 0 && payload != NULL);
	f->messages++;
	if (m->type != RPC_RESPONSE)
		snprintf(f->method, sizeof(f->method), "%.*s", (int)m->method.len, m->method.s);
	if (f->free_in_message) {
		link_free(l);
		f->l = NULL;
	}
}

static const struct link_events link_events = {on_state, on_message, NULL};

static inline void
start_daemon(struct fixture *f)
{
	char why[200];

	assert_int_equal(listen_open(&f->e, NULL, &f->listener, 1, why, sizeof(why)), 1);
	ev_io_init(&f->accept, on_accept, f->listener, EV_READ);
	f->accept.data = f;
	ev_io_start(f->loop, &f->accept);
}

static inline void
stop_daemon(struct fixture *f)
{
	if (f->listener < 0)
		return;
	ev_io_stop(f->loop, &f->accept);
	listen_close(f->listener);
	f->listener = -1;
	peer_free(f->daemon);
	f->daemon = NULL;
}

static inline int
setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	f->loop = ev_loop_new(EVBACKEND_POLL);
	f->listener = -1;
	make_folder(f->folder, sizeof(f->folder));
	f->e.kind = ENDPOINT_UNIX;
	snprintf(f->e.path, sizeof(f->e.path), "%s/s", f->folder);
	*state = f;
	return 0;
}

static inline int
teardown(void **state)
{
	struct fixture *f = *state;

	link_free(f->l);
	stop_daemon(f);
	ev_loop_destroy(f->loop);
	rmdir(f->folder);
	free(f);
	return 0;
}

static const struct link_options options = {.program = "test", .version = "1", .role = "tool"};

static inline void
open_link(struct fixture *f, const struct link_options *o)
{
	f->l = link_new(f->loop, &f->e, o, &link_events, f);
	assert_non_null(f->l);
	assert_int_equal(f->connecting, 0);
}

static inline void
open_up(struct fixture *f, const struct link_options *o)
{
	start_daemon(f);
	open_link(f, o);
	assert_true(reaches(f->loop, &f->up, 1));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

#endif
