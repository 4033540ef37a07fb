/* SPDX-License-Identifier: ISC */
/*
 * Questions as they come over the wire.  Labels and tags become lists of lines, so they hold no
 * control characters themselves.
 */
#include "daemon/mediachanged/request.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/alertkind.h"
#include "lib/err.h"

void
request_id(const msgpack_object *params, const char *key, char out[UUID_SIZE])
{
	struct mp_text id = {"", 0};

	mp_get_text(params, key, &id);
	memset(out, 0, UUID_SIZE);
	for (size_t i = 0; i < id.len && i < UUID_SIZE - 1; i++)
		out[i] = (char)tolower((unsigned char)id.s[i]);
}

int64_t
request_int(const msgpack_object *params, const char *key, int64_t otherwise)
{
	mp_get_int(params, key, &otherwise);
	return otherwise;
}

bool
request_bool(const msgpack_object *params, const char *key, bool otherwise)
{
	mp_get_bool(params, key, &otherwise);
	return otherwise;
}

static bool
is_one_line(const char *s, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		if ((unsigned char)s[i] < ' ' || s[i] == 0x7f)
			return false;
	}
	return len > 0;
}

/* The array under `key` as lines; NULL when absent or empty. */
static int
lines_of(const msgpack_object *params, const char *key, char **out)
{
	const msgpack_object_array *list;
	struct buf lines;
	int err = OP_OK;

	if (mp_get_array(params, key, &list) || list->size == 0)
		return OP_OK;
	buf_init(&lines);
	for (size_t i = 0; i < list->size && err == OP_OK; i++) {
		const msgpack_object_str *s = &list->ptr[i].via.str;

		if (!is_one_line(s->ptr, s->size))
			err = OP_BAD_REQUEST;
		else
			err = buf_printf(&lines, "%s%.*s", i ? "\n" : "", (int)s->size, s->ptr);
	}
	if (err == OP_OK && !(*out = strndup((const char *)buf_bytes(&lines), buf_len(&lines))))
		err = OP_NO_MEMORY;
	buf_fini(&lines);
	return err;
}

static bool
has_duplicates(const char *list)
{
	for (const char *line = list; line;) {
		const char *end = strchr(line, '\n');

		if (!end)
			return false;
		char word[ALERTKIND_LABEL_BYTES + 1] = "";

		memcpy(word, line, (size_t)(end - line));
		if (alert_list_has(end + 1, word))
			return true;
		line = end + 1;
	}
	return false;
}

static int
fixed_labels(const struct alertkind *kind, char **out)
{
	char list[ALERTKIND_LABELS_MAX * (ALERTKIND_LABEL_BYTES + 1)] = "";
	size_t len = 0;

	for (size_t i = 0; i < ALERTKIND_LABELS_MAX && kind->labels[i]; i++)
		len += (size_t)snprintf(
		    list + len, sizeof(list) - len, "%s%s", i ? "\n" : "", kind->labels[i]);
	return alert_set(out, list);
}

/* kind, labels, default: they must fit one another. */
static int
fill_buttons(struct alert *a, const msgpack_object *params, const char **why)
{
	struct mp_text name = {"okcancel", 8};

	mp_get_text(params, "kind", &name);
	const struct alertkind *kind = alertkind_find(name.s, name.len);

	*why = "kind: not one of ok okcancel yesno yesnocancel retrycancel abortretryignore choice "
	       "text";
	if (!kind)
		return OP_BAD_REQUEST;
	bool is_choice = strcmp(kind->name, "choice") == 0;
	int err = lines_of(params, "labels", &a->labels);

	*why = "labels: one line each, all different, for kind choice and for no other";
	if (err)
		return err;
	if (is_choice != (a->labels != NULL) || (a->labels && has_duplicates(a->labels)))
		return OP_BAD_REQUEST;
	if (!is_choice && (err = fixed_labels(kind, &a->labels)))
		return err;
	*why = "default: not one of the buttons";
	if (a->default_label && !alert_list_has(a->labels, a->default_label))
		return OP_BAD_REQUEST;
	return alert_set(&a->kind, kind->name);
}

static int
fill_severity(struct alert *a, const msgpack_object *params, const char **why)
{
	static const char *const known[] = {"info", "warning", "critical"};
	struct mp_text severity = {"warning", 7};

	mp_get_text(params, "severity", &severity);
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		if (mp_text_is(severity, known[i]))
			return alert_set(&a->severity, known[i]);
	}
	*why = "severity: not one of info warning critical";
	return OP_BAD_REQUEST;
}

static int
fill_words(
    struct alert *a, const msgpack_object *params, const struct identity *who, const char **why)
{
	a->text = mp_dup(params, "text");
	a->title = mp_dup(params, "title");
	a->key = mp_dup(params, "key");
	a->default_label = mp_dup(params, "default");
	if (!a->text || alert_set(&a->asker, who->who) || alert_set(&a->from, who->shown) ||
	    alert_set(&a->host, who->host))
		return OP_NO_MEMORY;
	*why = "text: empty";
	if (!*a->text)
		return OP_BAD_REQUEST;
	*why = "key: empty";
	if (a->key && !*a->key)
		return OP_BAD_REQUEST;
	*why = "tags: one line each";
	return lines_of(params, "tags", &a->tags);
}

int
request_ask(
    const msgpack_object *params, const struct identity *who, struct alert **out, const char **why)
{
	struct alert *a = alert_new();

	*why = NULL;
	if (!a)
		return OP_NO_MEMORY;
	request_id(params, "id", a->id);
	a->timeout_ms = request_int(params, "timeout_ms", 0);
	a->wait = request_bool(params, "wait", true);
	a->line = request_bool(params, "line", false);
	int err = fill_words(a, params, who, why);

	if (err == OP_OK)
		err = fill_severity(a, params, why);
	if (err == OP_OK)
		err = fill_buttons(a, params, why);
	if (err) {
		alert_free(a);
		return err;
	}
	*out = a;
	return OP_OK;
}
