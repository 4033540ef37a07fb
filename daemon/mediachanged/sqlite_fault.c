/* SPDX-License-Identifier: ISC */
/*
 * Test builds only: SQLite's own VFS with calls that fail.  In each storer the n-th call fails, and
 * only that one, counted from when the file named by OPDESK_FAULT_ARM exists (unset: from the
 * start):
 *   OPDESK_FAULT_SYNC=n   the n-th fsync says SQLITE_IOERR_FSYNC
 *   OPDESK_FAULT_WRITE=n  the n-th write says SQLITE_IOERR_WRITE
 *   OPDESK_FAULT_FULL=n   the n-th write and all after it say SQLITE_FULL
 *   OPDESK_FAULT_HANG=1   files are not opened
 *   OPDESK_FAULT_DIE=1    opening a file kills the process
 * How: the methods of each opened file are replaced by a copy with two functions of ours.
 */
#include "daemon/mediachanged/sqlite_int.h"

#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

static long syncs, writes;
static struct sqlite3_vfs vfs;
static struct sqlite3_vfs *real_vfs;

struct methods {                   /* of databases, and of logs, which are not locked */
	sqlite3_io_methods faulty; /* first: what a file points at */
	const sqlite3_io_methods *real;
};

static struct methods methods[2];

static long
wanted(const char *name)
{
	const char *n = getenv(name);

	return n ? strtol(n, NULL, 10) : 0;
}

static bool
is_armed(void)
{
	const char *path = getenv("OPDESK_FAULT_ARM");

	return !path || access(path, F_OK) == 0;
}

static const sqlite3_io_methods *
real_of(const sqlite3_file *file)
{
	return ((const struct methods *)file->pMethods)->real;
}

static int
fault_write(sqlite3_file *file, const void *bytes, int len, sqlite3_int64 at)
{
	long full = wanted("OPDESK_FAULT_FULL");

	if (is_armed()) {
		writes++;
		if (full && writes >= full)
			return SQLITE_FULL;
		if (writes == wanted("OPDESK_FAULT_WRITE"))
			return SQLITE_IOERR_WRITE;
	}
	return real_of(file)->xWrite(file, bytes, len, at);
}

static int
fault_sync(sqlite3_file *file, int flags)
{
	if (is_armed() && ++syncs == wanted("OPDESK_FAULT_SYNC"))
		return SQLITE_IOERR_FSYNC;
	return real_of(file)->xSync(file, flags);
}

static int
fault_open(sqlite3_vfs *v, const char *name, sqlite3_file *file, int flags, int *out_flags)
{
	while (wanted("OPDESK_FAULT_HANG") && is_armed())
		pause();
	if (wanted("OPDESK_FAULT_DIE") && is_armed())
		raise(SIGKILL);
	int rc = real_vfs->xOpen(v, name, file, flags, out_flags);

	if (rc != SQLITE_OK || !file->pMethods)
		return rc;
	for (size_t i = 0; i < 2; i++) {
		struct methods *m = &methods[i];

		if (m->real && m->real != file->pMethods)
			continue;
		m->real = file->pMethods;
		m->faulty = *m->real;
		m->faulty.xWrite = fault_write;
		m->faulty.xSync = fault_sync;
		file->pMethods = &m->faulty;
		break;
	}
	return rc;
}

const char *
sqlite_fault_vfs(void)
{
	if (!real_vfs) {
		real_vfs = sqlite3_vfs_find(NULL);
		vfs = *real_vfs;
		vfs.zName = "opdesk-fault";
		vfs.pNext = NULL;
		vfs.xOpen = fault_open;
		sqlite3_vfs_register(&vfs, 0);
	}
	return vfs.zName;
}
