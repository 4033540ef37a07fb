/* SPDX-License-Identifier: ISC */
/* Each rule of the book is a test in a world of its own (world.h); and what they look at. */
#ifndef OPDESK_TESTS_UNIT_MEDIACHANGED_RULES_H
#define OPDESK_TESTS_UNIT_MEDIACHANGED_RULES_H

#include "tests/unit/mediachanged/world.h"

static inline int
set_up(void **state)
{
	struct world *w = malloc(sizeof(*w));

	if (!w)
		return -1;
	world_init(w);
	*state = w;
	return 0;
}

static inline int
tear_down(void **state)
{
	world_fini(*state);
	free(*state);
	return 0;
}

static inline void
assert_reply(struct world *w, uint64_t client, uint32_t msgid, int err)
{
	const struct world_reply *r = world_reply_to(w, client, msgid);

	assert_non_null(r);
	assert_int_equal(r->err, err);
}

static inline void
assert_answer(struct world *w, uint64_t client, uint32_t msgid, const char *label)
{
	const struct world_reply *r = world_reply_to(w, client, msgid);

	assert_non_null(r);
	assert_int_equal(r->err, OP_OK);
	assert_non_null(r->alert);
	assert_string_equal(r->alert->answer ? r->alert->answer : "(none)", label);
}

static inline void
assert_state(struct world *w, unsigned id, enum alert_state state)
{
	const struct alert *row = world_row(w, world_id(id));

	assert_non_null(row);
	assert_int_equal(row->state, state);
}

#define RULE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

#endif
