/* SPDX-License-Identifier: ISC */
/* Children by pidfd, and children that end with their parent. */
#include "lib/ev/child.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stddef.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
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

bool
child_follow(pid_t parent, int signo)
{
	/* In this order: a parent that ends after the first is told of, one before is seen. */
	return prctl(PR_SET_PDEATHSIG, signo) == 0 && getppid() == parent;
}

void
child_reap(int pidfd)
{
	siginfo_t info;

	while (waitid(P_PIDFD, (id_t)pidfd, &info, WEXITED) < 0 && errno == EINTR)
		;
	close(pidfd);
}
