/* SPDX-License-Identifier: ISC */
/* A client's side of the chat (lib/chatter.h) without memory; together with the server's side it is
 * tested in tests/unit/opchatd/. */
#include "tests/unit/unit.h"

#include "lib/chatter.h"
#include "lib/err.h"

static void
hear(struct chatter *c, enum chat_code code, const char *text)
{
	unsigned char bytes[CHAT_BYTES_MAX];
	size_t len = chat_format(bytes, code, "%s", text);

	chatter_receive(c, bytes, len, NULL, 100);
}

/* Everything of it is read. */
static void
drain(struct chatter *c)
{
	struct chatter_event e;
	struct chat_msg m;

	while (chatter_next(c, &e)) {
		assert_non_null(e.title);
		assert_true(strlen(e.title) + strlen(e.nick) + strlen(e.text) < CHAT_BYTES_MAX);
		if (e.type == CHATTER_SEND)
			assert_int_equal(chat_parse(e.bytes, e.len, 1, &m), OP_OK);
	}
}

static void
talk(void *arg)
{
	char long_text[CHAT_TEXT_MAX + 1];
	struct chatter *c = chatter_new("anna", 0);

	(void)arg;
	if (c == NULL)
		return;
	memset(long_text, 'x', CHAT_TEXT_MAX);
	long_text[CHAT_TEXT_MAX] = '\0';
	(void)chatter_join(c, "duty", 0);
	chatter_tick(c, 1);
	hear(c, CHAT_LOGIN_ACK, "anna");
	hear(c, CHAT_JOIN_ACK, "duty 2");
	for (int i = 0; i < 40; i++) /* the queue grows */
		(void)chatter_say(c, long_text, 2);
	hear(c, CHAT_PUBLIC_MSG, "duty bert hello");
	drain(c);
	(void)chatter_whisper(c, "bert", "hello", 3);
	hear(c, CHAT_PRIVATE_MSG, "bert yes?");
	drain(c);
	chatter_leave(c);
	drain(c);
	chatter_free(c);
}

static void
chatter_without_memory_loses_events_and_nothing_else(void **state)
{
	(void)state;
	failing_malloc_each(talk, NULL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(chatter_without_memory_loses_events_and_nothing_else),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
