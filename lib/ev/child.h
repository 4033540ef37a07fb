/* SPDX-License-Identifier: ISC */
/*
 * Child processes held by a pidfd, beside whatever the owner of the process does with its children:
 * nothing is installed or blocked here.  SIGCHLD does arrive, so a handler that reaps everybody
 * (libev's child watchers, waitpid(-1)) may meet a pid that it does not know, and may reap it
 * first; both are harmless: the pidfd names the process even after its number was given to another.
 * SIGCHLD ignored is harmless too.
 */
#ifndef OPDESK_LIB_EV_CHILD_H
#define OPDESK_LIB_EV_CHILD_H

#include <stdbool.h>
#include <sys/types.h>

/* A pidfd of the child, close-on-exec, which polls readable when the child has ended; when that was
 * quicker and somebody reaped it, another descriptor that is always readable.  -1: neither was to
 * be had, and the child was killed and reaped. */
int child_hold(pid_t pid);

/* In the child, soon after fork(): it gets `signo` when its parent ends (prctl(2),
 * PR_SET_PDEATHSIG: of the thread that forked; an exec of an ordinary program keeps it).  parent:
 * getpid() from before the fork.  False: that one has ended already, of which no signal would tell;
 * the caller ends. */
bool child_follow(pid_t parent, int signo);

/* Wait for the end, which the caller knows to be near, and close the pidfd. */
void child_reap(int pidfd);

#endif
