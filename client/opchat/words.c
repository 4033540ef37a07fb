/* SPDX-License-Identifier: ISC */
#include <stdio.h>
#include <string.h>
#include "client/opchat/opchat.h"
#include "lib/err.h"

static const struct {
	const char *name, *arguments, *help;
	enum opchat_wish_type type;
	bool word, text; /* needed */
} commands[] = {
    {"join", "CHANNEL", "go into a channel, or make it the current one", WISH_JOIN, true, false},
    {"part", "[CHANNEL]", "leave a channel; the one before is current again", WISH_PART, false,
	false},
    {"channels", "", "list all channels", WISH_CHANNELS, false, false},
    {"users", "", "list who is in the current channel", WISH_USERS, false, false},
    {"private", "NICK TEXT", "say something to one user alone", WISH_WHISPER, true, true},
    {"quit", "", "end; the end of input does, too", WISH_QUIT, false, false},
    {"help", "", "this list", WISH_HELP, false, false},
};
#define COMMANDS (sizeof(commands) / sizeof(commands[0]))

void
opchat_print_help(void)
{
	for (size_t i = 0; i < COMMANDS; i++) {
		char left[40];

		snprintf(left, sizeof(left), "/%s %s", commands[i].name, commands[i].arguments);
		printf("  %-22s%s\n", left, commands[i].help);
	}
	printf("  %-22s%s\n", "anything else", "is said in the current channel; //… says /…");
}

static struct opchat_wish
bad(const char *why)
{
	return (struct opchat_wish){.type = WISH_BAD, .text = why};
}

/* The next word of *rest, which goes on behind it; NULL: there is none. */
static const char *
take_word(char **rest)
{
	char *word = *rest + strspn(*rest, " ");
	size_t len = strcspn(word, " ");

	*rest = word + len + strspn(word + len, " ");
	word[len] = '\0';
	return *word ? word : NULL;
}

struct opchat_wish
opchat_understand(char *line)
{
	line[strcspn(line, "\r\n")] = '\0';
	if (line[0] != '/' || line[1] == '/')
		return (struct opchat_wish){
		    .type = line[strspn(line, " ")] ? WISH_SAY : WISH_NOTHING,
		    .text = line + (line[0] == '/')};
	char *rest = line + 1;
	const char *name = take_word(&rest);

	for (size_t i = 0; name && i < COMMANDS; i++) {
		struct opchat_wish wish = {.type = commands[i].type};

		if (strcmp(name, commands[i].name) != 0)
			continue;
		if (*commands[i].arguments)
			wish.word = take_word(&rest);
		wish.text = rest;
		if (commands[i].word && !wish.word)
			return bad("which one? /help lists the commands");
		if (commands[i].text && !*rest)
			return bad("and what to say?");
		if (!commands[i].text && *rest)
			return bad("too many words; /help lists the commands");
		return wish;
	}
	return bad("no such command; /help lists them");
}

/* --- events --- */

static int
duration(struct buf *out, int64_t seconds)
{
	if (seconds >= 3600)
		return buf_printf(out, "%lld h %lld min", (long long)(seconds / 3600),
		    (long long)(seconds / 60 % 60));
	return buf_printf(out, "%lld min", (long long)(seconds / 60));
}

static int
describe_user(const struct chatter_event *e, struct buf *out)
{
	int err = buf_printf(out, "  %-20s ", e->nick);

	if (err == OP_OK)
		err = duration(out, e->count);
	return err ? err : buf_printf(out, "  %s\n", e->text);
}

int
opchat_describe(const struct chatter_event *e, struct buf *out)
{
	switch (e->type) {
	case CHATTER_UP:
		return buf_printf(out, "* logged in as %s\n", e->nick);
	case CHATTER_LOST:
		return buf_printf(out, "* %s; trying on\n", e->text);
	case CHATTER_AGAIN:
		return buf_printf(out, "* the server has forgotten us: logging in again\n");
	case CHATTER_REFUSED:
		return buf_printf(out, "* not logged in: %s\n", e->text);
	case CHATTER_JOINED:
		return buf_printf(out, "* you are in %s (%lld)\n", e->title, (long long)e->count);
	case CHATTER_PARTED:
		return buf_printf(out, "* you left %s\n", e->title);
	case CHATTER_SAID:
		return buf_printf(out, "[%s] %s: %s\n", e->title, e->nick, e->text);
	case CHATTER_WHISPERED:
		return buf_printf(out, "(privately) %s: %s\n", e->nick, e->text);
	case CHATTER_CAME:
		return buf_printf(out, "* %s came into %s\n", e->nick, e->title);
	case CHATTER_WENT:
		return buf_printf(out, "* %s left %s\n", e->nick, e->title);
	case CHATTER_CHANNEL:
		return buf_printf(
		    out, "  %-20s %4lld  %s\n", e->title, (long long)e->count, e->text);
	case CHATTER_USER:
		return describe_user(e, out);
	case CHATTER_LISTED:
		return buf_printf(out, "* %lld %.*s%s%s\n", (long long)e->count,
		    (int)strlen(e->title) - (e->count == 1), e->title, *e->text ? "; " : "",
		    e->text);
	case CHATTER_ERROR:
		return buf_printf(out, "* %s%s%s\n", e->title, *e->title ? ": " : "", e->text);
	case CHATTER_SEND:
	case CHATTER_LISTEN:
	case CHATTER_LISTEN_NOT:
		break;
	}
	return OP_OK;
}
