/* SPDX-License-Identifier: ISC */
/* Who the peer is, and whether it may come in.  The name is asked by a child of the loop. */
#include "daemon/server/session_int.h"

#include <stdio.h>
#include <string.h>
#include "lib/ev/resolve.h"
#include "lib/log.h"
#include "lib/text.h"

static void
deny(struct session *s, const char *why)
{
	log_notice("%s: refused: %s", s->text, why);
	session_handle(s, s->events->denied, "denied");
	s->state = CLOSED;
	session_close_fd(s);
}

static void
know_peer(struct session *s, const char *name, bool verified)
{
	const struct acl *access = s->origin.config->access;
	char address[NETADDR_TEXT] = "local";

	if (s->addr.family)
		netaddr_format(address, &s->addr);
	text_log(s->name, sizeof(s->name), name, strlen(name));
	snprintf(s->text, sizeof(s->text), "%s (%s)", *s->name ? s->name : address, address);
	session_handle(s, s->events->accepted, "accepted");
	if (!acl_allows(access, &s->addr, verified ? name : NULL)) {
		deny(s, "not on the access list");
		return;
	}
	if (s->events->allow && !s->events->allow(s)) {
		deny(s, "by the daemon");
		return;
	}
	log_info("connection from %s [%s]", *s->name ? s->name : address, address);
	session_shake(s);
}

void
session_open(struct session *s)
{
	s->state = OPEN;
	session_update_reader(s);
	session_handle(s, s->events->opened, "opened");
	if (s->stopped && s->state == OPEN)
		session_stop(s);
}

static void
on_resolved(const struct resolve_answer *a, void *arg)
{
	struct session *s = arg;

	s->resolve = NULL;
	know_peer(s, a->name, a->verified);
}

static void
know_local_peer(struct session *s)
{
	struct ucred cred;
	socklen_t len = sizeof(cred);
	char name[32] = "";

	if (getsockopt(s->origin.fd, SOL_SOCKET, SO_PEERCRED, &cred, &len) == 0)
		snprintf(name, sizeof(name), "uid %lu", (unsigned long)cred.uid);
	know_peer(s, name, false);
}

void
session_look_up(struct session *s)
{
	int64_t limit = s->origin.config->generic.lookup_ms;

	if (s->addr.family == 0) {
		know_local_peer(s);
	} else if (netaddr_is_loopback(&s->addr)) {
		know_peer(s, "localhost", true);
	} else {
		if (limit > 0)
			s->resolve =
			    resolve_reverse(s->loop, (const struct sockaddr *)&s->origin.sa,
				s->origin.sa_len, limit, on_resolved, s);
		if (!s->resolve)
			know_peer(s, "", false);
	}
}
