/* SPDX-License-Identifier: ISC */
/* Outcomes and exit statuses, as two tables.  Pure. */
#include "client/mediachangec/exitmap.h"

#include <stdlib.h>
#include <string.h>
#include "lib/alertkind.h"
#include "lib/err.h"

static const struct {
	const char *key;
	unsigned char status;
} contract[OUTCOME_COUNT] = {
    [OUTCOME_YES] = {"yes", 0},
    [OUTCOME_NO] = {"no", 1},
    [OUTCOME_OTHER] = {"other", 2},
    [OUTCOME_TIMEOUT] = {"timeout", 3},
    [OUTCOME_UNREACHABLE] = {"unreachable", 4},
    [OUTCOME_WITHDRAWN] = {"withdrawn", 5},
    [OUTCOME_REFUSED] = {"refused", 77},
};

static const enum outcome outcome_of_sense[] = {
    [SENSE_YES] = OUTCOME_YES,
    [SENSE_NO] = OUTCOME_NO,
    [SENSE_OTHER] = OUTCOME_OTHER,
};

void
exitmap_init(struct exitmap *m)
{
	for (int i = 0; i < OUTCOME_COUNT; i++)
		m->status[i] = contract[i].status;
}

void
exitmap_refuse_with(struct exitmap *m, unsigned char status)
{
	for (int i = 0; i < OUTCOME_COUNT; i++)
		if (i != OUTCOME_YES)
			m->status[i] = status;
}

static int
find_key(const char *key, size_t len)
{
	for (int i = 0; i < OUTCOME_COUNT; i++)
		if (strlen(contract[i].key) == len && strncmp(contract[i].key, key, len) == 0)
			return i;
	return -1;
}

/* One "key=status" up to a comma or the end; *next is what follows. */
static int
parse_item(const char *item, int *key, unsigned char *status, const char **next)
{
	size_t key_len = strcspn(item, "=,");
	size_t len = strcspn(item, ",");
	const char *digits = item + key_len + 1;

	*key = find_key(item, key_len);
	if (*key < 0 || item[key_len] != '=')
		return OP_BAD_REQUEST;
	size_t count = strspn(digits, "0123456789");

	if (count < 1 || count > 3 || digits + count != item + len)
		return OP_BAD_REQUEST;
	long value = strtol(digits, NULL, 10);

	if (value > 255)
		return OP_BAD_REQUEST;
	*status = (unsigned char)value;
	*next = item + len;
	return OP_OK;
}

int
exitmap_parse(struct exitmap *m, const char *text, const char **bad)
{
	struct exitmap changed = *m;
	unsigned char status;
	int key;

	for (;;) {
		*bad = text;
		if (parse_item(text, &key, &status, &text) != OP_OK)
			return OP_BAD_REQUEST;
		changed.status[key] = status;
		if (*text == '\0')
			break;
		text++;
	}
	*m = changed;
	return OP_OK;
}

enum outcome
exitmap_outcome(const char *kind, size_t kind_len, size_t position)
{
	const struct alertkind *k = alertkind_find(kind, kind_len);

	for (size_t i = 0; k && i < ALERTKIND_LABELS_MAX && k->labels[i]; i++)
		if (i == position)
			return outcome_of_sense[k->senses[i]];
	if (position > 1)
		return OUTCOME_OTHER;
	return position == 0 ? OUTCOME_YES : OUTCOME_NO;
}
