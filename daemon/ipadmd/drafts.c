/* SPDX-License-Identifier: ISC */
#include "daemon/ipadmd/drafts.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "daemon/ipadmd/disk.h"
#include "lib/err.h"

#define NAME_TEXT (FILE_TEXT + UUID_SIZE + 8)
#define USER_TEXT 256
#define HEAD "draft 1\nbase %s\nsaved %lld\nmessage %zu\n"

void
draft_init(struct draft *d)
{
	*d = (struct draft){0};
	buf_init(&d->message);
	buf_init(&d->text);
}

void
draft_fini(struct draft *d)
{
	buf_fini(&d->message);
	buf_fini(&d->text);
}

/* --- names --- */

/* A user's name as that of a directory: what is not plain is written %XX. */
static int
directory_of(char dst[USER_TEXT], const char *who)
{
	static const char plain[] =
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789@_-";
	size_t n = 0;

	for (const char *s = who; *s; s++) {
		bool is_plain = strchr(plain, *s) || (*s == '.' && s != who);

		if (n + 4 > USER_TEXT)
			return OP_TOO_LARGE;
		if (is_plain)
			dst[n++] = *s;
		else
			n += (size_t)snprintf(dst + n, 4, "%%%02X", (unsigned char)*s);
	}
	dst[n] = '\0';
	return n ? OP_OK : OP_BAD_REQUEST;
}

int
drafts_open(int state_fd)
{
	if (mkdirat(state_fd, "drafts", 0700) == -1 && errno != EEXIST)
		return -1;
	return openat(state_fd, "drafts", O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
}

/* A descriptor of the user's directory.  OP_NOT_FOUND: there is none. */
static int
open_user(int fd, const char *who, bool make, int *out)
{
	char name[USER_TEXT];
	int err = directory_of(name, who);

	if (err)
		return err;
	if (make && mkdirat(fd, name, 0700) == -1 && errno != EEXIST)
		return OP_SYSTEM;
	*out = openat(fd, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (*out == -1)
		return errno == ENOENT ? OP_NOT_FOUND : OP_SYSTEM;
	return make && fsync(fd) == -1 ? OP_SYSTEM : OP_OK;
}

/* FILE,ID; other names are none of ours. */
static bool
split_name(const char *name, char file[FILE_TEXT], char id[UUID_SIZE])
{
	const char *comma = strrchr(name, ',');
	size_t len = comma ? (size_t)(comma - name) : 0;

	if (!comma || len == 0 || len >= FILE_TEXT || name[0] == '.' ||
	    !uuid_valid(comma + 1, strlen(comma + 1)))
		return false;
	snprintf(file, FILE_TEXT, "%.*s", (int)len, name);
	memcpy(id, comma + 1, UUID_SIZE);
	return true;
}

/* --- walking --- */

static int
walk_directory(int user_fd, drafts_fn *fn, void *arg)
{
	int fd = openat(user_fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC), err = OP_OK;
	DIR *dir = fd == -1 ? NULL : fdopendir(fd);
	char file[FILE_TEXT], id[UUID_SIZE];
	struct dirent *entry;

	if (!dir) {
		if (fd != -1)
			close(fd);
		return OP_SYSTEM;
	}
	while (err == OP_OK && (entry = readdir(dir)) != NULL)
		if (split_name(entry->d_name, file, id))
			err = fn(file, id, arg);
	closedir(dir);
	return err;
}

int
drafts_walk(int fd, const char *who, drafts_fn *fn, void *arg)
{
	int user_fd, err = open_user(fd, who, false, &user_fd);

	if (err)
		return err == OP_NOT_FOUND ? OP_OK : err;
	err = walk_directory(user_fd, fn, arg);
	close(user_fd);
	return err;
}

struct search {
	int user_fd;
	const char *id;
	char name[NAME_TEXT]; /* "": not found */
	char file[FILE_TEXT];
	/* all others together */
	size_t count;
	uint64_t bytes;
};

static int
look_at(const char *file, const char *id, void *arg)
{
	struct search *s = arg;
	char name[NAME_TEXT];
	struct stat st;

	snprintf(name, sizeof(name), "%s,%s", file, id);
	if (strcasecmp(id, s->id) == 0) {
		memcpy(s->name, name, sizeof(name));
		snprintf(s->file, sizeof(s->file), "%s", file);
	} else if (fstatat(s->user_fd, name, &st, AT_SYMLINK_NOFOLLOW) == 0) {
		s->count++;
		s->bytes += (uint64_t)st.st_size;
	}
	return OP_OK;
}

/* --- one draft --- */

static int
format(const struct draft *d, struct buf *out)
{
	int err = buf_printf(
	    out, HEAD, *d->base ? d->base : "-", (long long)d->saved_ms, buf_len(&d->message));

	if (err == OP_OK)
		err = buf_append(out, buf_bytes(&d->message), buf_len(&d->message));
	if (err == OP_OK)
		err = buf_append(out, buf_bytes(&d->text), buf_len(&d->text));
	return err;
}

static int
parse(struct buf *bytes, struct draft *d)
{
	char head[200];
	size_t len = buf_len(bytes) < sizeof(head) - 1 ? buf_len(bytes) : sizeof(head) - 1;
	long long saved;
	size_t message;
	int used = 0;

	snprintf(head, sizeof(head), "%.*s", (int)len, (const char *)buf_bytes(bytes));
	if (sscanf(head, "draft 1 base %40[0-9a-f-] saved %lld message %zu%n", d->base, &saved,
		&message, &used) != 3 ||
	    head[used] != '\n')
		return OP_PROTOCOL;
	buf_consume(bytes, (size_t)used + 1);
	if (message > buf_len(bytes))
		return OP_PROTOCOL;
	if (strcmp(d->base, "-") == 0)
		d->base[0] = '\0';
	d->saved_ms = saved;
	int err = buf_append(&d->message, buf_bytes(bytes), message);

	buf_consume(bytes, message);
	return err ? err : buf_append(&d->text, buf_bytes(bytes), buf_len(bytes));
}

static int
write_draft(int user_fd, const struct draft *d)
{
	char name[NAME_TEXT], part[NAME_TEXT + 8];
	struct buf bytes;
	int err;

	snprintf(name, sizeof(name), "%s,%s", d->file, d->id);
	snprintf(part, sizeof(part), ".%s.part", name);
	buf_init(&bytes);
	err = format(d, &bytes);
	if (err == OP_OK)
		err = disk_write(user_fd, part, &bytes, NULL);
	buf_fini(&bytes);
	if (err == OP_OK && (renameat(user_fd, part, user_fd, name) == -1 || fsync(user_fd) == -1))
		err = OP_SYSTEM;
	return err;
}

static int
save(int user_fd, const struct draft *d, const struct draft_limits *limits)
{
	struct search s = {.user_fd = user_fd, .id = d->id};
	struct draft kept = *d;
	int err = walk_directory(user_fd, look_at, &s);

	if (err)
		return err;
	if (*s.name && strcmp(s.file, d->file) != 0)
		return OP_CONFLICT;
	if (s.count + 1 > limits->count || s.bytes + buf_len(&d->text) > limits->bytes)
		return OP_TOO_LARGE;
	/* The id as it was written first. */
	if (*s.name)
		memcpy(kept.id, strrchr(s.name, ',') + 1, UUID_SIZE);
	return write_draft(user_fd, &kept);
}

int
drafts_save(int fd, const char *who, const struct draft *d, const struct draft_limits *limits)
{
	int user_fd, err = open_user(fd, who, true, &user_fd);

	if (err)
		return err;
	err = save(user_fd, d, limits);
	int saved = errno;

	close(user_fd);
	errno = saved;
	return err;
}

/* The user's directory and the draft in it. */
static int
find(int fd, const char *who, const char *id, struct search *s)
{
	int err = open_user(fd, who, false, &s->user_fd);

	s->id = id;
	if (err)
		return err;
	err = walk_directory(s->user_fd, look_at, s);
	if (err == OP_OK && !*s->name)
		err = OP_NOT_FOUND;
	if (err)
		close(s->user_fd);
	return err;
}

int
drafts_read(int fd, const char *who, const char *id, struct draft *out)
{
	struct search s = {0};
	struct buf bytes;
	struct draft d;
	int err = find(fd, who, id, &s);

	if (err)
		return err;
	draft_init(&d);
	buf_init(&bytes);
	err = disk_read(s.user_fd, s.name, &bytes);
	if (err == OP_OK)
		err = parse(&bytes, &d);
	buf_fini(&bytes);
	close(s.user_fd);
	if (err) {
		draft_fini(&d);
		return err;
	}
	memcpy(d.file, s.file, sizeof(d.file));
	memcpy(d.id, strrchr(s.name, ',') + 1, UUID_SIZE);
	*out = d;
	return OP_OK;
}

int
drafts_drop(int fd, const char *who, const char *id)
{
	struct search s = {0};
	int err = find(fd, who, id, &s);

	if (err)
		return err;
	if (unlinkat(s.user_fd, s.name, 0) == -1 || fsync(s.user_fd) == -1)
		err = OP_SYSTEM;
	close(s.user_fd);
	return err;
}
