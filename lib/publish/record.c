/* SPDX-License-Identifier: ISC */
#include "lib/publish/record.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/byname.h"
#include "lib/err.h"

#define HEAD "opdesk-published 1\n"

static const char *
path_of(const void *row)
{
	return ((const struct publish_previous *)row)->path;
}

static const struct byname BY_PATH = {sizeof(struct publish_previous), path_of};

const struct publish_previous *
publish_record_find(const struct publish_record *r, const char *path)
{
	return byname_find(&BY_PATH, r->list, r->count, path);
}

int
publish_record_set(struct publish_record *r, const struct publish_previous *file)
{
	size_t at = byname_place(&BY_PATH, r->list, r->count, file->path);
	struct publish_previous new = *file, *list;

	if (at < r->count && strcmp(r->list[at].path, file->path) == 0) {
		new.path = r->list[at].path;
		r->list[at] = new;
		return OP_OK;
	}
	new.path = strdup(file->path);
	list = new.path ? byname_insert(&BY_PATH, r->list, r->count, at) : NULL;
	if (!list) {
		free((char *)(uintptr_t) new.path);
		return OP_NO_MEMORY;
	}
	r->list = list;
	r->list[at] = new;
	r->count++;
	return OP_OK;
}

size_t
publish_record_records(const struct publish_record *r)
{
	size_t sum = 0;

	for (size_t i = 0; i < r->count; i++)
		sum += r->list[i].records;
	return sum;
}

void
publish_record_fini(struct publish_record *r)
{
	for (size_t i = 0; i < r->count; i++)
		free((char *)(uintptr_t)r->list[i].path);
	free(r->list);
	*r = (struct publish_record){0};
}

bool
publish_path_is_good(const char *path)
{
	size_t len = strlen(path);

	if (len == 0 || len > PUBLISH_PATH_MAX || path[len - 1] == '/')
		return false;
	for (const char *part = path;; part++) {
		size_t n = strcspn(part, "/");

		if (n == 0 || (n == 1 && part[0] == '.') || (n == 2 && memcmp(part, "..", 2) == 0))
			return false;
		for (size_t i = 0; i < n; i++)
			if ((unsigned char)part[i] < ' ' || part[i] == 0x7f)
				return false;
		part += n;
		if (!*part)
			return true;
	}
}

/* --- as text --- */

int
publish_record_write(const struct publish_record *r, struct buf *out)
{
	size_t start = buf_len(out);
	int err = buf_printf(
	    out, HEAD "commit %s\nat %" PRId64 "\n", *r->commit ? r->commit : "-", r->at_ms);

	for (size_t i = 0; i < r->count && !err; i++) {
		const struct publish_previous *f = &r->list[i];

		err = buf_printf(out, "file %016" PRIx64 " %" PRIu32 " %zu %s\n", f->hash,
		    f->serial, f->records, f->path);
	}
	if (!err)
		err = buf_printf(out, "end %zu\n", r->count);
	if (err)
		buf_truncate(out, start);
	return err;
}

struct reader {
	const char *at, *end;
	char line[PUBLISH_PATH_MAX + 80];
};

static int
next_line(struct reader *in)
{
	const char *stop =
	    in->at < in->end ? memchr(in->at, '\n', (size_t)(in->end - in->at)) : NULL;
	size_t len = stop ? (size_t)(stop - in->at) : 0;

	if (!stop || len >= sizeof(in->line) || memchr(in->at, '\0', len))
		return OP_PROTOCOL;
	memcpy(in->line, in->at, len);
	in->line[len] = '\0';
	in->at = stop + 1;
	return OP_OK;
}

static int
read_head(struct reader *in, struct publish_record *r)
{
	int used = 0;

	if (next_line(in) || strcmp(in->line, "opdesk-published 1") != 0 || next_line(in))
		return OP_PROTOCOL;
	if (sscanf(in->line, "commit %40[0-9a-f]%n", r->commit, &used) != 1 || in->line[used] ||
	    strlen(r->commit) != PUBLISH_COMMIT_TEXT - 1) {
		if (strcmp(in->line, "commit -") != 0)
			return OP_PROTOCOL;
		r->commit[0] = '\0';
	}
	if (next_line(in) || sscanf(in->line, "at %18" SCNd64 "%n", &r->at_ms, &used) != 1 ||
	    in->line[used] || r->at_ms < 0)
		return OP_PROTOCOL;
	return OP_OK;
}

/* Digits, and a blank behind them. */
static int
read_number(const char **at, int base, uint64_t max, uint64_t *out)
{
	static const char digits[] = "0123456789abcdef";
	char *end;
	size_t len = strspn(*at, digits);

	if (len == 0 || len > 20)
		return OP_PROTOCOL;
	errno = 0;
	*out = strtoull(*at, &end, base);
	if (errno || end != *at + len || *end != ' ' || *out > max)
		return OP_PROTOCOL;
	*at = end + 1;
	return OP_OK;
}

static int
read_file(const char *line, struct publish_record *r)
{
	const char *at = line + strlen("file ");
	uint64_t hash, serial, records;

	if (read_number(&at, 16, UINT64_MAX, &hash) || read_number(&at, 10, UINT32_MAX, &serial) ||
	    read_number(&at, 10, SIZE_MAX, &records) || !publish_path_is_good(at))
		return OP_PROTOCOL;
	const struct publish_previous f = {at, hash, (size_t)records, (uint32_t)serial};

	if (r->count && strcmp(r->list[r->count - 1].path, f.path) >= 0)
		return OP_PROTOCOL; /* not sorted, or twice */
	return publish_record_set(r, &f);
}

static int
read_files(struct reader *in, struct publish_record *r)
{
	char last[40];
	int err;

	while ((err = next_line(in)) == OP_OK && strncmp(in->line, "file ", 5) == 0)
		if ((err = read_file(in->line, r)))
			return err;
	snprintf(last, sizeof(last), "end %zu", r->count);
	return err || strcmp(in->line, last) != 0 || in->at != in->end ? OP_PROTOCOL : OP_OK;
}

int
publish_record_read(const void *bytes, size_t len, struct publish_record *out)
{
	struct reader in = {.at = bytes, .end = (const char *)bytes + len};
	struct publish_record r = {0};
	int err = len ? read_head(&in, &r) : OP_PROTOCOL;

	if (err == OP_OK)
		err = read_files(&in, &r);
	if (err)
		publish_record_fini(&r);
	else
		*out = r;
	return err;
}
