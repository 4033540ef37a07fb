/* SPDX-License-Identifier: ISC */
/* Addresses on offer, against a naive model over random calls. */
#include "tests/unit/unit.h"

#include "daemon/ipadmd/offer.h"
#include "lib/err.h"

#define FILES 3
#define MACS 5

struct cell {
	bool is_there;
	uint8_t address;
	int64_t until;
};

static struct offer
offer(uint32_t file, uint8_t mac, uint8_t address, int64_t until)
{
	struct offer o = {.file = {.number = file}, .mac = {2, 0, 0, 0, 0, mac}, .until_ms = until};

	o.address = (struct netaddr){.family = 4, .bytes = {192, 0, 2, address}};
	return o;
}

static void
compare(const struct offers *o, struct cell model[FILES][MACS])
{
	size_t count = 0;

	for (uint32_t f = 0; f < FILES; f++)
		for (uint8_t m = 0; m < MACS; m++) {
			struct offer key = offer(f, m, 0, 0);
			const struct offer *found = offers_find(o, &key.file, key.mac);

			assert_int_equal(found != NULL, model[f][m].is_there);
			count += found != NULL;
			if (found)
				assert_int_equal(found->address.bytes[3], model[f][m].address);
		}
	assert_int_equal(o->count, count);
}

static void
offers_random_calls_agree_with_a_table(void **state)
{
	struct cell model[FILES][MACS] = {0};
	struct offers o = {0};

	(void)state;
	unit_random_start(__func__);
	for (int64_t now = 0; now < 20000; now++) {
		uint32_t f = unit_random(FILES);
		uint8_t m = (uint8_t)unit_random(MACS), a = (uint8_t)unit_random(250);
		struct offer one = offer(f, m, a, now + unit_random(30));

		switch (unit_random(3)) {
		case 0:
			assert_int_equal(offers_hold(&o, &one), OP_OK);
			model[f][m] = (struct cell){true, a, one.until_ms};
			break;
		case 1:
			offers_drop(&o, &one.file, one.mac);
			model[f][m].is_there = false;
			break;
		default:
			offers_expire(&o, now);
			for (size_t i = 0; i < FILES * MACS; i++)
				if (model[i / MACS][i % MACS].until <= now)
					model[i / MACS][i % MACS].is_there = false;
		}
		compare(&o, model);
	}
	offers_fini(&o);
}

static void
offers_hold_has_a_bound(void **state)
{
	struct offers o = {0};

	(void)state;
	for (uint32_t i = 0; i < OFFERS_MAX; i++) {
		struct offer one = offer(i, 1, 1, 1);

		assert_int_equal(offers_hold(&o, &one), OP_OK);
	}
	struct offer more = offer(OFFERS_MAX, 1, 1, 1), again = offer(5, 1, 9, 1);

	assert_int_equal(offers_hold(&o, &more), OP_UNAVAILABLE);
	assert_int_equal(offers_hold(&o, &again), OP_OK);
	offers_expire(&o, 1);
	assert_int_equal(o.count, 0);
	offers_fini(&o);
}

static void
offers_hold_without_memory_changes_nothing(void **state)
{
	struct offers o = {0};
	struct offer one = offer(1, 1, 1, 1);

	(void)state;
	failing_malloc_at(1);
	assert_int_equal(offers_hold(&o, &one), OP_NO_MEMORY);
	failing_malloc_at(0);
	assert_int_equal(o.count, 0);
	offers_fini(&o);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(offers_random_calls_agree_with_a_table),
	    cmocka_unit_test(offers_hold_has_a_bound),
	    cmocka_unit_test(offers_hold_without_memory_changes_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
