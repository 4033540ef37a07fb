/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
#include "client/opchat/opchat.h"
#include "lib/clock.h"
#include "lib/err.h"
#include "lib/ev/chatlink.h"

struct talk {
	struct ev_loop *loop;
	const struct opchat_settings *settings;
	struct chatlink *link;
	ev_io input;
	ev_signal stop[2];
	struct buf line;
	int status;
	bool over;
	bool was_up;
	bool more;    /* there is another address to try */
	bool ending;  /* input has ended, and the server is asked whether it heard */
	bool refused; /* something of what was piped in */
	size_t waits; /* channels of the command line that we are not in yet */
};

static void
finish(struct talk *t, int status)
{
	if (t->over)
		return;
	t->over = true;
	t->status = status;
	chatter_leave(chatlink_chatter(t->link));
	chatlink_turn(t->link);
	ev_break(t->loop, EVBREAK_ALL);
}

/* --- events --- */

static void
show(struct talk *t, const struct chatter_event *e)
{
	struct buf out;

	buf_init(&out);
	if (opchat_describe(e, &out) == OP_OK && buf_len(&out) > 0) {
		char when[10] = "";
		time_t now = time(NULL);
		struct tm tm;

		if (t->settings->times)
			strftime(when, sizeof(when), "%H:%M ", localtime_r(&now, &tm));
		printf("%s%.*s", when, (int)buf_len(&out), (const char *)buf_bytes(&out));
		fflush(stdout);
	}
	buf_fini(&out);
}

/* Input has ended: a list shows that the server is there, and has heard what was said before. */
static void
end(struct talk *t, const struct chatter_event *e)
{
	if (e->type == CHATTER_CHANNEL || (e->type == CHATTER_LISTED && !*e->text)) {
		finish(t, t->refused ? 1 : 0);
	} else if (e->type == CHATTER_LISTED || e->type == CHATTER_LOST) {
		fprintf(stderr, "opchat: the server did not answer at the end: %s\n", e->text);
		finish(t, 1);
	} else {
		show(t, e);
	}
}

static bool
is_unattended(void)
{
	return !isatty(STDIN_FILENO);
}

/* All that will ever be said is there: a file, or a pipe that nobody writes into any more. */
static bool
is_all_said(void)
{
	struct pollfd p = {.fd = STDIN_FILENO, .events = POLLIN};
	struct stat st;

	if (fstat(STDIN_FILENO, &st) == 0 && S_ISREG(st.st_mode))
		return true;
	return poll(&p, 1, 0) == 1 && (p.revents & POLLHUP);
}

/* What is piped in is read when it can be said; a person is heard from the beginning. */
static bool
is_ready(const struct talk *t)
{
	return !t->over && !t->ending && (!is_unattended() || (t->was_up && t->waits == 0));
}

static void
lost(struct talk *t, const struct chatter_event *e)
{
	if (t->was_up || (!t->more && !is_all_said())) {
		show(t, e);
		return;
	}
	fprintf(stderr, "opchat: %s%s\n", e->text, t->more ? "; trying its next address" : "");
	if (t->more)
		ev_break(t->loop, EVBREAK_ALL);
	else
		finish(t, 1);
}

static void
on_event(const struct chatter_event *e, void *arg)
{
	struct talk *t = arg;

	t->was_up = t->was_up || e->type == CHATTER_UP;
	if (t->over)
		return;
	t->refused |= t->was_up && e->type == CHATTER_ERROR && is_unattended();
	if (t->ending)
		end(t, e);
	else if (e->type == CHATTER_LOST)
		lost(t, e);
	else
		show(t, e);
	if (e->type == CHATTER_REFUSED)
		finish(t, 1);
	else if (t->waits > 0 && (e->type == CHATTER_JOINED || e->type == CHATTER_ERROR))
		t->waits--;
	if (is_ready(t))
		ev_io_start(t->loop, &t->input);
}

static void
on_signal(struct ev_loop *loop, ev_signal *w, int revents)
{
	(void)loop;
	(void)revents;
	finish(w->data, 0);
}

/* --- input --- */

static void
complain(int err, const char *what)
{
	if (err == OP_CONFLICT)
		fprintf(stderr, "* not now: %s\n", what);
	else if (err == OP_BAD_REQUEST)
		fprintf(stderr,
		    "* a channel or nick is one word of at most %d bytes, a text has at most "
		    "%d\n",
		    CHAT_WORD_MAX, CHAT_TEXT_MAX);
}

static void
obey(struct talk *t, char *line)
{
	struct opchat_wish w = opchat_understand(line);
	struct chatter *c = chatlink_chatter(t->link);
	int64_t now = clock_boot_ms();

	switch (w.type) {
	case WISH_NOTHING:
		return;
	case WISH_SAY:
		complain(chatter_say(c, w.text, now), "you are not logged in yet");
		return;
	case WISH_JOIN:
		complain(chatter_join(c, w.word, now), "you are in too many channels");
		return;
	case WISH_PART:
		complain(chatter_part(c, w.word, now), "you are not in that channel");
		return;
	case WISH_CHANNELS:
		complain(chatter_list_channels(c, now), "you are not logged in yet");
		return;
	case WISH_USERS:
		complain(chatter_list_users(c, now), "you are not logged in yet");
		return;
	case WISH_WHISPER:
		complain(chatter_whisper(c, w.word, w.text, now), "you are not logged in yet");
		return;
	case WISH_QUIT:
		finish(t, 0);
		return;
	case WISH_HELP:
		opchat_print_help();
		return;
	case WISH_BAD:
		fprintf(stderr, "* %s\n", w.text);
		return;
	}
}

/* Whole lines; one that is too long is cut by refusing what it says. */
static void
take_lines(struct talk *t, bool ended)
{
	const unsigned char *bytes, *end;

	while (!t->over && (bytes = buf_bytes(&t->line)) && buf_len(&t->line) > 0) {
		char line[OPCHAT_LINE_MAX];

		end = memchr(bytes, '\n', buf_len(&t->line));
		size_t len = end ? (size_t)(end - bytes) + 1 : buf_len(&t->line);

		if (!end && !ended && len < sizeof(line))
			return;
		snprintf(line, sizeof(line), "%.*s",
		    (int)(len < sizeof(line) ? len : sizeof(line) - 1), (const char *)bytes);
		buf_consume(&t->line, len);
		obey(t, line);
	}
}

static void
hear_end(struct talk *t)
{
	struct chatter *c = chatlink_chatter(t->link);

	ev_io_stop(t->loop, &t->input);
	if (t->over)
		return;
	if (chatter_list_channels(c, clock_boot_ms()) != OP_OK) {
		fprintf(stderr, "opchat: not logged in\n");
		finish(t, 1);
		return;
	}
	t->ending = true;
	chatlink_turn(t->link);
}

static void
on_input(struct ev_loop *loop, ev_io *io, int revents)
{
	struct talk *t = io->data;
	char bytes[4096];
	ssize_t n = read(STDIN_FILENO, bytes, sizeof(bytes));

	(void)loop;
	(void)revents;
	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n > 0 && buf_append(&t->line, bytes, (size_t)n) != OP_OK)
		n = 0;
	take_lines(t, n <= 0);
	if (n <= 0)
		hear_end(t);
	else if (!t->over)
		chatlink_turn(t->link);
}

/* --- beginning --- */

static void
watch(struct talk *t)
{
	static const int signals[] = {SIGINT, SIGTERM};

	ev_io_init(&t->input, on_input, STDIN_FILENO, EV_READ);
	t->input.data = t;
	for (int i = 0; i < 2; i++) {
		ev_signal_init(&t->stop[i], on_signal, signals[i]);
		t->stop[i].data = t;
		ev_signal_start(t->loop, &t->stop[i]);
	}
}

static void
unwatch(struct talk *t)
{
	ev_io_stop(t->loop, &t->input);
	for (int i = 0; i < 2; i++)
		ev_signal_stop(t->loop, &t->stop[i]);
}

/* OP_AGAIN: nobody was there, and there is another address to try. */
static int
talk_with(struct talk *t, const struct resolve_addr *server)
{
	const struct opchat_settings *s = t->settings;
	char why[200];

	if (chatlink_open(t->loop, server, s->nick, s->interface ? s->interface : "", on_event, t,
		&t->link, why, sizeof(why)) != OP_OK) {
		fprintf(stderr, "opchat: cannot send: %s\n", why);
		return t->more ? OP_AGAIN : OP_UNAVAILABLE;
	}
	t->waits = s->channels.count;
	for (size_t i = 0; i < s->channels.count; i++)
		complain(
		    chatter_join(chatlink_chatter(t->link), s->channels.items[i], clock_boot_ms()),
		    "too many");
	watch(t);
	if (is_ready(t))
		ev_io_start(t->loop, &t->input);
	ev_run(t->loop, 0);
	unwatch(t);
	chatlink_close(t->link);
	return t->over ? OP_OK : OP_AGAIN;
}

int
opchat_talk(struct ev_loop *loop, const struct opchat_settings *s,
    const struct resolve_addr *servers, int count)
{
	struct talk t = {.loop = loop, .settings = s, .status = 1};
	int err = OP_AGAIN;

	buf_init(&t.line);
	for (int i = 0; i < count && err == OP_AGAIN; i++) {
		t.more = i + 1 < count;
		err = talk_with(&t, &servers[i]);
	}
	buf_fini(&t.line);
	return t.status;
}
