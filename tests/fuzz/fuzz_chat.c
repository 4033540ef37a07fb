/* SPDX-License-Identifier: ISC */
/*
 * Chat: any datagram through the parser, and any sequence of datagrams of four peers through the
 * server's room and through a client.  Input: peer, length, bytes, again and again.
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

static void
hear(struct chatter *c, const uint8_t *bytes, size_t len, int64_t now)
{
	struct chatter_event e;

	chatter_receive(c, bytes, len, NULL, now);
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
		hear(c, data + 2, len, now);
		FUZZ_CHECK(room_users(r) <= limits.max_users);
		data += 2 + len;
		size -= 2 + len;
	}
	chatter_free(c);
	room_free(r);
	return 0;
}
