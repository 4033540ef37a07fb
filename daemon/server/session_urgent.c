/* SPDX-License-Identifier: ISC */
/*
 * Attention (docs/protocol.md): a client whose input is not read, because the engine or the client
 * itself takes nothing, can still have a cancellation heard.  Only a paused session needs that, so
 * only then is the mark watched for.  What is read ahead stays in `in`, in its order.
 */
#include <sys/socket.h>
#include <unistd.h>
#include "daemon/server/session_int.h"
#include "lib/ev/urgent.h"

#define AHEAD_BYTES (1024u * 1024u)
#define PIECE 65536u

static void
forget(struct session *s)
{
	urgent_watch_stop(s->urgent);
	s->urgent = NULL;
}

static void
on_urgent(int fd, void *arg)
{
	struct session *s = arg;
	unsigned char *room;
	ssize_t n = 1;

	while (n > 0 && buf_len(&s->in) < AHEAD_BYTES && urgent_waits(fd) &&
	       !buf_reserve(&s->in, PIECE, &room)) {
		n = read(fd, room, PIECE);
		if (n > 0)
			buf_commit(&s->in, (size_t)n);
	}
	/* Too far ahead, or the end: the ordinary reading comes to it. */
	if (urgent_waits(fd))
		forget(s);
	s->events->attention(s, &s->in);
}

void
session_watch_urgent(struct session *s)
{
	bool wanted = s->state == OPEN && s->paused && !s->eof && s->events->attention != NULL &&
		      s->addr.family != 0 && !session_is_tls(s);

	if (!wanted)
		forget(s);
	else if (s->urgent == NULL) /* without memory for it a cancellation waits for its turn */
		s->urgent = urgent_watch_start(s->loop, s->origin.fd, on_urgent, s);
}
