/* SPDX-License-Identifier: ISC */
/* A step of the wall clock backwards never makes a lock last longer than its guaranteed time. */
#include "daemon/ipadmd/lease.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "lib/err.h"

static bool
is_same(const struct lease *a, const struct lease *b)
{
	if (strcmp(a->owner, b->owner) != 0 || a->held != b->held)
		return false;
	return a->held || strcmp(a->session, b->session) == 0;
}

int64_t
lease_left_ms(const struct lease *l, int64_t now_ms, int64_t guaranteed_ms)
{
	int64_t left = l->since_ms + guaranteed_ms - now_ms;

	if (left <= 0)
		return 0;
	return left < guaranteed_ms ? left : guaranteed_ms;
}

enum lease_verdict
lease_decide(
    const struct lease *now, const struct lease *wanted, int64_t now_ms, int64_t guaranteed_ms)
{
	if (!now)
		return LEASE_TAKE;
	if (is_same(now, wanted))
		return LEASE_RENEW;
	return lease_left_ms(now, now_ms, guaranteed_ms) > 0 ? LEASE_REFUSE : LEASE_TAKE_OVER;
}

bool
lease_admits(const struct lease *now, const char *owner, const char *session)
{
	if (!now)
		return true;
	if (strcmp(now->owner, owner) != 0)
		return false;
	return now->held || (*now->session && strcmp(now->session, session) == 0);
}

const char *
lease_format(char dst[LEASE_TEXT], const struct lease *l)
{
	const char *kind = l->held ? " held" : *l->session ? " session " : "";

	snprintf(dst, LEASE_TEXT, "%s:%lld%s%s", l->owner, (long long)l->pid, kind, l->session);
	return dst;
}

/* What stands behind `user@host:pid`. */
static int
parse_kind(const char *text, struct lease *l)
{
	if (strcmp(text, "") == 0)
		return OP_OK;
	if (strcmp(text, " held") == 0) {
		l->held = true;
		return OP_OK;
	}
	if (strncmp(text, " session ", 9) != 0 || !uuid_valid(text + 9, strlen(text + 9)))
		return OP_BAD_REQUEST;
	memcpy(l->session, text + 9, UUID_SIZE);
	return OP_OK;
}

int
lease_parse(const char *text, struct lease *out)
{
	struct lease l = {0};
	size_t len = strcspn(text, " ");
	const char *colon = memrchr(text, ':', len);
	char *end;

	if (!colon || colon == text || (size_t)(colon - text) >= sizeof(l.owner))
		return OP_BAD_REQUEST;
	memcpy(l.owner, text, (size_t)(colon - text));
	l.pid = strtoll(colon + 1, &end, 10);
	if (end != text + len || end == colon + 1 || l.pid < 0 || parse_kind(text + len, &l))
		return OP_BAD_REQUEST;
	*out = l;
	return OP_OK;
}
