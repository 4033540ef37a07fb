/* SPDX-License-Identifier: ISC */
/* What the administrator may see and do, over the UNIX socket. */
#include "daemon/opchatd/service_int.h"

#include <stdio.h>
#include "lib/clock.h"
#include "lib/err.h"
#include "lib/text.h"

static int
chat_channels(struct service *s, const msgpack_object *params, struct mp_out *o)
{
	(void)params;
	mp_map(o, 1);
	mp_str(o, "channels");
	mp_array(o, room_channels(s->room));
	for (size_t i = 0; i < room_channels(s->room); i++) {
		const char *title, *description;
		size_t members;

		room_channel(s->room, i, &title, &description, &members);
		mp_map(o, 3);
		mp_kstr(o, "title", title);
		mp_kstr(o, "description", description);
		mp_kint(o, "members", (int64_t)members);
	}
	return OP_OK;
}

static int
chat_users(struct service *s, const msgpack_object *params, struct mp_out *o)
{
	(void)params;
	mp_map(o, 1);
	mp_str(o, "users");
	mp_array(o, room_users(s->room));
	for (size_t i = 0; i < room_users(s->room); i++) {
		struct room_user_info u;
		char text[NETADDR_TEXT], from[NETADDR_TEXT + 10];

		room_user(s->room, i, clock_boot_ms(), &u);
		snprintf(from, sizeof(from), "%s%s%s:%u", u.peer.addr.family == 6 ? "[" : "",
		    netaddr_format(text, &u.peer.addr), u.peer.addr.family == 6 ? "]" : "",
		    u.peer.port);
		mp_map(o, 7);
		mp_kstr(o, "nick", u.nick);
		mp_kstr(o, "from", from);
		mp_kint(o, "online_ms", u.online_ms);
		mp_kint(o, "silent_ms", u.silent_ms);
		mp_kbool(o, "muzzled", u.muzzled);
		mp_kbool(o, "verified", u.verified);
		mp_kstr(o, "channels", u.channels);
	}
	return OP_OK;
}

static const char *
text_of(const msgpack_object *params, const char *key, char *dst, size_t size)
{
	struct mp_text t = {.s = "", .len = 0};

	mp_get_text(params, key, &t);
	snprintf(dst, size, "%.*s", (int)t.len, t.s);
	return dst;
}

static int
nothing(int err, struct mp_out *o)
{
	if (err == OP_OK)
		mp_map(o, 0);
	return err;
}

static int
chat_muzzle(struct service *s, const msgpack_object *params, struct mp_out *o)
{
	char nick[CHAT_WORD_MAX + 1];

	return nothing(room_muzzle(s->room, text_of(params, "nick", nick, sizeof(nick)), true,
			   clock_boot_ms()),
	    o);
}

static int
chat_unmuzzle(struct service *s, const msgpack_object *params, struct mp_out *o)
{
	char nick[CHAT_WORD_MAX + 1];

	return nothing(room_muzzle(s->room, text_of(params, "nick", nick, sizeof(nick)), false,
			   clock_boot_ms()),
	    o);
}

static int
chat_logout(struct service *s, const msgpack_object *params, struct mp_out *o)
{
	char nick[CHAT_WORD_MAX + 1], reason[201], plain[201];

	text_of(params, "reason", reason, sizeof(reason));
	return nothing(room_log_out(s->room, text_of(params, "nick", nick, sizeof(nick)),
			   text_log(plain, sizeof(plain), reason, strlen(reason)), clock_boot_ms()),
	    o);
}

static const struct {
	const char *name;
	int (*run)(struct service *s, const msgpack_object *params, struct mp_out *o);
} calls[] = {
    {"chat.channels", chat_channels},
    {"chat.users", chat_users},
    {"chat.muzzle", chat_muzzle},
    {"chat.unmuzzle", chat_unmuzzle},
    {"chat.logout", chat_logout},
};

void
service_request(struct client *c, const struct rpc_msg *m)
{
	struct service *s = engine_arg(client_engine(c));
	int err = OP_UNKNOWN_METHOD;
	struct buf result;
	struct mp_out o;

	buf_init(&result);
	mp_out_init(&o, &result);
	for (size_t i = 0; i < sizeof(calls) / sizeof(calls[0]); i++)
		if (mp_text_is(m->method, calls[i].name))
			err = calls[i].run(s, m->params, &o);
	if (err == OP_OK && o.err == OP_OK) {
		mp_raw(client_result_begin(c, m->msgid), buf_bytes(&result), buf_len(&result));
		client_result_end(c, m->msgid);
	} else {
		client_error(c, m->msgid, err ? err : o.err,
		    err == OP_NOT_FOUND ? "nobody here has this nickname" : NULL);
	}
	buf_fini(&result);
	service_act(s);
}
