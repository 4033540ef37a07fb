/* SPDX-License-Identifier: ISC */
#include "client/opnet/echo_stream.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include "client/opnet/shell.h"
#include "lib/datagram/echoline.h"
#include "lib/err.h"

struct stream {
	struct streams *all;
	struct stream *next, **previous;
	int fd;
	char name[SHELL_ADDRESS];
	ev_io in, out;
	ev_timer idle;
	struct buf line, back; /* line: not yet whole, reversing only; back: to be sent */
	bool ended;            /* nothing more comes */
};

static void
drop(struct stream *s, const char *why)
{
	struct streams *all = s->all;

	if (why != NULL)
		shell_say("%s: %s", s->name, why);
	ev_io_stop(all->loop, &s->in);
	ev_io_stop(all->loop, &s->out);
	ev_timer_stop(all->loop, &s->idle);
	*s->previous = s->next;
	if (s->next != NULL)
		s->next->previous = s->previous;
	all->count--;
	close(s->fd);
	buf_fini(&s->line);
	buf_fini(&s->back);
	free(s);
}

/* --- out --- */

/* 0: all is out, or the rest has to wait; else errno. */
static int
send_some(struct stream *s)
{
	while (buf_len(&s->back) > 0) {
		ssize_t n = send(s->fd, buf_bytes(&s->back), buf_len(&s->back), MSG_NOSIGNAL);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return errno == EAGAIN ? 0 : errno;
		buf_consume(&s->back, (size_t)n);
		ev_timer_again(s->all->loop, &s->idle);
	}
	return 0;
}

/* What waits goes first; then more is read. */
static void
go_on(struct stream *s)
{
	int errnum = send_some(s);

	if (errnum != 0) {
		drop(s, strerror(errnum));
	} else if (buf_len(&s->back) > 0) {
		ev_io_stop(s->all->loop, &s->in);
		ev_io_start(s->all->loop, &s->out);
	} else if (s->ended) {
		drop(s, NULL);
	} else {
		ev_io_stop(s->all->loop, &s->out);
		ev_io_start(s->all->loop, &s->in);
	}
}

static void
on_writable(struct ev_loop *loop, ev_io *w, int revents)
{
	(void)loop;
	(void)revents;
	go_on(w->data);
}

/* --- in --- */

static int
reverse_lines(struct stream *s)
{
	int err = OP_OK;

	while (err == OP_OK && buf_len(&s->line) > 0) {
		const unsigned char *bytes = buf_bytes(&s->line);
		const unsigned char *end = memchr(bytes, '\n', buf_len(&s->line));

		if (end == NULL && !s->ended)
			break;
		size_t len = end != NULL ? (size_t)(end - bytes) + 1 : buf_len(&s->line);

		err = echoline_reverse(&s->back, bytes, len);
		buf_consume(&s->line, len);
	}
	return err == OP_OK && buf_len(&s->line) > STREAM_BYTES ? OP_TOO_LARGE : err;
}

static void
on_readable(struct ev_loop *loop, ev_io *w, int revents)
{
	struct stream *s = w->data;
	char bytes[8192];
	ssize_t n = recv(s->fd, bytes, sizeof(bytes), 0);

	(void)revents;
	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n < 0) {
		drop(s, strerror(errno));
		return;
	}
	ev_timer_again(loop, &s->idle);
	s->ended = n == 0;
	int err = buf_append(s->all->reverse ? &s->line : &s->back, bytes, (size_t)n);

	if (err == OP_OK && s->all->reverse)
		err = reverse_lines(s);
	if (err != OP_OK)
		drop(s, err == OP_TOO_LARGE ? "a line is too long to be reversed: closed"
					    : op_strerror(err));
	else
		go_on(s);
}

static void
on_idle(struct ev_loop *loop, ev_timer *t, int revents)
{
	(void)loop;
	(void)revents;
	drop(t->data, "nothing moves: closed");
}

/* --- connections --- */

static void
name_peer(struct stream *s)
{
	struct resolve_addr peer = {.len = sizeof(peer.sa)};

	if (getpeername(s->fd, (struct sockaddr *)&peer.sa, &peer.len) == 0)
		shell_address(s->name, &peer);
	else
		snprintf(s->name, sizeof(s->name), "a peer that has gone");
}

void
streams_add(struct streams *all, int fd)
{
	struct stream *s = all->count < STREAMS_MAX ? calloc(1, sizeof(*s)) : NULL;

	if (s == NULL) {
		shell_say("one connection too many: closed");
		close(fd);
		return;
	}
	*s = (struct stream){.all = all, .fd = fd, .next = all->first, .previous = &all->first};
	if (s->next != NULL)
		s->next->previous = &s->next;
	all->first = s;
	all->count++;
	buf_init(&s->line);
	buf_init(&s->back);
	name_peer(s);
	if (!all->quiet)
		printf("Connection from %s\n", s->name);
	ev_io_init(&s->in, on_readable, fd, EV_READ);
	ev_io_init(&s->out, on_writable, fd, EV_WRITE);
	ev_timer_init(&s->idle, on_idle, 0., STREAM_IDLE_S);
	s->in.data = s->out.data = s->idle.data = s;
	ev_timer_again(all->loop, &s->idle);
	ev_io_start(all->loop, &s->in);
}

void
streams_close(struct streams *all)
{
	while (all->first != NULL)
		drop(all->first, NULL);
}
