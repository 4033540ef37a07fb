/* SPDX-License-Identifier: ISC */
#include "daemon/opchatd/chat_settings.h"

#include <stdio.h>
#include <string.h>
#include "daemon/opchatd/room.h"
#include "daemon/server/datagrams.h"
#include "lib/acl.h"
#include "lib/err.h"

#define AT(member) offsetof(struct chat_settings, member)
#define DAY_MS (INT64_C(24) * 3600 * 1000)

const struct server_setting chat_settings_table[] = {
    {"udp", SETTING_STRINGS, "127.0.0.1:2027", 0, 0, NULL, AT(udp), "udp",
	"where datagrams are received: ADDRESS:PORT, *:PORT for every address"},
    {"members", SETTING_STRINGS, "allow all", 0, 0, NULL, AT(members), NULL,
	"who may chat: \"allow NETWORK\", \"deny NETWORK\"; the last match wins"},
    {"max_users", SETTING_INT, "1000", 1, 100000, NULL, AT(max_users), NULL, "users at a time"},
    {"max_channels", SETTING_INT, "10", 1, ROOM_CHANNELS_MAX, NULL, AT(max_channels), NULL,
	"channels that one user may be in"},
    {"history", SETTING_INT, "10", 0, 100, NULL, AT(history), NULL,
	"last messages of a channel that are shown to who joins it"},
    {"per_minute", SETTING_INT, "60", 1, 100000, NULL, AT(per_minute), NULL,
	"messages of one user, in the long run"},
    {"burst", SETTING_INT, "10", 1, 10000, NULL, AT(burst), NULL, "messages of one user at once"},
    {"silent", SETTING_DURATION, "120s", 1000, DAY_MS, NULL, AT(silent_ms), NULL,
	"a user from whom nothing came that long is logged out; clients say something every 30s"},
    {"multicast", SETTING_BOOL, "false", 0, 0, NULL, AT(multicast), NULL,
	"public messages go to the channel's group, once for all members"},
    {"multicast_port", SETTING_INT, "2028", 1, 65535, NULL, AT(multicast_port), NULL,
	"the port of the groups"},
    {"ttl", SETTING_INT, "31", 0, 255, NULL, AT(ttl), NULL, "how many hops multicast travels"},
    {"interface", SETTING_STRING, NULL, 0, 0, NULL, AT(interface), NULL,
	"where multicast leaves, by name or address; empty: as routed"},
    {0},
};

#define CHANNEL_AT(member) offsetof(struct channel_settings, member)

static const struct server_setting channel_table[] = {
    {"description", SETTING_STRING, "", 0, 0, NULL, CHANNEL_AT(description), NULL,
	"what is talked about"},
    {"group", SETTING_STRING, NULL, 0, 0, NULL, CHANNEL_AT(group), NULL,
	"its multicast address; default: 239.255.27.N, N counted from 1"},
    {"allow", SETTING_STRINGS, "allow all", 0, 0, NULL, CHANNEL_AT(allow), NULL,
	"who may join, as members"},
    {0},
};

const struct server_section chat_settings_sections[] = {
    {.name = "channel",
	.kind = SECTION_TITLED,
	.table = channel_table,
	.size = sizeof(struct channel_settings),
	.offset = AT(channels),
	.help = "a channel; without any there are five: duty, backups, network, storage, cafe"},
    {0},
};

/* "allow WHAT", "deny WHAT", and no names: a datagram waits for no name server. */
static int
check_rules(const struct string_list *rules, const char *setting, char *why, size_t why_size)
{
	struct acl *acl = acl_new();
	int err = acl ? OP_OK : OP_NO_MEMORY;

	for (size_t i = 0; i < rules->count && err == OP_OK; i++) {
		bool allow = strncmp(rules->items[i], "allow ", 6) == 0;

		if (!allow && strncmp(rules->items[i], "deny ", 5) != 0)
			err = OP_BAD_REQUEST;
		else
			err = acl_add(acl, allow, rules->items[i] + (allow ? 6 : 5));
		if (err == OP_OK && acl_needs_name(acl))
			err = OP_BAD_REQUEST;
		if (err == OP_BAD_REQUEST)
			server_complain(why, why_size,
			    "%s: expected \"allow\" or \"deny\" with all or a network, not \"%s\"",
			    setting, rules->items[i]);
	}
	acl_free(acl);
	return err;
}

static int
check_channel(const struct channel_settings *c, char *why, size_t why_size)
{
	struct netaddr group;

	if (!chat_is_word(c->title, strlen(c->title)))
		return server_complain(why, why_size,
		    "channel: \"%s\" is no title: one word of at most %d bytes", c->title,
		    CHAT_WORD_MAX);
	if (c->description && *c->description &&
	    !chat_is_text(c->description, strlen(c->description)))
		return server_complain(why, why_size,
		    "channel %s: the description is no plain text of %d bytes", c->title,
		    CHAT_TEXT_MAX);
	if (c->group && *c->group &&
	    (netaddr_parse(c->group, &group) != OP_OK || !netaddr_is_multicast(&group)))
		return server_complain(why, why_size,
		    "channel %s: group: \"%s\" is no multicast address", c->title, c->group);
	return check_rules(&c->allow, "allow", why, why_size);
}

int
chat_settings_udp(const char *where, struct endpoint *out)
{
	char text[ENDPOINT_TEXT];
	const char *fault;

	snprintf(text, sizeof(text), "udp:%s", where);
	return datagrams_parse(text, out, &fault) == OP_OK ? OP_OK : OP_BAD_REQUEST;
}

int
chat_settings_check(const void *settings, char *why, size_t why_size)
{
	const struct chat_settings *s = settings;
	const struct channel_settings *channels = s->channels.items;
	int err = check_rules(&s->members, "members", why, why_size);

	if (s->channels.count > ROOM_CHANNELS_MAX)
		return server_complain(why, why_size, "channel: more than %d", ROOM_CHANNELS_MAX);
	if (s->udp.count == 0)
		return server_complain(why, why_size, "udp: nowhere to receive");
	for (size_t i = 0; i < s->udp.count && err == OP_OK; i++) {
		struct endpoint e;

		err = chat_settings_udp(s->udp.items[i], &e);
		if (err)
			server_complain(why, why_size, "udp: \"%s\": %s", s->udp.items[i],
			    "expected ADDRESS:PORT, *:PORT for every address");
	}
	for (size_t i = 0; i < s->channels.count && err == OP_OK; i++)
		err = check_channel(&channels[i], why, why_size);
	return err;
}
