/* SPDX-License-Identifier: ISC */
#include "daemon/ipadmd/pending.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "daemon/ipadmd/disk.h"
#include "lib/err.h"

#define NAME "pending"

static const char *
shown(const char *version)
{
	return *version ? version : "-";
}

int
pending_write(int state_fd, const struct pending *p)
{
	struct buf text;
	int err;

	buf_init(&text);
	err = buf_printf(&text, "commit %s\n", p->commit);
	for (size_t i = 0; i < p->count && err == OP_OK; i++)
		err = buf_printf(&text, "file %s %s %s\n", p->files[i].place.name,
		    shown(p->files[i].old), shown(p->files[i].new));
	if (err == OP_OK)
		err = disk_write(state_fd, NAME ".new", &text, NULL);
	buf_fini(&text);
	if (err == OP_OK &&
	    (renameat(state_fd, NAME ".new", state_fd, NAME) == -1 || fsync(state_fd) == -1))
		err = OP_SYSTEM;
	return err;
}

int
pending_remove(int state_fd)
{
	if (unlinkat(state_fd, NAME, 0) == -1 && errno != ENOENT)
		return OP_SYSTEM;
	return fsync(state_fd) == -1 ? OP_SYSTEM : OP_OK;
}

static int
read_line(const char *line, const struct catalog *c, struct pending_file *out)
{
	struct pending_file f = {0};
	char name[FILE_TEXT];

	if (sscanf(line, "file %63[A-Za-z0-9_.-] %40[0-9a-f-] %40[0-9a-f-]", name, f.old, f.new) !=
		3 ||
	    catalog_find(c, name, strlen(name), &f.place))
		return OP_PROTOCOL;
	if (strcmp(f.old, "-") == 0)
		f.old[0] = '\0';
	if (strcmp(f.new, "-") == 0)
		f.new[0] = '\0';
	*out = f;
	return OP_OK;
}

static int
parse(const char *text, const struct catalog *c, struct pending *p)
{
	size_t lines = 0;
	int err = OP_OK;

	if (sscanf(text, "commit %40[0-9a-f]\n", p->commit) != 1)
		return OP_PROTOCOL;
	for (const char *s = text; (s = strchr(s, '\n')) != NULL; s++)
		lines++;
	p->files = calloc(lines + 1, sizeof(*p->files));
	if (!p->files)
		return OP_NO_MEMORY;
	for (const char *s = strchr(text, '\n'); s && s[1] && err == OP_OK; s = strchr(s + 1, '\n'))
		err = read_line(s + 1, c, &p->files[p->count++]);
	return err == OP_OK && p->count == 0 ? OP_PROTOCOL : err;
}

int
pending_read(int state_fd, const struct catalog *c, struct pending *out)
{
	struct pending p = {0};
	struct buf text;
	int err;

	buf_init(&text);
	err = disk_read(state_fd, NAME, &text);
	if (err == OP_OK)
		err = buf_append(&text, "", 1);
	if (err == OP_OK)
		err = parse((const char *)buf_bytes(&text), c, &p);
	buf_fini(&text);
	if (err)
		pending_fini(&p);
	else
		*out = p;
	return err;
}

void
pending_fini(struct pending *p)
{
	free(p->files);
	*p = (struct pending){0};
}
