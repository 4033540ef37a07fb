/* SPDX-License-Identifier: ISC */
/* What the process says, row by row of the table at the end, and whom it is handed to. */
#include <string.h>

#include "daemon/mediachanged/storer_int.h"
#include "lib/err.h"
#include "lib/text.h"

static int
row_of(const msgpack_object *m, struct alert **row)
{
	*row = NULL;
	if (m->via.array.size < 3)
		return OP_PROTOCOL;
	if (m->via.array.ptr[2].type == MSGPACK_OBJECT_NIL)
		return OP_OK;
	return alert_unpack_row(&m->via.array.ptr[2], row);
}

static int
on_open(struct storer *s, uint64_t op, const msgpack_object *m)
{
	(void)op;
	(void)m;
	s->up = true;
	s->events->up(s, s->arg);
	return OP_OK;
}

static void
keep_why(struct storer *s, const msgpack_object *m)
{
	const char *why = storer_text(m, 2);

	text_log(s->why, sizeof(s->why), why ? why : "?", why ? strlen(why) : 1);
}

static int
on_failed(struct storer *s, uint64_t op, const msgpack_object *m)
{
	(void)op;
	keep_why(s, m);
	s->events->down(s, s->why, s->arg);
	return OP_OK;
}

static int
on_broken(struct storer *s, uint64_t op, const msgpack_object *m)
{
	(void)op;
	keep_why(s, m);
	return OP_OK;
}

static int
on_stored(struct storer *s, uint64_t op, const msgpack_object *m)
{
	struct alert *row;
	int err = row_of(m, &row);

	if (err == OP_OK)
		s->events->stored(s, op, row, s->arg);
	return err;
}

static int
on_found(struct storer *s, uint64_t op, const msgpack_object *m)
{
	struct alert *row;
	int err = row_of(m, &row);

	if (err == OP_OK)
		s->events->found(s, op, row, s->arg);
	return err;
}

static int
on_row(struct storer *s, uint64_t op, const msgpack_object *m)
{
	struct alert *row;
	int err = row_of(m, &row);

	if (err == OP_OK && !row)
		err = OP_PROTOCOL;
	if (err == OP_OK)
		s->events->row(s, op, row, s->arg);
	return err;
}

static int
on_life(struct storer *s, uint64_t op, const msgpack_object *m)
{
	struct store_life line = {
	    storer_int(m, 2), storer_text(m, 3), storer_text(m, 4), storer_text(m, 5)};

	s->events->life(s, op, &line, s->arg);
	return OP_OK;
}

static int
on_stat(struct storer *s, uint64_t op, const msgpack_object *m)
{
	struct store_stat stat = {
	    .asker = storer_text(m, 2),
	    .asked = storer_int(m, 3),
	    .answered = storer_int(m, 4),
	    .expired = storer_int(m, 5),
	    .withdrawn = storer_int(m, 6),
	    .median_ms = storer_int(m, 7),
	    .slowest_ms = storer_int(m, 8),
	};

	s->events->stat(s, op, &stat, s->arg);
	return OP_OK;
}

static int
on_done(struct storer *s, uint64_t op, const msgpack_object *m)
{
	s->events->done(s, op, (int)storer_int(m, 2), storer_int(m, 3), s->arg);
	return OP_OK;
}

const struct storer_taker storer_takers[STORER_REPLIES] = {
    [STORER_OPEN] = {on_open, true},
    [STORER_FAILED] = {on_failed, true},
    [STORER_STORED] = {on_stored, true},
    [STORER_FOUND] = {on_found, true},
    [STORER_SHOWN] = {on_found, false},
    [STORER_ROW] = {on_row, false},
    [STORER_LIFE] = {on_life, false},
    [STORER_STAT] = {on_stat, false},
    [STORER_DONE] = {on_done, true},
    [STORER_BROKEN] = {on_broken, false},
};
