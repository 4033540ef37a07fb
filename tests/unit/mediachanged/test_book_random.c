/* SPDX-License-Identifier: ISC */
/*
 * The book against a naive model over random operations.  world.h holds the book to: nobody is told
 * what is not on disk, and a final row never changes.  Here: every call gets exactly one reply
 * while its client is there; an asker's answer is the one in the store; what is pending in the book
 * is what is pending in the store, whenever the store has caught up; at the end nobody is left
 * waiting for a closed question; no level of escalation is begun twice.  The store is lost and the
 * engine restarted at random moments. OPDESK_TEST_SEED repeats a run, OPDESK_TEST_STEPS sets its
 * length.
 */
#include "tests/unit/mediachanged/world.h"

#include <time.h>

#include "lib/log.h"

#define CLIENTS 12
#define CALLS 4000
#define IDS 400
#define PAGE_STEPS 1500

struct open_call {
	uint64_t client;
	uint32_t msgid;
	bool is_ask;
};

static uint64_t rng_state;
static struct open_call open_calls[CALLS];
static size_t open_count;
static uint64_t client_of[CLIENTS]; /* the connection that each client has now */
static uint64_t last_client;
static uint32_t last_msgid;
static unsigned first_id; /* ids in play: first_id … first_id + IDS */
static size_t replies_seen, replies_ok, runs;
static int64_t begun[IDS]; /* levels of the questions in play */

static uint32_t
rnd(uint32_t below)
{
	/* xorshift64* (https://www.jstatsoft.org/article/view/v008i14) */
	rng_state ^= rng_state >> 12;
	rng_state ^= rng_state << 25;
	rng_state ^= rng_state >> 27;
	return (uint32_t)((rng_state * 2685821657736338717ull) >> 33) % below;
}

static void
drop_call(size_t i)
{
	open_calls[i] = open_calls[--open_count];
}

static void
check_reply(struct world *w, const struct book_action *a)
{
	size_t i = 0;

	while (i < open_count &&
	       (open_calls[i].client != a->client || open_calls[i].msgid != a->msgid))
		i++;
	assert_true(i < open_count); /* one reply, and only to those who wait */
	replies_seen++;
	replies_ok += a->err == 0;
	if (open_calls[i].is_ask && a->err == 0) {
		assert_non_null(a->alert);
		assert_true(alert_equal(a->alert, world_row(w, a->alert->id)));
	}
	if (a->err == OP_ALREADY_ANSWERED)
		assert_true(a->alert && a->alert->state != ALERT_PENDING);
	drop_call(i);
}

static uint32_t
open_call(uint64_t client, bool is_ask)
{
	assert_true(open_count < CALLS);
	open_calls[open_count++] =
	    (struct open_call){.client = client, .msgid = ++last_msgid, .is_ask = is_ask};
	return last_msgid;
}

static void
forget_client(uint64_t client)
{
	for (size_t i = open_count; i-- > 0;) {
		if (open_calls[i].client == client)
			drop_call(i);
	}
}

static const char *
who_of(size_t i)
{
	static const char *const names[] = {"joe@local", "ann@local", "192.0.2.7"};

	return names[i % 3];
}

static unsigned
any_id(void)
{
	return first_id + rnd(IDS);
}

/* --- operations --- */

static void
do_ask(struct world *w)
{
	static const char *const keys[] = {NULL, NULL, NULL, "tape", "disk"};
	size_t i = rnd(CLIENTS);
	unsigned id = any_id();

	/* what is asked follows from the id, so that asking again is the same, but now and then not
	 */
	world_ask(w, (struct world_ask){.id = id,
			 .client = client_of[i],
			 .msgid = open_call(client_of[i], true),
			 .who = who_of(rnd(50) ? id : i),
			 .text = rnd(50) ? "Insert volume" : "something else",
			 .key = keys[id % 5],
			 .kind = id % 11 ? "okcancel" : "yesno",
			 .labels = id % 11 ? "Ok\nCancel" : "Yes\nNo",
			 .default_label = id % 7 ? NULL : "Cancel",
			 .timeout_ms = id % 3 ? 0 : 1000 * (1 + id % 90),
			 .no_wait = id % 13 == 0,
			 .line = id % 17 == 0,
			 .require_desk = id % 19 == 0});
}

static void
do_answer(struct world *w)
{
	static const char *const labels[] = {"Ok", "Ok", "Cancel", "Yes", "Ok", "bogus"};
	uint64_t client = client_of[rnd(CLIENTS)];
	struct book_caller c = {client, open_call(client, false), OPERATOR, true};

	book_answer(w->book, &c,
	    &(struct book_answer){.id = world_id(any_id()),
		.answer_id = world_id(1000000 + rnd(500)),
		.label = labels[rnd(6)]},
	    &w->now);
	world_hear(w);
}

static void
do_other_call(struct world *w)
{
	size_t i = rnd(CLIENTS);
	struct book_caller c = {
	    client_of[i], open_call(client_of[i], false), who_of(rnd(3)), rnd(2)};
	const char *id = world_id(any_id());

	switch (rnd(7)) {
	case 0:
		book_withdraw(w->book, &c,
		    &(struct book_withdrawal){.id = id,
			.ask = rnd(2) ? world_id(any_id()) : NULL,
			.reason = "because",
			.if_alone = rnd(3) == 0},
		    &w->now);
		break;
	case 1:
		book_claim(w->book, &c, id, rnd(3) * 20000, &w->now);
		break;
	case 2:
		book_snooze(w->book, &c, id, rnd(3) * 20000, &w->now);
		break;
	case 3:
		book_note(w->book, &c, id, "a note", &w->now);
		break;
	case 4:
		book_shown(w->book, &c, id, rnd(2) ? "lamp:0" : "lamp:1", &w->now);
		break;
	default:
		book_confirm(w->book, &c, id, &w->now);
	}
	world_hear(w);
}

static void
do_cancel(struct world *w)
{
	if (open_count == 0)
		return;
	struct open_call call = open_calls[rnd((uint32_t)open_count)];

	book_cancel(w->book, call.client, call.msgid, &w->now);
	world_hear(w);
}

static void
do_hang_up(struct world *w)
{
	size_t i = rnd(CLIENTS);
	uint64_t client = client_of[i];

	client_of[i] = ++last_client;
	book_client_gone(w->book, client, &w->now);
	world_hear(w);
	forget_client(client);
}

static void
do_time(struct world *w)
{
	if (rnd(4)) /* a store that stalls is rare */
		world_store(w);
	if (rnd(20) == 0)
		w->now.wall += (int64_t)rnd(7200000) - 3600000;
	world_pass(w, rnd(50) ? rnd(2000) : rnd(90000000));
}

/* A level is begun once for a question, whatever dies. */
static void
check_run(struct world *w, const struct alert *a)
{
	unsigned id = (unsigned)strtoul(a->id, NULL, 16) - first_id;

	assert_true(id < IDS);
	assert_true(w->errand_count <= w->limits.max_escalations);
	assert_true(a->escalated > begun[id]);
	begun[id] = a->escalated;
	runs++;
}

static void
do_end(struct world *w)
{
	if (w->errand_count > 0)
		world_end(w, rnd((uint32_t)w->errand_count), rnd(2) ? "exit status 1" : NULL);
}

static void
do_desks(struct world *w)
{
	book_desks(w->book, (int)rnd(3), &w->now);
	world_hear(w);
}

/* The engine's part when the storer has died; calls may come while it reads again. */
static void
do_loss(struct world *w)
{
	world_lose(w, rnd((uint32_t)w->queued + 1));
	book_store_lost(w->book, "the disk is full", &w->now);
	world_hear(w);
	for (uint32_t n = rnd(3); n > 0; n--)
		rnd(2) ? do_ask(w) : do_hang_up(w);
	if (rnd(4) == 0)
		do_time(w);
	world_load(w);
}

static void
do_restart(struct world *w)
{
	open_count = 0;
	for (size_t i = 0; i < CLIENTS; i++)
		client_of[i] = ++last_client;
	world_restart(w, rnd((uint32_t)w->queued + 1));
	book_desks(w->book, 1, &w->now);
	world_hear(w);
}

/* --- when the store has caught up --- */

static void
check_pending(struct world *w)
{
	size_t in_store = 0, in_book = 0;
	const struct alert *a = NULL;

	for (size_t i = 0; i < w->row_count; i++)
		in_store += w->rows[i]->state == ALERT_PENDING;
	while ((a = book_next_pending(w->book, a))) {
		assert_true(alert_equal(a, world_row(w, a->id)));
		in_book++;
	}
	assert_int_equal(in_book, in_store);
	assert_int_equal(in_book, book_pending_count(w->book));
	assert_true(book_is_idle(w->book));
	for (size_t i = 0; i < open_count; i++)
		assert_true(open_calls[i].is_ask);
	if (in_book == 0)
		assert_int_equal(open_count, 0);
}

/* What was asked without waiting stays for ever. */
static void
withdraw_the_rest(struct world *w)
{
	const struct alert *a;

	while ((a = book_next_pending(w->book, NULL))) {
		struct book_caller c = {
		    client_of[0], open_call(client_of[0], false), OPERATOR, true};

		assert_false(a->wait);
		book_withdraw(w->book, &c, &(struct book_withdrawal){.id = a->id}, &w->now);
		world_hear(w);
		world_store(w);
	}
}

/* Old rows leave the model's store, as they leave a real one, and other ids come into play. */
static void
turn_page(struct world *w)
{
	world_live(w, INT64_C(3) * 86400000);
	for (size_t i = 0; i < CLIENTS; i++) {
		book_client_gone(w->book, client_of[i], &w->now);
		world_hear(w);
		forget_client(client_of[i]);
	}
	world_live(w, INT64_C(3) * 86400000);
	check_pending(w);
	withdraw_the_rest(w);
	while (w->row_count > 0)
		alert_free(w->rows[--w->row_count]);
	do_restart(w);
	first_id += IDS;
	memset(begun, 0, sizeof(begun));
}

struct operation {
	uint32_t weight;
	void (*run)(struct world *w);
};

static void
do_store(struct world *w)
{
	world_store_some(w, rnd(8));
}

static void
do_catch_up(struct world *w)
{
	world_store(w);
	check_pending(w);
}

static const struct operation operations[] = {
    {300, do_ask},
    {250, do_answer},
    {150, do_other_call},
    {300, do_store},
    {30, do_catch_up},
    {20, do_cancel},
    {30, do_hang_up},
    {60, do_time},
    {10, do_desks},
    {60, do_end},
    {4, do_loss},
    {2, do_restart},
};

static void
step(struct world *w)
{
	const size_t count = sizeof(operations) / sizeof(operations[0]);
	uint32_t total = 0, at;
	size_t i = 0;

	for (size_t k = 0; k < count; k++)
		total += operations[k].weight;
	at = rnd(total);
	while (at >= operations[i].weight)
		at -= operations[i++].weight;
	operations[i].run(w);
	if (w->queued > WORLD_QUEUE / 2 || open_count > CALLS / 2)
		do_catch_up(w);
}

static uint64_t
from_environment(const char *name, uint64_t otherwise)
{
	const char *s = getenv(name);

	return s ? strtoull(s, NULL, 10) : otherwise;
}

static void
book_random_operations_keep_every_promise(void **state)
{
	uint64_t seed = from_environment("OPDESK_TEST_SEED", (uint64_t)time(NULL));
	uint64_t steps = from_environment("OPDESK_TEST_STEPS", 100000);
	struct world *w = malloc(sizeof(*w));

	(void)state;
	print_message("seed %llu\n", (unsigned long long)seed);
	rng_state = seed * 2 + 1;
	assert_non_null(w);
	world_init(w);
	w->limits.max_pending = w->limits.max_pending_per_asker = 1000;
	w->limits.levels = 2;
	w->limits.escalate_after_ms[0] = 10000;
	w->limits.escalate_after_ms[1] = 60000;
	book_set_limits(w->book, &w->limits);
	w->on_reply = check_reply;
	w->on_run = check_run;
	for (size_t i = 0; i < CLIENTS; i++)
		client_of[i] = ++last_client;
	for (uint64_t n = 1; n <= steps; n++) {
		step(w);
		if (n % PAGE_STEPS == 0)
			turn_page(w);
	}
	print_message(
	    "%zu replies, %zu of them good; %zu levels begun\n", replies_seen, replies_ok, runs);
	assert_true(runs > steps / 1000);
	assert_true(replies_ok * 5 > replies_seen);
	world_fini(w);
	free(w);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(book_random_operations_keep_every_promise)};

	log_set_level(LOG_LEVEL_ERROR);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
