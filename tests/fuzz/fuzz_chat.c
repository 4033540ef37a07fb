/* SPDX-License-Identifier: ISC */
/*
 * Chat: any datagram through the parser, and any sequence of datagrams of four peers through the
 * server's room and through a client, whose user wants something meanwhile.  Input: peer, length,
 * bytes, again and again.
 */
#include "tests/fuzz/fuzz.h"

#include "daemon/opchatd/room.h"
#include "lib/chatter.h"
#include "lib/err.h"

static const struct room_limits limits = {.max_users = 3,
    .max_channels = 2,
    .history = 2,
    .per_second = 1,
    .burst = 3,
    .silent_ms = 5000};

static void
take(struct room *r)
{
	struct room_action a;
	struct chat_msg m;

	while (room_next(r, &a))
		if (a.type != ROOM_LOG) {
			FUZZ_CHECK(a.len >= 2 && a.len <= CHAT_BYTES_MAX);
			FUZZ_CHECK(chat_parse(a.bytes, a.len, 0, &m) == OP_OK);
		}
}

/* What the user wants meanwhile, and by which way the datagram comes. */
static void
hear(struct chatter *c, const uint8_t *bytes, size_t len, uint8_t what, int64_t now)
{
	static const struct netaddr group = {.family = 4, .bytes = {239, 255, 27, 1}};
	struct chatter_event e;

	switch (what & 7) {
	case 3:
		chatter_list_users(c, now);
		break;
	case 4:
		chatter_join(c, "a", now);
		break;
	case 5:
		chatter_part(c, NULL, now);
		break;
	case 6:
		chatter_say(c, "x", now);
		break;
	case 7:
		chatter_doubt(c, "nobody there", now);
		break;
	}
	chatter_receive(c, bytes, len, what & 8 ? &group : NULL, now);
	if (chatter_wake_ms(c) <= now)
		chatter_tick(c, now);
	while (chatter_next(c, &e))
		FUZZ_CHECK(e.type != CHATTER_SEND || (e.len >= 2 && e.len <= CHAT_BYTES_MAX));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct room_channel channels[] = {
	    {.title = "a", .description = "first"}, {.title = "b", .description = ""}};
	struct room *r = room_new(channels, 2, &limits, 1);
	struct chatter *c = chatter_new("me", 0);
	int64_t now = 0;

	FUZZ_CHECK(r && c);
	while (size >= 2) {
		size_t len = data[1] < size - 2 ? data[1] : size - 2;
		struct room_peer from = {
		    .addr = {.family = 4, .bytes = {192, 0, 2, data[0] & 3}}, .port = 1};

		now += data[0] >> 2;
		room_receive(r, &from, data + 2, len, now, now);
		take(r);
		room_tick(r, now);
		take(r);
		hear(c, data + 2, len, data[1], now);
		FUZZ_CHECK(room_users(r) <= limits.max_users);
		data += 2 + len;
		size -= 2 + len;
	}
	chatter_free(c);
	room_free(r);
	return 0;
}
