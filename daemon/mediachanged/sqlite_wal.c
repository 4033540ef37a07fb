/* SPDX-License-Identifier: ISC */
#include "daemon/mediachanged/sqlite_wal.h"

#include <stdbool.h>
#include <string.h>

#define HEADER 32
#define FRAME_HEADER 24
#define MAGIC 0x377f0682u /* and 1: sums are of big-endian words */

struct log {
	const unsigned char *bytes;
	size_t frame_size, frames;
	bool big_endian;
	uint32_t sum[2];
};

static uint32_t
be32(const unsigned char *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static uint32_t
le32(const unsigned char *p)
{
	return (uint32_t)p[3] << 24 | (uint32_t)p[2] << 16 | (uint32_t)p[1] << 8 | p[0];
}

/* len: a multiple of 8. */
static void
add(struct log *l, const unsigned char *p, size_t len)
{
	for (const unsigned char *end = p + len; p < end; p += 8) {
		l->sum[0] += (l->big_endian ? be32(p) : le32(p)) + l->sum[1];
		l->sum[1] += (l->big_endian ? be32(p + 4) : le32(p + 4)) + l->sum[0];
	}
}

static bool
has_sum(const struct log *l, const unsigned char *p)
{
	return be32(p) == l->sum[0] && be32(p + 4) == l->sum[1];
}

static bool
take_header(struct log *l, size_t len)
{
	const unsigned char *h = l->bytes;
	uint32_t page = be32(h + 8);

	if ((be32(h) & ~1u) != MAGIC || page < 512 || page > 65536 || (page & (page - 1)) != 0)
		return false;
	l->big_endian = be32(h) & 1;
	l->frame_size = FRAME_HEADER + page;
	l->frames = (len - HEADER) / l->frame_size;
	add(l, h, 24);
	return has_sum(l, h + 24);
}

static const unsigned char *
frame_at(const struct log *l, size_t i)
{
	return l->bytes + HEADER + i * l->frame_size;
}

/* Of this log, and not left over from before it was begun anew? */
static bool
is_of_log(const struct log *l, const unsigned char *frame)
{
	return memcmp(frame + 8, l->bytes + 16, 8) == 0;
}

static bool
is_good(struct log *l, const unsigned char *frame)
{
	add(l, frame, 8);
	add(l, frame + FRAME_HEADER, l->frame_size - FRAME_HEADER);
	return is_of_log(l, frame) && be32(frame) != 0 && has_sum(l, frame + 16);
}

/* Go on as if that frame were good. */
static void
follow(struct log *l, const unsigned char *frame)
{
	l->sum[0] = be32(frame + 16);
	l->sum[1] = be32(frame + 20);
}

static bool
is_zero(const unsigned char *bytes, size_t len)
{
	return len == 0 || (bytes[0] == 0 && memcmp(bytes, bytes + 1, len - 1) == 0);
}

enum sqlite_wal
sqlite_wal_look(const unsigned char *bytes, size_t len, size_t *frame)
{
	struct log l = {.bytes = bytes};
	size_t bad = 0, commits = 0;

	/* The header is synced before the first frame: without it nothing was. */
	if (len < HEADER || is_zero(bytes, len))
		return SQLITE_WAL_WHOLE;
	if (!take_header(&l, len))
		return SQLITE_WAL_BAD_HEADER;
	while (bad < l.frames && is_good(&l, frame_at(&l, bad)))
		bad++;
	for (size_t i = bad + 1; i < l.frames && commits < 2; i++) {
		const unsigned char *f = frame_at(&l, i);

		follow(&l, frame_at(&l, i - 1));
		commits = is_good(&l, f) ? commits + (be32(f + 4) != 0) : 0;
	}
	if (commits < 2)
		return SQLITE_WAL_WHOLE;
	*frame = bad + 1;
	return SQLITE_WAL_BAD_FRAME;
}
