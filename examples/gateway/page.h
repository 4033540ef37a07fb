/* SPDX-License-Identifier: ISC */
/* Pending questions as a web page (HTML 5, UTF-8): read-only, no script, no form.  Pure. */
#ifndef OPDESK_EXAMPLES_GATEWAY_PAGE_H
#define OPDESK_EXAMPLES_GATEWAY_PAGE_H

#include "lib/buf.h"
#include "lib/mp.h"

/* Text of anybody's as text of the page: controls made visible, & < > " ' escaped.  OP_NO_MEMORY.
 */
int page_text(struct buf *out, const char *s, size_t len);

/* The page for the result of alert.list, {alerts: [...]}.  OP_PROTOCOL: it is none; OP_NO_MEMORY.
 */
int page_questions(struct buf *out, const msgpack_object *result);

/* A page that says one sentence. */
int page_problem(struct buf *out, const char *sentence);

#endif
