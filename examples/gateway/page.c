/* SPDX-License-Identifier: ISC */
#include "examples/gateway/page.h"

#include <stdio.h>
#include <string.h>
#include "lib/err.h"
#include "lib/text.h"

static const char head[] =
    "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
    "<meta http-equiv=\"refresh\" content=\"30\">\n"
    "<meta name=\"viewport\" content=\"width=device-width\">\n"
    "<title>Pending questions</title>\n<style>\n"
    "body { font: 16px/1.5 sans-serif; max-width: 50em; margin: 2em auto; padding: 0 1em;\n"
    "\tcolor: #222; background: #fff }\n"
    "li { margin: 1em 0; white-space: pre-wrap }\nsmall { color: #555 }\n"
    "@media (prefers-color-scheme: dark) { body { color: #ddd; background: #222 }\n"
    "\tsmall { color: #aaa } }\n"
    "</style>\n</head>\n<body>\n<h1>Pending questions</h1>\n";
static const char foot[] = "</body>\n</html>\n";

static const char *
escape_of(unsigned char byte)
{
	static const struct {
		char byte;
		const char *name;
	} names[] = {
	    {'&', "&amp;"}, {'<', "&lt;"}, {'>', "&gt;"}, {'"', "&quot;"}, {'\'', "&#39;"}};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (byte == (unsigned char)names[i].byte)
			return names[i].name;
	return NULL;
}

int
page_text(struct buf *out, const char *s, size_t len)
{
	struct buf plain;
	int err;

	buf_init(&plain);
	err = text_plain(&plain, s, len, true);
	for (size_t i = 0; err == OP_OK && i < buf_len(&plain); i++) {
		const unsigned char *byte = buf_bytes(&plain) + i;
		const char *name = escape_of(*byte);

		err = name != NULL ? buf_append(out, name, strlen(name)) : buf_append(out, byte, 1);
	}
	buf_fini(&plain);
	return err;
}

static int
put(struct buf *out, const char *html)
{
	return buf_append(out, html, strlen(html));
}

/* The text under `key` between two pieces of HTML; nothing when there is none. */
static int
put_field(struct buf *out, const char *before, const msgpack_object *map, const char *key,
    const char *after)
{
	struct mp_text t;

	if (mp_get_text(map, key, &t) != OP_OK || t.len == 0)
		return OP_OK;
	return put(out, before) ?: page_text(out, t.s, t.len) ?: put(out, after);
}

static int
put_age(struct buf *out, const msgpack_object *alert)
{
	int64_t ms;

	if (mp_get_int(alert, "age_ms", &ms) != OP_OK || ms < 0)
		return OP_OK;
	if (ms < 120000)
		return buf_printf(out, ", %d s ago", (int)(ms / 1000));
	return buf_printf(out, ", %lld min ago", (long long)(ms / 60000));
}

static int
put_question(struct buf *out, const msgpack_object *alert)
{
	return put(out, "<li>") ?: put_field(out, "<b>", alert, "title", "</b>\n")
	    ?: put_field(out, "", alert, "text", "\n") ?: put(out, "<small>")
	    ?: put_field(out, "", alert, "asker", "")
	    ?: put_age(out, alert) ?: put_field(out, ", ", alert, "claimed_by", " is on it")
	    ?: put(out, "</small></li>\n");
}

int
page_questions(struct buf *out, const msgpack_object *result)
{
	const msgpack_object_array *alerts;
	int err;

	if (mp_get_array(result, "alerts", &alerts) != OP_OK)
		return OP_PROTOCOL;
	err = put(out, head);
	if (err == OP_OK)
		err = put(out, alerts->size > 0 ? "<ol>\n" : "<p>There are none.</p>\n");
	for (size_t i = 0; err == OP_OK && i < alerts->size; i++)
		err = put_question(out, &alerts->ptr[i]);
	if (err == OP_OK && alerts->size > 0)
		err = put(out, "</ol>\n");
	return err != OP_OK ? err : put(out, foot);
}

int
page_problem(struct buf *out, const char *sentence)
{
	return put(out, head) ?: put(out, "<p>") ?: page_text(out, sentence, strlen(sentence))
	    ?: put(out, "</p>\n") ?: put(out, foot);
}
