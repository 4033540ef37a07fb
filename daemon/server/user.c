/* SPDX-License-Identifier: ISC */
/* Groups first, then the user: afterwards there is no right to either. */
#include "daemon/server/user.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "lib/err.h"
#include "lib/log.h"
#include "lib/paths.h"

static int
fail(char *why, size_t size, const char *what)
{
	snprintf(why, size, "user: %s: %s", what, strerror(errno));
	return OP_SYSTEM;
}

static int
give_places(const struct server_config *c, char *why, size_t size)
{
	const char *state = c->generic.state;
	struct stat log;
	int fd;

	if (paths_make_parent(state) || (mkdir(state, 0700) == -1 && errno != EEXIST))
		return fail(why, size, state);
	/* By descriptor: what a user may have put there in the meantime is not followed. */
	fd = open(state, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd == -1)
		return fail(why, size, state);
	if (fchown(fd, c->user, c->group) == -1) {
		close(fd);
		return fail(why, size, state);
	}
	close(fd);
	if (fstat(log_fd(), &log) == 0 && S_ISREG(log.st_mode) &&
	    fchown(log_fd(), c->user, c->group) == -1)
		return fail(why, size, "the log file");
	return OP_OK;
}

static int
take_groups(const struct server_config *c)
{
	return c->user != NO_USER ? initgroups(c->generic.user, c->group) : setgroups(1, &c->group);
}

int
user_become(const struct server_config *c, char *why, size_t why_size)
{
	int err;

	if (c->user == NO_USER && c->group == NO_GROUP)
		return OP_OK;
	if (geteuid() != 0) {
		if ((c->user == NO_USER || c->user == geteuid()) &&
		    (c->group == NO_GROUP || c->group == getegid()))
			return OP_OK;
		snprintf(
		    why, why_size, "user, group: only a daemon that root starts can change them");
		return OP_DENIED;
	}
	err = give_places(c, why, why_size);
	if (err)
		return err;
	paths_stay_system();
	if (take_groups(c) || setgid(c->group))
		return fail(why, why_size, "cannot take the groups");
	if (c->user != NO_USER && c->user != 0 && (setuid(c->user) || setuid(0) != -1))
		return fail(why, why_size, "cannot become the user");
	return OP_OK;
}
