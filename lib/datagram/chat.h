/* SPDX-License-Identifier: ISC */
/*
 * Chat (docs/protocol.md, Datagrams): a message is a code, u16 big-endian, and its fields as UTF-8
 * text, parted by one blank each; the last field takes the rest.  Pure.
 */
#ifndef OPDESK_LIB_DATAGRAM_CHAT_H
#define OPDESK_LIB_DATAGRAM_CHAT_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CHAT_PORT 2027
#define CHAT_TTL 31
#define CHAT_BYTES_MAX 514 /* of a datagram: the code and 512 bytes of text */
#define CHAT_WORD_MAX 32   /* bytes of a nick or a channel's title */
#define CHAT_TEXT_MAX 400  /* bytes of what somebody says */
#define CHAT_FIELDS_MAX 4

/* code, C name, fields, what it is */
#define CHAT_CODES(X)                                                               \
	X(0, PROBE, 0, "client: is there a server? answered by ERROR")              \
	X(10, ERROR, 1, "text")                                                     \
	X(20, LOGIN_REQ, 1, "nick")                                                 \
	X(30, LOGIN_ACK, 1, "nick")                                                 \
	X(40, LOGOFF, 1, "nick")                                                    \
	X(50, JOIN_REQ, 1, "title")                                                 \
	X(60, JOIN_ACK, 3, "title, members, and the group when there is multicast") \
	X(70, PART_REQ, 1, "title")                                                 \
	X(80, PART_ACK, 3, "title, members, group")                                 \
	X(90, SEND_PUBLIC, 1, "text")                                               \
	X(100, PUBLIC_MSG, 3, "title, user, text")                                  \
	X(110, SEND_PRIVATE, 2, "user, text")                                       \
	X(120, PRIVATE_MSG, 2, "user, text")                                        \
	X(130, USER_JOINS, 2, "title, user")                                        \
	X(140, USER_PARTS, 2, "title, user")                                        \
	X(150, LIST_CHANNELS, 2,                                                    \
	    "a mark, if wanted: the server ends the list with it and the number "   \
	    "of items")                                                             \
	X(160, CHANNEL_ITEM, 3,                                                     \
	    "title, members, description; with multicast the group "                \
	    "before the description")                                               \
	X(180, LIST_USERS, 2, "of the current channel; a mark as above")            \
	X(190, USER_ITEM, 3, "user, seconds, titles")                               \
	X(200, STILL_HERE, 0, "")                                                   \
	X(210, SET_MCAST_PORT, 1, "port")                                           \
	X(220, TOKEN, 1, "a word that the client sends back as it is: it can hear us")

enum chat_code {
#define X(number, name, fields, text) CHAT_##name = (number),
	CHAT_CODES(X)
#undef X
};

/* What a client needs to tell apart, the beginning of an ERROR. */
#define CHAT_NOT_LOGGED_IN "not logged in"

struct chat_field { /* borrowed from the datagram */
	const char *s;
	size_t len;
};

struct chat_msg {
	uint16_t code; /* may be unknown */
	size_t count;  /* fields that there are; missing ones are empty */
	struct chat_field fields[CHAT_FIELDS_MAX];
};

/* OP_BAD_REQUEST: shorter than a code, or the text is not UTF-8 or has controls in it.  split: into
 * so many fields at most (0: as the code has). */
int chat_parse(const void *bytes, size_t len, size_t split, struct chat_msg *out);

/* Printf for the text.  The length, at most CHAT_BYTES_MAX: text that is longer is cut between two
 * characters. */
size_t chat_format(unsigned char dst[CHAT_BYTES_MAX], enum chat_code code, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
size_t chat_vformat(
    unsigned char dst[CHAT_BYTES_MAX], enum chat_code code, const char *fmt, va_list ap);

const char *chat_code_name(unsigned code); /* "JOIN_REQ"; NULL: unknown */

/* A nick or a title: 1 … CHAT_WORD_MAX bytes of UTF-8 without blanks, controls and characters that
 * turn the direction of text. */
bool chat_is_word(const char *s, size_t len);
/* Something that can be said: 1 … CHAT_TEXT_MAX bytes. */
bool chat_is_text(const char *s, size_t len);

#endif
