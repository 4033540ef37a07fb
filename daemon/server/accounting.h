/* SPDX-License-Identifier: ISC */
/*
 * Who is at work: the acceptor's table of workers by pid, with the address each serves, and the
 * bounds that hold against it.  Kept small: it is copied by every fork.  Pure: pids and addresses
 * come from outside.
 */
#ifndef OPDESK_DAEMON_SERVER_ACCOUNTING_H
#define OPDESK_DAEMON_SERVER_ACCOUNTING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include "lib/netaddr.h"

struct accounting {
	struct worker_entry *slots; /* open addressing by pid; owned */
	size_t slot_count;	    /* a power of two, or 0 */
	size_t count;
};

struct accounting_limits {
	size_t max_workers;
	size_t max_per_source; /* loopback and UNIX peers are exempt */
};

void accounting_init(struct accounting *a);
void accounting_fini(struct accounting *a);

/* NULL: one more may come from there; else the name of the setting whose bound is reached. */
const char *accounting_refuses(const struct accounting *a, const struct accounting_limits *l,
    const struct netaddr *source);

/* OP_NO_MEMORY.  The pid is not in the table. */
int accounting_add(struct accounting *a, pid_t pid, const struct netaddr *source);
bool accounting_has(const struct accounting *a, pid_t pid);
/* False when the pid is no worker of ours. */
bool accounting_remove(struct accounting *a, pid_t pid, struct netaddr *source);

/* Walk: the first pid at or after *slot, which is moved past it; 0 at the end. */
pid_t accounting_next(const struct accounting *a, size_t *slot);

#endif
