/* SPDX-License-Identifier: ISC */
/* The descriptor stays blocking, as it may be shared with others: it is read once when it is
 * readable. */
#include "client/opnet/lines.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>
#include "client/opnet/shell.h"
#include "lib/err.h"

#define PIECE 4096u

static void
on_input(struct ev_loop *loop, ev_io *w, int revents)
{
	struct lines *l = w->data;
	unsigned char *room;
	ssize_t n = -1;

	(void)revents;
	if (buf_reserve(&l->in, PIECE, &room) == OP_OK)
		n = read(w->fd, room, PIECE);
	else
		errno = ENOMEM;
	if (n < 0 && (errno == EINTR || errno == EAGAIN))
		return;
	if (n < 0)
		shell_say("cannot read standard input: %s", strerror(errno));
	if (n > 0)
		buf_commit(&l->in, (size_t)n);
	else
		l->eof = true;
	ev_io_stop(loop, w);
	l->ready(l->arg);
}

void
lines_open(
    struct lines *l, struct ev_loop *loop, size_t max_bytes, void (*ready)(void *arg), void *arg)
{
	*l = (struct lines){
	    .loop = loop, .max_bytes = max_bytes, .number = 1, .ready = ready, .arg = arg};
	buf_init(&l->in);
	ev_io_init(&l->io, on_input, STDIN_FILENO, EV_READ);
	l->io.data = l;
}

void
lines_close(struct lines *l)
{
	ev_io_stop(l->loop, &l->io);
	buf_fini(&l->in);
}

static bool
too_long(struct lines *l, size_t len)
{
	if (len <= l->max_bytes)
		return false;
	if (!l->skipping)
		shell_say("line %lu is longer than %zu bytes: not sent", l->number, l->max_bytes);
	return true;
}

/* The first line in the buffer; false: it is not complete. */
static bool
find_line(const struct lines *l, size_t *len, size_t *whole)
{
	const unsigned char *bytes = buf_bytes(&l->in);
	size_t n = buf_len(&l->in);
	const unsigned char *end = n > 0 ? memchr(bytes, '\n', n) : NULL;

	if (end == NULL && !(l->eof && n > 0))
		return false;
	*len = end != NULL ? (size_t)(end - bytes) : n;
	*whole = *len + (end != NULL);
	if (*len > 0 && bytes[*len - 1] == '\r')
		(*len)--;
	return true;
}

bool
lines_next(struct lines *l, const char **text, size_t *len)
{
	size_t whole;

	buf_consume(&l->in, l->taken);
	l->taken = 0;
	while (find_line(l, len, &whole)) {
		bool bad = too_long(l, *len) || l->skipping;

		l->skipping = false;
		l->number++;
		if (!bad) {
			*text = *len > 0 ? (const char *)buf_bytes(&l->in) : "";
			l->taken = whole;
			return true;
		}
		buf_consume(&l->in, whole);
	}
	/* The beginning of a line that is too long already need not be kept. */
	if (too_long(l, buf_len(&l->in))) {
		l->skipping = true;
		buf_clear(&l->in);
	}
	if (!l->eof)
		ev_io_start(l->loop, &l->io);
	return false;
}

bool
lines_ended(const struct lines *l)
{
	return l->eof && buf_len(&l->in) == l->taken;
}
