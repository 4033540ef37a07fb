/* SPDX-License-Identifier: ISC */
/*
 * Links to a chat server and to beacons, which the helper speaks itself; both are played by UDP
 * sockets of this process, the desk by tests/unit/helper/desk.h.
 */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include "lib/clock.h"
#include "lib/datagram/beacon.h"
#include "lib/datagram/chat.h"
#include "tests/unit/helper/desk.h"

/* --- the server --- */

struct server {
	int fd;
	struct sockaddr_in client; /* who spoke last */
	char endpoint[40];
	unsigned char bytes[CHAT_BYTES_MAX];
	struct chat_msg m;
};

static void
open_server(struct server *s)
{
	struct sockaddr_in sa = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t len = sizeof(sa);

	s->fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	assert_int_equal(bind(s->fd, (struct sockaddr *)&sa, sizeof(sa)), 0);
	assert_int_equal(getsockname(s->fd, (struct sockaddr *)&sa, &len), 0);
	snprintf(s->endpoint, sizeof(s->endpoint), "chat:127.0.0.1:%d", ntohs(sa.sin_port));
}

/* The next datagram, which must be this one. */
static void
hears(struct server *s, enum chat_code code, const char *first)
{
	struct pollfd p = {.fd = s->fd, .events = POLLIN};
	socklen_t len = sizeof(s->client);

	assert_int_equal(poll(&p, 1, LIMIT_MS), 1);
	ssize_t n =
	    recvfrom(s->fd, s->bytes, sizeof(s->bytes), 0, (struct sockaddr *)&s->client, &len);

	assert_true(n >= 2);
	assert_int_equal(chat_parse(s->bytes, (size_t)n, 0, &s->m), OP_OK);
	assert_int_equal(s->m.code, code);
	assert_int_equal(s->m.fields[0].len, strlen(first));
	assert_memory_equal(s->m.fields[0].s, first, strlen(first));
}

static void
says(struct server *s, enum chat_code code, const char *text)
{
	unsigned char bytes[CHAT_BYTES_MAX];
	size_t len = chat_format(bytes, code, "%s", text);

	assert_int_equal(
	    sendto(s->fd, bytes, len, 0, (struct sockaddr *)&s->client, sizeof(s->client)), len);
}

/* --- the desk --- */

static int64_t
open_text(const char *endpoint, const char *nick)
{
	static struct reply r;
	int64_t link = 0;

	send_texts(0, 1, "link.open", "endpoint", endpoint, nick ? "nick" : NULL, nick, NULL);
	read_reply(&r);
	assert_int_equal(r.m.type, RPC_RESPONSE);
	assert_null(r.m.error);
	assert_int_equal(mp_get_int(r.m.result, "link", &link), OP_OK);
	rpc_fini(&r.m);
	return link;
}

static void
text_is(const msgpack_object *params, const char *key, const char *want)
{
	struct mp_text t;

	assert_int_equal(mp_get_text(params, key, &t), OP_OK);
	if (!mp_text_is(t, want))
		fail_msg("%s: \"%.*s\", not \"%s\"", key, (int)t.len, t.s, want);
}

static void
expect_event(int64_t link, const char *type, const char *title, const char *nick, const char *text)
{
	static struct reply r;

	read_reply(&r);
	assert_int_equal(r.w.link, link);
	assert_true(mp_text_is(r.m.method, "chat.event"));
	text_is(r.m.params, "type", type);
	text_is(r.m.params, "title", title);
	text_is(r.m.params, "nick", nick);
	text_is(r.m.params, "text", text);
	rpc_fini(&r.m);
}

/* Logged in and in the channel "duty". */
static int64_t
log_in(struct server *s)
{
	int64_t link = open_text(s->endpoint, "lena");

	hears(s, CHAT_LOGIN_REQ, "lena");
	says(s, CHAT_LOGIN_ACK, "lena");
	await_state(link, "up");
	send_texts(link, 2, "chat.join", "title", "duty", NULL);
	expect_result(link, 2);
	hears(s, CHAT_JOIN_REQ, "duty");
	says(s, CHAT_JOIN_ACK, "duty 1");
	expect_event(link, "joined", "duty", "", "");
	return link;
}

/* --- chat --- */

static void
chat_said_is_answered_when_the_server_repeats_it(void **state)
{
	struct server s;

	(void)state;
	open_server(&s);
	int64_t link = log_in(&s);

	send_texts(link, 3, "chat.say", "title", "duty", "text", "good evening", NULL);
	hears(&s, CHAT_SEND_PUBLIC, "good evening");
	says(&s, CHAT_PUBLIC_MSG, "duty tom good evening");
	expect_event(link, "said", "duty", "tom", "good evening");
	says(&s, CHAT_PUBLIC_MSG, "duty lena good evening");
	expect_result(link, 3);
	expect_event(link, "said", "duty", "lena", "good evening");
	close(s.fd);
}

static void
chat_said_and_refused_is_answered_with_the_reason(void **state)
{
	struct server s;

	(void)state;
	open_server(&s);
	int64_t link = log_in(&s);

	send_texts(link, 3, "chat.say", "text", "hear me", NULL);
	hears(&s, CHAT_SEND_PUBLIC, "hear me");
	says(&s, CHAT_ERROR, "you are muzzled: nobody hears you");
	expect_error(link, 3, OP_DENIED);
	says(&s, CHAT_ERROR, "of nothing that was asked");
	expect_event(link, "error", "", "", "of nothing that was asked");
	close(s.fd);
}

static void
chat_said_to_another_channel_than_the_current_is_refused(void **state)
{
	struct server s;

	(void)state;
	open_server(&s);
	int64_t link = log_in(&s);

	send_texts(link, 3, "chat.say", "title", "weather", "text", "rain", NULL);
	expect_error(link, 3, OP_CONFLICT);
	send_texts(link, 4, "chat.say", "title", "duty", NULL);
	expect_error(link, 4, OP_BAD_REQUEST);
	send_texts(link, 5, "chat.nothing", NULL);
	expect_error(link, 5, OP_UNKNOWN_METHOD);
	close(s.fd);
}

static void
chat_forgotten_by_the_server_logs_in_and_loses_nothing_unseen(void **state)
{
	struct server s;

	(void)state;
	open_server(&s);
	int64_t link = log_in(&s);

	send_texts(link, 3, "chat.say", "text", "anybody?", NULL);
	hears(&s, CHAT_SEND_PUBLIC, "anybody?");
	says(&s, CHAT_ERROR, "not logged in");
	expect_error(link, 3, OP_UNAVAILABLE);
	await_state(link, "connecting");
	hears(&s, CHAT_LOGIN_REQ, "lena");
	says(&s, CHAT_LOGIN_ACK, "lena");
	await_state(link, "up");
	hears(&s, CHAT_JOIN_REQ, "duty");
	close(s.fd);
}

static void
chat_server_that_is_gone_is_noticed_and_tried_again(void **state)
{
	struct server s;
	struct sockaddr_in sa;
	socklen_t len = sizeof(sa);

	(void)state;
	open_server(&s);
	int64_t link = log_in(&s);

	assert_int_equal(getsockname(s.fd, (struct sockaddr *)&sa, &len), 0);
	close(s.fd);
	send_texts(link, 3, "chat.say", "text", "anybody?", NULL);
	expect_error(link, 3, OP_UNAVAILABLE);
	await_state(link, "down");
	s.fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	assert_int_equal(bind(s.fd, (struct sockaddr *)&sa, sizeof(sa)), 0);
	hears(&s, CHAT_LOGIN_REQ, "lena");
	says(&s, CHAT_LOGIN_ACK, "lena");
	await_state(link, "up");
	close(s.fd);
}

static void
chat_list_is_told_item_by_item_and_ended(void **state)
{
	struct server s;

	(void)state;
	open_server(&s);
	int64_t link = log_in(&s);

	send_texts(link, 3, "chat.channels", NULL);
	expect_result(link, 3);
	hears(&s, CHAT_LIST_CHANNELS, "1");
	says(&s, CHAT_CHANNEL_ITEM, "duty 1 who is on duty");
	expect_event(link, "channel", "duty", "", "who is on duty");
	says(&s, CHAT_LIST_CHANNELS, "1 1");
	expect_event(link, "listed", "channels", "", "");
	send_texts(link, 4, "chat.users", NULL);
	expect_result(link, 4);
	hears(&s, CHAT_LIST_USERS, "2");
	says(&s, CHAT_USER_ITEM, "lena 5 duty");
	expect_event(link, "user", "", "lena", "duty");
	says(&s, CHAT_LIST_USERS, "2 3");
	expect_event(link, "listed", "users", "", "2 more got lost on the way");
	close(s.fd);
}

static void
chat_refused_login_is_final_until_tried_again(void **state)
{
	struct server s;

	(void)state;
	open_server(&s);
	int64_t link = open_text(s.endpoint, "lena");

	hears(&s, CHAT_LOGIN_REQ, "lena");
	says(&s, CHAT_ERROR, "this nickname is taken");
	await_state(link, "failed");
	send_texts(link, 2, "chat.say", "text", "x", NULL);
	expect_error(link, 2, OP_UNAVAILABLE);
	send_call(0, 3, "link.retry", "link", link);
	expect_result(0, 3);
	hears(&s, CHAT_LOGIN_REQ, "lena");
	says(&s, CHAT_LOGIN_ACK, "lena");
	await_state(link, "up");
	close(s.fd);
}

static void
chat_closed_link_logs_off(void **state)
{
	struct server s;

	(void)state;
	open_server(&s);
	int64_t link = log_in(&s);

	send_call(0, 3, "link.close", "link", link);
	expect_result(0, 3);
	hears(&s, CHAT_LOGOFF, "lena");
	close(s.fd);
}

static void
chat_without_a_good_nick_is_refused(void **state)
{
	(void)state;
	send_texts(0, 1, "link.open", "endpoint", "chat:127.0.0.1", NULL);
	expect_error(0, 1, OP_BAD_REQUEST);
	send_texts(0, 2, "link.open", "endpoint", "chat:127.0.0.1", "nick", "two words", NULL);
	expect_error(0, 2, OP_BAD_REQUEST);
	send_texts(0, 3, "link.open", "endpoint", "watch:no.address", NULL);
	expect_error(0, 3, OP_BAD_REQUEST);
}

/* --- beacons --- */

static void
send_beacon(int port, const char *host, int64_t ahead_ms)
{
	struct sockaddr_in sa = {.sin_family = AF_INET,
	    .sin_port = htons((uint16_t)port),
	    .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	int sender = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	int64_t at_ms = clock_wall_ms() + ahead_ms;
	struct beacon b = {
	    .local_s = at_ms / 1000, .full = true, .sent_ms = at_ms, .period_s = 1, .seq = 1};
	char text[BEACON_BYTES_MAX];

	snprintf(b.host, sizeof(b.host), "%s", host);
	size_t len = beacon_format(text, sizeof(text), &b);

	assert_true(len > 0);
	assert_int_equal(sendto(sender, text, len, 0, (struct sockaddr *)&sa, sizeof(sa)), len);
	close(sender);
}

static void
expect_host(int64_t link, const char *host, bool silent, const char *clock)
{
	static struct reply r;
	bool is_silent = !silent;
	int64_t n = 0;

	read_reply(&r);
	assert_int_equal(r.w.link, link);
	assert_true(mp_text_is(r.m.method, "watch.host"));
	text_is(r.m.params, "host", host);
	text_is(r.m.params, "address", "127.0.0.1");
	text_is(r.m.params, "clock", clock);
	assert_int_equal(mp_get_bool(r.m.params, "silent", &is_silent), OP_OK);
	assert_int_equal(is_silent, silent);
	assert_int_equal(mp_get_int(r.m.params, "period_ms", &n), OP_OK);
	assert_int_equal(n, 1000);
	assert_int_equal(mp_get_int(r.m.params, "age_ms", &n), OP_OK);
	assert_in_range(n, 0, LIMIT_MS);
	rpc_fini(&r.m);
}

/* A port that is free now; the address need not be a group. */
static int
free_port(char *endpoint, size_t size)
{
	struct server s;
	int port = 0;

	open_server(&s);
	sscanf(s.endpoint, "chat:127.0.0.1:%d", &port);
	close(s.fd);
	snprintf(endpoint, size, "watch:127.0.0.1:%d", port);
	return port;
}

static void
watch_host_is_told_when_heard_off_and_silent(void **state)
{
	char endpoint[40];
	int port = free_port(endpoint, sizeof(endpoint));
	int64_t link = open_text(endpoint, NULL);

	(void)state;
	await_state(link, "up");
	send_beacon(port, "tape1", 60000);
	expect_host(link, "tape1", false, "good");
	send_beacon(port, "tape1", 60000);
	expect_host(link, "tape1", false, "off");
	expect_host(link, "tape1", true, "off");
	send_beacon(port, "tape1", 0);
	expect_host(link, "tape1", false, "off");
	send_texts(link, 2, "watch.nothing", NULL);
	expect_error(link, 2, OP_UNKNOWN_METHOD);
	send_call(0, 3, "link.close", "link", link);
	expect_result(0, 3);
}

static void
watch_flood_of_beacons_is_few_messages(void **state)
{
	char endpoint[40];
	int port = free_port(endpoint, sizeof(endpoint));
	int64_t link = open_text(endpoint, NULL);

	(void)state;
	await_state(link, "up");
	for (int i = 0; i < 200; i++)
		send_beacon(port, "tape1", 0);
	expect_host(link, "tape1", false, "good");
	send_call(0, 3, "link.close", "link", link);
	/* at most one more on its way before the answer */
	static struct reply r;
	int more = 0;

	for (read_reply(&r); r.m.type != RPC_RESPONSE; read_reply(&r)) {
		rpc_fini(&r.m);
		more++;
	}
	rpc_fini(&r.m);
	assert_in_range(more, 0, 4);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, start, stop)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(chat_said_is_answered_when_the_server_repeats_it),
	    TEST(chat_said_and_refused_is_answered_with_the_reason),
	    TEST(chat_said_to_another_channel_than_the_current_is_refused),
	    TEST(chat_forgotten_by_the_server_logs_in_and_loses_nothing_unseen),
	    TEST(chat_server_that_is_gone_is_noticed_and_tried_again),
	    TEST(chat_list_is_told_item_by_item_and_ended),
	    TEST(chat_refused_login_is_final_until_tried_again),
	    TEST(chat_closed_link_logs_off),
	    TEST(chat_without_a_good_nick_is_refused),
	    TEST(watch_host_is_told_when_heard_off_and_silent),
	    TEST(watch_flood_of_beacons_is_few_messages),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
