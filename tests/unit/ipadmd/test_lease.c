/* SPDX-License-Identifier: ISC */
/* Locks: who gets one, who may write, and the text of a lock on disk. */
#include "tests/unit/unit.h"

#include "daemon/ipadmd/lease.h"
#include "lib/err.h"

#define A "919108f7-52d1-4320-9bac-f847db4148a8"
#define B "0f9f2a4e-7b7e-4b46-8f0e-3f6b1d8a9c01"
#define GUARANTEED 600000

static struct lease
lease(const char *owner, const char *session, int64_t since)
{
	struct lease l = {.held = *session == '\0', .since_ms = since};

	snprintf(l.owner, sizeof(l.owner), "%s", owner);
	snprintf(l.session, sizeof(l.session), "%s", session);
	return l;
}

static void
lease_decide_follows_the_table(void **state)
{
	static const struct {
		const char *owner, *session; /* of the lock there is */
		int64_t age;
		enum lease_verdict verdict; /* for lena in session A */
	} cases[] = {
	    {"lena@local", A, 0, LEASE_RENEW},
	    {"lena@local", A, GUARANTEED * 9, LEASE_RENEW},
	    {"lena@local", B, 0, LEASE_REFUSE},
	    {"lena@local", B, GUARANTEED - 1, LEASE_REFUSE},
	    {"lena@local", B, GUARANTEED, LEASE_TAKE_OVER},
	    {"lena@local", "", 0, LEASE_REFUSE},
	    {"otto@local", A, 0, LEASE_REFUSE},
	    {"otto@local", A, GUARANTEED, LEASE_TAKE_OVER},
	    {"otto@local", "", GUARANTEED + 1, LEASE_TAKE_OVER},
	    /* the clock stepped back: guaranteed time still ends */
	    {"otto@local", A, -GUARANTEED, LEASE_REFUSE},
	};
	struct lease wanted = lease("lena@local", A, 0);

	(void)state;
	assert_int_equal(lease_decide(NULL, &wanted, 5, GUARANTEED), LEASE_TAKE);
	for (size_t i = 0; i < UNIT_COUNT(cases); i++) {
		struct lease there = lease(cases[i].owner, cases[i].session, 1000000);

		assert_int_equal(lease_decide(&there, &wanted, 1000000 + cases[i].age, GUARANTEED),
		    cases[i].verdict);
	}
}

static void
lease_decide_renews_a_held_one_from_any_session(void **state)
{
	struct lease there = lease("lena@local", "", 0), wanted = lease("lena@local", "", 0);

	(void)state;
	assert_int_equal(lease_decide(&there, &wanted, 1, GUARANTEED), LEASE_RENEW);
}

static void
lease_left_is_never_more_than_guaranteed(void **state)
{
	struct lease l = lease("lena@local", A, 1000);

	(void)state;
	assert_int_equal(lease_left_ms(&l, 1000, 500), 500);
	assert_int_equal(lease_left_ms(&l, 1499, 500), 1);
	assert_int_equal(lease_left_ms(&l, 1500, 500), 0);
	assert_int_equal(lease_left_ms(&l, 99999, 500), 0);
	assert_int_equal(lease_left_ms(&l, 0, 500), 500);
}

static void
lease_admits_the_owner_in_its_session(void **state)
{
	struct lease session = lease("lena@local", A, 0), held = lease("lena@local", "", 0);
	struct lease original = {.owner = "lena@local"};

	(void)state;
	assert_true(lease_admits(NULL, "otto@local", B));
	assert_true(lease_admits(&session, "lena@local", A));
	assert_false(lease_admits(&session, "lena@local", B));
	assert_false(lease_admits(&session, "otto@local", A));
	assert_true(lease_admits(&held, "lena@local", B));
	assert_false(lease_admits(&held, "otto@local", B));
	/* of the original's daemon: no session is its own */
	assert_false(lease_admits(&original, "lena@local", ""));
}

static void
lease_text_comes_back_as_it_was(void **state)
{
	static const char *const texts[] = {
	    "lena@local:4711 session " A,
	    "lena@local:0 held",
	    "lena@pilot7:77",
	    "2001:db8::1:5 held",
	};
	char text[LEASE_TEXT];
	struct lease l;

	(void)state;
	for (size_t i = 0; i < UNIT_COUNT(texts); i++) {
		assert_int_equal(lease_parse(texts[i], &l), OP_OK);
		assert_string_equal(lease_format(text, &l), texts[i]);
	}
	assert_string_equal(l.owner, "2001:db8::1");
	assert_int_equal(l.pid, 5);
	assert_true(l.held);
}

static void
lease_parse_refuses_what_no_lock_says(void **state)
{
	static const char *const texts[] = {"", ":", ":5", "lena", "lena:", "lena:x", "lena:-1",
	    "lena:5x", "lena:5 ", "lena:5 Held", "lena:5 session ", "lena:5 session x",
	    "lena:5 session " A " ", " held", "lena:5  held"};
	struct lease l = {.pid = 9};
	char big[300];

	(void)state;
	for (size_t i = 0; i < UNIT_COUNT(texts); i++)
		assert_int_equal(lease_parse(texts[i], &l), OP_BAD_REQUEST);
	memset(big, 'x', sizeof(big));
	memcpy(big + sizeof(big) - 3, ":1", 3);
	assert_int_equal(lease_parse(big, &l), OP_BAD_REQUEST);
	assert_int_equal(l.pid, 9);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(lease_decide_follows_the_table),
	    cmocka_unit_test(lease_decide_renews_a_held_one_from_any_session),
	    cmocka_unit_test(lease_left_is_never_more_than_guaranteed),
	    cmocka_unit_test(lease_admits_the_owner_in_its_session),
	    cmocka_unit_test(lease_text_comes_back_as_it_was),
	    cmocka_unit_test(lease_parse_refuses_what_no_lock_says),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
