/* SPDX-License-Identifier: ISC */
/* When the storer commits: rules one by one, then whole conversations in simulated time. */
#include "tests/unit/unit.h"

#include <stdbool.h>

#include "daemon/mediachanged/batch.h"

#define COMMIT 400 /* µs */
#define HALF (COMMIT / 2)

static void
add(struct batch *b, int writes, int64_t now)
{
	while (writes-- > 0)
		batch_add(b, now);
}

/* `told` writers were told at 0, when `queued` writes had come; a commit takes COMMIT. */
static struct batch
after(int told, int queued)
{
	struct batch b = {0};

	add(&b, told, -COMMIT);
	batch_told(&b, -COMMIT, 0, queued);
	return b;
}

static void
batch_the_first_of_all_is_not_held_up(void **state)
{
	struct batch b = {0};

	(void)state;
	add(&b, 1, 5000);
	assert_int_equal(batch_wait_us(&b, 5000), 0);
}

static void
batch_a_lone_question_is_not_held_up(void **state)
{
	struct batch b = after(10, 0);

	(void)state;
	add(&b, 1, COMMIT + 1);
	assert_int_equal(batch_wait_us(&b, COMMIT + 1), 0);
}

static void
batch_one_conversation_is_not_held_up(void **state)
{
	struct batch b = after(1, 0);

	(void)state;
	/* an answer was told, its asker confirms: nobody else is there */
	add(&b, 1, 100);
	assert_int_equal(batch_wait_us(&b, 100), 0);
}

static void
batch_waits_for_those_who_were_told_and_those_who_had_come(void **state)
{
	struct batch b = after(2, 1);

	(void)state;
	add(&b, 1, 5);
	assert_int_equal(batch_wait_us(&b, 10), HALF - 5);
	add(&b, 1, 100);
	assert_int_equal(batch_wait_us(&b, 100), HALF - 95);
	add(&b, 1, 150);
	assert_int_equal(batch_wait_us(&b, 150), 0);
}

static void
batch_waits_half_a_commit_from_its_first_write(void **state)
{
	struct batch b = after(3, 0);

	(void)state;
	add(&b, 1, 300);
	assert_int_equal(batch_wait_us(&b, 300), HALF);
	assert_int_equal(batch_wait_us(&b, 300 + HALF), 0);
}

static void
batch_waits_a_millisecond_at_most_and_never_where_commits_are_cheap(void **state)
{
	struct batch slow = {0}, fast = {0};

	(void)state;
	add(&slow, 2, 0);
	batch_told(&slow, 0, 2000000, 0); /* a disk that hung for two seconds */
	add(&slow, 1, 2000100);
	assert_int_equal(batch_wait_us(&slow, 2000100), BATCH_WAIT_MAX_US);
	add(&fast, 2, 0);
	batch_told(&fast, 0, 2 * BATCH_WAIT_MIN_US - 2, 0);
	add(&fast, 1, 80);
	assert_int_equal(batch_wait_us(&fast, 80), 0);
}

/* Two were told, one comes and waits in vain, or does not wait; how many of `count` batches did. */
static int
in_vain(struct batch *b, int64_t *now, int count)
{
	int waited = 0;

	for (int i = 0; i < count; i++) {
		add(b, 2, *now);
		b->expected = 0;
		batch_told(b, *now, *now + COMMIT, 0);
		*now += COMMIT;
		add(b, 1, *now);
		waited += batch_wait_us(b, *now) > 0;
		batch_told(b, *now, *now + COMMIT, 0);
		*now += COMMIT;
	}
	return waited;
}

static void
batch_waiting_in_vain_is_given_up_for_longer_and_longer(void **state)
{
	struct batch b = {0};
	int64_t now = 0;

	(void)state;
	/* waits, rests 1, waits, rests 2, … */
	assert_int_equal(in_vain(&b, &now, 1 + 1 + 1 + 2 + 1 + 4 + 1 + 8), 4);
	assert_true(in_vain(&b, &now, 1000) <= 1000 / BATCH_REST_MAX + 3);
	while (b.resting > 0)
		in_vain(&b, &now, 1);
	/* one that brings something ends that */
	add(&b, 2, now);
	b.expected = 0;
	batch_told(&b, now, now + COMMIT, 0);
	add(&b, 1, now + COMMIT);
	assert_true(batch_wait_us(&b, now + COMMIT) > 0);
	add(&b, 1, now + COMMIT + 50);
	batch_told(&b, now + COMMIT + 50, now + 2 * COMMIT, 0);
	assert_int_equal(b.resting, 0);
	assert_int_equal(in_vain(&b, &now, 1), 1);
}

/* --- conversations: what is told brings what follows, some time later --- */

enum kind { ASK, ANSWER, CONFIRM };

#define WRITES_MAX 64

struct talk {
	struct batch batch;
	bool waits; /* with the policy, or always at once */
	int64_t now, worst;
	struct {
		enum kind kind;
		int64_t at;
	} coming[WRITES_MAX];
	int coming_count;
	enum kind hand[WRITES_MAX];
	int hand_count;
	int commits, asked;
};

static void
will_come(struct talk *t, enum kind kind, int64_t delay)
{
	assert_true(t->coming_count < WRITES_MAX);
	t->coming[t->coming_count].kind = kind;
	t->coming[t->coming_count++].at = t->now + delay;
}

/* When the next write comes. */
static int64_t
next_at(const struct talk *t)
{
	int64_t at = INT64_MAX;

	for (int i = 0; i < t->coming_count; i++)
		at = t->coming[i].at < at ? t->coming[i].at : at;
	return at;
}

static void
take(struct talk *t)
{
	for (int i = 0; i < t->coming_count;) {
		if (t->coming[i].at > t->now) {
			i++;
			continue;
		}
		t->hand[t->hand_count++] = t->coming[i].kind;
		t->coming[i] = t->coming[--t->coming_count];
		batch_add(&t->batch, t->now);
	}
}

static int
count_come(const struct talk *t)
{
	int count = 0;

	for (int i = 0; i < t->coming_count; i++)
		count += t->coming[i].at <= t->now;
	return count;
}

static void
commit(struct talk *t, int64_t delay)
{
	int64_t began = t->now;

	t->now += COMMIT;
	t->commits++;
	batch_told(&t->batch, began, t->now, count_come(t));
	for (int i = 0; i < t->hand_count; i++) {
		if (t->hand[i] == ASK) {
			t->asked++;
			will_come(t, ASK, delay + unit_random(50));
			will_come(t, ANSWER, delay + unit_random(150));
		} else if (t->hand[i] == ANSWER) {
			will_come(t, CONFIRM, delay + unit_random(50));
		}
	}
	t->hand_count = 0;
}

/* As the storer does it, for a second of askers with a desk that answers; delay: what each needs to
 * go on. */
static struct talk
talk(int askers, int64_t delay, bool waits)
{
	struct talk t = {.waits = waits};

	for (int i = 0; i < askers; i++)
		will_come(&t, ASK, unit_random(1000));
	while (t.now < 1000000) {
		int64_t began, wait;

		if (next_at(&t) > t.now)
			t.now = next_at(&t);
		take(&t);
		began = t.now;
		while (waits && (wait = batch_wait_us(&t.batch, t.now)) > 0) {
			int64_t next = next_at(&t);

			t.now = next < t.now + wait ? next : t.now + wait;
			take(&t);
		}
		t.worst = t.now - began > t.worst ? t.now - began : t.worst;
		commit(&t, delay);
	}
	return t;
}

static void
batch_an_asker_needs_one_commit_a_question(void **state)
{
	(void)state;
	unit_random_start("batch_an_asker_needs_one_commit_a_question");
	struct talk with = talk(1, 100, true), without = talk(1, 100, false);

	assert_true(with.commits < with.asked * 11 / 10);
	assert_true(without.commits > without.asked * 3 / 2);
	assert_true(with.asked > without.asked * 12 / 10);
}

static void
batch_askers_together_share_commits(void **state)
{
	(void)state;
	unit_random_start("batch_askers_together_share_commits");
	for (int askers = 2; askers <= 16; askers++) {
		struct talk with = talk(askers, 100, true), without = talk(askers, 100, false);

		assert_true(with.commits * 10 < without.commits * 9);
		assert_true(with.asked > without.asked);
		assert_true(with.worst <= HALF);
	}
}

/* Where whoever is told needs long to go on, waiting costs next to nothing. */
static void
batch_slow_askers_lose_nothing(void **state)
{
	(void)state;
	unit_random_start("batch_slow_askers_lose_nothing");
	for (int64_t delay = COMMIT; delay <= 10 * COMMIT; delay += COMMIT) {
		struct talk with = talk(3, delay, true), without = talk(3, delay, false);

		assert_true(with.asked * 100 > without.asked * 93);
		assert_true(with.worst <= HALF);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(batch_the_first_of_all_is_not_held_up),
	    cmocka_unit_test(batch_a_lone_question_is_not_held_up),
	    cmocka_unit_test(batch_one_conversation_is_not_held_up),
	    cmocka_unit_test(batch_waits_for_those_who_were_told_and_those_who_had_come),
	    cmocka_unit_test(batch_waits_half_a_commit_from_its_first_write),
	    cmocka_unit_test(batch_waits_a_millisecond_at_most_and_never_where_commits_are_cheap),
	    cmocka_unit_test(batch_waiting_in_vain_is_given_up_for_longer_and_longer),
	    cmocka_unit_test(batch_an_asker_needs_one_commit_a_question),
	    cmocka_unit_test(batch_askers_together_share_commits),
	    cmocka_unit_test(batch_slow_askers_lose_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
