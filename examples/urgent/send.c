/* SPDX-License-Identifier: ISC */
#include "examples/urgent/urgent.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include "lib/clock.h"
#include "lib/endpoint.h"
#include "lib/err.h"
#include "lib/ev/dial.h"
#include "lib/ev/urgent.h"

#define CONNECT_MS 10000

static volatile sig_atomic_t interrupted;

static void
on_interrupt(int signo)
{
	(void)signo;
	interrupted = 1;
}

/* Only inside ppoll(), so that no ^C falls between a look and the wait. */
static void
catch_interrupt(sigset_t *waiting)
{
	struct sigaction act = {.sa_handler = on_interrupt};
	sigset_t block;

	sigemptyset(&act.sa_mask);
	sigaction(SIGINT, &act, NULL);
	sigemptyset(&block);
	sigaddset(&block, SIGINT);
	sigprocmask(SIG_BLOCK, &block, waiting);
	sigdelset(waiting, SIGINT);
}

static int
send_urgent(int fd)
{
	int err;

	interrupted = 0;
	printf("sending 1 byte of OOB data!\n");
	while ((err = urgent_send(fd, "!", 1, NULL)) == OP_AGAIN)
		poll(&(struct pollfd){.fd = fd, .events = POLLOUT}, 1, -1);
	return err;
}

static int
send_normal(int fd, const char *text)
{
	size_t len = strlen(text);

	printf("sending %zu bytes of normal data: %s\n", len, text);
	while (len > 0) {
		ssize_t n = send(fd, text, len, MSG_NOSIGNAL);

		if (n > 0) {
			text += n;
			len -= (size_t)n;
		} else if (errno == EAGAIN) {
			poll(&(struct pollfd){.fd = fd, .events = POLLOUT}, 1, -1);
		} else if (errno != EINTR) {
			return OP_CLOSED;
		}
	}
	return OP_OK;
}

/* The time does not begin anew when somebody presses ^C. */
static int
rest(int fd, int64_t until_ms, const sigset_t *waiting)
{
	int err = OP_OK;
	int64_t left;

	while (err == OP_OK && (left = until_ms - clock_boot_ms()) > 0) {
		struct timespec t = {.tv_sec = left / 1000, .tv_nsec = left % 1000 * 1000000};

		ppoll(NULL, 0, &t, waiting);
		if (interrupted)
			err = send_urgent(fd);
	}
	return err;
}

/* "aa", "ab" ... "az", "ba" ... "zz", "aa" */
static void
count_up(char text[3])
{
	if (text[1] < 'z') {
		text[1]++;
		return;
	}
	text[1] = 'a';
	text[0] = text[0] < 'z' ? (char)(text[0] + 1) : 'a';
}

int
urgent_run_send(const struct urgent_options *o)
{
	struct endpoint e = {.kind = ENDPOINT_TCP};
	struct transport t;
	char why[300], text[3] = "aa";
	sigset_t waiting;

	snprintf(e.host, sizeof(e.host), "%s", o->host);
	snprintf(e.port, sizeof(e.port), "%s", o->port);
	int err = dial_wait(&e, CONNECT_MS, NULL, &t, why, sizeof(why));

	if (err) {
		fprintf(
		    stderr, "urgent: cannot connect to %s port %s: %s\n", o->host, o->port, why);
		return 1;
	}
	catch_interrupt(&waiting);
	for (long i = 0; i < o->count && err == OP_OK; i++, count_up(text)) {
		err = send_normal(t.wfd, text);
		if (err == OP_OK)
			err = rest(t.wfd, clock_boot_ms() + o->interval_ms, &waiting);
	}
	transport_close(&t);
	if (err)
		fprintf(stderr, "urgent: the receiver has gone\n");
	return err ? 1 : 0;
}
