/* SPDX-License-Identifier: ISC */
/* A room of three channels for the tests, and peers. */
#ifndef OPDESK_TESTS_UNIT_OPCHATD_ROOMS_H
#define OPDESK_TESTS_UNIT_OPCHATD_ROOMS_H

#include "tests/unit/unit.h"

#include <stdbool.h>
#include "daemon/opchatd/room.h"

static inline bool
is_not_seven(const struct netaddr *addr, void *arg)
{
	(void)arg;
	return addr->bytes[3] != 7;
}

static const struct room_limits usual = {.max_users = 20,
    .max_channels = 2,
    .history = 3,
    .per_second = 1,
    .burst = 5,
    .silent_ms = 120000};

static inline struct room *
new_room(const struct room_limits *limits)
{
	struct room_channel channels[] = {{.title = "duty", .description = "who is on duty"},
	    {.title = "cafe", .description = "the rest"},
	    {.title = "closed", .description = "not for seven", .allows = is_not_seven}};

	for (uint8_t i = 0; i < 3; i++)
		channels[i].group = (struct netaddr){.family = 4, .bytes = {239, 255, 27, i + 1}};
	return room_new(channels, 3, limits, 42);
}

static inline struct room_peer
peer_of(unsigned n)
{
	return (struct room_peer){
	    .addr = {.family = 4, .bytes = {192, 0, 2, (uint8_t)n}}, .port = 4000};
}

#endif
