/* SPDX-License-Identifier: ISC */
/*
 * The alert as a value, the calls that make one, and the one-line client's messages.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "daemon/mediachanged/alert.h"
#include "daemon/mediachanged/line_relay.h"
#include "daemon/mediachanged/request.h"
#include "lib/err.h"
#include "tests/unit/failing_malloc.h"

#define ID "0123ABCD-0000-4000-8000-000000000001"

static struct alert *
sample(void)
{
	struct alert *a = alert_new();

	memcpy(a->id, ID, UUID_SIZE);
	alert_set(&a->asker, "joe@local");
	alert_set(&a->from, "joe (local)");
	alert_set(&a->host, "local");
	alert_set(&a->text, "Insert volume 2");
	alert_set(&a->kind, "okcancel");
	alert_set(&a->labels, "Ok\nCancel");
	alert_set(&a->severity, "warning");
	alert_set(&a->tags, "tape");
	a->seq = 7;
	a->version = 2;
	a->deadline_at = 5000;
	return a;
}

static void
alert_row_packed_and_unpacked_is_equal(void **state)
{
	struct alert *a = sample(), *b;
	struct buf bytes;
	struct mp_out o;
	struct mp_doc doc;

	(void)state;
	buf_init(&bytes);
	mp_out_init(&o, &bytes);
	alert_pack_row(&o, a);
	assert_int_equal(mp_parse(&doc, buf_bytes(&bytes), buf_len(&bytes)), OP_OK);
	assert_int_equal(alert_unpack_row(&doc.root, &b), OP_OK);
	assert_true(alert_equal(a, b));
	assert_true(alert_same_body(a, b));
	alert_set(&b->text, "other");
	assert_false(alert_equal(a, b));
	assert_false(alert_same_body(a, b));
	alert_free(b);
	doc.root.via.array.ptr[8].via.str.size--; /* the text without its NUL */
	assert_int_equal(alert_unpack_row(&doc.root, &b), OP_BAD_REQUEST);
	doc.root.via.array.ptr[8].via.str.size++;
	doc.root.via.array.size--;
	assert_int_equal(alert_unpack_row(&doc.root, &b), OP_BAD_REQUEST);
	mp_fini(&doc);
	buf_fini(&bytes);
	alert_free(a);
}

static void
copy_once(void *arg)
{
	struct alert *copy = alert_copy(arg);

	if (copy)
		assert_true(alert_equal(copy, arg));
	alert_free(copy);
}

static void
alert_copy_without_memory_is_whole_or_null(void **state)
{
	struct alert *a = sample();

	(void)state;
	failing_malloc_each(copy_once, a);
	alert_free(a);
}

static void
alert_list_finds_whole_lines_only(void **state)
{
	(void)state;
	assert_true(alert_list_has("Ok\nCancel", "Cancel"));
	assert_true(alert_list_has("Ok\nCancel", "Ok"));
	assert_false(alert_list_has("Ok\nCancel", "O"));
	assert_false(alert_list_has("Ok\nCancel", "Ok\nCancel"));
	assert_false(alert_list_has("Ok\nCancel", ""));
	assert_false(alert_list_has(NULL, "Ok"));
}

static void
alert_on_the_wire_is_cut_and_says_so(void **state)
{
	struct alert *a = sample();
	struct alert_view v = {.age_ms = 1000, .cut = true, .left_ms = 4000};
	struct buf bytes;
	struct mp_out o;
	struct mp_doc doc;
	struct mp_text text;
	char *longer = calloc(1, 2001);
	bool cut;
	int64_t left;

	(void)state;
	for (size_t i = 0; i + 1 < 2000; i += 2)
		memcpy(longer + i, "\xc3\xa4", 2);
	longer[0] = 'x', longer[1] = 'y', longer[2] = 'z';
	memmove(longer + 3, longer + 4, 1990);
	alert_set(&a->text, longer);
	buf_init(&bytes);
	mp_out_init(&o, &bytes);
	alert_pack_wire(&o, a, &v);
	assert_int_equal(mp_parse(&doc, buf_bytes(&bytes), buf_len(&bytes)), OP_OK);
	assert_int_equal(mp_get_text(&doc.root, "text", &text), OP_OK);
	assert_int_equal(text.len, ALERT_CUT_BYTES - 1); /* not inside a character */
	assert_int_equal(mp_get_bool(&doc.root, "cut", &cut), OP_OK);
	assert_int_equal(mp_get_int(&doc.root, "left_ms", &left), OP_OK);
	assert_int_equal(left, 4000);
	assert_null(mp_get(&doc.root, "answer"));
	mp_fini(&doc);
	buf_fini(&bytes);
	free(longer);
	alert_free(a);
}

/* --- alert.ask --- */

struct question {
	const char *kind, *label1, *label2, *severity, *default_label, *text;
	int err;
	const char *labels;
};

static void
pack_question(struct mp_out *o, const struct question *q)
{
	mp_map(o, 6);
	mp_kstr(o, "id", ID);
	mp_kstr(o, "text", q->text ? q->text : "Insert");
	mp_kstr(o, "kind", q->kind);
	mp_kstr(o, "severity", q->severity);
	mp_kstr(o, "default", q->default_label);
	mp_str(o, "labels");
	if (!q->label1) {
		mp_nil(o);
		return;
	}
	mp_array(o, 2);
	mp_str(o, q->label1);
	mp_str(o, q->label2);
}

static void
request_ask_takes_what_fits_together(void **state)
{
	static const struct question questions[] = {
	    {.labels = "Ok\nCancel"},
	    {.kind = "yesnocancel", .labels = "Yes\nNo\nCancel"},
	    {.kind = "text", .labels = "Ok\nCancel"},
	    {.kind = "choice", .label1 = "Left", .label2 = "Right", .labels = "Left\nRight"},
	    {.kind = "choice", .label1 = "Left", .label2 = "Left", .err = OP_BAD_REQUEST},
	    {.kind = "choice", .label1 = "Le\nft", .label2 = "Right", .err = OP_BAD_REQUEST},
	    {.kind = "choice", .label1 = "", .label2 = "Right", .err = OP_BAD_REQUEST},
	    {.kind = "choice", .err = OP_BAD_REQUEST},
	    {.kind = "yesno", .label1 = "Left", .label2 = "Right", .err = OP_BAD_REQUEST},
	    {.kind = "maybe", .err = OP_BAD_REQUEST},
	    {.severity = "critical", .labels = "Ok\nCancel"},
	    {.severity = "urgent", .err = OP_BAD_REQUEST},
	    {.default_label = "Cancel", .labels = "Ok\nCancel"},
	    {.default_label = "No", .err = OP_BAD_REQUEST},
	    {.text = "", .err = OP_BAD_REQUEST},
	};
	static const struct identity joe = {
	    .who = "joe@local", .shown = "joe (local)", .host = "local"};

	(void)state;
	for (size_t i = 0; i < sizeof(questions) / sizeof(questions[0]); i++) {
		struct buf bytes;
		struct mp_out o;
		struct mp_doc doc;
		struct alert *a = NULL;
		const char *why = NULL;

		buf_init(&bytes);
		mp_out_init(&o, &bytes);
		pack_question(&o, &questions[i]);
		assert_int_equal(mp_parse(&doc, buf_bytes(&bytes), buf_len(&bytes)), OP_OK);
		assert_int_equal(request_ask(&doc.root, &joe, &a, &why), questions[i].err);
		if (questions[i].err) {
			assert_non_null(why);
		} else {
			assert_string_equal(a->labels, questions[i].labels);
			assert_string_equal(a->id, "0123abcd-0000-4000-8000-000000000001");
			assert_string_equal(a->asker, "joe@local");
			assert_true(a->wait);
			alert_free(a);
		}
		mp_fini(&doc);
		buf_fini(&bytes);
	}
}

/* --- one-line clients --- */

static void
reply_to(struct buf *out, int err, const char *state, const char *answer)
{
	struct buf bytes;
	struct mp_out o;
	struct rpc_msg m;

	buf_init(&bytes);
	mp_out_init(&o, &bytes);
	if (err) {
		rpc_error(&o, 1, err, NULL);
	} else {
		rpc_result(&o, 1);
		mp_map(&o, 2);
		mp_kstr(&o, "state", state);
		mp_kstr(&o, "answer", answer);
	}
	assert_int_equal(rpc_parse(&m, buf_bytes(&bytes), buf_len(&bytes)), OP_OK);
	line_relay.reply(&m, out);
	rpc_fini(&m);
	buf_fini(&bytes);
}

static void
line_reply_is_the_label_of_an_answer_and_nothing_else(void **state)
{
	struct buf out;

	(void)state;
	buf_init(&out);
	reply_to(&out, OP_UNAVAILABLE, NULL, NULL);
	reply_to(&out, OP_OK, "withdrawn", NULL);
	reply_to(&out, OP_OK, "expired", "Ok");
	assert_int_equal(buf_len(&out), 0);
	reply_to(&out, OP_OK, "answered", "Cancel");
	assert_int_equal(buf_len(&out), 7);
	assert_memory_equal(buf_bytes(&out), "Cancel\n", 7);
	buf_fini(&out);
}

static void
line_request_is_a_line_question(void **state)
{
	struct buf bytes;
	struct mp_out o;
	struct rpc_msg m;
	struct mp_text text;
	bool line = false;

	(void)state;
	buf_init(&bytes);
	mp_out_init(&o, &bytes);
	line_relay.request(&o, 9, ID, "tape full, yes", 9);
	assert_int_equal(rpc_parse(&m, buf_bytes(&bytes), buf_len(&bytes)), OP_OK);
	assert_true(mp_text_is(m.method, "alert.ask"));
	assert_int_equal(m.msgid, 9);
	assert_int_equal(mp_get_text(m.params, "text", &text), OP_OK);
	assert_true(mp_text_is(text, "tape full"));
	assert_int_equal(mp_get_bool(m.params, "line", &line), OP_OK);
	assert_true(line);
	rpc_fini(&m);
	buf_fini(&bytes);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(alert_row_packed_and_unpacked_is_equal),
	    cmocka_unit_test(alert_copy_without_memory_is_whole_or_null),
	    cmocka_unit_test(alert_list_finds_whole_lines_only),
	    cmocka_unit_test(alert_on_the_wire_is_cut_and_says_so),
	    cmocka_unit_test(request_ask_takes_what_fits_together),
	    cmocka_unit_test(line_reply_is_the_label_of_an_answer_and_nothing_else),
	    cmocka_unit_test(line_request_is_a_line_question),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
