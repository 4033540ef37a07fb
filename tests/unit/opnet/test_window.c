/* SPDX-License-Identifier: ISC */
/* The echo client's rules (client/opnet/window.h), each alone and against a network of chances. */
#include "tests/unit/unit.h"

#include <stdbool.h>

#include "client/opnet/lossy.h"
#include "client/opnet/window.h"
#include "lib/err.h"

#define LOG_MAX 64

struct fixture {
	struct window *w;
	struct window_event log[LOG_MAX];
	char texts[LOG_MAX][40], sents[LOG_MAX][40];
	int count;
};

static void
on_event(const struct window_event *e, void *arg)
{
	struct fixture *f = arg;
	int i = f->count++ % LOG_MAX;

	f->log[i] = *e;
	snprintf(f->texts[i], 40, "%.*s", (int)e->len, e->text ? e->text : "");
	snprintf(f->sents[i], 40, "%.*s", (int)e->sent_len, e->sent ? e->sent : "");
}

static int
setup(void **state)
{
	static const struct window_options o = {
	    .numbered = true, .size = 4, .tries = 3, .timeout_us = 1000};
	struct fixture *f = calloc(1, sizeof(*f));

	f->w = window_new(&o, on_event, f);
	*state = f;
	return 0;
}

static int
teardown(void **state)
{
	struct fixture *f = *state;

	window_free(f->w);
	free(f);
	return 0;
}

static void
put(struct fixture *f, const char *line, int64_t now_us)
{
	assert_int_equal(window_put(f->w, line, strlen(line), now_us), OP_OK);
}

static void
take(struct fixture *f, const char *bytes, int64_t now_us)
{
	window_take(f->w, bytes, strlen(bytes), now_us);
}

static const struct window_event *
last(const struct fixture *f)
{
	return &f->log[f->count - 1];
}

static void
window_reply_belongs_to_its_line(void **state)
{
	struct fixture *f = *state;

	put(f, "one", 10);
	assert_int_equal(last(f)->what, WINDOW_SEND);
	assert_string_equal(f->texts[0], "0: one");
	take(f, "0: eno", 250);
	assert_int_equal(last(f)->what, WINDOW_REPLY);
	assert_string_equal(f->texts[1], "eno");
	assert_string_equal(f->sents[1], "one");
	assert_int_equal(last(f)->rtt_us, 240);
	assert_false(last(f)->misordered);
	assert_int_equal(window_pending(f->w), 0);
	assert_int_equal(window_tick(f->w, 99999), WINDOW_FOREVER);
	assert_int_equal(f->count, 2);
}

static void
window_is_bounded(void **state)
{
	struct fixture *f = *state;

	for (int i = 0; i < 4; i++)
		put(f, "x", 0);
	assert_false(window_has_room(f->w));
	assert_int_equal(window_put(f->w, "y", 1, 0), OP_AGAIN);
	take(f, "2: x", 5);
	assert_true(window_has_room(f->w));
}

static void
window_silent_line_is_repeated_and_then_lost(void **state)
{
	struct fixture *f = *state;

	put(f, "x", 0);
	assert_int_equal(window_tick(f->w, 999), 1000);
	assert_int_equal(f->count, 1);
	assert_int_equal(window_tick(f->w, 1000), 2000);
	assert_int_equal(last(f)->what, WINDOW_RETRY);
	assert_string_equal(f->texts[1], "0: x");
	assert_int_equal(window_tick(f->w, 2500), 3500);
	assert_int_equal(window_tick(f->w, 3500), WINDOW_FOREVER);
	assert_int_equal(last(f)->what, WINDOW_LOST);
	assert_int_equal(window_stats(f->w)->lost, 1);
	assert_int_equal(window_stats(f->w)->retries, 2);
	/* Late once, then doubled. */
	take(f, "0: x", 4000);
	assert_int_equal(last(f)->what, WINDOW_LATE);
	take(f, "0: x", 4001);
	assert_int_equal(last(f)->what, WINDOW_DUPLICATE);
}

static void
window_repeated_line_has_no_round_trip_time(void **state)
{
	struct fixture *f = *state;

	put(f, "x", 0);
	window_tick(f->w, 1000);
	take(f, "0: x", 1001);
	assert_int_equal(last(f)->rtt_us, -1);
	assert_int_equal(window_stats(f->w)->timed, 0);
	take(f, "0: x", 1002);
	assert_int_equal(last(f)->what, WINDOW_DUPLICATE);
	assert_int_equal(last(f)->seq, 0);
	assert_int_equal(window_stats(f->w)->duplicate, 1);
}

static void
window_misordered_reply_is_told(void **state)
{
	struct fixture *f = *state;

	put(f, "a", 0);
	put(f, "b", 0);
	put(f, "c", 0);
	take(f, "1: b", 1);
	assert_false(last(f)->misordered);
	take(f, "0: a", 2);
	assert_true(last(f)->misordered);
	take(f, "2: c", 3);
	assert_false(last(f)->misordered);
	assert_int_equal(window_stats(f->w)->misordered, 1);
}

static void
window_strange_replies_are_passed_over(void **state)
{
	static const char *const strange[] = {"", "x", "0 x", "7: not sent yet", "4294967295: x"};
	struct fixture *f = *state;

	put(f, "a", 0);
	for (size_t i = 0; i < UNIT_COUNT(strange); i++) {
		take(f, strange[i], 1);
		assert_int_equal(last(f)->what, WINDOW_STRANGE);
	}
	assert_int_equal(window_pending(f->w), 1);
}

static void
window_resend_counts_as_the_first_time(void **state)
{
	struct fixture *f = *state;

	put(f, "a", 0);
	window_tick(f->w, 1000);
	window_resend(f->w, 1500);
	assert_int_equal(last(f)->what, WINDOW_SEND);
	take(f, "0: a", 1600);
	assert_int_equal(last(f)->rtt_us, 100);
	assert_int_equal(window_stats(f->w)->sent, 1);
}

static void
window_without_numbers_takes_what_comes(void **state)
{
	static const struct window_options o = {
	    .numbered = false, .size = 1, .tries = 1, .timeout_us = WINDOW_FOREVER};
	struct fixture f = {0};

	(void)state;
	f.w = window_new(&o, on_event, &f);
	take(&f, "early", 0);
	assert_int_equal(last(&f)->what, WINDOW_STRANGE);
	put(&f, "", 1);
	assert_string_equal(f.texts[1], "");
	assert_int_equal(window_tick(f.w, INT64_MAX / 2), WINDOW_FOREVER);
	take(&f, "whatever", 5);
	assert_int_equal(last(&f)->what, WINDOW_REPLY);
	assert_string_equal(f.texts[2], "whatever");
	assert_int_equal(window_pending(f.w), 0);
	window_free(f.w);
}

/* --- through a network that loses, doubles, delays, reorders --- */

#define LINES 3000
#define FLYING 4096

struct network {
	struct window *w;
	struct lossy chance;
	struct {
		int64_t at_us;
		char text[40];
	} flying[FLYING];
	int count;
	int64_t now_us;
	int replies[LINES];
	int lost;
};

static void
fly(struct network *n, const char *text, size_t len, int64_t at_us)
{
	assert_true(n->count < FLYING);
	n->flying[n->count].at_us = at_us;
	snprintf(n->flying[n->count++].text, 40, "%.*s", (int)len, text);
}

static void
on_network(const struct window_event *e, void *arg)
{
	struct network *n = arg;

	if (e->what == WINDOW_SEND || e->what == WINDOW_RETRY) {
		struct lossy_fate fate = lossy_decide(&n->chance);

		for (int i = 0; i < fate.copies; i++)
			fly(n, e->text, e->len,
			    n->now_us + 100 + fate.delay_ms[i] * 1000 + (fate.held ? 5000 : 0));
	} else if (e->what == WINDOW_REPLY) {
		char want[40];

		snprintf(want, sizeof(want), "line %u", e->seq);
		assert_int_equal(e->len, strlen(want));
		assert_memory_equal(e->text, want, e->len);
		n->replies[e->seq]++;
	}
	n->lost += e->what == WINDOW_LOST;
}

static void
arrive(struct network *n)
{
	for (int i = 0; i < n->count;) {
		char text[40];

		if (n->flying[i].at_us > n->now_us) {
			i++;
			continue;
		}
		snprintf(text, sizeof(text), "%s", n->flying[i].text);
		n->flying[i] = n->flying[--n->count];
		window_take(n->w, text, strlen(text), n->now_us);
	}
}

static void
window_every_line_is_answered_once_through_a_bad_network(void **state)
{
	static const struct window_options o = {
	    .numbered = true, .size = 16, .tries = 20, .timeout_us = 20000};
	struct network *n = calloc(1, sizeof(*n));
	int sent = 0;

	(void)state;
	unit_random_start("window");
	n->chance =
	    (struct lossy){.drop = 20, .twice = 20, .delay = 20, .reorder = 20, .delay_ms = 50};
	n->chance.state = unit_random(UINT32_MAX);
	n->w = window_new(&o, on_network, n);
	while (sent < LINES || window_pending(n->w) > 0) {
		char line[40];

		for (; sent < LINES && window_has_room(n->w); sent++) {
			snprintf(line, sizeof(line), "line %d", sent);
			assert_int_equal(window_put(n->w, line, strlen(line), n->now_us), OP_OK);
		}
		n->now_us += 500;
		arrive(n);
		window_tick(n->w, n->now_us);
		assert_true(n->now_us < 1000000000);
	}
	const struct window_stats *s = window_stats(n->w);

	for (int i = 0; i < LINES; i++)
		assert_int_equal(n->replies[i], 1);
	assert_int_equal(n->lost, 0);
	assert_int_equal(s->answered, LINES);
	assert_true(s->retries > 0 && s->duplicate > 0 && s->misordered > 0);
	window_free(n->w);
	free(n);
}

static void
use_without_memory(void *arg)
{
	static const struct window_options o = {
	    .numbered = true, .size = 2, .tries = 1, .timeout_us = 10};
	struct fixture f = {0};

	(void)arg;
	f.w = window_new(&o, on_event, &f);
	if (f.w == NULL)
		return;
	int err = window_put(f.w, "x", 1, 0);

	assert_int_equal(window_pending(f.w), err == OP_OK ? 1 : 0);
	assert_true(err == OP_OK || err == OP_NO_MEMORY);
	window_free(f.w);
}

static void
window_without_memory_is_a_clean_error(void **state)
{
	(void)state;
	failing_malloc_each(use_without_memory, NULL);
}

/* --- lossy --- */

static void
lossy_same_seed_same_fate_and_right_shares(void **state)
{
	struct lossy a = {
	    .drop = 20, .twice = 10, .delay = 30, .reorder = 5, .delay_ms = 100, .state = 7};
	struct lossy b = a, none = {.state = 7};
	int dropped = 0, twice = 0, late = 0, held = 0;

	(void)state;
	for (int i = 0; i < 10000; i++) {
		struct lossy_fate x = lossy_decide(&a), y = lossy_decide(&b);

		assert_int_equal(x.copies, y.copies);
		assert_int_equal(x.held, y.held);
		assert_int_equal(x.delay_ms[0], y.delay_ms[0]);
		assert_in_range(x.delay_ms[0], 0, 100);
		dropped += x.copies == 0;
		twice += x.copies == 2;
		late += x.delay_ms[0] > 0;
		held += x.held;
		x = lossy_decide(&none);
		assert_true(x.copies == 1 && !x.held && x.delay_ms[0] == 0);
	}
	assert_in_range(dropped, 1800, 2200);
	assert_in_range(twice, 650, 950); /* of those that were not dropped */
	assert_in_range(late, 2700, 3300);
	assert_in_range(held, 400, 600);
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
	    TEST(window_reply_belongs_to_its_line),
	    TEST(window_is_bounded),
	    TEST(window_silent_line_is_repeated_and_then_lost),
	    TEST(window_repeated_line_has_no_round_trip_time),
	    TEST(window_misordered_reply_is_told),
	    TEST(window_strange_replies_are_passed_over),
	    TEST(window_resend_counts_as_the_first_time),
	    cmocka_unit_test(window_without_numbers_takes_what_comes),
	    cmocka_unit_test(window_every_line_is_answered_once_through_a_bad_network),
	    cmocka_unit_test(window_without_memory_is_a_clean_error),
	    cmocka_unit_test(lossy_same_seed_same_fate_and_right_shares),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
