/* SPDX-License-Identifier: ISC */
/* What the tests of the SQLite store have in common: one in a temporary folder of its own, through
 * its table of functions, and notes of what it has shown. */
#ifndef OPDESK_TESTS_UNIT_MEDIACHANGED_SQLITE_H
#define OPDESK_TESTS_UNIT_MEDIACHANGED_SQLITE_H

#include "tests/unit/mediachanged/world.h"

#include <stdio.h>
#include <unistd.h>

#include "daemon/mediachanged/store.h"

struct place {
	char dir[64];
	struct store *store;
	struct alert *seen[16];
	size_t count;
	char life[256];
	struct store_stat total;
};

static const struct store_ops *const ops = &store_sqlite;

static inline int
set_up(void **state)
{
	struct place *p = calloc(1, sizeof(*p));
	char why[256];

	snprintf(p->dir, sizeof(p->dir), "/tmp/opdesk-sqlite.XXXXXX");
	if (!mkdtemp(p->dir) || ops->open(p->dir, false, &p->store, why, sizeof(why)))
		return -1;
	*state = p;
	return 0;
}

static inline void
forget(struct place *p)
{
	while (p->count > 0)
		alert_free(p->seen[--p->count]);
}

static inline int
tear_down(void **state)
{
	static const char *const names[] = {"alerts.db", "alerts.db-wal", "alerts.db-shm"};
	struct place *p = *state;
	char path[128];

	forget(p);
	ops->close(p->store);
	for (size_t i = 0; i < 3; i++) {
		snprintf(path, sizeof(path), "%s/%s", p->dir, names[i]);
		unlink(path);
	}
	rmdir(p->dir);
	free(p);
	return 0;
}

static inline struct alert *
make(unsigned id, int64_t seq)
{
	struct alert *a = alert_new();

	assert_non_null(a);
	memcpy(a->id, world_id(id), UUID_SIZE);
	a->seq = seq;
	a->version = 1;
	a->attempt = 1;
	a->wait = true;
	a->created_at = 1000 * seq;
	alert_set(&a->asker, "joe@local");
	alert_set(&a->from, "joe (local)");
	alert_set(&a->host, "alpha");
	alert_set(&a->text, "Insert volume 2");
	alert_set(&a->kind, "okcancel");
	alert_set(&a->labels, "Ok\nCancel");
	alert_set(&a->severity, "warning");
	return a;
}

static inline void
close_it(struct alert *a, int64_t at, bool confirmed)
{
	a->version++;
	a->state = ALERT_ANSWERED;
	a->closed_at = at;
	a->confirmed = confirmed;
	alert_set(&a->answer, "Ok");
}

static inline void
put(struct place *p, const struct alert *a)
{
	struct alert *current = NULL;

	assert_int_equal(ops->begin(p->store), OP_OK);
	assert_int_equal(ops->put(p->store, a, &current), OP_OK);
	assert_int_equal(ops->commit(p->store), OP_OK);
}

static inline int
see(const struct alert *a, void *arg)
{
	struct place *p = arg;

	assert_true(p->count < 16);
	assert_non_null(p->seen[p->count++] = alert_copy(a));
	return OP_OK;
}

static inline int
live(const struct store_life *line, void *arg)
{
	struct place *p = arg;
	size_t len = strlen(p->life);

	snprintf(p->life + len, sizeof(p->life) - len, "%s:%s:%s ", line->what,
	    line->by ? line->by : "", line->note ? line->note : "");
	return OP_OK;
}

static inline int
count(const struct store_stat *s, void *arg)
{
	struct place *p = arg;

	if (!s->asker)
		p->total = *s;
	return OP_OK;
}

#define STORE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

#endif
