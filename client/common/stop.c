/* SPDX-License-Identifier: ISC */
/*
 * TERM, INT and HUP as something that a wait can see.  The handler only stores the number; ppoll(2)
 * opens the mask for the time of the wait.
 */
#include "client/common/stop.h"

#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include "lib/clock.h"
#include "lib/err.h"
#include "lib/ev/dial.h"

static const int signals[] = {SIGTERM, SIGINT, SIGHUP};
#define SIGNALS (sizeof(signals) / sizeof(signals[0]))

static volatile int caught;
static bool has_caught; /* stop_catch() was called */
static bool is_catching;
static sigset_t outside; /* the mask before stop_catch() */
static sigset_t ours;    /* the signals that we took */

static void
on_signal(int signo)
{
	caught = signo;
}

void
stop_catch(void)
{
	struct sigaction action = {.sa_handler = on_signal};
	struct sigaction old;

	sigemptyset(&ours);
	for (size_t i = 0; i < SIGNALS; i++) {
		sigaction(signals[i], NULL, &old);
		if (old.sa_handler == SIG_IGN)
			continue;
		sigaction(signals[i], &action, NULL);
		sigaddset(&ours, signals[i]);
	}
	sigprocmask(SIG_BLOCK, &ours, &outside);
	has_caught = is_catching = true;
}

void
stop_release(void)
{
	if (!is_catching)
		return;
	for (size_t i = 0; i < SIGNALS; i++)
		if (sigismember(&ours, signals[i]))
			signal(signals[i], SIG_DFL);
	sigprocmask(SIG_SETMASK, &outside, NULL);
	is_catching = false;
	if (caught)
		stop_die(caught);
}

void
stop_child(void)
{
	if (!has_caught)
		return;
	for (size_t i = 0; i < SIGNALS; i++)
		if (sigismember(&ours, signals[i]))
			signal(signals[i], SIG_DFL);
	sigprocmask(SIG_SETMASK, &outside, NULL);
	is_catching = false;
	caught = 0;
}

int
stop_signal(void)
{
	return caught;
}

void
stop_forget(void)
{
	caught = 0;
	is_catching = false; /* the signals stay blocked */
}

void
stop_die(int signo)
{
	sigset_t one;

	signal(signo, SIG_DFL);
	sigemptyset(&one);
	sigaddset(&one, signo);
	raise(signo);
	sigprocmask(SIG_UNBLOCK, &one, NULL);
	_Exit(128 + signo);
}

static struct timespec
until(int64_t deadline_ms)
{
	int64_t ms = deadline_ms - clock_boot_ms();

	if (ms < 0)
		ms = 0;
	return (struct timespec){.tv_sec = ms / 1000, .tv_nsec = (ms % 1000) * 1000000};
}

static bool
has_come(void)
{
	return is_catching && caught;
}

/* Looks before it waits: stop_dial() lets signals in, and may have connected all the same. */
int
stop_poll(struct pollfd *fds, nfds_t count, int64_t deadline_ms)
{
	while (!has_come()) {
		struct timespec left = {0};
		bool is_forever = deadline_ms == STOP_FOREVER;

		if (!is_forever)
			left = until(deadline_ms);
		int n = ppoll(fds, count, is_forever ? NULL : &left, is_catching ? &outside : NULL);

		if (n >= 0 && !has_come())
			return n;
		if (n < 0 && errno != EINTR)
			return OP_SYSTEM;
	}
	return OP_CANCELLED;
}

int
stop_dial(const struct endpoint *e, int64_t deadline_ms, struct transport *out, char *why,
    size_t why_size)
{
	int64_t ms = deadline_ms - clock_boot_ms();

	if (ms <= 0)
		ms = 1;
	if (!is_catching)
		return dial_wait(e, ms, NULL, out, why, why_size);
	sigprocmask(SIG_SETMASK, &outside, NULL);
	int err = caught ? OP_CANCELLED : dial_wait(e, ms, &caught, out, why, why_size);

	sigprocmask(SIG_BLOCK, &ours, NULL);
	return err;
}
