/* SPDX-License-Identifier: ISC */
/*
 * The process that waits for the disk (storer and reader): plain blocking code.  It takes the
 * frames that have come, puts their writes into one transaction, commits once (batch.h says when),
 * and only then sends the replies.  Any error of the store ends it: what was not answered has an
 * unknown outcome.
 */
#include "daemon/mediachanged/batch.h"
#include "daemon/mediachanged/storer_inbox.h"
#include "daemon/mediachanged/storer_wire.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <sysexits.h>
#include <unistd.h>

#include "lib/clock.h"
#include "lib/err.h"
#include "lib/frame.h"
#include "lib/log.h"

#define BATCH_MAX 4096         /* writes in one transaction */
#define OUT_BYTES (256 * 1024) /* replies of a walk are sent in pieces of this size */
#define FINISH_MS 4000         /* after the lifeline has ended: the engine ends within that */

struct job {
	const struct store_ops *ops;
	struct store *store;
	int fd;
	struct storer_inbox inbox;
	struct buf out;
	bool looks; /* the reader: its requests can be given up */
	int writes; /* in the open transaction */
	int queued; /* requests that came during the last commit */
	struct batch batch;
	uint64_t op; /* of the request in hand */
};

/* --- replies --- */

static int
send_all(struct job *j)
{
	while (buf_len(&j->out) > 0) {
		ssize_t n = send(j->fd, buf_bytes(&j->out), buf_len(&j->out), MSG_NOSIGNAL);

		if (n > 0)
			buf_consume(&j->out, (size_t)n);
		else if (errno != EINTR)
			return OP_CLOSED;
	}
	return OP_OK;
}

static struct mp_out
reply_begin(struct job *j, enum storer_reply kind, size_t items, size_t *mark)
{
	struct mp_out o;

	mp_out_init(&o, &j->out);
	if (frame_begin(&j->out, mark) < 0)
		o.err = OP_NO_MEMORY;
	mp_array(&o, items + 2);
	mp_int(&o, kind);
	mp_int(&o, (int64_t)j->op);
	return o;
}

static int
reply_end(struct job *j, struct mp_out *o, size_t mark)
{
	int err = o->err ? o->err : frame_end(&j->out, mark);

	if (err == OP_OK && buf_len(&j->out) > OUT_BYTES && j->writes == 0)
		err = send_all(j);
	return err;
}

static int
reply_row(struct job *j, enum storer_reply kind, const struct alert *a)
{
	size_t mark;
	struct mp_out o = reply_begin(j, kind, 1, &mark);

	if (a)
		alert_pack_row(&o, a);
	else
		mp_nil(&o);
	return reply_end(j, &o, mark);
}

static int
reply_done(struct job *j, int err, int64_t value)
{
	size_t mark;
	struct mp_out o = reply_begin(j, STORER_DONE, 2, &mark);

	mp_int(&o, err);
	mp_int(&o, value);
	return reply_end(j, &o, mark);
}

static int
on_row(const struct alert *a, void *arg)
{
	return reply_row(arg, STORER_ROW, a);
}

static int
on_life(const struct store_life *line, void *arg)
{
	size_t mark;
	struct mp_out o = reply_begin(arg, STORER_LIFE, 4, &mark);

	mp_int(&o, line->at);
	storer_pack_text(&o, line->what);
	storer_pack_text(&o, line->by);
	storer_pack_text(&o, line->note);
	return reply_end(arg, &o, mark);
}

static int
on_stat(const struct store_stat *s, void *arg)
{
	size_t mark;
	struct mp_out o = reply_begin(arg, STORER_STAT, 7, &mark);

	storer_pack_text(&o, s->asker);
	mp_int(&o, s->asked);
	mp_int(&o, s->answered);
	mp_int(&o, s->expired);
	mp_int(&o, s->withdrawn);
	mp_int(&o, s->median_ms);
	mp_int(&o, s->slowest_ms);
	return reply_end(arg, &o, mark);
}

/* --- writing --- */

static int
begin_write(struct job *j)
{
	batch_add(&j->batch, clock_boot_us());
	return j->writes++ == 0 ? j->ops->begin(j->store) : OP_OK;
}

static int
commit(struct job *j)
{
	if (j->writes == 0)
		return OP_OK;
	j->writes = 0;
	return j->ops->commit(j->store);
}

static int
put(struct job *j, const struct alert *a, const struct store_life *life)
{
	struct alert *current = NULL;
	int err = j->ops->put(j->store, a, &current);

	if (err == OP_OK && life->what)
		err = j->ops->life(j->store, a, life);
	if (err != OP_OK && err != OP_CONFLICT)
		return err;
	err = reply_row(j, STORER_STORED, current);
	alert_free(current);
	return err;
}

static int
do_store(struct job *j, const msgpack_object *m)
{
	struct alert a;

	if (m->via.array.size != 7)
		return OP_PROTOCOL;
	int err = alert_borrow_row(&m->via.array.ptr[2], &a);

	if (err)
		return err;
	struct store_life life = {
	    storer_int(m, 3), storer_text(m, 4), storer_text(m, 5), storer_text(m, 6)};

	err = begin_write(j);
	return err ? err : put(j, &a, &life);
}

static int
do_prune(struct job *j, const msgpack_object *m)
{
	int removed = 0;
	int err = begin_write(j);

	if (err == OP_OK)
		err = j->ops->prune(
		    j->store, storer_int(m, 2), storer_int(m, 3), (int)storer_int(m, 4), &removed);
	return err ? err : reply_done(j, OP_OK, removed);
}

/* --- reading; what was written before is committed first --- */

static int
find(struct job *j, const msgpack_object *m, enum storer_reply kind)
{
	const char *id = storer_text(m, 2), *asker = storer_text(m, 3), *key = storer_text(m, 4);
	struct alert *a = NULL;

	if (!id)
		return OP_PROTOCOL;
	int err = j->ops->find(j->store, id, &a);

	if (err == OP_NOT_FOUND && asker && key)
		err = j->ops->find_joined(j->store, asker, key, id, &a);
	if (err != OP_OK && err != OP_NOT_FOUND)
		return err;
	err = reply_row(j, kind, a);
	alert_free(a);
	return err;
}

static int
do_lookup(struct job *j, const msgpack_object *m)
{
	return find(j, m, STORER_FOUND);
}

static int
do_show(struct job *j, const msgpack_object *m)
{
	int err = find(j, m, STORER_SHOWN);

	if (err == OP_OK)
		err = j->ops->life_of(j->store, storer_text(m, 2), on_life, j);
	return err ? err : reply_done(j, OP_OK, 0);
}

static int
do_load(struct job *j, const msgpack_object *m)
{
	int64_t last_seq = 0;
	int err = j->ops->load(j->store, storer_int(m, 2), storer_int(m, 3), on_row, j);

	if (err == OP_OK)
		err = j->ops->last_seq(j->store, &last_seq);
	return err ? err : reply_done(j, OP_OK, last_seq);
}

static int
do_history(struct job *j, const msgpack_object *m)
{
	struct store_filter f = {
	    .since_at = storer_int(m, 2),
	    .until_at = storer_int(m, 3),
	    .before_seq = storer_int(m, 4),
	    .host = storer_text(m, 5),
	    .text = storer_text(m, 6),
	    .id_prefix = storer_text(m, 7),
	    .limit = (int)storer_int(m, 8),
	    .by_end = storer_int(m, 9) != 0,
	    .before_at = storer_int(m, 10),
	};

	return j->ops->history(j->store, &f, on_row, j) ?: reply_done(j, OP_OK, 0);
}

static int
do_stats(struct job *j, const msgpack_object *m)
{
	return j->ops->stats(j->store, storer_int(m, 2), on_stat, j) ?: reply_done(j, OP_OK, 0);
}

/* Its request was ended before, or was done. */
static int
do_nothing(struct job *j, const msgpack_object *m)
{
	(void)j;
	(void)m;
	return OP_OK;
}

/* --- requests --- */

static bool
is_cancelled(void *arg)
{
	struct job *j = arg;

	return storer_inbox_has_cancel(&j->inbox, j->op);
}

struct request {
	int (*run)(struct job *j, const msgpack_object *m);
	bool writes;
};

static const struct request requests[STORER_REQUESTS] = {
    [STORER_STORE] = {do_store, true},
    [STORER_LOOKUP] = {do_lookup, false},
    [STORER_LOAD] = {do_load, false},
    [STORER_PRUNE] = {do_prune, true},
    [STORER_HISTORY] = {do_history, false},
    [STORER_SHOW] = {do_show, false},
    [STORER_STATS] = {do_stats, false},
    [STORER_CANCEL] = {do_nothing, true},
};

static int
request(struct job *j, const unsigned char *payload, size_t len)
{
	struct mp_doc doc;
	int kind, err = mp_parse(&doc, payload, len);

	if (err)
		return err;
	if (!storer_message(&doc.root, STORER_REQUESTS, &kind, &j->op))
		err = OP_PROTOCOL;
	else if (!requests[kind].writes)
		err = commit(j);
	if (err == OP_OK)
		err = j->looks && is_cancelled(j) ? OP_CANCELLED : requests[kind].run(j, &doc.root);
	if (err == OP_TIMEOUT || err == OP_CANCELLED) /* of a read: nothing is broken */
		err = reply_done(j, err, 0);
	mp_fini(&doc);
	return err;
}

static int
commit_and_tell(struct job *j)
{
	int64_t began_us = clock_boot_us();
	bool has_written = j->writes > 0;
	int err = commit(j);

	j->queued = err == OP_OK && has_written ? storer_inbox_count(&j->inbox) : 0;
	if (err == OP_OK)
		err = send_all(j);
	if (has_written)
		batch_told(&j->batch, began_us, clock_boot_us(), j->queued);
	return err;
}

/* Everything that has been read, in transactions of at most BATCH_MAX writes.  A search is answered
 * when it is done: behind it others may take long, and the engine takes silence for a hang. */
static int
work(struct job *j)
{
	const unsigned char *payload;
	size_t len;
	int err;

	while ((err = storer_inbox_next(&j->inbox, &payload, &len)) == OP_OK) {
		if ((err = request(j, payload, len)))
			return err;
		if (j->looks && (err = send_all(j)))
			return err;
		if (j->writes >= BATCH_MAX && (err = commit_and_tell(j)))
			return err;
	}
	return err == OP_AGAIN ? OP_OK : err;
}

/* Have more writes come for this batch?  Waits for them as long as that is worth it. */
static bool
has_more(struct job *j)
{
	struct pollfd fd = {.fd = j->fd, .events = POLLIN};
	int64_t us = j->writes > 0 ? batch_wait_us(&j->batch, clock_boot_us()) : 0;
	struct timespec wait = {.tv_nsec = (long)us * 1000};

	return us > 0 && ppoll(&fd, 1, &wait, NULL) > 0;
}

/* All that has come, then the replies; and once more for what has come during the commit. */
static int
take_batches(struct job *j)
{
	int err = storer_inbox_take(&j->inbox);

	do {
		while (err == OP_OK && (err = work(j)) == OP_OK && has_more(j))
			err = storer_inbox_take(&j->inbox);
		if (err == OP_OK)
			err = commit_and_tell(j);
	} while (err == OP_OK && j->queued > 0);
	/* The engine has gone while more was waited for. */
	return err == OP_CLOSED ? commit(j) ?: err : err;
}

static int
serve(struct job *j, int lifeline_fd)
{
	struct pollfd fds[] = {
	    {.fd = j->fd, .events = POLLIN}, {.fd = lifeline_fd, .events = POLLIN}};
	int64_t until = 0;
	int err = OP_OK;

	while (err == OP_OK) {
		int n = poll(fds, until ? 1 : 2, until ? FINISH_MS : -1);

		if (until && (n == 0 || clock_boot_ms() >= until))
			return OP_CLOSED;
		if (n <= 0)
			continue;
		if (!until && fds[1].revents)
			until = clock_boot_ms() + FINISH_MS;
		if (fds[0].revents)
			err = take_batches(j);
	}
	return err;
}

static int
open_store(struct job *j, const struct storer_job *arg)
{
	char why[512];
	size_t mark;
	int err = j->ops->open(arg->place, arg->read_only, &j->store, why, sizeof(why));
	struct mp_out o = reply_begin(j, err ? STORER_FAILED : STORER_OPEN, err ? 1 : 0, &mark);

	if (err)
		storer_pack_text(&o, why);
	if (reply_end(j, &o, mark) == OP_OK)
		send_all(j);
	return err;
}

/* Replies of the transaction that failed are not sent.  The engine logs why, unless it has said so
 * just before. */
static void
say_broken(struct job *j, int err)
{
	const char *why = j->ops->why(j->store);
	size_t mark;

	if (!*why)
		why = op_strerror(err);
	log_debug("store: given up: %s", why);
	buf_clear(&j->out);
	struct mp_out o = reply_begin(j, STORER_BROKEN, 1, &mark);

	storer_pack_text(&o, why);
	if (reply_end(j, &o, mark) != OP_OK || send_all(j) != OP_OK)
		log_error("store: given up: %s", why);
}

int
storer_run(int fd, int lifeline_fd, const struct storer_job *what)
{
	struct job j = {.ops = what->ops, .fd = fd, .inbox = {.fd = fd}, .looks = what->read_only};

	buf_init(&j.out);
	if (open_store(&j, what))
		return EX_CANTCREAT;
	if (j.looks)
		j.ops->set_cancel(j.store, is_cancelled, &j);
	int err = serve(&j, lifeline_fd);

	if (err != OP_CLOSED)
		say_broken(&j, err);
	j.ops->close(j.store);
	return err == OP_CLOSED ? EX_OK : EX_IOERR;
}
