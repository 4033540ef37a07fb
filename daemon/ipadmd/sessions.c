/* SPDX-License-Identifier: ISC */
/* As many as clients: a list is enough. */
#include "daemon/ipadmd/sessions.h"

#include <stdlib.h>
#include <string.h>
#include "lib/err.h"

void
sessions_fini(struct sessions *s)
{
	free(s->list);
	*s = (struct sessions){0};
}

static struct session_row *
find(const struct sessions *s, const char *token)
{
	for (size_t i = 0; i < s->count; i++)
		if (strcmp(s->list[i].token, token) == 0)
			return &s->list[i];
	return NULL;
}

static struct session_row *
add(struct sessions *s, const char *token)
{
	if (s->count == s->room) {
		size_t room = s->room ? s->room * 2 : 16;
		struct session_row *list = reallocarray(s->list, room, sizeof(*list));

		if (!list)
			return NULL;
		s->list = list;
		s->room = room;
	}
	struct session_row *row = &s->list[s->count++];

	*row = (struct session_row){0};
	memcpy(row->token, token, UUID_SIZE);
	return row;
}

int
sessions_join(struct sessions *s, const char *token)
{
	struct session_row *row = find(s, token);

	if (!row)
		row = add(s, token);
	if (!row)
		return OP_NO_MEMORY;
	row->clients++;
	return OP_OK;
}

void
sessions_leave(struct sessions *s, const char *token, int64_t now_ms)
{
	struct session_row *row = find(s, token);

	if (row && row->clients > 0 && --row->clients == 0)
		row->lost_ms = now_ms;
}

size_t
sessions_expire(struct sessions *s, int64_t now_ms, int64_t grace_ms)
{
	size_t kept = 0, before = s->count;

	for (size_t i = 0; i < s->count; i++)
		if (s->list[i].clients > 0 || now_ms - s->list[i].lost_ms < grace_ms)
			s->list[kept++] = s->list[i];
	s->count = kept;
	return before - kept;
}

int64_t
sessions_next_ms(const struct sessions *s, int64_t now_ms, int64_t grace_ms)
{
	int64_t next = -1;

	for (size_t i = 0; i < s->count; i++) {
		const struct session_row *row = &s->list[i];
		int64_t left = row->lost_ms + grace_ms - now_ms;

		if (row->clients > 0)
			continue;
		if (left < 0)
			left = 0;
		if (next < 0 || left < next)
			next = left;
	}
	return next;
}
