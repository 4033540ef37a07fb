/* SPDX-License-Identifier: ISC */
/*
 * Links that keep themselves up (lib/ev/link.h) against a fake daemon on a UNIX socket, driven by
 * the same loop: it answers hello well, wrongly or not at all, falls silent, and dies half-way.
 */
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

static void
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

static void
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

static void
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

static void
on_notify(struct peer *p, const struct rpc_msg *m, void *arg)
{
	(void)p;
	(void)m;
	(void)arg;
}

static void
on_end(struct peer *p, int err, const char *why, void *arg)
{
	(void)p;
	(void)err;
	(void)why;
	(void)arg;
}

static const struct peer_events daemon_events = {on_request, on_notify, on_end, NULL};

static void
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

static void
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

static void
start_daemon(struct fixture *f)
{
	char why[200];

	assert_int_equal(listen_open(&f->e, NULL, &f->listener, 1, why, sizeof(why)), 1);
	ev_io_init(&f->accept, on_accept, f->listener, EV_READ);
	f->accept.data = f;
	ev_io_start(f->loop, &f->accept);
}

static void
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

static int
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

static int
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

static void
open_link(struct fixture *f, const struct link_options *o)
{
	f->l = link_new(f->loop, &f->e, o, &link_events, f);
	assert_non_null(f->l);
	assert_int_equal(f->connecting, 0);
}

static void
open_up(struct fixture *f, const struct link_options *o)
{
	start_daemon(f);
	open_link(f, o);
	assert_true(reaches(f->loop, &f->up, 1));
}

static void
link_comes_up_after_hello_and_carries_messages(void **state)
{
	struct fixture *f = *state;
	struct mp_out *o;

	open_up(f, &options);
	assert_int_equal(f->connecting, 1);
	assert_int_equal(f->retry_ms, -1);
	assert_string_equal(link_peer(f->l)->program, "mediachanged");
	assert_string_equal(link_peer(f->l)->version, "");
	assert_string_equal(link_peer(f->l)->you, "anna@local");
	assert_true(link_peer(f->l)->is_operator);
	assert_int_equal(link_send(f->l, "\x94\x00\x01\xa1x\x90", 6), OP_OK);
	assert_true(reaches(f->loop, &f->messages, 1));
	assert_int_equal(f->requests, 1);
	o = peer_notify_begin(f->daemon, "alert.ring");
	mp_map(o, 0);
	assert_int_equal(peer_end(f->daemon), OP_OK);
	assert_true(reaches(f->loop, &f->messages, 2));
	assert_string_equal(f->method, "alert.ring");
}

static void
link_without_daemon_tries_again_with_growing_pauses(void **state)
{
	struct fixture *f = *state;
	int64_t pause = 200;

	open_link(f, &options);
	assert_int_equal(link_send(f->l, "\xc0", 1), OP_UNAVAILABLE);
	for (int i = 1; i <= 3; i++) {
		assert_true(reaches(f->loop, &f->down, i));
		assert_string_equal(f->reason, "no such file or directory");
		assert_in_range(f->retries[i - 1], pause * 8 / 10, pause * 12 / 10);
		pause *= 2;
	}
	start_daemon(f);
	link_retry(f->l);
	assert_true(reaches(f->loop, &f->up, 1));
}

static void
link_to_this_host_is_tried_more_often(void **state)
{
	static const struct {
		const char *endpoint;
		int64_t most_ms;
	} cases[] = {
	    {"unix:/run/opdesk/mediachanged.sock", 2000},
	    {"localhost", 2000},
	    {"127.0.0.1:8979", 2000},
	    {"tls:[::1]:8979", 2000},
	    {"192.0.2.7", 30000},
	    {"localhost.example.org", 30000},
	    {"ssh:localhost", 30000},
	};
	struct endpoint e;
	const char *why;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		assert_int_equal(endpoint_parse(cases[i].endpoint, "8979", &e, &why), OP_OK);
		assert_int_equal(link_pause_most(&e), cases[i].most_ms);
	}
}

static void
link_comes_back_after_the_daemon_was_restarted(void **state)
{
	struct fixture *f = *state;

	open_up(f, &options);
	stop_daemon(f);
	assert_true(reaches(f->loop, &f->down, 1));
	assert_string_equal(f->reason, "the daemon closed the connection");
	assert_in_range(f->retry_ms, 160, 240);
	start_daemon(f);
	assert_true(reaches(f->loop, &f->up, 2));
	assert_int_equal(f->accepted, 2);
}

static void
link_to_a_daemon_that_falls_over_is_retried_with_growing_pauses(void **state)
{
	struct fixture *f = *state;
	int64_t pause = 200;

	start_daemon(f);
	open_link(f, &options);
	for (int i = 1; i <= 3; i++) {
		assert_true(reaches(f->loop, &f->up, i));
		peer_free(f->daemon);
		f->daemon = NULL;
		assert_true(reaches(f->loop, &f->down, i));
		assert_in_range(f->retries[i - 1], pause * 8 / 10, pause * 12 / 10);
		pause *= 2;
	}
	link_retry(f->l);
	assert_true(reaches(f->loop, &f->up, 4));
	peer_free(f->daemon);
	f->daemon = NULL;
	assert_true(reaches(f->loop, &f->down, 4));
	assert_in_range(f->retry_ms, 160, 240);
}

static void
link_silent_daemon_is_a_timeout_and_a_retry(void **state)
{
	struct fixture *f = *state;
	struct link_options o = options;

	o.connect_ms = 30;
	f->manner = SILENT;
	start_daemon(f);
	open_link(f, &o);
	assert_true(reaches(f->loop, &f->down, 1));
	assert_string_equal(f->reason, "no answer to hello");
	f->manner = GOOD;
	assert_true(reaches(f->loop, &f->up, 1));
}

static void
link_bad_daemons_are_retried_or_given_up(void **state)
{
	static const struct {
		enum manner manner;
		bool failed;
		const char *reason;
	} cases[] = {
	    {GARBAGE, false, "the daemon sent nonsense"},
	    {NO_PROTO, false, "the answer to hello makes no sense"},
	    {BUSY, false, "refused: not available at the moment"},
	    {DIES_IN_HELLO, false, "the daemon closed the connection"},
	    {OTHER_PROTO, true, "the daemon speaks protocol 2, we speak 1"},
	    {DENIES, true, "refused: not you"},
	    {CONFLICTS, true, "refused: protocol 2, not 1"},
	};
	struct fixture *f = *state;

	start_daemon(f);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		f->connecting = f->up = f->down = f->failed = 0;
		f->manner = cases[i].manner;
		open_link(f, &options);
		assert_true(reaches(f->loop, cases[i].failed ? &f->failed : &f->down, 1));
		assert_string_equal(f->reason, cases[i].reason);
		assert_int_equal(f->retry_ms == -1, cases[i].failed);
		f->manner = GOOD;
		if (cases[i].failed)
			link_retry(f->l);
		assert_true(reaches(f->loop, &f->up, 1));
		link_free(f->l);
		f->l = NULL;
	}
}

static void
link_that_failed_stays_until_told(void **state)
{
	struct fixture *f = *state;

	f->manner = DENIES;
	start_daemon(f);
	open_link(f, &options);
	assert_true(reaches(f->loop, &f->failed, 1));
	f->manner = GOOD;
	run_for(f->loop, 300);
	assert_int_equal(f->connecting, 1);
	assert_int_equal(f->accepted, 1);
}

static void
link_pings_in_silence_and_stays_up(void **state)
{
	struct fixture *f = *state;
	struct link_options o = options;

	o.ping_ms = 10;
	o.dead_ms = 60000;
	open_up(f, &o);
	assert_true(reaches(f->loop, &f->pings, 3));
	assert_int_equal(f->down, 0);
	assert_int_equal(f->messages, 0); /* the answers are the link's own */
}

static void
link_daemon_that_falls_silent_is_dead(void **state)
{
	struct fixture *f = *state;
	struct link_options o = options;

	o.ping_ms = 20;
	o.dead_ms = 60;
	f->no_pongs = true;
	open_up(f, &o);
	assert_true(reaches(f->loop, &f->down, 1));
	assert_int_equal(f->pings, 1);
	assert_non_null(strstr(f->reason, "no sign of life"));
}

static void
link_paused_by_its_owner_is_not_taken_for_dead(void **state)
{
	struct fixture *f = *state;
	struct link_options o = options;

	o.ping_ms = 10;
	o.dead_ms = 30;
	open_up(f, &o);
	link_pause(f->l, true);
	run_for(f->loop, 100);
	assert_int_equal(f->down, 0);
	link_pause(f->l, false);
	f->pings = 0;
	assert_true(reaches(f->loop, &f->pings, 2));
	assert_int_equal(f->down, 0);
}

static void
link_full_queue_is_unavailable(void **state)
{
	struct fixture *f = *state;
	struct link_options o = options;
	int err = OP_OK;

	o.limits = (struct conn_limits){.high_water = 1000, .max_queue = 2000};
	open_up(f, &o);
	while ((err = link_send(f->l, "\x93\x02\xa1x\x90", 5)) == OP_OK)
		;
	assert_int_equal(err, OP_UNAVAILABLE);
	assert_true(link_is_full(f->l));
	assert_int_equal(link_state(f->l), LINK_UP);
}

static void
link_free_inside_callbacks_is_safe(void **state)
{
	struct fixture *f = *state;

	f->free_when_up = true;
	start_daemon(f);
	open_link(f, &options);
	assert_true(reaches(f->loop, &f->up, 1));
	run_for(f->loop, 5);
	f->free_when_up = false;
	f->free_in_message = true;
	f->connecting = 0;
	open_link(f, &options);
	assert_true(reaches(f->loop, &f->up, 2));
	assert_int_equal(link_send(f->l, "\x94\x00\x01\xa1x\x90", 6), OP_OK);
	assert_true(reaches(f->loop, &f->messages, 1));
	assert_null(f->l);
	run_for(f->loop, 5);
}

/* It may need another try, and comes up all the same. */
static void
come_up(void *arg)
{
	struct fixture *f = arg;
	int err = OP_NO_MEMORY;

	f->up = f->messages = 0;
	f->l = link_new(f->loop, &f->e, &options, &link_events, f);
	if (f->l == NULL)
		return;
	while (err == OP_NO_MEMORY || err == OP_UNAVAILABLE) {
		int up = f->up;

		assert_true(link_state(f->l) == LINK_UP || reaches(f->loop, &f->up, up + 1));
		err = link_send(f->l, "\x94\x00\x01\xa1x\x90", 6);
	}
	assert_int_equal(err, OP_OK);
	link_free(f->l);
	f->l = NULL;
}

/* The daemon is a process of its own, which has its memory. */
static void
link_without_memory_tries_again_and_comes_up(void **state)
{
	struct fixture *f = *state;

	start_daemon(f);
	pid_t daemon = fork();

	if (daemon == 0) {
		ev_loop_fork(f->loop);
		ev_run(f->loop, 0);
		_exit(0);
	}
	ev_io_stop(f->loop, &f->accept);
	failing_malloc_each(come_up, f);
	assert_int_equal(f->failed, 0);
	kill(daemon, SIGKILL);
	assert_int_equal(waitpid(daemon, NULL, 0), daemon);
}

static void
link_states_have_names(void **state)
{
	(void)state;
	assert_string_equal(link_state_name(LINK_CONNECTING), "connecting");
	assert_string_equal(link_state_name(LINK_UP), "up");
	assert_string_equal(link_state_name(LINK_DOWN), "down");
	assert_string_equal(link_state_name(LINK_FAILED), "failed");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(link_comes_up_after_hello_and_carries_messages),
	    TEST(link_without_daemon_tries_again_with_growing_pauses),
	    cmocka_unit_test(link_to_this_host_is_tried_more_often),
	    TEST(link_comes_back_after_the_daemon_was_restarted),
	    TEST(link_to_a_daemon_that_falls_over_is_retried_with_growing_pauses),
	    TEST(link_silent_daemon_is_a_timeout_and_a_retry),
	    TEST(link_bad_daemons_are_retried_or_given_up),
	    TEST(link_that_failed_stays_until_told),
	    TEST(link_pings_in_silence_and_stays_up),
	    TEST(link_daemon_that_falls_silent_is_dead),
	    TEST(link_paused_by_its_owner_is_not_taken_for_dead),
	    TEST(link_full_queue_is_unavailable),
	    TEST(link_free_inside_callbacks_is_safe),
	    TEST(link_without_memory_tries_again_and_comes_up),
	    TEST(link_states_have_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
