/* SPDX-License-Identifier: ISC */
/* Children by pidfd; used by resolve.c and program.c. */
#include "lib/ev/child.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stddef.h>
#include <sys/pidfd.h>
#include <sys/wait.h>
#include <unistd.h>

int
child_hold(pid_t pid)
{
	int pidfd = pidfd_open(pid, 0);

	if (pidfd >= 0)
		return pidfd;
	/* It has ended and is reaped: by the kernel, where SIGCHLD is ignored, or by a handler. */
	if (errno == ESRCH)
		return open("/dev/null", O_RDONLY | O_CLOEXEC);
	kill(pid, SIGKILL);
	while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
		;
	return -1;
}

void
child_reap(int pidfd)
{
	siginfo_t info;

	while (waitid(P_PIDFD, (id_t)pidfd, &info, WEXITED) < 0 && errno == EINTR)
		;
	close(pidfd);
}
