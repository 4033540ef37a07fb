/* SPDX-License-Identifier: ISC */
/*
 * Chat: what opchatd's administrator may do, and what the helper does for a desk that takes part
 * (docs/protocol.md).
 */
#include "lib/method_rows.h"

#include "lib/datagram/chat.h"

static const struct method_field say_fields[] = {
    {"text", FIELD_STR, true, CHAT_TEXT_MAX, 0, "to everybody in the current channel"},
    {"title", FIELD_STR, false, CHAT_WORD_MAX, 0, "refused unless it is the current one"},
    {0},
};

static const struct method_field title_fields[] = {
    {"title", FIELD_STR, true, CHAT_WORD_MAX, 0, "the channel"},
    {0},
};

static const struct method_field whisper_fields[] = {
    {"nick", FIELD_STR, true, CHAT_WORD_MAX, 0, "to whom alone"},
    {"text", FIELD_STR, true, CHAT_TEXT_MAX, 0, "what"},
    {0},
};

static const struct method_field chat_event_fields[] = {
    {"type", FIELD_STR, true, 20, 0,
	"joined parted said whispered came went channel user listed error"},
    {"title", FIELD_STR, false, CHAT_BYTES_MAX, 0, "the channel"},
    {"nick", FIELD_STR, false, CHAT_BYTES_MAX, 0, "who"},
    {"text", FIELD_STR, false, CHAT_BYTES_MAX, 0,
	"what was said; channel: its description; user: the channels; listed: what is missing"},
    {"count", FIELD_INT, false, INT64_MAX, 0,
	"joined, channel: members; user: seconds since the login; listed: how many"},
    {0},
};

static const struct method_field nick_fields[] = {
    {"nick", FIELD_STR, true, 32, 0, "a user"},
    {0},
};

static const struct method_field logout_fields[] = {
    {"nick", FIELD_STR, true, 32, 0, "a user"},
    {"reason", FIELD_STR, false, 200, 0, "for this user"},
    {0},
};

const struct method method_chat_rows[] = {
    CALL("chat.channels", OPERATE, NULL, "the channels, with how many are in each"),
    CALL("chat.users", OPERATE, NULL, "who is logged in"),
    CALL("chat.muzzle", OPERATE, nick_fields, "nobody hears this user any more"),
    CALL("chat.unmuzzle", OPERATE, nick_fields, "this user may speak again"),
    CALL("chat.logout", OPERATE, logout_fields, "log this user out"),
    CALL("chat.say", ANY, say_fields, "helper: say something; answered when the server repeats it"),
    CALL("chat.join", ANY, title_fields, "helper: go into a channel, or make it the current one"),
    CALL("chat.part", ANY, title_fields, "helper: leave a channel"),
    CALL("chat.whisper", ANY, whisper_fields, "helper: say something to one user alone"),
    OUTWARD("chat.event", chat_event_fields, "helper: what happens in a chat"),
    {0},
};
