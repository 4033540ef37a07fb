/* SPDX-License-Identifier: ISC */
/*
 * The socket blocks, with a time limit, and is asked not to (MSG_DONTWAIT) but for the rare send
 * that may wait: poll(2) says nothing about a receiver that is not connected to.
 */
#include "lib/devlog.h"

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include "lib/clock.h"

static struct {
	const char *path;
	int fd;
	int64_t second;  /* of the clock, in which there is still */
	int64_t left_ms; /* to be waited */
} state = {.path = "/dev/log", .fd = -1};

void
devlog_set_path(const char *path)
{
	state.path = path;
}

bool
devlog_open(void)
{
	const struct timeval limit = {.tv_usec = DEVLOG_PATIENCE_MS * 1000};

	if (state.fd != -1)
		return true;
	state.fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (state.fd == -1)
		return false;
	setsockopt(state.fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof(limit));
	return true;
}

void
devlog_close(void)
{
	if (state.fd != -1)
		close(state.fd);
	state.fd = -1;
}

int
devlog_fd(void)
{
	return state.fd;
}

static bool
send_to_path(const char *line, size_t len, int flags)
{
	struct sockaddr_un to = {.sun_family = AF_UNIX};

	snprintf(to.sun_path, sizeof(to.sun_path), "%s", state.path);
	return sendto(state.fd, line, len, flags | MSG_NOSIGNAL, (const struct sockaddr *)&to,
		   sizeof(to)) != -1;
}

static bool
send_waiting(const char *line, size_t len)
{
	int64_t began = clock_boot_ms();
	bool sent;

	if (began / 1000 != state.second) {
		state.second = began / 1000;
		state.left_ms = DEVLOG_PATIENCE_MS;
	}
	if (state.left_ms <= 0) {
		errno = EAGAIN;
		return false;
	}
	sent = send_to_path(line, len, 0);
	state.left_ms -= clock_boot_ms() - began;
	return sent;
}

bool
devlog_send(const char *line, size_t len, bool patient)
{
	bool sent;

	if (!devlog_open())
		return false;
	do {
		sent = send_to_path(line, len, MSG_DONTWAIT);
		if (!sent && errno == EAGAIN && patient)
			sent = send_waiting(line, len);
	} while (!sent && errno == EINTR);
	return sent;
}
