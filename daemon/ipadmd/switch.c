/* SPDX-License-Identifier: ISC */
#include "daemon/ipadmd/switch.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "daemon/ipadmd/disk.h"
#include "lib/clock.h"
#include "lib/err.h"
#include "lib/log.h"

#define NAME_TEXT 256

static const char *
beside(char dst[NAME_TEXT], const struct pending_file *f, const char *suffix)
{
	snprintf(dst, NAME_TEXT, ".%s.%s", f->place.base, suffix);
	return dst;
}

int
switch_lay(const struct pending_file *f, const struct buf *base, const struct buf *bytes)
{
	const int fd = f->place.dir_fd;
	char part[NAME_TEXT], new[NAME_TEXT];
	struct stat st;
	bool have = fstatat(fd, f->place.base, &st, AT_SYMLINK_NOFOLLOW) == 0;

	if (base && (!have || !S_ISREG(st.st_mode)))
		return OP_CONFLICT;
	if (!bytes)
		return OP_OK;
	int err = disk_write(fd, beside(part, f, "part"), bytes, base ? &st : NULL);

	if (err == OP_OK && renameat(fd, part, fd, beside(new, f, "new")) == -1)
		err = OP_SYSTEM;
	return err;
}

/* One step of either direction: `from` goes to `to`. */
static int
rename_over(const struct pending_file *f, const char *from, const char *to, unsigned how)
{
	if (renameat2(f->place.dir_fd, from, f->place.dir_fd, to, how) == 0)
		return OP_OK;
	return errno == EEXIST || errno == ENOENT ? OP_CONFLICT : OP_SYSTEM;
}

int
switch_in(const struct pending_file *f)
{
	char new[NAME_TEXT];

	beside(new, f, "new");
	if (!*f->new)
		return rename_over(f, f->place.base, new, RENAME_NOREPLACE);
	return rename_over(f, new, f->place.base, *f->old ? RENAME_EXCHANGE : RENAME_NOREPLACE);
}

int
switch_compare(const struct pending_file *f, const struct buf *base)
{
	char new[NAME_TEXT];
	struct buf displaced;
	int err;

	if (!base)
		return OP_OK;
	buf_init(&displaced);
	err = disk_read(f->place.dir_fd, beside(new, f, "new"), &displaced);
	if (err == OP_OK && !disk_same(&displaced, base))
		err = OP_CONFLICT;
	buf_fini(&displaced);
	return err;
}

int
switch_back(const struct pending_file *f)
{
	char new[NAME_TEXT];

	beside(new, f, "new");
	if (!*f->new)
		return rename_over(f, new, f->place.base, RENAME_NOREPLACE);
	if (!*f->old)
		return rename_over(f, f->place.base, new, RENAME_NOREPLACE);
	return rename_over(f, new, f->place.base, RENAME_EXCHANGE);
}

int
switch_clean(const struct pending_file *f)
{
	const int fd = f->place.dir_fd;
	char version[COMMIT_TEXT], new[NAME_TEXT], part[NAME_TEXT], kept[NAME_TEXT + 32];
	int err = disk_version(fd, beside(new, f, "new"), version);

	if (err)
		return err;
	if (unlinkat(fd, beside(part, f, "part"), 0) == -1 && errno != ENOENT)
		return OP_SYSTEM;
	if (!*version)
		return OP_OK;
	if (strcmp(version, f->new) == 0 || strcmp(version, f->old) == 0)
		return unlinkat(fd, new, 0) == -1 ? OP_SYSTEM : OP_OK;
	snprintf(
	    kept, sizeof(kept), ".%s.kept-%lld", f->place.base, (long long)clock_wall_ms() / 1000);
	log_warn("%s: edited by several at once: one version is kept as %s", f->place.name, kept);
	return renameat(fd, new, fd, kept) == -1 ? OP_SYSTEM : OP_OK;
}

/* What was displaced lies beside until the branch has moved: so it is seen that the exchange was
 * made, even if the file was edited since. */
int
switch_look(const struct pending_file *f, enum switch_state *state)
{
	char there[COMMIT_TEXT], other[COMMIT_TEXT], new[NAME_TEXT];
	int err = disk_version(f->place.dir_fd, f->place.base, there);

	if (err == OP_OK)
		err = disk_version(f->place.dir_fd, beside(new, f, "new"), other);
	if (err)
		return err;
	bool displaced = *other && strcmp(other, f->old) == 0;

	if (displaced || (strcmp(there, f->new) == 0 && !*other))
		*state = SWITCH_IN;
	else if (strcmp(there, f->old) == 0)
		*state = SWITCH_OUT;
	else
		*state = SWITCH_ODD;
	return OP_OK;
}

int
switch_undo(const struct pending_file *f)
{
	char there[COMMIT_TEXT], other[COMMIT_TEXT], new[NAME_TEXT];
	int err = disk_version(f->place.dir_fd, f->place.base, there);

	if (err == OP_OK)
		err = disk_version(f->place.dir_fd, beside(new, f, "new"), other);
	if (err == OP_OK && strcmp(there, f->new) == 0 && (*other || !*f->old))
		err = switch_back(f);
	if (err)
		return err == OP_CONFLICT ? OP_SYSTEM : err;
	return switch_clean(f);
}
