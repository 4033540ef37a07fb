/* SPDX-License-Identifier: ISC */
/* The administrator's commands, over the UNIX socket of the server: one table. */
#include <stdio.h>
#include <string.h>
#include "client/common/query.h"
#include "client/common/table.h"
#include "client/opchat/opchat.h"
#include "lib/err.h"

static const struct server_kind server = {"opchatd", "2026"};
static const struct query_kind kind = {
    .hello = {.program = "opchat", .role = "tool"},
    .server = &server,
};

struct command {
	const char *name;
	const char *method;
	int min, max; /* operands */
	int (*run)(struct query *q, const struct command *c);
};

static int
cell_nick(struct buf *out, const msgpack_object *map)
{
	return cell_text(out, map, "nick");
}

static int
cell_from(struct buf *out, const msgpack_object *map)
{
	return cell_text(out, map, "from");
}

static int
cell_online(struct buf *out, const msgpack_object *map)
{
	return cell_duration(out, map, "online_ms");
}

static int
cell_silent(struct buf *out, const msgpack_object *map)
{
	return cell_duration(out, map, "silent_ms");
}

static int
cell_muzzled(struct buf *out, const msgpack_object *map)
{
	bool muzzled = false;

	mp_get_bool(map, "muzzled", &muzzled);
	return muzzled ? buf_printf(out, "muzzled") : OP_OK;
}

static int
cell_channels(struct buf *out, const msgpack_object *map)
{
	return cell_text(out, map, "channels");
}

static int
cell_title(struct buf *out, const msgpack_object *map)
{
	return cell_text(out, map, "title");
}

static int
cell_members(struct buf *out, const msgpack_object *map)
{
	return cell_int(out, map, "members");
}

static int
cell_description(struct buf *out, const msgpack_object *map)
{
	return cell_text(out, map, "description");
}

static const struct table_column user_columns[] = {{"NICK", cell_nick, false},
    {"FROM", cell_from, false}, {"ONLINE", cell_online, true}, {"SILENT", cell_silent, true},
    {"", cell_muzzled, false}, {"CHANNELS", cell_channels, false}, {0}};
static const struct table_column channel_columns[] = {{"CHANNEL", cell_title, false},
    {"USERS", cell_members, true}, {"ABOUT", cell_description, false}, {0}};

static int
list(struct query *q, const struct command *c)
{
	bool users = strcmp(c->name, "users") == 0;
	const msgpack_object *result;
	const msgpack_object_array *items;
	int err = query_call(q, c->method, query_pack_nothing, NULL, &result);

	if (err)
		return err;
	const msgpack_object *list = mp_get(result, c->name);

	if (!list || list->type != MSGPACK_OBJECT_ARRAY)
		return query_nonsense(q);
	items = &list->via.array;
	if (items->size == 0)
		table_say_empty("nobody is logged in");
	else
		err = table_print(items, users ? user_columns : channel_columns);
	return err;
}

static void
pack_nick(struct mp_out *o, const struct query *q, const void *arg)
{
	(void)arg;
	mp_map(o, q->operands[1] ? 2 : 1);
	mp_kstr(o, "nick", q->operands[0]);
	if (q->operands[1])
		mp_kstr(o, "reason", q->operands[1]);
}

static int
act(struct query *q, const struct command *c)
{
	const msgpack_object *result;

	return query_call(q, c->method, pack_nick, NULL, &result);
}

static const struct command commands[] = {
    {"users", "chat.users", 0, 0, list},
    {"channels", "chat.channels", 0, 0, list},
    {"muzzle", "chat.muzzle", 1, 1, act},
    {"unmuzzle", "chat.unmuzzle", 1, 1, act},
    {"logout", "chat.logout", 1, 2, act},
};

static int
status_of(int err)
{
	switch (err) {
	case OP_OK:
		return 0;
	case OP_NOT_FOUND:
		return 1;
	case OP_BAD_REQUEST:
		return EXIT_USAGE;
	case OP_DENIED:
		return EXIT_REFUSED;
	case OP_UNAVAILABLE:
	case OP_NOT_NOW:
	case OP_CLOSED:
	case OP_TIMEOUT:
		return 4;
	default:
		return EXIT_INTERNAL;
	}
}

int
opchat_admin(const struct opchat_settings *s, int count, char **operands)
{
	struct query q = {.kind = &kind, .command = s->admin, .operands = operands};
	const char *where = s->server ? s->server : "unix:", *why;

	if (server_parse(&server, where, &q.endpoint, &why) != OP_OK) {
		fprintf(stderr, "opchat: %s\n", why);
		return EXIT_USAGE;
	}
	for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
		const struct command *c = &commands[i];

		if (strcmp(c->name, s->admin) != 0)
			continue;
		if (count < c->min || count > c->max) {
			fprintf(stderr, "opchat: --admin %s takes %s\n", c->name,
			    c->max == 0   ? "nothing else"
			    : c->max == 1 ? "a NICK"
					  : "a NICK and a REASON");
			return EXIT_USAGE;
		}
		int err = c->run(&q, c);

		query_disconnect(&q);
		return status_of(err);
	}
	fprintf(stderr, "opchat: no such command: --admin %s\n", s->admin);
	return EXIT_USAGE;
}
