/* SPDX-License-Identifier: ISC */
/* Which sessions are there, against a naive model over random calls. */
#include "tests/unit/unit.h"

#include <stdbool.h>
#include "daemon/ipadmd/sessions.h"
#include "lib/err.h"

#define TOKENS 6
#define GRACE 20

struct cell {
	bool is_there;
	int clients;
	int64_t lost;
};

static const char *
token(char dst[UUID_SIZE], size_t i)
{
	snprintf(dst, UUID_SIZE, "919108f7-52d1-4320-9bac-f847db4148a%zu", i);
	return dst;
}

static int64_t
next_of(const struct cell *model, int64_t now)
{
	int64_t next = -1;

	for (size_t i = 0; i < TOKENS; i++) {
		int64_t left = model[i].lost + GRACE - now;

		if (!model[i].is_there || model[i].clients > 0)
			continue;
		left = left < 0 ? 0 : left;
		next = next < 0 || left < next ? left : next;
	}
	return next;
}

static size_t
expire(struct cell *model, int64_t now)
{
	size_t gone = 0;

	for (size_t i = 0; i < TOKENS; i++)
		if (model[i].is_there && model[i].clients == 0 && now >= model[i].lost + GRACE) {
			model[i].is_there = false;
			gone++;
		}
	return gone;
}

static void
sessions_random_calls_agree_with_a_table(void **state)
{
	struct cell model[TOKENS] = {0};
	struct sessions s = {0};
	char text[UUID_SIZE];

	(void)state;
	unit_random_start(__func__);
	for (int64_t now = 1; now < 20000; now++) {
		size_t i = unit_random(TOKENS), there = 0;

		switch (unit_random(3)) {
		case 0:
			assert_int_equal(sessions_join(&s, token(text, i)), OP_OK);
			model[i].clients = model[i].is_there ? model[i].clients + 1 : 1;
			model[i].is_there = true;
			break;
		case 1:
			sessions_leave(&s, token(text, i), now);
			if (model[i].is_there && model[i].clients > 0 && --model[i].clients == 0)
				model[i].lost = now;
			break;
		default:
			assert_int_equal(sessions_expire(&s, now, GRACE), expire(model, now));
		}
		for (size_t k = 0; k < TOKENS; k++)
			there += model[k].is_there;
		assert_int_equal(s.count, there);
		assert_int_equal(sessions_next_ms(&s, now, GRACE), next_of(model, now));
	}
	sessions_fini(&s);
}

static void
sessions_join_without_memory_fails(void **state)
{
	struct sessions s = {0};
	char text[UUID_SIZE];

	(void)state;
	failing_malloc_at(1);
	assert_int_equal(sessions_join(&s, token(text, 1)), OP_NO_MEMORY);
	failing_malloc_at(0);
	assert_int_equal(s.count, 0);
	sessions_fini(&s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(sessions_random_calls_agree_with_a_table),
	    cmocka_unit_test(sessions_join_without_memory_fails),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
