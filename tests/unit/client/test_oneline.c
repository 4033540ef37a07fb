/* SPDX-License-Identifier: ISC */
/* Asking by the one-line protocol: replies that are none, and none at all. */
#include "tests/unit/client/asking.h"

static void
script_line(int listener)
{
	static const char *const replies[] = {"Ok\n", "Cancel\r\n", "cancel", "Maybe\n",
	    "SSH-2.0-OpenSSH_9.2p1 Debian-2\r\n", "\n", ""};
	char line[64];

	for (int i = 0; i < 7; i++) {
		int fd = fake_accept(listener);

		FAKE_EXPECT(
		    recv(fd, line, sizeof(line), 0) == 9 && memcmp(line, "question\n", 9) == 0);
		FAKE_EXPECT(send(fd, replies[i], strlen(replies[i]), MSG_NOSIGNAL) >= 0);
		close(fd);
	}
}

static void
one_line_replies_have_their_outcome(void **state)
{
	static const enum outcome outcomes[] = {OUTCOME_YES, OUTCOME_NO, OUTCOME_NO,
	    OUTCOME_UNREACHABLE, OUTCOME_UNREACHABLE, OUTCOME_UNREACHABLE, OUTCOME_WITHDRAWN};
	static const char *const labels[] = {"Ok", "Cancel", "Cancel", "", "", "", ""};
	static const char *const remarks[] = {
	    NULL, NULL, NULL, "said \"Maybe\"", "said \"SSH-2.0-", "said \"", "withdrawn"};
	struct fake f;
	struct run r;

	(void)state;
	fake_start(&f, script_line);
	for (int i = 0; i < 7; i++) {
		start(&r, &f.endpoint, 1, 0);
		assert_int_equal(oneline_run(&r.settings, &r.answer), OP_OK);
		assert_int_equal(r.answer.outcome, outcomes[i]);
		assert_label(&r, labels[i]);
		if (remarks[i])
			assert_non_null(memmem(buf_bytes(&r.answer.remark),
			    buf_len(&r.answer.remark), remarks[i], strlen(remarks[i])));
		end(&r);
	}
	assert_int_equal(fake_stop(&f), 0);
}

static void
one_line_without_answer_is_a_timeout(void **state)
{
	struct fake f;
	struct run r;

	(void)state;
	fake_start(&f, script_silent);
	start(&r, &f.endpoint, 1, 100);
	assert_int_equal(oneline_run(&r.settings, &r.answer), OP_OK);
	assert_int_equal(r.answer.outcome, OUTCOME_TIMEOUT);
	end(&r);
	fake_kill(&f);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(one_line_replies_have_their_outcome),
	    cmocka_unit_test(one_line_without_answer_is_a_timeout),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
