/* SPDX-License-Identifier: ISC */
/* Text on a web page (examples/gateway). */
#include "tests/unit/unit.h"

#include "examples/gateway/page.h"
#include "lib/err.h"

static void
shown(const char *text, const char *want)
{
	struct buf out;

	buf_init(&out);
	assert_int_equal(page_text(&out, text, strlen(text)), OP_OK);
	assert_int_equal(buf_append(&out, "", 1), OP_OK);
	assert_string_equal((const char *)buf_bytes(&out), want);
	buf_fini(&out);
}

static void
page_text_is_escaped_and_plain(void **state)
{
	(void)state;
	shown("volume 3", "volume 3");
	shown("<script>\"&'", "&lt;script&gt;&quot;&amp;&#39;");
	shown("a\nb\x1b[2J\xff", "a\nb\\x1b[2J\\xff");
	shown("\xc3\x85se", "\xc3\x85se");
	shown("\xe2\x80\xae"
	      "evil",
	    "\\u202eevil");
}

static void
page_of_no_list_is_an_error(void **state)
{
	struct mp_doc doc;
	struct buf out;

	(void)state;
	buf_init(&out);
	assert_int_equal(mp_parse(&doc, "\x80", 1), OP_OK);
	assert_int_equal(page_questions(&out, &doc.root), OP_PROTOCOL);
	mp_fini(&doc);
	/* alerts that are no maps: an empty item each, no crash */
	assert_int_equal(mp_parse(&doc,
			     "\x81\xa6"
			     "alerts\x92\x01\xc0",
			     11),
	    OP_OK);
	assert_int_equal(page_questions(&out, &doc.root), OP_OK);
	mp_fini(&doc);
	buf_fini(&out);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(page_text_is_escaped_and_plain),
	    cmocka_unit_test(page_of_no_list_is_an_error),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
