/* SPDX-License-Identifier: ISC */
/* The settings of opchatd; docs/man/opchatd.conf.5 explains each. */
#ifndef OPDESK_DAEMON_OPCHATD_CHAT_SETTINGS_H
#define OPDESK_DAEMON_OPCHATD_CHAT_SETTINGS_H

#include "daemon/server/server.h"
#include "lib/endpoint.h"

struct channel_settings {
	char *title; /* owned */
	char *description, *group;
	struct string_list allow;
};

struct chat_settings {
	struct string_list udp, members;
	int64_t max_users, max_channels, history, per_minute, burst;
	int64_t silent_ms;
	bool multicast;
	int64_t multicast_port, ttl;
	char *interface;
	struct section_list channels; /* of struct channel_settings */
};

extern const struct server_setting chat_settings_table[];
extern const struct server_section chat_settings_sections[];
/* Where `udp` says that datagrams are received; OP_BAD_REQUEST. */
int chat_settings_udp(const char *where, struct endpoint *out);
int chat_settings_check(const void *settings, char *why, size_t why_size);

#endif
