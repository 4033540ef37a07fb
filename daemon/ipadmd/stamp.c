/* SPDX-License-Identifier: ISC */
#include "daemon/ipadmd/stamp.h"

#include <linux/magic.h>
#include <stddef.h>
#include <sys/vfs.h>

#define MAGIC_XFS 0x58465342 /* not in linux/magic.h of every kernel */
#define MAGIC_ZFS 0x2fc12fc1

static int64_t
ms_of(struct timespec t)
{
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static bool
same_time(struct timespec a, struct timespec b)
{
	return a.tv_sec == b.tv_sec && a.tv_nsec == b.tv_nsec;
}

struct stamp
stamp_of(const struct stat *st, struct timespec now, int64_t rest_ms)
{
	return (struct stamp){
	    .dev = st->st_dev,
	    .ino = st->st_ino,
	    .size = st->st_size,
	    .mtime = st->st_mtim,
	    .ctime = st->st_ctim,
	    .counts = ms_of(now) - ms_of(st->st_ctim) >= rest_ms,
	};
}

bool
stamp_proves(const struct stamp *s, const struct stat *st)
{
	return s->counts && S_ISREG(st->st_mode) && s->dev == st->st_dev && s->ino == st->st_ino &&
	       s->size == st->st_size && same_time(s->mtime, st->st_mtim) &&
	       same_time(s->ctime, st->st_ctim);
}

bool
stamp_counts(int dir_fd)
{
	static const uint32_t known[] = {EXT4_SUPER_MAGIC, MAGIC_XFS, BTRFS_SUPER_MAGIC,
	    F2FS_SUPER_MAGIC, TMPFS_MAGIC, MAGIC_ZFS, OVERLAYFS_SUPER_MAGIC};
	struct statfs fs;

	if (fstatfs(dir_fd, &fs) == -1)
		return false;
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if ((uint32_t)fs.f_type == known[i])
			return true;
	return false;
}
