/* SPDX-License-Identifier: ISC */
#include "daemon/ipadmd/tree.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "daemon/ipadmd/history.h"
#include "lib/err.h"

#define READ_BYTES (64 * 1024)

int
tree_open(struct tree *t, const char *directory, size_t max_bytes)
{
	if (mkdir(directory, 0755) == -1 && errno != EEXIST)
		return OP_SYSTEM;
	int fd = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd == -1)
		return OP_SYSTEM;
	*t = (struct tree){.dir_fd = fd, .max_bytes = max_bytes};
	sdb_findings_init(&t->findings, SDB_MAX_FINDINGS);
	return OP_OK;
}

static void
file_fini(struct tree_file *f)
{
	sdb_file_free(f->file);
	buf_fini(&f->bytes);
}

void
tree_fini(struct tree *t)
{
	for (size_t i = 0; i < t->count; i++)
		file_fini(&t->files[i]);
	free(t->files);
	sdb_findings_fini(&t->findings);
	close(t->dir_fd);
}

/* --- one file --- */

static int
fail(struct tree_file *f, int err, const char *why)
{
	f->err = err;
	snprintf(f->why, sizeof(f->why), "%s", why);
	return err;
}

static int
read_all(int fd, size_t max_bytes, struct tree_file *f)
{
	for (;;) {
		unsigned char *room;

		if (buf_reserve(&f->bytes, READ_BYTES, &room))
			return fail(f, OP_NO_MEMORY, "out of memory");
		ssize_t n = read(fd, room, READ_BYTES);

		if (n == 0)
			return OP_OK;
		if (n == -1 && errno != EINTR)
			return fail(f, OP_SYSTEM, strerror(errno));
		if (n > 0)
			buf_commit(&f->bytes, (size_t)n);
		if (buf_len(&f->bytes) > max_bytes)
			return fail(f, OP_TOO_LARGE, "larger than max_file");
	}
}

static int
read_file(const struct tree *t, struct tree_file *f)
{
	struct stat st = {0};
	int fd = openat(t->dir_fd, f->text, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);

	if (fd == -1)
		return fail(f, OP_SYSTEM, errno == ELOOP ? "a symbolic link" : strerror(errno));
	if (fstat(fd, &st) == -1 || !S_ISREG(st.st_mode))
		fail(f, OP_SYSTEM, "not a regular file");
	else if ((uint64_t)st.st_size > t->max_bytes)
		fail(f, OP_TOO_LARGE, "larger than max_file");
	else
		read_all(fd, t->max_bytes, f);
	f->owner = st.st_uid;
	close(fd);
	return f->err;
}

static bool
same_bytes(const struct buf *a, const struct buf *b)
{
	return buf_len(a) == buf_len(b) &&
	       (buf_len(a) == 0 || memcmp(buf_bytes(a), buf_bytes(b), buf_len(a)) == 0);
}

/* Read it; what is parsed already moves over from `old`. */
static void
load(struct tree *t, struct tree_file *f, struct tree_file *old)
{
	buf_init(&f->bytes);
	if (read_file(t, f)) {
		buf_clear(&f->bytes);
		t->is_checked = t->is_checked && old && !old->file;
		return;
	}
	if (old && old->file && same_bytes(&f->bytes, &old->bytes)) {
		f->file = old->file;
		old->file = NULL;
		memcpy(f->version, old->version, sizeof(f->version));
		return;
	}
	t->is_checked = false;
	history_version(buf_bytes(&f->bytes), buf_len(&f->bytes), f->version);
	int err = sdb_file_parse(buf_bytes(&f->bytes), buf_len(&f->bytes), &f->file);

	if (err)
		fail(f, err, op_strerror(err));
}

/* --- the directory --- */

static int
by_name(const void *a, const void *b)
{
	const struct tree_file *x = a, *y = b;

	return sdb_name_compare(&x->name, &y->name);
}

struct tree_file *
tree_find(const struct tree *t, const struct sdb_name *name)
{
	struct tree_file key = {.name = *name};

	return t->count ? bsearch(&key, t->files, t->count, sizeof(key), by_name) : NULL;
}

static int
add_name(struct tree_file **list, size_t *count, size_t *room, const char *text)
{
	struct sdb_name name;

	if (sdb_name_parse(text, strlen(text), &name))
		return OP_OK;
	if (*count == *room) {
		size_t more = *room ? *room * 2 : 64;
		struct tree_file *grown = reallocarray(*list, more, sizeof(*grown));

		if (!grown)
			return OP_NO_MEMORY;
		*list = grown;
		*room = more;
	}
	struct tree_file *f = &(*list)[(*count)++];

	*f = (struct tree_file){.name = name};
	sdb_name_format(f->text, &name);
	return OP_OK;
}

/* Names only. */
static int
read_names(int dir_fd, struct tree_file **list, size_t *count)
{
	int fd = openat(dir_fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC), err = OP_OK;
	DIR *dir = fd == -1 ? NULL : fdopendir(fd);
	size_t room = 0;
	struct dirent *entry;

	if (!dir) {
		if (fd != -1)
			close(fd);
		return OP_SYSTEM;
	}
	while (err == OP_OK && (errno = 0, entry = readdir(dir)) != NULL)
		err = add_name(list, count, &room, entry->d_name);
	if (err == OP_OK && errno)
		err = OP_SYSTEM;
	closedir(dir);
	return err;
}

int
tree_refresh(struct tree *t)
{
	struct tree_file *list = NULL;
	size_t count = 0;
	int err = read_names(t->dir_fd, &list, &count);

	if (err) {
		free(list);
		return err;
	}
	if (count)
		qsort(list, count, sizeof(*list), by_name);
	if (count != t->count)
		t->is_checked = false;
	for (size_t i = 0; i < count; i++) {
		struct tree_file *old = tree_find(t, &list[i].name);

		if (!old)
			t->is_checked = false;
		load(t, &list[i], old);
	}
	for (size_t i = 0; i < t->count; i++)
		file_fini(&t->files[i]);
	free(t->files);
	t->files = list;
	t->count = count;
	return OP_OK;
}

/* --- the check --- */

struct sdb_input *
tree_inputs(const struct tree *t, const struct sdb_input *replace, size_t *count)
{
	struct sdb_input *in = calloc(t->count + 1, sizeof(*in));
	bool is_in = !replace;
	size_t n = 0;

	if (!in)
		return NULL;
	for (size_t i = 0; i < t->count; i++) {
		const struct tree_file *f = &t->files[i];

		if (replace && strcmp(replace->name, f->text) == 0) {
			in[n++] = *replace;
			is_in = true;
		} else if (f->file) {
			in[n++] = (struct sdb_input){f->text, f->file};
		}
	}
	if (!is_in)
		in[n++] = *replace;
	*count = n;
	return in;
}

const struct sdb_findings *
tree_check(struct tree *t)
{
	size_t count;

	if (t->is_checked)
		return &t->findings;
	struct sdb_input *in = tree_inputs(t, NULL, &count);

	if (!in)
		return NULL;
	sdb_findings_fini(&t->findings);
	sdb_findings_init(&t->findings, SDB_MAX_FINDINGS);
	t->is_checked = sdb_check(in, count, &t->findings) == OP_OK;
	free(in);
	return t->is_checked ? &t->findings : NULL;
}
