/* SPDX-License-Identifier: ISC */
/* The chat server's rules (daemon/opchatd/room.h), one datagram after the other. */
#include "tests/unit/opchatd/rooms.h"

#include <stdarg.h>
#include "lib/err.h"

struct fixture {
	struct room *r;
	int64_t now;
	char out[20000]; /* what left: "PEER CODE text\n" … */
};

static int
setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	f->r = new_room(&usual);
	f->now = 1000000;
	*state = f;
	return 0;
}

static int
teardown(void **state)
{
	struct fixture *f = *state;

	room_free(f->r);
	free(f);
	return 0;
}

static void
collect(struct fixture *f)
{
	struct room_action a;
	size_t len = 0;

	f->out[0] = '\0';
	while (room_next(f->r, &a)) {
		const unsigned char *b = a.bytes;

		if (a.type == ROOM_LOG || (b[0] << 8 | b[1]) == CHAT_TOKEN)
			continue;
		assert_true(a.len >= 2 && a.len <= CHAT_BYTES_MAX);
		assert_true(len + a.len + 30 < sizeof(f->out));
		len += (size_t)snprintf(f->out + len, sizeof(f->out) - len, "%s%u %s%s%.*s\n",
		    a.type == ROOM_PUBLISH ? "*" : "", a.peer.addr.bytes[3],
		    chat_code_name((unsigned)(b[0] << 8 | b[1])), a.len > 2 ? " " : "",
		    (int)a.len - 2, (const char *)b + 2);
	}
}

/* Peer n sends this; what left because of it. */
static const char *
sends(struct fixture *f, unsigned n, enum chat_code code, const char *text)
{
	unsigned char bytes[CHAT_BYTES_MAX];
	struct room_peer from = peer_of(n);
	size_t len = chat_format(bytes, code, "%s", text);

	room_receive(f->r, &from, bytes, len, f->now, 1795712400);
	collect(f);
	return f->out;
}

static void
come(struct fixture *f, unsigned n, const char *nick)
{
	char want[100];

	snprintf(want, sizeof(want), "%u LOGIN_ACK %s\n", n, nick);
	assert_string_equal(sends(f, n, CHAT_LOGIN_REQ, nick), want);
}

static void
login_is_needed_and_repeated_harmlessly(void **state)
{
	struct fixture *f = *state;

	assert_string_equal(sends(f, 1, CHAT_PROBE, ""), "1 ERROR not logged in\n");
	assert_string_equal(sends(f, 1, CHAT_SEND_PUBLIC, "hi"), "1 ERROR not logged in\n");
	come(f, 1, "lena");
	come(f, 1, "lena");
	assert_int_equal(room_users(f->r), 1);
	assert_string_equal(
	    sends(f, 2, CHAT_LOGIN_REQ, "LENA"), "2 ERROR this nickname is taken\n");
	assert_non_null(strstr(sends(f, 1, CHAT_LOGIN_REQ, "other"), "under another nickname"));
	assert_non_null(strstr(sends(f, 2, CHAT_LOGIN_REQ, "two words"), "one word"));
	assert_non_null(strstr(sends(f, 2, CHAT_LOGIN_REQ, ""), "one word"));
	sends(f, 1, CHAT_LOGOFF, "lena");
	come(f, 2, "LENA");
}

static void
join_tells_the_members_and_makes_current(void **state)
{
	struct fixture *f = *state;

	come(f, 1, "lena");
	come(f, 2, "tom");
	assert_string_equal(sends(f, 1, CHAT_JOIN_REQ, "Duty"), "1 JOIN_ACK duty 1\n");
	assert_string_equal(
	    sends(f, 2, CHAT_JOIN_REQ, "duty"), "1 USER_JOINS duty tom\n2 JOIN_ACK duty 2\n");
	assert_string_equal(sends(f, 2, CHAT_JOIN_REQ, "duty"), "2 JOIN_ACK duty 2\n");
	assert_string_equal(sends(f, 2, CHAT_JOIN_REQ, "cafe"), "2 JOIN_ACK cafe 1\n");
	assert_string_equal(
	    sends(f, 2, CHAT_SEND_PUBLIC, "alone"), "2 PUBLIC_MSG cafe tom alone\n");
	assert_string_equal(sends(f, 2, CHAT_JOIN_REQ, "duty"), "2 JOIN_ACK duty 2\n");
	assert_string_equal(sends(f, 2, CHAT_SEND_PUBLIC, "hello  all"),
	    "1 PUBLIC_MSG duty tom hello  all\n2 PUBLIC_MSG duty tom hello  all\n");
	assert_string_equal(sends(f, 1, CHAT_JOIN_REQ, "nowhere"), "1 ERROR no channel nowhere\n");
	assert_non_null(strstr(sends(f, 2, CHAT_JOIN_REQ, "closed"), "the limit"));
	come(f, 7, "seven");
	assert_non_null(strstr(sends(f, 7, CHAT_JOIN_REQ, "closed"), "not open to you"));
}

static void
part_falls_back_and_is_acknowledged_again(void **state)
{
	struct fixture *f = *state;

	come(f, 1, "lena");
	come(f, 2, "tom");
	sends(f, 1, CHAT_JOIN_REQ, "duty");
	sends(f, 2, CHAT_JOIN_REQ, "duty");
	sends(f, 2, CHAT_JOIN_REQ, "cafe");
	assert_string_equal(
	    sends(f, 2, CHAT_PART_REQ, "cafe"), "2 PART_ACK cafe 0\n2 JOIN_ACK duty 2\n");
	assert_string_equal(sends(f, 2, CHAT_PART_REQ, "cafe"), "2 PART_ACK cafe 0\n");
	assert_string_equal(
	    sends(f, 2, CHAT_PART_REQ, "duty"), "1 USER_PARTS duty tom\n2 PART_ACK duty 1\n");
	f->now += 20000;
	assert_non_null(strstr(sends(f, 2, CHAT_PART_REQ, "duty"), "ERROR you are not in"));
	assert_non_null(strstr(sends(f, 2, CHAT_SEND_PUBLIC, "x"), "ERROR you are in no channel"));
}

static void
history_is_shown_to_who_joins(void **state)
{
	struct fixture *f = *state;

	come(f, 1, "lena");
	sends(f, 1, CHAT_JOIN_REQ, "duty");
	for (int i = 1; i <= 5; i++) {
		char text[20];

		snprintf(text, sizeof(text), "number %d", i);
		sends(f, 1, CHAT_SEND_PUBLIC, text);
	}
	come(f, 2, "tom");
	const char *out = sends(f, 2, CHAT_JOIN_REQ, "duty");

	assert_null(strstr(out, "number 2"));
	assert_non_null(strstr(out, "2 PUBLIC_MSG duty lena ("));
	assert_non_null(strstr(out, ") number 3\n"));
	assert_true(strstr(out, ") number 3\n") < strstr(out, ") number 5\n"));
}

static void
private_messages_lists_and_unknown_things(void **state)
{
	struct fixture *f = *state;

	come(f, 1, "lena");
	come(f, 2, "tom");
	assert_string_equal(
	    sends(f, 1, CHAT_SEND_PRIVATE, "TOM psst, you"), "2 PRIVATE_MSG lena psst, you\n");
	assert_string_equal(
	    sends(f, 1, CHAT_SEND_PRIVATE, "nobody x"), "1 ERROR nobody here is called nobody\n");
	assert_string_equal(sends(f, 1, CHAT_LIST_USERS, ""), "1 ERROR you are in no channel\n");
	sends(f, 1, CHAT_JOIN_REQ, "duty");
	f->now += 5000;
	assert_string_equal(sends(f, 1, CHAT_LIST_USERS, ""), "1 USER_ITEM lena 5 duty\n");
	assert_string_equal(sends(f, 1, CHAT_LIST_CHANNELS, ""),
	    "1 CHANNEL_ITEM duty 1 who is on duty\n1 CHANNEL_ITEM cafe 0 the rest\n"
	    "1 CHANNEL_ITEM closed 0 not for seven\n");
	assert_string_equal(sends(f, 1, CHAT_PROBE, ""), "1 ERROR unknown code\n");
	assert_string_equal(sends(f, 1, (enum chat_code)777, "?"), "1 ERROR unknown code\n");
	assert_string_equal(sends(f, 1, CHAT_STILL_HERE, ""), "");
}

static void
silent_users_are_logged_out_and_others_told(void **state)
{
	struct fixture *f = *state;

	come(f, 1, "lena");
	come(f, 2, "tom");
	sends(f, 1, CHAT_JOIN_REQ, "duty");
	sends(f, 2, CHAT_JOIN_REQ, "duty");
	f->now += 119999;
	sends(f, 1, CHAT_STILL_HERE, "");
	room_tick(f->r, f->now);
	assert_int_equal(room_users(f->r), 2);
	f->now += 1;
	room_tick(f->r, f->now);
	collect(f);
	assert_string_equal(f->out, "1 USER_PARTS duty tom\n");
	assert_string_equal(sends(f, 2, CHAT_STILL_HERE, ""), "2 ERROR not logged in\n");
	struct room_peer lena = peer_of(1);

	room_unreachable(f->r, &lena, f->now);
	assert_int_equal(room_users(f->r), 0);
}

static void
floods_are_dropped_and_said_once_a_second(void **state)
{
	struct fixture *f = *state;
	int heard = 0, told = 0;

	come(f, 1, "lena");
	sends(f, 1, CHAT_JOIN_REQ, "duty");
	for (int i = 0; i < 100; i++, f->now += 10) {
		const char *out = sends(f, 1, CHAT_SEND_PUBLIC, "again");

		heard += strstr(out, "PUBLIC_MSG") != NULL;
		told += strstr(out, "too fast") != NULL;
	}
	assert_in_range(heard, 5, 6);
	assert_in_range(told, 1, 2);
	/* of the last ones, too, though he says nothing more */
	assert_true(room_is_busy(f->r));
	f->now += 1000;
	room_tick(f->r, f->now);
	collect(f);
	assert_non_null(strstr(f->out, "1 ERROR you speak too fast: "));
	assert_non_null(strstr(f->out, " more messages were dropped\n"));
	assert_false(room_is_busy(f->r));
	f->now += 3000;
	assert_non_null(strstr(sends(f, 1, CHAT_SEND_PUBLIC, "now"), "PUBLIC_MSG"));
}

static void
administrator_muzzles_and_logs_out(void **state)
{
	struct fixture *f = *state;
	struct room_user_info info;

	come(f, 1, "lena");
	sends(f, 1, CHAT_JOIN_REQ, "duty");
	assert_int_equal(room_muzzle(f->r, "nobody", true, f->now), OP_NOT_FOUND);
	assert_int_equal(room_muzzle(f->r, "LENA", true, f->now), OP_OK);
	collect(f);
	assert_string_equal(f->out, "1 ERROR you are muzzled: nobody hears you\n");
	assert_non_null(strstr(sends(f, 1, CHAT_SEND_PUBLIC, "x"), "ERROR you are muzzled"));
	assert_non_null(strstr(sends(f, 1, CHAT_SEND_PRIVATE, "lena x"), "ERROR you are muzzled"));
	room_user(f->r, 0, f->now, &info);
	assert_string_equal(info.nick, "lena");
	assert_string_equal(info.channels, "duty");
	assert_true(info.muzzled);
	assert_int_equal(room_muzzle(f->r, "lena", false, f->now), OP_OK);
	collect(f);
	assert_non_null(strstr(sends(f, 1, CHAT_SEND_PUBLIC, "x"), "PUBLIC_MSG"));
	assert_int_equal(room_log_out(f->r, "lena", "good night", f->now), OP_OK);
	collect(f);
	assert_string_equal(f->out, "1 ERROR logged out by the administrator: good night\n");
	assert_int_equal(room_users(f->r), 0);
}

/* Somebody else's address: he gets little, whatever is sent in his name. */
static void
strangers_get_little(void **state)
{
	struct fixture *f = *state;
	size_t asked = 0, got = 0, datagrams = 0;
	struct room_action a;
	struct room_peer victim = peer_of(9);
	unsigned char bytes[CHAT_BYTES_MAX];

	for (unsigned i = 1; i <= 15; i++) {
		char nick[CHAT_WORD_MAX + 1];

		snprintf(nick, sizeof(nick), "someone-with-a-long-name-%02u", i);
		come(f, i == 9 ? 100 : i, nick);
		sends(f, i == 9 ? 100 : i, CHAT_JOIN_REQ, "duty");
	}
	come(f, 9, "v");
	sends(f, 9, CHAT_JOIN_REQ, "duty");
	for (int i = 0; i < 200; i++, f->now += 20) {
		size_t len = chat_format(bytes, CHAT_LIST_USERS, "%s", "");

		room_receive(f->r, &victim, bytes, len, f->now, 0);
		room_tick(f->r, f->now);
		asked++;
		while (room_next(f->r, &a))
			if (a.type == ROOM_SEND && a.peer.addr.bytes[3] == 9) {
				datagrams++;
				got += a.len;
				assert_true(a.len <= ROOM_STRANGER_BYTES);
			}
	}
	assert_true(datagrams <= asked * ROOM_STRANGER_REPLIES + 4 + ROOM_STRANGER_BURST);
	assert_true(got > 0);
}

static void
who_echoes_the_token_gets_everything(void **state)
{
	struct fixture *f = *state;
	unsigned char bytes[CHAT_BYTES_MAX];
	struct room_peer from = peer_of(1);
	struct room_action a;
	char token[40] = "";

	room_receive(f->r, &from, bytes, chat_format(bytes, CHAT_LOGIN_REQ, "lena"), f->now, 0);
	while (room_next(f->r, &a))
		if (a.type == ROOM_SEND && ((const unsigned char *)a.bytes)[1] == CHAT_TOKEN)
			snprintf(token, sizeof(token), "%.*s", (int)a.len - 2,
			    (const char *)a.bytes + 2);
	assert_int_equal(strlen(token), 16);
	sends(f, 1, CHAT_TOKEN, "0000000000000000");
	struct room_user_info info;

	room_user(f->r, 0, f->now, &info);
	assert_false(info.verified);
	sends(f, 1, CHAT_TOKEN, token);
	room_user(f->r, 0, f->now, &info);
	assert_true(info.verified);
}

static void
multicast_says_it_once(void **state)
{
	struct fixture *f = *state;
	struct room_limits limits = usual;

	limits.multicast_port = 2028;
	room_free(f->r);
	f->r = new_room(&limits);
	assert_string_equal(
	    sends(f, 1, CHAT_LOGIN_REQ, "lena"), "1 LOGIN_ACK lena\n1 SET_MCAST_PORT 2028\n");
	assert_string_equal(sends(f, 1, CHAT_JOIN_REQ, "duty"), "1 JOIN_ACK duty 1 239.255.27.1\n");
	sends(f, 2, CHAT_LOGIN_REQ, "tom");
	assert_string_equal(sends(f, 2, CHAT_JOIN_REQ, "duty"),
	    "*1 USER_JOINS duty tom\n2 JOIN_ACK duty 2 239.255.27.1\n");
	assert_string_equal(sends(f, 1, CHAT_SEND_PUBLIC, "hi"), "*1 PUBLIC_MSG duty lena hi\n");
	assert_non_null(strstr(sends(f, 1, CHAT_LIST_CHANNELS, ""),
	    "CHANNEL_ITEM duty 2 239.255.27.1 who is on duty"));
	assert_string_equal(sends(f, 2, CHAT_PART_REQ, "duty"),
	    "*1 USER_PARTS duty tom\n2 PART_ACK duty 1 239.255.27.1\n");
}

static void
without_memory(void *arg)
{
	struct room *r = new_room(&usual);
	struct room_action a;
	unsigned char bytes[CHAT_BYTES_MAX];

	(void)arg;
	if (!r)
		return;
	for (unsigned i = 1; i <= 2; i++) {
		struct room_peer p = peer_of(i);

		room_receive(r, &p, bytes, chat_format(bytes, CHAT_LOGIN_REQ, "u%u", i), 0, 0);
		room_receive(r, &p, bytes, chat_format(bytes, CHAT_JOIN_REQ, "duty"), 0, 0);
		room_receive(r, &p, bytes, chat_format(bytes, CHAT_SEND_PUBLIC, "x"), 0, 0);
		room_receive(r, &p, bytes, chat_format(bytes, CHAT_LIST_CHANNELS, "%s", ""), 0, 0);
		while (room_next(r, &a))
			continue;
	}
	room_free(r);
}

static void
room_without_memory_loses_datagrams_only(void **state)
{
	(void)state;
	failing_malloc_each(without_memory, NULL);
}

int
main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
	    T(login_is_needed_and_repeated_harmlessly),
	    T(join_tells_the_members_and_makes_current),
	    T(part_falls_back_and_is_acknowledged_again),
	    T(history_is_shown_to_who_joins),
	    T(private_messages_lists_and_unknown_things),
	    T(silent_users_are_logged_out_and_others_told),
	    T(floods_are_dropped_and_said_once_a_second),
	    T(administrator_muzzles_and_logs_out),
	    T(strangers_get_little),
	    T(who_echoes_the_token_gets_everything),
	    T(multicast_says_it_once),
	    cmocka_unit_test(room_without_memory_loses_datagrams_only),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
