/* SPDX-License-Identifier: ISC */
/*
 * The chat's server (daemon/opchatd/room.h) and clients (lib/chatter.h) together on a network of
 * the test's own that loses, doubles and turns round what it carries, on a clock of the test's own.
 */
#include "tests/unit/opchatd/rooms.h"

#include "lib/chatter.h"
#include "lib/err.h"

#define CLIENTS 5
#define FLIGHT 400

struct flight {
	bool to_server;
	unsigned client;
	bool by_group;
	struct netaddr group;
	unsigned char bytes[CHAT_BYTES_MAX];
	size_t len;
	int64_t at;
};

struct world {
	struct room *r;
	struct chatter *c[CLIENTS];
	struct netaddr groups[CLIENTS][4]; /* listened to */
	struct flight air[FLIGHT];
	size_t flying;
	int64_t now;
	unsigned loss_percent, double_percent, delay_ms;
	unsigned heard[CLIENTS], lost[CLIENTS], up[CLIENTS], again[CLIENTS], errors[CLIENTS];
	char listed[CLIENTS][80]; /* the last end of a list: "WHICH COUNT TEXT" */
	unsigned first_replies;   /* drop the first reply to each of so many requests */
	bool drop_next[CLIENTS];
};

static void
carry(struct world *w, struct flight f)
{
	unsigned copies = 1 + (unit_random(100) < w->double_percent);

	if (unit_random(100) < w->loss_percent)
		return;
	for (; copies > 0 && w->flying < FLIGHT; copies--) {
		f.at = w->now + 1 + (w->delay_ms ? unit_random(w->delay_ms) : 0);
		w->air[w->flying++] = f;
	}
}

static void
take_events(struct world *w, unsigned i)
{
	struct chatter_event e;

	while (chatter_next(w->c[i], &e)) {
		struct flight f = {.to_server = true, .client = i, .len = e.len};

		switch (e.type) {
		case CHATTER_SEND:
			memcpy(f.bytes, e.bytes, e.len);
			w->drop_next[i] = w->first_replies > 0;
			carry(w, f);
			break;
		case CHATTER_LISTEN:
			w->groups[i][e.group.bytes[3]] = e.group;
			break;
		case CHATTER_LISTEN_NOT:
			w->groups[i][e.group.bytes[3]].family = 0;
			break;
		case CHATTER_SAID:
			w->heard[i]++;
			break;
		case CHATTER_LOST:
			w->lost[i]++;
			break;
		case CHATTER_UP:
			w->up[i]++;
			break;
		case CHATTER_AGAIN:
			w->again[i]++;
			break;
		case CHATTER_ERROR:
			w->errors[i]++;
			break;
		case CHATTER_LISTED:
			snprintf(w->listed[i], sizeof(w->listed[i]), "%s %lld %s", e.title,
			    (long long)e.count, e.text);
			break;
		default:
			break;
		}
	}
}

static void
take_actions(struct world *w)
{
	struct room_action a;

	while (room_next(w->r, &a)) {
		struct flight f = {
		    .by_group = a.type == ROOM_PUBLISH, .group = a.peer.addr, .len = a.len};

		if (a.type == ROOM_LOG)
			continue;
		memcpy(f.bytes, a.bytes, a.len);
		for (unsigned i = 0; i < CLIENTS; i++) {
			bool hears = f.by_group ? w->groups[i][a.peer.addr.bytes[3]].family != 0
						: a.peer.addr.bytes[3] == i + 1;

			f.client = i;
			if (hears && w->drop_next[i]) {
				w->drop_next[i] = false;
				w->first_replies--;
			} else if (hears) {
				carry(w, f);
			}
		}
	}
}

static void
land(struct world *w, const struct flight *f)
{
	struct room_peer from = peer_of(f->client + 1);

	if (f->to_server)
		room_receive(w->r, &from, f->bytes, f->len, w->now, w->now / 1000);
	else
		chatter_receive(
		    w->c[f->client], f->bytes, f->len, f->by_group ? &f->group : NULL, w->now);
}

static void
pass(struct world *w, int64_t ms)
{
	for (int64_t end = w->now + ms; w->now < end; w->now += 10) {
		for (size_t i = 0; i < w->flying;) {
			if (w->air[i].at > w->now) {
				i++;
				continue;
			}
			struct flight f = w->air[i];

			w->air[i] = w->air[--w->flying];
			land(w, &f);
		}
		for (unsigned i = 0; i < CLIENTS; i++) {
			if (chatter_wake_ms(w->c[i]) <= w->now)
				chatter_tick(w->c[i], w->now);
			take_events(w, i);
		}
		room_tick(w->r, w->now);
		take_actions(w);
	}
}

static struct world *
new_world(const struct room_limits *limits)
{
	struct world *w = calloc(1, sizeof(*w));

	w->r = new_room(limits);
	w->now = 5000000;
	for (unsigned i = 0; i < CLIENTS; i++) {
		char nick[20];

		snprintf(nick, sizeof(nick), "user%u", i);
		w->c[i] = chatter_new(nick, w->now);
	}
	return w;
}

static void
free_world(struct world *w)
{
	for (unsigned i = 0; i < CLIENTS; i++)
		chatter_free(w->c[i]);
	room_free(w->r);
	free(w);
}

static void
all_join(struct world *w, const char *title)
{
	for (unsigned i = 0; i < CLIENTS; i++)
		assert_int_equal(chatter_join(w->c[i], title, w->now), OP_OK);
}

static void
assert_members(struct world *w, size_t channel, size_t want)
{
	const char *title, *description;
	size_t members;

	room_channel(w->r, channel, &title, &description, &members);
	assert_int_equal(members, want);
}

static void
together_when_every_first_reply_is_lost(void **state)
{
	struct world *w = new_world(&usual);

	(void)state;
	w->first_replies = UINT32_MAX / 2;
	pass(w, 3000);
	w->first_replies = CLIENTS * 3;
	pass(w, 15000);
	all_join(w, "duty");
	pass(w, 15000);
	for (unsigned i = 0; i < CLIENTS; i++) {
		assert_true(chatter_is_up(w->c[i]));
		assert_string_equal(chatter_current(w->c[i]), "duty");
		assert_int_equal(w->up[i], 1);
	}
	assert_members(w, 0, CLIENTS);
	free_world(w);
}

static void
together_on_a_network_that_loses_and_turns_round(void **state)
{
	unit_random_start("together_on_a_network_that_loses_and_turns_round");
	(void)state;
	for (int round = 0; round < 20; round++) {
		struct world *w = new_world(&usual);

		w->loss_percent = 25;
		w->double_percent = 20;
		w->delay_ms = 300;
		all_join(w, "duty");
		pass(w, 60000);
		for (int i = 0; i < 40; i++) {
			unsigned who = unit_random(CLIENTS);
			const char *title = unit_random(2) ? "duty" : "cafe";

			if (unit_random(2))
				chatter_join(w->c[who], title, w->now);
			else
				chatter_part(w->c[who], title, w->now);
			pass(w, 1000);
		}
		/* the network is well again: all agree after a while */
		w->loss_percent = w->double_percent = w->delay_ms = 0;
		pass(w, 130000);
		all_join(w, "cafe");
		pass(w, 30000);
		for (unsigned i = 0; i < CLIENTS; i++) {
			assert_true(chatter_is_up(w->c[i]));
			assert_string_equal(chatter_current(w->c[i]), "cafe");
		}
		assert_members(w, 1, CLIENTS);
		free_world(w);
	}
}

static void
together_after_a_restart_of_the_server(void **state)
{
	struct room_limits limits = usual;

	(void)state;
	for (limits.multicast_port = 0; limits.multicast_port <= 2028;
	     limits.multicast_port += 2028) {
		struct world *w = new_world(&limits);

		all_join(w, "duty");
		pass(w, 5000);
		assert_members(w, 0, CLIENTS);
		room_free(w->r);
		w->r = new_room(&limits);
		pass(w, 40000); /* each says that he is there, and learns that he is not */
		assert_members(w, 0, CLIENTS);
		chatter_say(w->c[2], "back", w->now);
		pass(w, 100);
		for (unsigned i = 0; i < CLIENTS; i++)
			assert_int_equal(w->heard[i], 1);
		free_world(w);
	}
}

static void
together_without_a_server_says_so_and_goes_on(void **state)
{
	struct world *w = new_world(&usual);

	(void)state;
	w->loss_percent = 100;
	pass(w, 35000);
	assert_int_equal(w->lost[0], 3);
	w->loss_percent = 0;
	pass(w, 3000);
	assert_true(chatter_is_up(w->c[0]));
	free_world(w);
}

static void
refused_login_ends_it(void **state)
{
	struct world *w = new_world(&usual);
	struct chatter *second = chatter_new("USER0", w->now);
	struct chatter_event e;
	bool refused = false;

	(void)state;
	pass(w, 1000);
	unsigned char bytes[CHAT_BYTES_MAX];
	size_t len = chat_format(bytes, CHAT_ERROR, "this nickname is taken");

	chatter_tick(second, w->now);
	while (chatter_next(second, &e))
		continue;
	chatter_receive(second, bytes, len, NULL, w->now);
	while (chatter_next(second, &e))
		refused |= e.type == CHATTER_REFUSED;
	assert_true(refused);
	assert_int_equal(chatter_wake_ms(second), INT64_MAX);
	assert_int_equal(chatter_say(second, "x", w->now), OP_CONFLICT);
	chatter_free(second);
	free_world(w);
}

static void
lists_are_ended_by_the_server_and_come_whole_or_say_so(void **state)
{
	struct world *w = new_world(&usual);

	(void)state;
	all_join(w, "duty");
	pass(w, 3000);
	chatter_list_users(w->c[0], w->now);
	chatter_list_channels(w->c[1], w->now);
	pass(w, 100);
	assert_string_equal(w->listed[0], "users 5 ");
	assert_string_equal(w->listed[1], "channels 3 ");
	/* the request is lost */
	w->loss_percent = 100;
	chatter_list_users(w->c[2], w->now);
	pass(w, 100);
	w->loss_percent = 0;
	pass(w, 2000);
	assert_string_equal(w->listed[2], "users 5 ");
	/* one of the five is lost */
	w->first_replies = 1;
	chatter_list_users(w->c[3], w->now);
	pass(w, CHATTER_TRY_MS + 100);
	assert_string_equal(w->listed[3], "users 4 1 more got lost on the way");
	/* nothing comes of a list that is refused, and no end of it either */
	chatter_part(w->c[4], "duty", w->now);
	pass(w, 100);
	chatter_list_users(w->c[4], w->now);
	pass(w, 10000);
	assert_string_equal(w->listed[4], "");
	free_world(w);
}

static void
says(struct chatter *c, enum chat_code code, const char *text, int64_t now)
{
	unsigned char bytes[CHAT_BYTES_MAX];

	chatter_receive(c, bytes, chat_format(bytes, code, "%s", text), NULL, now);
}

/* As somebody types faster than the server answers. */
static void
part_after_join_parts_that_one(void **state)
{
	struct world *w = new_world(&usual);

	(void)state;
	all_join(w, "duty");
	pass(w, 3000);
	all_join(w, "cafe");
	pass(w, 3000);
	chatter_join(w->c[0], "duty", w->now);
	chatter_part(w->c[0], NULL, w->now);
	pass(w, 3000);
	assert_string_equal(chatter_current(w->c[0]), "cafe");
	assert_members(w, 0, CLIENTS - 1);
	assert_members(w, 1, CLIENTS);
	free_world(w);
}

/* A server of before marks. */
static void
list_without_an_end_is_ended_by_time(void **state)
{
	struct chatter *c = chatter_new("lena", 0);
	struct chatter_event e;
	bool ended = false;

	(void)state;
	chatter_tick(c, 0);
	says(c, CHAT_LOGIN_ACK, "lena", 10);
	chatter_list_channels(c, 20);
	says(c, CHAT_CHANNEL_ITEM, "duty 3 who is on duty", 30);
	says(c, CHAT_LIST_CHANNELS, "77 3", 40); /* of another list */
	says(c, CHAT_CHANNEL_ITEM, "cafe 0 the rest", 1000);
	while (chatter_next(c, &e))
		assert_int_not_equal(e.type, CHATTER_LISTED);
	assert_int_equal(chatter_wake_ms(c), 1000 + CHATTER_TRY_MS);
	chatter_tick(c, 1000 + CHATTER_TRY_MS);
	while (chatter_next(c, &e))
		if (e.type == CHATTER_LISTED) {
			assert_int_equal(e.count, 2);
			assert_string_equal(
			    e.text, "the server does not tell whether these are all");
			ended = true;
		}
	assert_true(ended);
	chatter_free(c);
}

static void
server_that_stops_is_looked_for_at_once(void **state)
{
	struct world *w = new_world(&usual);

	(void)state;
	all_join(w, "duty");
	pass(w, 5000);
	room_close(w->r);
	take_actions(w);
	pass(w, 10);
	room_free(w->r);
	w->r = new_room(&usual);
	pass(w, 3000);
	assert_members(w, 0, CLIENTS);
	for (unsigned i = 0; i < CLIENTS; i++) {
		assert_int_equal(w->up[i], 2);
		assert_int_equal(w->again[i], 1);
	}
	free_world(w);
}

static void
server_that_says_nothing_is_doubted(void **state)
{
	struct world *w = new_world(&usual);

	(void)state;
	all_join(w, "duty");
	pass(w, 5000);
	/* who hears that nobody is there looks for the server, and says so once */
	chatter_doubt(w->c[1], "connection refused", w->now);
	assert_false(chatter_is_up(w->c[1]));
	chatter_doubt(w->c[1], "connection refused", w->now);
	w->loss_percent = 100;
	chatter_say(w->c[0], "anybody?", w->now);
	pass(w, CHATTER_ANSWER_MS + 100);
	assert_false(chatter_is_up(w->c[0]));
	assert_int_equal(w->lost[0], 1);
	assert_int_equal(w->lost[1], 1);
	w->loss_percent = 0;
	pass(w, 3000);
	assert_true(chatter_is_up(w->c[0]) && chatter_is_up(w->c[1]));
	assert_members(w, 0, CLIENTS);
	free_world(w);
}

/* The server is there, the group is not heard: nobody is logged out for that. */
static void
what_does_not_come_back_by_the_group_is_said(void **state)
{
	struct room_limits limits = usual;

	(void)state;
	limits.multicast_port = 2028;
	struct world *w = new_world(&limits);

	all_join(w, "duty");
	pass(w, 5000);
	w->groups[0][1].family = 0;
	chatter_say(w->c[0], "hello", w->now);
	pass(w, CHATTER_ANSWER_MS + 100);
	assert_true(chatter_is_up(w->c[0]));
	assert_int_equal(w->errors[0], 1);
	assert_int_equal(w->heard[1], 1);
	free_world(w);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(together_when_every_first_reply_is_lost),
	    cmocka_unit_test(together_on_a_network_that_loses_and_turns_round),
	    cmocka_unit_test(together_after_a_restart_of_the_server),
	    cmocka_unit_test(together_without_a_server_says_so_and_goes_on),
	    cmocka_unit_test(refused_login_ends_it),
	    cmocka_unit_test(lists_are_ended_by_the_server_and_come_whole_or_say_so),
	    cmocka_unit_test(part_after_join_parts_that_one),
	    cmocka_unit_test(list_without_an_end_is_ended_by_time),
	    cmocka_unit_test(server_that_stops_is_looked_for_at_once),
	    cmocka_unit_test(server_that_says_nothing_is_doubted),
	    cmocka_unit_test(what_does_not_come_back_by_the_group_is_said),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
