/* SPDX-License-Identifier: ISC */
/* The table of waiting calls, also against a naive model. */
#include "tests/unit/unit.h"

#include "lib/err.h"
#include "lib/pending.h"

static void
pending_empty_has_nothing_to_take(void **state)
{
	struct pending *p = pending_new(1, 10);
	uint32_t id;
	void *arg;

	(void)state;
	assert_int_equal(pending_take(p, 1, &arg), OP_NOT_FOUND);
	assert_false(pending_take_any(p, &id, &arg));
	assert_false(pending_take_expired(p, INT64_MAX, &id, &arg));
	assert_int_equal(pending_next_deadline(p), PENDING_FOREVER);
	assert_int_equal(pending_count(p), 0);
	pending_free(p);
	pending_free(NULL);
}

static void
pending_call_is_given_back_once(void **state)
{
	struct pending *p = pending_new(1, 10);
	int mine;
	uint32_t id;
	void *arg = NULL;

	(void)state;
	assert_int_equal(pending_add(p, 100, &mine, &id), OP_OK);
	assert_int_equal(id, 1);
	assert_int_equal(pending_take(p, 2, &arg), OP_NOT_FOUND);
	assert_int_equal(pending_take(p, id, &arg), OP_OK);
	assert_ptr_equal(arg, &mine);
	assert_int_equal(pending_take(p, id, &arg), OP_NOT_FOUND);
	pending_free(p);
}

static void
pending_ids_are_never_given_twice(void **state)
{
	struct pending *p = pending_new(0x80000000u, 10);
	uint32_t id;
	void *arg;

	(void)state;
	for (uint32_t i = 0; i < 1000; i++) {
		assert_int_equal(pending_add(p, 0, NULL, &id), OP_OK);
		assert_int_equal(id, 0x80000000u + i);
		pending_take(p, id, &arg);
	}
	pending_free(p);
}

static void
pending_used_up_ids_are_unavailable(void **state)
{
	struct pending *p = pending_new(UINT32_MAX - 1, 10);
	uint32_t id;

	(void)state;
	assert_int_equal(pending_add(p, 0, NULL, &id), OP_OK);
	assert_int_equal(pending_add(p, 0, NULL, &id), OP_OK);
	assert_int_equal(id, UINT32_MAX);
	assert_int_equal(pending_add(p, 0, NULL, &id), OP_UNAVAILABLE);
	pending_free(p);
}

static void
pending_full_table_refuses_until_one_is_taken(void **state)
{
	struct pending *p = pending_new(1, 3);
	uint32_t id;
	void *arg;

	(void)state;
	for (int i = 0; i < 3; i++)
		assert_int_equal(pending_add(p, 0, NULL, &id), OP_OK);
	assert_int_equal(pending_add(p, 0, NULL, &id), OP_UNAVAILABLE);
	assert_int_equal(pending_take(p, 2, &arg), OP_OK);
	assert_int_equal(pending_add(p, 0, NULL, &id), OP_OK);
	assert_int_equal(id, 4);
	pending_free(p);
}

static void
pending_expires_by_deadline_and_never_for_ever(void **state)
{
	static const int64_t deadlines[] = {300, PENDING_FOREVER, 100, 200};
	struct pending *p = pending_new(1, 10);
	uint32_t id;
	void *arg;

	(void)state;
	for (size_t i = 0; i < UNIT_COUNT(deadlines); i++)
		pending_add(p, deadlines[i], NULL, &id);
	assert_int_equal(pending_next_deadline(p), 100);
	assert_false(pending_take_expired(p, 99, &id, &arg));
	assert_true(pending_take_expired(p, 100, &id, &arg));
	assert_int_equal(id, 3);
	assert_true(pending_take_expired(p, 1000, &id, &arg));
	assert_int_equal(id, 4);
	assert_true(pending_take_expired(p, 1000, &id, &arg));
	assert_int_equal(id, 1);
	assert_false(pending_take_expired(p, INT64_MAX, &id, &arg));
	assert_int_equal(pending_count(p), 1);
	pending_free(p);
}

static void
pending_take_any_gives_the_oldest_first(void **state)
{
	struct pending *p = pending_new(1, 100);
	uint32_t id, last = 0;
	void *arg;

	(void)state;
	for (int i = 0; i < 50; i++)
		pending_add(p, 1000 - i, NULL, &id);
	pending_take(p, 1, &arg);
	pending_take(p, 25, &arg);
	while (pending_take_any(p, &id, &arg)) {
		assert_true(id > last && id != 25);
		last = id;
	}
	assert_int_equal(last, 50);
	pending_free(p);
}

static void
add_under_failing_malloc(void *arg)
{
	struct pending *p = pending_new(1, 1000);
	uint32_t id, expected = 1;
	void *got;

	(void)arg;
	if (!p)
		return;
	for (int i = 0; i < 40; i++) {
		int err = pending_add(p, i, p, &id);

		assert_true(err == OP_OK || err == OP_NO_MEMORY);
		if (err == OP_OK)
			assert_int_equal(id, expected++);
	}
	assert_int_equal(pending_count(p), expected - 1);
	for (uint32_t i = 1; i < expected; i++)
		assert_int_equal(pending_take(p, i, &got), OP_OK);
	pending_free(p);
}

static void
pending_without_memory_loses_no_call(void **state)
{
	(void)state;
	failing_malloc_each(add_under_failing_malloc, NULL);
}

/* --- the model: an array in order of age --- */

#define MODEL_MAX 200

struct model {
	struct {
		uint32_t id;
		int64_t deadline;
	} calls[MODEL_MAX];
	size_t count;
};

static void
model_remove(struct model *m, size_t at)
{
	memmove(&m->calls[at], &m->calls[at + 1], (m->count - at - 1) * sizeof(m->calls[0]));
	m->count--;
}

static size_t
model_find(const struct model *m, uint32_t id)
{
	for (size_t i = 0; i < m->count; i++)
		if (m->calls[i].id == id)
			return i;
	return m->count;
}

static int64_t
model_next(const struct model *m)
{
	int64_t next = PENDING_FOREVER;

	for (size_t i = 0; i < m->count; i++)
		if (m->calls[i].deadline < next)
			next = m->calls[i].deadline;
	return next;
}

static void
model_add(struct pending *p, struct model *m)
{
	int64_t deadline = unit_random(8) ? unit_random(1000) : PENDING_FOREVER;
	uint32_t id;
	int err = pending_add(p, deadline, m, &id);

	if (m->count == MODEL_MAX) {
		assert_int_equal(err, OP_UNAVAILABLE);
		return;
	}
	assert_int_equal(err, OP_OK);
	m->calls[m->count].id = id;
	m->calls[m->count++].deadline = deadline;
}

static void
model_expire(struct pending *p, struct model *m)
{
	int64_t now = unit_random(300);
	bool due = model_next(m) <= now;
	uint32_t id;
	void *arg;

	assert_int_equal(pending_take_expired(p, now, &id, &arg), due);
	if (!due)
		return;
	assert_int_equal(m->calls[model_find(m, id)].deadline, model_next(m));
	model_remove(m, model_find(m, id));
}

static void
model_take(struct pending *p, struct model *m)
{
	uint32_t id = m->count && unit_random(4) ? m->calls[unit_random((uint32_t)m->count)].id
						 : unit_random(100000);
	size_t at = model_find(m, id);
	void *arg;

	assert_int_equal(pending_take(p, id, &arg), at < m->count ? OP_OK : OP_NOT_FOUND);
	if (at < m->count)
		model_remove(m, at);
}

static void
pending_random_operations_agree_with_a_model(void **state)
{
	struct pending *p = pending_new(1, MODEL_MAX);
	struct model m = {.count = 0};
	uint32_t id;
	void *arg;

	(void)state;
	unit_random_start(__func__);
	for (int i = 0; i < 50000; i++) {
		uint32_t what = unit_random(100);

		if (what < 45 + (uint32_t)(i / 5000 % 2) * 20)
			model_add(p, &m);
		else if (what < 75)
			model_take(p, &m);
		else if (what < 98)
			model_expire(p, &m);
		else if (m.count) {
			assert_true(pending_take_any(p, &id, &arg));
			assert_int_equal(id, m.calls[0].id);
			model_remove(&m, 0);
		}
		assert_int_equal(pending_count(p), m.count);
		assert_int_equal(pending_next_deadline(p), model_next(&m));
	}
	pending_free(p);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(pending_empty_has_nothing_to_take),
	    cmocka_unit_test(pending_call_is_given_back_once),
	    cmocka_unit_test(pending_ids_are_never_given_twice),
	    cmocka_unit_test(pending_used_up_ids_are_unavailable),
	    cmocka_unit_test(pending_full_table_refuses_until_one_is_taken),
	    cmocka_unit_test(pending_expires_by_deadline_and_never_for_ever),
	    cmocka_unit_test(pending_take_any_gives_the_oldest_first),
	    cmocka_unit_test(pending_without_memory_loses_no_call),
	    cmocka_unit_test(pending_random_operations_agree_with_a_model),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
