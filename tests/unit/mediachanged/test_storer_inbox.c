/* SPDX-License-Identifier: ISC */
/* What a storer reads from the engine, over a real pair of sockets. */
#include "tests/unit/unit.h"

#include <sys/socket.h>
#include <unistd.h>

#include "daemon/mediachanged/storer_inbox.h"
#include "daemon/mediachanged/storer_wire.h"
#include "lib/err.h"
#include "lib/frame.h"

struct both {
	int engine;
	struct storer_inbox inbox;
};

static int
set_up(void **state)
{
	static struct both both;
	int fds[2];

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds))
		return -1;
	both = (struct both){fds[0], {.fd = fds[1]}};
	*state = &both;
	return 0;
}

static int
tear_down(void **state)
{
	struct both *b = *state;

	close(b->engine);
	close(b->inbox.fd);
	storer_inbox_fini(&b->inbox);
	return 0;
}

static void
send_payload(struct both *b, const void *payload, size_t len)
{
	struct buf bytes;

	buf_init(&bytes);
	assert_int_equal(frame_append(&bytes, payload, len), OP_OK);
	assert_int_equal(write(b->engine, buf_bytes(&bytes), buf_len(&bytes)), buf_len(&bytes));
	buf_fini(&bytes);
}

static void
send_cancel(struct both *b, uint64_t op)
{
	struct buf payload;
	struct mp_out o;

	buf_init(&payload);
	mp_out_init(&o, &payload);
	storer_pack_cancel(&o, op);
	send_payload(b, buf_bytes(&payload), buf_len(&payload));
	buf_fini(&payload);
}

static void
inbox_messages_come_whole_and_in_order(void **state)
{
	struct both *b = *state;
	const unsigned char *payload;
	size_t len;

	send_payload(b, "one", 3);
	send_payload(b, "three", 5);
	assert_int_equal(write(b->engine, "\0\0", 2), 2);
	assert_int_equal(storer_inbox_take(&b->inbox), OP_OK);
	assert_int_equal(storer_inbox_next(&b->inbox, &payload, &len), OP_OK);
	assert_int_equal(len, 3);
	assert_memory_equal(payload, "one", 3);
	assert_int_equal(storer_inbox_next(&b->inbox, &payload, &len), OP_OK);
	assert_memory_equal(payload, "three", 5);
	assert_int_equal(storer_inbox_next(&b->inbox, &payload, &len), OP_AGAIN);
	shutdown(b->engine, SHUT_WR);
	assert_int_equal(storer_inbox_take(&b->inbox), OP_CLOSED);
}

static void
inbox_engine_that_leaves_with_replies_unread_has_gone(void **state)
{
	struct both *b = *state;

	assert_int_equal(write(b->inbox.fd, "reply", 5), 5);
	close(b->engine);
	b->engine = -1;
	assert_int_equal(storer_inbox_take(&b->inbox), OP_CLOSED);
}

static void
inbox_a_cancellation_is_seen_before_its_turn(void **state)
{
	struct both *b = *state;
	const unsigned char *payload;
	char filler[1000] = "";
	size_t len;

	assert_false(storer_inbox_has_cancel(&b->inbox, 70000));
	send_payload(b, "long", 4);
	assert_int_equal(storer_inbox_take(&b->inbox), OP_OK);
	assert_int_equal(storer_inbox_next(&b->inbox, &payload, &len), OP_OK);
	for (int i = 0; i < 50; i++)
		send_payload(b, filler, sizeof(filler));
	assert_false(storer_inbox_has_cancel(&b->inbox, 70000));
	send_cancel(b, 70000);
	assert_true(storer_inbox_has_cancel(&b->inbox, 70000));
	assert_false(storer_inbox_has_cancel(&b->inbox, 7));
	/* the message in hand stayed where it was */
	assert_memory_equal(payload, "long", 4);
	for (int i = 0; i < 50; i++)
		assert_int_equal(storer_inbox_next(&b->inbox, &payload, &len), OP_OK);
	assert_int_equal(storer_inbox_next(&b->inbox, &payload, &len), OP_OK);
	assert_false(storer_inbox_has_cancel(&b->inbox, 70000));
}

static void
inbox_whole_messages_that_wait_are_counted(void **state)
{
	struct both *b = *state;
	const unsigned char *payload;
	size_t len;

	assert_int_equal(storer_inbox_count(&b->inbox), 0);
	send_payload(b, "one", 3);
	send_payload(b, "three", 5);
	assert_int_equal(write(b->engine, "\0\0\0\4f", 5), 5);
	assert_int_equal(storer_inbox_count(&b->inbox), 2);
	assert_int_equal(storer_inbox_next(&b->inbox, &payload, &len), OP_OK);
	assert_memory_equal(payload, "one", 3);
	assert_int_equal(write(b->engine, "our", 3), 3);
	assert_int_equal(storer_inbox_count(&b->inbox), 2);
	/* the end is for storer_inbox_take() */
	shutdown(b->engine, SHUT_WR);
	assert_int_equal(storer_inbox_count(&b->inbox), 2);
	assert_int_equal(storer_inbox_take(&b->inbox), OP_CLOSED);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(
		inbox_messages_come_whole_and_in_order, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(
		inbox_engine_that_leaves_with_replies_unread_has_gone, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(
		inbox_a_cancellation_is_seen_before_its_turn, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(
		inbox_whole_messages_that_wait_are_counted, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
