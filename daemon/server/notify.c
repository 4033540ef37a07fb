/* SPDX-License-Identifier: ISC */
/* The protocol of sd_notify(3) and sd_listen_fds(3), which systemd documents as stable. */
#include "daemon/server/notify.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>
#include "lib/log.h"

static void
tell(const char *text)
{
	const char *path = getenv("NOTIFY_SOCKET");
	struct sockaddr_un to = {.sun_family = AF_UNIX};
	size_t len = path ? strlen(path) : 0;
	int fd;

	if (len < 2 || len >= sizeof(to.sun_path) || (*path != '/' && *path != '@'))
		return;
	memcpy(to.sun_path, path, len);
	if (*path == '@')
		to.sun_path[0] = '\0';
	fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd == -1 || sendto(fd, text, strlen(text), MSG_NOSIGNAL, (const struct sockaddr *)&to,
			    (socklen_t)(offsetof(struct sockaddr_un, sun_path) + len)) == -1)
		log_warn("service manager: cannot be told: %s", path);
	if (fd != -1)
		close(fd);
}

void
notify_ready(void)
{
	tell("READY=1");
}

void
notify_reloading(void)
{
	struct timespec now;
	char text[80];

	clock_gettime(CLOCK_MONOTONIC, &now);
	snprintf(text, sizeof(text), "RELOADING=1\nMONOTONIC_USEC=%" PRId64,
	    (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000);
	tell(text);
}

void
notify_stopping(void)
{
	tell("STOPPING=1");
}

static void
take(int fd)
{
	fcntl(fd, F_SETFD, FD_CLOEXEC);
	fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK);
}

int
notify_listen_fds(int max, char names[NOTIFY_NAMES])
{
	const char *given = getenv("LISTEN_FDNAMES"), *pid = getenv("LISTEN_PID"),
		   *fds = getenv("LISTEN_FDS");
	int n = 0;

	if (pid && fds && strtol(pid, NULL, 10) == (long)getpid())
		n = atoi(fds);
	if (snprintf(names, NOTIFY_NAMES, "%s", n > 0 && given ? given : "") >= NOTIFY_NAMES) {
		/* One that means TLS may be behind the cut. */
		log_error("service manager: LISTEN_FDNAMES is too long: no socket is used");
		n = 0;
	}
	unsetenv("LISTEN_PID");
	unsetenv("LISTEN_FDS");
	unsetenv("LISTEN_FDNAMES");
	if (n > max)
		log_warn("service manager: %d sockets were handed over, %d are used", n, max);
	n = n < 0 ? 0 : n > max ? max : n;
	for (int i = 0; i < n; i++)
		take(NOTIFY_FIRST_FD + i);
	return n;
}
