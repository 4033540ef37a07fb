/* SPDX-License-Identifier: ISC */
/* Links that keep themselves up (lib/ev/link.h): how they come up, and come back. */
#include "tests/unit/ev/linktest.h"

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
link_states_have_names(void **state)
{
	(void)state;
	assert_string_equal(link_state_name(LINK_CONNECTING), "connecting");
	assert_string_equal(link_state_name(LINK_UP), "up");
	assert_string_equal(link_state_name(LINK_DOWN), "down");
	assert_string_equal(link_state_name(LINK_FAILED), "failed");
}

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
	    TEST(link_states_have_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
