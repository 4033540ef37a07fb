/* SPDX-License-Identifier: ISC */
#include "daemon/ipadmd/catalog.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "daemon/ipadmd/file_type.h"
#include "daemon/ipadmd/stamp.h"
#include "lib/err.h"

static int
by_place(const void *a, const void *b)
{
	return place_compare(a, b);
}

int
place_compare(const struct place *a, const struct place *b)
{
	if (!a->flat && !b->flat)
		return sdb_name_compare(&a->subnet, &b->subnet);
	if (!a->flat || !b->flat)
		return a->flat ? 1 : -1;
	return strcmp(a->name, b->name);
}

static int
open_directory(const char *path)
{
	return open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

static int
fail(char *why, size_t why_size, const char *what)
{
	snprintf(why, why_size, "%s: %s", what, strerror(errno));
	return OP_SYSTEM;
}

static int
open_other(struct place *p, const struct file_settings *s, char *why, size_t why_size)
{
	const char *slash = strrchr(s->path, '/');
	char directory[4096];

	*p = (struct place){.flat = s, .format = file_settings_format(s)};
	p->type = file_type_find(s->type);
	snprintf(p->name, sizeof(p->name), "%s", s->name);
	snprintf(p->base, sizeof(p->base), "%s", slash + 1);
	snprintf(directory, sizeof(directory), "%.*s", (int)(slash - s->path + 1), s->path);
	p->dir_fd = open_directory(directory);
	if (p->dir_fd == -1)
		return fail(why, why_size, s->path);
	p->has_stamps = stamp_counts(p->dir_fd);
	return OP_OK;
}

int
catalog_open(struct catalog *c, const char *subnets, const struct ipadm_settings *s, char *why,
    size_t why_size)
{
	const struct file_settings *list = s->files.items;
	struct catalog made = {.count = s->files.count};
	int err = OP_OK;

	if (mkdir(subnets, 0755) == -1 && errno != EEXIST)
		return fail(why, why_size, subnets);
	made.subnets_fd = open_directory(subnets);
	if (made.subnets_fd == -1)
		return fail(why, why_size, subnets);
	made.subnets_have_stamps = stamp_counts(made.subnets_fd);
	made.others = calloc(made.count + 1, sizeof(*made.others));
	if (!made.others)
		return OP_NO_MEMORY;
	for (size_t i = 0; i < made.count && err == OP_OK; i++)
		err = open_other(&made.others[i], &list[i], why, why_size);
	if (made.count)
		qsort(made.others, made.count, sizeof(*made.others), by_place);
	if (err == OP_OK)
		*c = made;
	return err;
}

int
catalog_find(const struct catalog *c, const char *s, size_t len, struct place *out)
{
	struct sdb_name subnet;

	if (sdb_name_parse_user(s, len, &subnet) == OP_OK) {
		*out = (struct place){.dir_fd = c->subnets_fd,
		    .has_stamps = c->subnets_have_stamps,
		    .type = file_type_subnet,
		    .subnet = subnet};
		sdb_name_format(out->name, &subnet);
		sdb_name_format(out->base, &subnet);
		return OP_OK;
	}
	for (size_t i = 0; i < c->count; i++) {
		const struct place *p = &c->others[i];

		if (strlen(p->name) == len && memcmp(p->name, s, len) == 0) {
			*out = *p;
			return OP_OK;
		}
	}
	return OP_NOT_FOUND;
}

bool
catalog_has(const struct catalog *c, const char *name)
{
	struct place p;

	return catalog_find(c, name, strlen(name), &p) == OP_OK && strcmp(p.name, name) == 0;
}
