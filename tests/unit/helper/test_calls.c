/* SPDX-License-Identifier: ISC */
/* The table of waiting calls, alone and against a naive model over random operations. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <time.h>
#include <cmocka.h>

#include "helper/calls.h"
#include "lib/err.h"
#include "tests/unit/failing_malloc.h"

struct taken {
	size_t count;
	int64_t link;
	uint32_t msgid;
};

static void
on_taken(int64_t link, uint32_t msgid, void *arg)
{
	struct taken *t = arg;

	t->count++;
	t->link = link;
	t->msgid = msgid;
}

static void
take_gives_each_call_once(void **state)
{
	struct calls *c = calls_new();

	(void)state;
	assert_int_equal(calls_add(c, 1, 7, 1000), OP_OK);
	assert_int_equal(calls_add(c, 2, 7, 1000), OP_OK);
	assert_int_equal(calls_add(c, 1, 7, 2000), OP_CONFLICT);
	assert_true(calls_take(c, 1, 7));
	assert_false(calls_take(c, 1, 7));
	assert_true(calls_take(c, 2, 7));
	assert_int_equal(calls_count(c), 0);
	assert_true(calls_next_deadline(c) == CALLS_NEVER);
	calls_free(c);
}

static void
take_link_leaves_the_others(void **state)
{
	struct calls *c = calls_new();
	struct taken t = {0};

	(void)state;
	for (uint32_t i = 0; i < 100; i++)
		assert_int_equal(calls_add(c, 1 + i % 2, i, 1000), OP_OK);
	calls_take_link(c, 2, on_taken, &t);
	assert_int_equal(t.count, 50);
	assert_int_equal(calls_count(c), 50);
	assert_true(calls_take(c, 1, 0));
	assert_false(calls_take(c, 2, 1));
	calls_free(c);
}

static void
take_expired_takes_what_is_due(void **state)
{
	struct calls *c = calls_new();
	struct taken t = {0};

	(void)state;
	calls_add(c, 1, 1, 100);
	calls_add(c, 1, 2, 200);
	assert_int_equal(calls_next_deadline(c), 100);
	calls_take_expired(c, 99, on_taken, &t);
	assert_int_equal(t.count, 0);
	calls_take_expired(c, 100, on_taken, &t);
	assert_int_equal(t.count, 1);
	assert_int_equal(t.msgid, 1);
	assert_int_equal(calls_next_deadline(c), 200);
	calls_free(c);
}

static void
add_past_the_limit_is_unavailable(void **state)
{
	struct calls *c = calls_new();

	(void)state;
	for (uint32_t i = 0; i < CALLS_MAX; i++)
		assert_int_equal(calls_add(c, 1, i, 1000), OP_OK);
	assert_int_equal(calls_add(c, 1, CALLS_MAX, 1000), OP_UNAVAILABLE);
	assert_true(calls_take(c, 1, 5));
	assert_int_equal(calls_add(c, 1, CALLS_MAX, 1000), OP_OK);
	calls_free(c);
}

static void
without_memory_once(void *arg)
{
	struct calls *c = calls_new();

	(void)arg;
	if (!c)
		return;
	int err = calls_add(c, 1, 1, 1);

	assert_true(err == OP_OK || err == OP_NO_MEMORY);
	assert_int_equal(calls_count(c), err == OP_OK);
	calls_free(c);
}

static void
without_memory_nothing_is_half_done(void **state)
{
	(void)state;
	failing_malloc_each(without_memory_once, NULL);
}

#define LINKS 4
#define IDS 64

struct model {
	int64_t deadline[LINKS][IDS]; /* 0: not waiting */
	size_t count;
};

static void
model_take(int64_t link, uint32_t msgid, void *arg)
{
	struct model *m = arg;

	assert_true(m->deadline[link][msgid] != 0);
	m->deadline[link][msgid] = 0;
	m->count--;
}

static void
model_add(struct calls *c, struct model *m, int64_t link, uint32_t id, int64_t deadline_ms)
{
	int err = calls_add(c, link, id, deadline_ms);

	assert_int_equal(err, m->deadline[link][id] ? OP_CONFLICT : OP_OK);
	if (err != OP_OK)
		return;
	m->deadline[link][id] = deadline_ms;
	m->count++;
}

/* After taking out what is due nothing due may be left, and the next deadline is a lower bound. */
static void
model_check(struct calls *c, const struct model *m, int64_t now_ms)
{
	for (int l = 0; l < LINKS; l++)
		for (int i = 0; i < IDS; i++)
			if (m->deadline[l][i]) {
				assert_true(m->deadline[l][i] > now_ms);
				assert_true(m->deadline[l][i] >= calls_next_deadline(c));
			}
	assert_int_equal(calls_count(c), m->count);
}

static void
random_operations_agree_with_a_model(void **state)
{
	unsigned seed = (unsigned)time(NULL);
	struct calls *c = calls_new();
	struct model m = {0};
	int64_t now_ms = 0;

	(void)state;
	print_message("seed %u\n", seed);
	srand(seed);
	for (int step = 0; step < 20000; step++) {
		int64_t link = rand() % LINKS;
		uint32_t id = (uint32_t)(rand() % IDS);
		int kind = rand() % 20;

		if (kind < 10) {
			model_add(c, &m, link, id, now_ms + 1 + rand() % 50);
		} else if (kind < 18) {
			bool waits = m.deadline[link][id] != 0;

			assert_int_equal(calls_take(c, link, id), waits);
			if (waits)
				model_take(link, id, &m);
		} else if (kind == 18) {
			calls_take_link(c, link, model_take, &m);
		} else {
			now_ms += rand() % 40;
			calls_take_expired(c, now_ms, model_take, &m);
			model_check(c, &m, now_ms);
		}
	}
	calls_free(c);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(take_gives_each_call_once),
	    cmocka_unit_test(take_link_leaves_the_others),
	    cmocka_unit_test(take_expired_takes_what_is_due),
	    cmocka_unit_test(add_past_the_limit_is_unavailable),
	    cmocka_unit_test(without_memory_nothing_is_half_done),
	    cmocka_unit_test(random_operations_agree_with_a_model),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
