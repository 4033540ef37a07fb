/* SPDX-License-Identifier: ISC */
/*
 * Who is at work: the acceptor's table of workers by pid, with the source that each serves or, at
 * rest, has served, and the bounds that hold against it.  (Where a worker has many clients the rows
 * are those, by their numbers.)  Kept small: it is copied by every fork.  Pure: pids and sources
 * come from outside.
 */
#ifndef OPDESK_DAEMON_SERVER_ACCOUNTING_H
#define OPDESK_DAEMON_SERVER_ACCOUNTING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include "lib/netaddr.h"

/* Whose bytes: an address, or a user on a UNIX socket. */
struct source {
	struct netaddr addr;
	uid_t uid; /* family 0 only; (uid_t)-1, unknown, is like no other */
};

bool source_equal(const struct source *a, const struct source *b);

/* Whom the bounds count.  A host that has one IPv6 address has the 2^64 of its network (RFC
 * 4291, 2.5.1), so that is counted in its place, host bits zero; not on a link, where all share
 * theirs. */
struct netaddr source_counted(const struct netaddr *a);
/* "192.0.2.1", "2001:db8::/64", "local"; returns dst. */
#define SOURCE_TEXT (NETADDR_TEXT + 3)
const char *source_counted_text(char dst[SOURCE_TEXT], const struct netaddr *a);

struct accounting {
	struct worker_entry *slots; /* open addressing by pid; owned */
	size_t slot_count;          /* a power of two, or 0 */
	size_t count;               /* of rows */
	size_t resting;             /* of them, those without a client */
};

struct accounting_limits {
	size_t max_workers;
	size_t max_per_source; /* loopback and UNIX peers are exempt */
};

void accounting_init(struct accounting *a);
void accounting_fini(struct accounting *a);

/* NULL: one more may come from there; else the name of the setting whose bound is reached.  Who is
 * at rest does not count. */
const char *accounting_refuses(
    const struct accounting *a, const struct accounting_limits *l, const struct source *source);

/* OP_NO_MEMORY.  The pid is not in the table. */
int accounting_add(struct accounting *a, pid_t pid, const struct source *source);
bool accounting_has(const struct accounting *a, pid_t pid);
/* False when the pid is no worker of ours. */
bool accounting_remove(struct accounting *a, pid_t pid, struct source *source);
/* Its client has gone, or it has a new one of the same source.  False: no worker of ours, or
 * nothing changes. */
bool accounting_rest(struct accounting *a, pid_t pid, bool resting, struct source *source);

/* Walk: the first pid at or after *slot, which is moved past it; 0 at the end. */
pid_t accounting_next(const struct accounting *a, size_t *slot);

struct worker_row {
	pid_t pid;
	bool resting;
	struct source source;
};

/* The same with all that is known; false at the end. */
bool accounting_row(const struct accounting *a, size_t *slot, struct worker_row *out);

#endif
