/* SPDX-License-Identifier: ISC */
/*
 * User names are asked once per user and kept: the engine's loop must not wait for a directory
 * service at every connection.
 */
#include "daemon/server/identity.h"

#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "lib/err.h"

#define CACHED_USERS 64
#define MAX_GROUPS 256

struct user {
	uid_t uid;
	char name[64]; /* "": free */
};

static struct user users[CACHED_USERS];

static const char *
user_name(uid_t uid)
{
	struct user *u = &users[uid % CACHED_USERS];
	const struct passwd *pw;

	if (*u->name && u->uid == uid)
		return u->name;
	pw = getpwuid(uid);
	u->uid = uid;
	if (pw && *pw->pw_name)
		snprintf(u->name, sizeof(u->name), "%s", pw->pw_name);
	else
		snprintf(u->name, sizeof(u->name), "uid%lu", (unsigned long)uid);
	return u->name;
}

static bool
in_group(int fd, gid_t primary, gid_t wanted)
{
	gid_t groups[MAX_GROUPS];
	socklen_t len = sizeof(groups);

	if (wanted == NO_GROUP)
		return false;
	if (primary == wanted)
		return true;
	if (getsockopt(fd, SOL_SOCKET, SO_PEERGROUPS, groups, &len) == -1)
		return false;
	for (size_t i = 0; i < len / sizeof(*groups); i++)
		if (groups[i] == wanted)
			return true;
	return false;
}

static bool
user_operates(int fd, const struct ucred *cred, const struct server_config *config)
{
	return cred->uid == 0 || cred->uid == geteuid() ||
	       in_group(fd, cred->gid, config->operators);
}

bool
identity_operates(int fd, const struct netaddr *addr, const struct server_config *config)
{
	struct ucred cred;
	socklen_t len = sizeof(cred);

	if (addr->family)
		return acl_allows(config->insecure, addr, NULL);
	return getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &cred, &len) == 0 &&
	       user_operates(fd, &cred, config);
}

static int
read_local(int fd, const struct server_config *config, struct identity *out)
{
	struct ucred cred;
	socklen_t len = sizeof(cred);
	const char *user;

	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &cred, &len) == -1)
		return OP_SYSTEM;
	user = user_name(cred.uid);
	out->uid = cred.uid;
	snprintf(out->who, sizeof(out->who), "%s@local", user);
	snprintf(out->shown, sizeof(out->shown), "%s (local)", user);
	snprintf(out->host, sizeof(out->host), "local");
	out->is_operator = user_operates(fd, &cred, config);
	return OP_OK;
}

static int
read_remote(const char *name, const struct server_config *config, struct identity *out)
{
	char address[NETADDR_TEXT];

	netaddr_format(address, &out->addr);
	out->uid = (uid_t)-1;
	snprintf(out->who, sizeof(out->who), "%s", address);
	snprintf(out->host, sizeof(out->host), "%s", *name ? name : address);
	snprintf(out->shown, sizeof(out->shown), "%s (%s)", out->host, address);
	out->is_operator = identity_operates(-1, &out->addr, config);
	return OP_OK;
}

int
identity_read(int fd, const char *name, const struct server_config *config, struct identity *out)
{
	struct sockaddr_storage sa;
	socklen_t len = sizeof(sa);

	*out = (struct identity){0};
	if (getpeername(fd, (struct sockaddr *)&sa, &len) == -1) {
		/* A client that is gone already: its address went with it. */
		return OP_SYSTEM;
	}
	netaddr_from_sockaddr((const struct sockaddr *)&sa, &out->addr, &out->port);
	if (sa.ss_family == AF_UNIX)
		return read_local(fd, config, out);
	return out->addr.family ? read_remote(name, config, out) : OP_SYSTEM;
}
