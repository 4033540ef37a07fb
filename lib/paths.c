/* SPDX-License-Identifier: ISC */
/* Where things live, by the environment and the user; used at start-up, before any loop. */
#include "lib/paths.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pwd.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/err.h"

#define SYSTEM "OPDESK_SYSTEM"

bool
paths_are_system(void)
{
	return geteuid() == 0 || getenv(SYSTEM);
}

void
paths_stay_system(void)
{
	setenv(SYSTEM, "1", 1);
}

const char *
paths_home(void)
{
	const char *dir = getenv("HOME");
	struct passwd *pw;

	if (dir && dir[0] == '/')
		return dir;
	pw = getpwuid(geteuid());
	return pw && pw->pw_dir && pw->pw_dir[0] == '/' ? pw->pw_dir : NULL;
}

static int
join(char *dst, size_t size, const char *dir, const char *below, const char *name)
{
	char path[PATH_MAX];
	int n = snprintf(path, sizeof(path), "%s%s/%s", dir, below, name);

	if (n < 0 || (size_t)n >= sizeof(path) || (size_t)n >= size)
		return OP_TOO_LARGE;
	memcpy(dst, path, (size_t)n + 1);
	return OP_OK;
}

int
paths_runtime(char *dst, size_t size, const char *name)
{
	const char *dir = getenv("OPDESK_RUNTIME");

	if (dir && dir[0])
		return join(dst, size, dir, "", name);
	if (paths_are_system())
		return join(dst, size, PATHS_SYSTEM_RUNTIME, "", name);
	dir = paths_home();
	return dir ? join(dst, size, dir, "/.local/state/opdesk/run", name) : OP_NOT_FOUND;
}

int
paths_socket(char *dst, size_t size, const char *name)
{
	const char *dir = getenv("OPDESK_RUNTIME");
	char own[PATH_MAX], shared[PATH_MAX];
	int err = paths_runtime(own, sizeof(own), name);

	if (err != OP_OK)
		return err;
	/* A socket in a folder that we may not search is not ours to use either. */
	if ((!dir || !dir[0]) && geteuid() != 0 && access(own, F_OK) != 0 &&
	    join(shared, sizeof(shared), PATHS_SYSTEM_RUNTIME, "", name) == OP_OK &&
	    access(shared, F_OK) == 0)
		return join(dst, size, PATHS_SYSTEM_RUNTIME, "", name);
	return paths_runtime(dst, size, name);
}

int
paths_state(char *dst, size_t size, const char *program)
{
	const char *dir;

	if (paths_are_system())
		return join(dst, size, "/var/lib/opdesk", "", program);
	dir = paths_home();
	return dir ? join(dst, size, dir, "/.local/state/opdesk", program) : OP_NOT_FOUND;
}

/* Make every directory of the path that is missing. */
static int
make_all(char *dir)
{
	for (char *p = dir + 1;; p++) {
		char c = *p;

		if (c != '/' && c != '\0')
			continue;
		*p = '\0';
		int rc = mkdir(dir, 0700);

		*p = c;
		if (rc != 0 && errno != EEXIST)
			return OP_SYSTEM;
		if (c == '\0')
			return OP_OK;
	}
}

static int
check_owned(const char *dir)
{
	struct stat st;
	int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int rc;

	if (fd < 0)
		return OP_SYSTEM;
	rc = fstat(fd, &st);
	close(fd);
	if (rc != 0)
		return OP_SYSTEM;
	if (st.st_uid != geteuid() || (st.st_mode & (S_IWGRP | S_IWOTH)))
		return OP_DENIED;
	return OP_OK;
}

/* OP_SYSTEM with ENAMETOOLONG. */
static int
parent_of(const char *path, char dir[PATH_MAX])
{
	const char *slash = strrchr(path, '/');
	size_t len = slash ? (size_t)(slash - path) : 0;

	if (len >= PATH_MAX) {
		errno = ENAMETOOLONG;
		return OP_SYSTEM;
	}
	snprintf(dir, PATH_MAX, "%.*s", (int)len, path);
	if (len == 0)
		snprintf(dir, PATH_MAX, "%s", slash ? "/" : ".");
	return OP_OK;
}

int
paths_check_parent(const char *path)
{
	char dir[PATH_MAX];
	int err = parent_of(path, dir);

	return err ? err : check_owned(dir);
}

int
paths_make_parent(const char *path)
{
	char dir[PATH_MAX];
	int err = parent_of(path, dir);

	if (!err)
		err = make_all(dir);
	return err ? err : check_owned(dir);
}

const char *
paths_explain(char *dst, size_t size, const char *path, int err)
{
	int errnum = errno;
	char dir[PATH_MAX];

	if (parent_of(path, dir))
		snprintf(dir, sizeof(dir), "(its name is too long)");
	if (err == OP_DENIED)
		snprintf(dst, size,
		    "the directory %s must belong to this user and be closed to others", dir);
	else if (err == OP_SYSTEM && errnum == ENOENT)
		snprintf(dst, size, "the directory %s is not there", dir);
	else
		snprintf(dst, size, "cannot use the directory %s: %s", dir,
		    err == OP_SYSTEM ? strerror(errnum) : op_strerror(err));
	return dst;
}

/* A folder is none, though it may be "executed". */
static int
check_program(const char *path)
{
	struct stat st;

	if (stat(path, &st) != 0 || access(path, X_OK) != 0)
		return errno;
	return S_ISREG(st.st_mode) ? 0 : EACCES;
}

int
paths_program(const char *name, const char *search)
{
	int best = ENOENT;

	if (strchr(name, '/') || !*name)
		return check_program(name);
	if (!search)
		search = "/bin:/usr/bin"; /* as execvp(3) does */
	while (*search) {
		size_t len = strcspn(search, ":");
		char path[PATH_MAX];
		int n = snprintf(
		    path, sizeof(path), "%.*s/%s", len ? (int)len : 1, len ? search : ".", name);
		int problem = n > 0 && (size_t)n < sizeof(path) ? check_program(path) : ENOENT;

		if (problem == 0)
			return 0;
		if (problem == EACCES)
			best = problem;
		search += len + (search[len] == ':');
	}
	return best;
}
