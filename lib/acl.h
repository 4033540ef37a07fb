/* SPDX-License-Identifier: ISC */
/*
 * Who may connect: an ordered list of "allow WHAT" and "deny WHAT" where WHAT is `all`, `local`
 * (UNIX sockets), a network, a host name, or `.example.org` (a name below it).  The last rule that
 * matches wins; none matches: denied.  Names are compared without case and count only when they
 * were verified forwards (the caller gives NULL otherwise).  Pure.
 */
#ifndef OPDESK_LIB_ACL_H
#define OPDESK_LIB_ACL_H

#include <stdbool.h>
#include "lib/netaddr.h"

struct acl;

struct acl *acl_new(void);
void acl_free(struct acl *a);

/* OP_BAD_REQUEST for a WHAT that is none of the above; OP_NO_MEMORY. */
int acl_add(struct acl *a, bool allow, const char *what);

/* addr of family 0: a UNIX peer.  verified_name may be NULL. */
bool acl_allows(const struct acl *a, const struct netaddr *addr, const char *verified_name);

/* Some rule names a host: the caller must resolve before it decides. */
bool acl_needs_name(const struct acl *a);

#endif
