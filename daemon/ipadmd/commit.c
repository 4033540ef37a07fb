/* SPDX-License-Identifier: ISC */
/*
 * .FILE.new appears under that name only when it is complete and synced (it is written as
 * .FILE.part): whatever lies there is one whole version, ours or a displaced one.
 */
#include "daemon/ipadmd/commit.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/clock.h"
#include "lib/err.h"
#include "lib/log.h"

#define PENDING "pending"
#define READ_BYTES (64 * 1024)
#define PATH_TEXT 64

#ifdef OPDESK_TEST_BUILD
static void
reach(enum commit_place place)
{
	const char *wanted = getenv("OPDESK_COMMIT_DIES");
	const char *file = wanted ? strchr(wanted, ' ') : NULL;

	if (file && atoi(wanted) == (int)place && unlink(file + 1) == 0)
		raise(SIGKILL);
}
#else
static void
reach(enum commit_place place)
{
	(void)place;
}
#endif

/* --- files --- */

static int
write_all(int fd, const unsigned char *bytes, size_t len)
{
	while (len > 0) {
		ssize_t n = write(fd, bytes, len);

		if (n > 0) {
			bytes += n;
			len -= (size_t)n;
		} else if (n == 0 || errno != EINTR) {
			return OP_SYSTEM;
		}
	}
	return OP_OK;
}

/* Write, sync, close; removed when that fails.  `like` gives mode and owner. */
static int
write_file(int dir_fd, const char *name, const struct buf *bytes, const struct stat *like)
{
	int fd = openat(dir_fd, name, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0644);

	if (fd == -1)
		return OP_SYSTEM;
	int err = write_all(fd, buf_bytes(bytes), buf_len(bytes));

	if (err == OP_OK && like) {
		/* As others had it; whoever runs us may not be able to give files away. */
		if (fchown(fd, like->st_uid, like->st_gid) == -1 && errno != EPERM)
			err = OP_SYSTEM;
		if (fchmod(fd, like->st_mode & 07777) == -1)
			err = OP_SYSTEM;
	}
	if (err == OP_OK && fsync(fd) == -1)
		err = OP_SYSTEM;
	if (close(fd) == -1)
		err = OP_SYSTEM;
	if (err) {
		int saved = errno;

		unlinkat(dir_fd, name, 0);
		errno = saved;
	}
	return err;
}

/* OP_NOT_FOUND: there is none. */
static int
read_file(int dir_fd, const char *name, struct buf *out)
{
	int err = OP_AGAIN, fd = openat(dir_fd, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);

	if (fd == -1)
		return errno == ENOENT ? OP_NOT_FOUND : OP_SYSTEM;
	while (err == OP_AGAIN) {
		unsigned char *room;

		if (buf_reserve(out, READ_BYTES, &room)) {
			err = OP_NO_MEMORY;
			break;
		}
		ssize_t n = read(fd, room, READ_BYTES);

		if (n > 0)
			buf_commit(out, (size_t)n);
		else if (n == 0)
			err = OP_OK;
		else if (errno != EINTR)
			err = OP_SYSTEM;
	}
	close(fd);
	return err;
}

static bool
same_bytes(const struct buf *a, const struct buf *b)
{
	return buf_len(a) == buf_len(b) &&
	       (buf_len(a) == 0 || memcmp(buf_bytes(a), buf_bytes(b), buf_len(a)) == 0);
}

/* The version of a file there; "" when there is none. */
static int
version_of(int dir_fd, const char *name, char out[COMMIT_TEXT])
{
	struct buf bytes;
	int err;

	buf_init(&bytes);
	err = read_file(dir_fd, name, &bytes);
	if (err == OP_OK)
		history_version(buf_bytes(&bytes), buf_len(&bytes), out);
	else if (err == OP_NOT_FOUND)
		out[0] = '\0';
	buf_fini(&bytes);
	return err == OP_NOT_FOUND ? OP_OK : err;
}

/* --- pending --- */

struct pending {
	char commit[COMMIT_TEXT], file[SDB_NAME_TEXT];
	char old[COMMIT_TEXT], new[COMMIT_TEXT]; /* "-": no file */
};

static int
write_pending(const struct committer *c, const struct pending *p)
{
	struct buf text;
	int err;

	buf_init(&text);
	err = buf_printf(&text, "commit %s\nfile %s\nold %s\nnew %s\n", p->commit, p->file,
	    *p->old ? p->old : "-", p->new);
	if (err == OP_OK)
		err = write_file(c->state_fd, PENDING ".new", &text, NULL);
	buf_fini(&text);
	if (err == OP_OK && (renameat(c->state_fd, PENDING ".new", c->state_fd, PENDING) == -1 ||
				fsync(c->state_fd) == -1))
		err = OP_SYSTEM;
	return err;
}

int
commit_forget(const struct committer *c)
{
	if (unlinkat(c->state_fd, PENDING, 0) == -1 && errno != ENOENT)
		return OP_SYSTEM;
	return fsync(c->state_fd) == -1 ? OP_SYSTEM : OP_OK;
}

static int
read_pending(const struct committer *c, struct pending *p)
{
	struct buf text;
	int err;

	buf_init(&text);
	err = read_file(c->state_fd, PENDING, &text);
	if (err == OP_OK)
		err = buf_append(&text, "", 1);
	if (err == OP_OK &&
	    sscanf((const char *)buf_bytes(&text),
		"commit %40[0-9a-f]\nfile %21[A-Za-z0-9_.]\nold %40[0-9a-f-]\nnew %40[0-9a-f]",
		p->commit, p->file, p->old, p->new) != 4)
		err = OP_PROTOCOL;
	buf_fini(&text);
	if (err == OP_OK && strcmp(p->old, "-") == 0)
		p->old[0] = '\0';
	return err;
}

/* --- the exchange --- */

struct names {
	const char *file;
	char part[PATH_TEXT], new[PATH_TEXT];
};

static void
names_of(struct names *n, const char *file)
{
	n->file = file;
	snprintf(n->part, sizeof(n->part), ".%s.part", file);
	snprintf(n->new, sizeof(n->new), ".%s.new", file);
}

/* Remove .FILE.new if it is a version that the history has: the one we wrote, or the old one.  Else
 * it is a third one, that somebody has made in the same moment: kept under a name of its own. */
static int
discard(const struct committer *c, const struct names *n, const char *ours, const char *old)
{
	char version[COMMIT_TEXT], kept[PATH_TEXT + 24];
	int err = version_of(c->dir_fd, n->new, version);

	if (err || !*version)
		return err;
	if (strcmp(version, ours) == 0 || strcmp(version, old) == 0)
		return unlinkat(c->dir_fd, n->new, 0) == -1 ? OP_SYSTEM : OP_OK;
	snprintf(kept, sizeof(kept), ".%s.kept-%lld", n->file, (long long)clock_wall_ms() / 1000);
	log_warn("%s: edited by several at once: one version is kept as %s", n->file, kept);
	return renameat(c->dir_fd, n->new, c->dir_fd, kept) == -1 ? OP_SYSTEM : OP_OK;
}

static int
put_back(const struct committer *c, const struct names *n, const char *ours)
{
	if (renameat2(c->dir_fd, n->new, c->dir_fd, n->file, RENAME_EXCHANGE) == -1)
		return OP_INTERNAL;
	return discard(c, n, ours, "") ? OP_INTERNAL : OP_CONFLICT;
}

/* After the exchange: is what we displaced what the change was made from? */
static int
compare(const struct committer *c, const struct names *n, const struct buf *base, const char *ours)
{
	struct buf displaced;
	int err;

	buf_init(&displaced);
	err = read_file(c->dir_fd, n->new, &displaced);
	if (err == OP_OK && !same_bytes(&displaced, base))
		err = OP_CONFLICT;
	buf_fini(&displaced);
	if (err == OP_CONFLICT)
		return put_back(c, n, ours);
	return err ? OP_INTERNAL : OP_OK;
}

static int
place_new(const struct committer *c, const struct names *n, const struct buf *bytes,
    const struct buf *base)
{
	struct stat st;
	bool have = fstatat(c->dir_fd, n->file, &st, AT_SYMLINK_NOFOLLOW) == 0;
	int err;

	if (base && (!have || !S_ISREG(st.st_mode)))
		return OP_CONFLICT;
	err = write_file(c->dir_fd, n->part, bytes, base ? &st : NULL);
	if (err == OP_OK && renameat(c->dir_fd, n->part, c->dir_fd, n->new) == -1)
		err = OP_SYSTEM;
	return err;
}

static int
exchange(const struct committer *c, const struct names *n, const struct buf *base, const char *ours)
{
	unsigned how = base ? RENAME_EXCHANGE : RENAME_NOREPLACE;

	if (renameat2(c->dir_fd, n->new, c->dir_fd, n->file, how) == -1) {
		int saved = errno;

		if (discard(c, n, ours, ""))
			return OP_INTERNAL;
		errno = saved;
		return saved == EEXIST || saved == ENOENT ? OP_CONFLICT : OP_SYSTEM;
	}
	reach(COMMIT_EXCHANGED);
	int err = base ? compare(c, n, base, ours) : OP_OK;

	if (err)
		return err;
	return fsync(c->dir_fd) == -1 ? OP_INTERNAL : OP_OK;
}

static int
replace(const struct committer *c, const struct pending *p, const struct buf *bytes,
    const struct buf *base, const char **failed)
{
	struct names n;
	int err;

	names_of(&n, p->file);
	*failed = "writing the new file";
	err = place_new(c, &n, bytes, base);
	if (err)
		return err;
	reach(COMMIT_WRITTEN);
	*failed = "exchanging the file";
	return exchange(c, &n, base, p->new);
}

/* Steps 4 and 5.  The old version lies as .FILE.new until the branch has moved: so recovery can
 * tell that the exchange was made, even if FILE is edited before. */
static int
finish(const struct committer *c, const struct pending *p)
{
	struct names n;

	if (history_move(c->history, p->commit))
		return OP_INTERNAL;
	reach(COMMIT_MOVED);
	names_of(&n, p->file);
	if (discard(c, &n, p->new, p->old) || commit_forget(c))
		return OP_INTERNAL;
	return OP_OK;
}

int
commit_run(const struct committer *c, const struct history_entry *e, const struct buf *base,
    char commit[COMMIT_TEXT], const char **failed)
{
	const struct buf *next = e->files[0].bytes;
	struct pending p = {0};
	int err;

	snprintf(p.file, sizeof(p.file), "%s", e->files[0].file);
	history_version(buf_bytes(next), buf_len(next), p.new);
	if (base)
		history_version(buf_bytes(base), buf_len(base), p.old);
	*failed = "writing the history";
	if ((err = history_write(c->history, e, p.commit)))
		return err;
	reach(COMMIT_OBJECTS);
	*failed = "writing the pending file";
	err = write_pending(c, &p);
	reach(COMMIT_PENDING);
	if (err == OP_OK)
		err = replace(c, &p, next, base, failed);
	if (err == OP_INTERNAL)
		return err;
	if (err) {
		int saved = errno;
		int forgotten = commit_forget(c);

		errno = saved;
		return forgotten ? OP_INTERNAL : err;
	}
	reach(COMMIT_SYNCED);
	*failed = "moving the branch";
	if ((err = finish(c, &p)))
		return err;
	reach(COMMIT_DONE);
	memcpy(commit, p.commit, COMMIT_TEXT);
	return OP_OK;
}

/* --- at start --- */

/* FILE is the new version, or was it until somebody edited it: the exchange was made. */
static int
complete(const struct committer *c, const struct pending *p)
{
	if (fsync(c->dir_fd) == -1)
		return OP_SYSTEM;
	int err = finish(c, p);

	if (err == OP_OK)
		log_notice("%s: completed: commit %s", p->file, p->commit);
	return err;
}

static int
recover(const struct committer *c, const struct pending *p, const struct names *n)
{
	char version[COMMIT_TEXT], beside[COMMIT_TEXT];
	int err = version_of(c->dir_fd, n->file, version);

	if (err == OP_OK)
		err = version_of(c->dir_fd, n->new, beside);
	if (err)
		return err;
	if (*beside && strcmp(beside, p->old) == 0)
		return complete(c, p);
	if (strcmp(version, p->new) != 0) {
		err = discard(c, n, p->new, "");
		return err ? err : OP_AGAIN;
	}
	if (!*beside)
		return complete(c, p);
	/* What the exchange displaced was somebody's edit. */
	err = put_back(c, n, p->new);
	return err == OP_CONFLICT ? OP_AGAIN : err;
}

static int
recover_pending(const struct committer *c, const struct pending *p)
{
	char head[COMMIT_TEXT] = "";
	struct names n;
	int err = history_head(c->history, head);

	if (err && err != OP_NOT_FOUND)
		return err;
	names_of(&n, p->file);
	if (strcmp(head, p->commit) == 0) {
		err = discard(c, &n, p->new, p->old);
		return err ? err : commit_forget(c);
	}
	if (unlinkat(c->dir_fd, n.part, 0) == -1 && errno != ENOENT)
		return OP_SYSTEM;
	return recover(c, p, &n);
}

int
commit_recover(const struct committer *c, char unfinished[COMMIT_TEXT], struct sdb_name *file)
{
	struct pending p;
	int err = read_pending(c, &p);

	if (err == OP_NOT_FOUND)
		return OP_OK;
	if (err == OP_OK)
		err = sdb_name_parse(p.file, strlen(p.file), file);
	if (err)
		return err;
	err = recover_pending(c, &p);
	if (err == OP_AGAIN)
		memcpy(unfinished, p.commit, COMMIT_TEXT);
	return err;
}
