/* SPDX-License-Identifier: ISC */
/* Links that are up (lib/ev/link.h): silence, pauses, full queues, and their end. */
#include "tests/unit/ev/linktest.h"

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

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(link_pings_in_silence_and_stays_up),
	    TEST(link_daemon_that_falls_silent_is_dead),
	    TEST(link_paused_by_its_owner_is_not_taken_for_dead),
	    TEST(link_full_queue_is_unavailable),
	    TEST(link_free_inside_callbacks_is_safe),
	    TEST(link_without_memory_tries_again_and_comes_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
