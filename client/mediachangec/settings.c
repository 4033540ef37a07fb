/* SPDX-License-Identifier: ISC */
/*
 * The options of mediachangec as a table, the checks across them, and the question on the wire.
 * Everything a daemon would refuse for its form is refused here first, with exit status 64, because
 * a typing error in a crontab should not be found at three in the morning.
 */
#include "client/mediachangec/settings.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include "client/mediachangec/operands.h"
#include "lib/alertkind.h"
#include "lib/err.h"
#include "lib/text.h"

#define CONNECT_MS 10000
#define NO_TIMEOUT (-1) /* while options are read: 0 is one that was given */
#define SHORT_MAX 200u  /* bytes of title and key */
#define TAGS_MAX 16
#define TAG_MAX 60u /* bytes */

static const char *const severities[] = {"info", "warning", "critical", NULL};

#define AT(field) offsetof(struct settings, field)

static const struct option_row rows[] = {
    {'s', "server", "ENDPOINT", OPTION_TEXTS, AT(servers), NULL,
	"ask there; repeated: the next one when this cannot be reached"},
    {0, "title", "TEXT", OPTION_TEXT, AT(title), NULL, "title of the window"},
    {0, "kind", "KIND", OPTION_TEXT, AT(kind), NULL,
	"ok, okcancel (default), yesno, yesnocancel, retrycancel, abortretryignore"},
    {0, "button", "LABEL", OPTION_TEXTS, AT(buttons), NULL,
	"a button of your own, repeated; the first means yes, the second no"},
    {0, "ask-text", NULL, OPTION_FLAG, AT(ask_text), NULL, "let the operator type a line"},
    {0, "severity", "WORD", OPTION_TEXT, AT(severity), severities,
	"info, warning (default) or critical"},
    {0, "tag", "WORD", OPTION_TEXTS, AT(tags), NULL, "a word for filters, repeated"},
    {0, "timeout", "TIME", OPTION_DURATION, AT(timeout_ms), NULL,
	"give up after 90s, 15m, 2h … (default: never)"},
    {0, "default", "LABEL", OPTION_TEXT, AT(default_label), NULL,
	"label to print when the time is up; the exit status stays 3"},
    {0, "id", "UUID", OPTION_TEXT, AT(id), NULL,
	"ask again under this id: same question, same answer"},
    {0, "key", "KEY", OPTION_TEXT, AT(key), NULL,
	"questions under one key share a window; asking again is a new attempt"},
    {0, "require-desk", NULL, OPTION_FLAG, AT(require_desk), NULL,
	"fail when nobody can see the question"},
    {0, "check", NULL, OPTION_FLAG, AT(check), NULL,
	"ask nothing: print how many desks would see a question now"},
    {0, "no-wait", NULL, OPTION_FLAG, AT(no_wait), NULL, "end as soon as the question is kept"},
    {0, "line", NULL, OPTION_FLAG, AT(line), NULL, "speak the one-line protocol of the original"},
    {0, "json", NULL, OPTION_FLAG, AT(json), NULL, "print the whole closed question as JSON"},
    {'q', "quiet", NULL, OPTION_FLAG, AT(quiet), NULL, "print nothing on standard output"},
    {0, "for", "CALLER", OPTION_TEXT, AT(caller_name), caller_names,
	"hook of tar, dump, restore, afio or dar: its arguments, its exit statuses"},
    {0, "exit-map", "LIST", OPTION_TEXT, AT(exit_text), NULL,
	"change exit statuses: no=2,timeout=0"},
    {0, "connect-timeout", "TIME", OPTION_DURATION, AT(connect_ms), NULL,
	"how long to look for a daemon that takes the question (10s)"},
    {0}};

static void
print_more(void)
{
	printf(
	    "\nENDPOINT is tcp:HOST:PORT, tls:HOST:PORT, HOST[:PORT] (port 8979), unix:PATH,\n"
	    "unix: for the local daemon, or ssh:[USER@]HOST[/PROGRAM].\nMESSAGE - is read from "
	    "standard input.  "
	    "The answer is printed on standard "
	    "output.\n\nexit status: 0 yes (ok, yes, retry, first label, text)   1 no   2 third "
	    "label and later\n             3 time is up   4 nobody reached   5 withdrawn   64 usage"
	    "   70 internal\n             77 refused; keys of --exit-map: yes no other timeout\n"
	    "             unreachable withdrawn refused\n");
}

static const struct options_program program = {"mediachangec",
    "[options] HOST[:PORT]|ENDPOINT MESSAGE|-\n"
    "[options] -s ENDPOINT [-s ENDPOINT]... MESSAGE|-\n"
    "[options] --for CALLER HOST|-s ENDPOINT [MESSAGE] [ARGUMENT]...\n"
    "[options] --check HOST|-s ENDPOINT",
    "Ask a person a question and wait for the answer.", rows, false, print_more, NULL};

#define complain(...) options_complain(&program, __VA_ARGS__)

/* --- checks across options --- */

/* Words that become a line each. */
static int
check_words(const char *option, const struct option_texts *words, size_t max_bytes)
{
	for (size_t i = 0; i < words->count; i++) {
		const char *word = words->items[i];
		size_t len = strlen(word);

		if (len == 0 || len > max_bytes)
			return complain("--%s: each has 1 to %zu bytes", option, max_bytes);
		if (!text_is_utf8(word, len))
			return complain("--%s: not UTF-8 text", option);
		for (size_t k = 0; k < len; k++)
			if ((unsigned char)word[k] < ' ' || word[k] == 0x7f)
				return complain("--%s: a control character in it", option);
	}
	return OP_OK;
}

static int
check_buttons(const struct option_texts *b)
{
	if (b->count > ALERTKIND_LABELS_MAX)
		return complain("--button: at most %d of them", ALERTKIND_LABELS_MAX);
	for (size_t i = 0; i < b->count; i++)
		for (size_t k = 0; k < i; k++)
			if (strcmp(b->items[i], b->items[k]) == 0)
				return complain("--button: \"%s\" twice", b->items[i]);
	return check_words("button", b, ALERTKIND_LABEL_BYTES);
}

static int
check_tags(const struct option_texts *t)
{
	if (t->count > TAGS_MAX)
		return complain("--tag: at most %d of them", TAGS_MAX);
	return check_words("tag", t, TAG_MAX);
}

static int
check_kind(struct settings *s)
{
	int ways = (s->kind != NULL) + (s->buttons.count > 0) + s->ask_text;

	if (ways > 1)
		return complain("--kind, --button and --ask-text exclude one another");
	if (s->kind && (!alertkind_find(s->kind, strlen(s->kind)) ||
			   !alertkind_find(s->kind, strlen(s->kind))->labels[0]))
		return complain(
		    "--kind: \"%s\" is no kind of question; --help lists them", s->kind);
	if (check_buttons(&s->buttons) != OP_OK)
		return OP_BAD_REQUEST;
	if (s->buttons.count > 0)
		s->kind = "choice";
	else if (s->ask_text)
		s->kind = "text";
	else if (!s->kind)
		s->kind = "okcancel";
	return OP_OK;
}

static bool
has_label(const struct settings *s, const char *label)
{
	const struct alertkind *k = alertkind_find(s->kind, strlen(s->kind));

	for (size_t i = 0; i < s->buttons.count; i++)
		if (strcmp(s->buttons.items[i], label) == 0)
			return true;
	for (size_t i = 0; k && i < ALERTKIND_LABELS_MAX && k->labels[i]; i++)
		if (strcmp(k->labels[i], label) == 0)
			return true;
	return false;
}

static int
check_exits(struct settings *s)
{
	const char *bad;

	exitmap_init(&s->exits);
	if (s->caller_name)
		s->caller = caller_find(s->caller_name);
	if (s->caller && s->caller->refuse_status >= 0)
		exitmap_refuse_with(&s->exits, (unsigned char)s->caller->refuse_status);
	if (s->exit_text && exitmap_parse(&s->exits, s->exit_text, &bad) != OP_OK)
		return complain(
		    "--exit-map: at \"%s\": expected KEY=STATUS[,…], KEY one of " EXITMAP_KEYS
		    ", STATUS 0 to 255",
		    bad);
	return OP_OK;
}

static int
check_lengths(struct settings *s)
{
	if (buf_len(&s->text) > SETTINGS_TEXT_MAX)
		return complain("the message is longer than %u bytes", SETTINGS_TEXT_MAX);
	if (buf_len(&s->title_text) > SHORT_MAX)
		return complain("--title: longer than %u bytes", SHORT_MAX);
	if (buf_len(&s->key_text) > SHORT_MAX)
		return complain("--key: longer than %u bytes", SHORT_MAX);
	return OP_OK;
}

static int
check_line(const struct settings *s)
{
	const struct {
		bool given;
		const char *name;
	} unable[] = {{s->title, "title"}, {s->kind, "kind"}, {s->buttons.count > 0, "button"},
	    {s->ask_text, "ask-text"}, {s->severity, "severity"}, {s->tags.count > 0, "tag"},
	    {s->id, "id"}, {s->key, "key"}, {s->require_desk, "require-desk"},
	    {s->no_wait, "no-wait"}, {s->json, "json"}};

	for (size_t i = 0; s->line && i < sizeof(unable) / sizeof(unable[0]); i++)
		if (unable[i].given)
			return complain("--line cannot carry --%s", unable[i].name);
	return OP_OK;
}

static int
check(struct settings *s)
{
	int err = check_line(s);

	if (s->check && (s->line || s->caller_name))
		return complain("--check goes without --line and --for");
	if (err == OP_OK)
		err = check_kind(s);
	if (err == OP_OK)
		err = check_tags(&s->tags);
	if (err == OP_OK)
		err = check_exits(s);
	if (err != OP_OK)
		return err;
	if (s->id && !uuid_valid(s->id, strlen(s->id)))
		return complain("--id: \"%s\" is no UUID; uuidgen makes one", s->id);
	if (s->default_label && !has_label(s, s->default_label))
		return complain("--default: \"%s\" is not one of the labels", s->default_label);
	if (s->connect_ms == 0)
		return complain("--connect-timeout: 0 leaves no time to connect");
	if (s->default_label && s->timeout_ms == NO_TIMEOUT)
		return complain("--default needs --timeout");
	if (s->timeout_ms == 0)
		return complain(
		    "--timeout: 0 leaves no time; without it the question waits for ever");
	if (s->timeout_ms == NO_TIMEOUT)
		s->timeout_ms = 0;
	return OP_OK;
}

/* Bytes that are no UTF-8 (a file name in an old encoding), and NUL, would be refused: show them as
 * escapes. */
static int
make_valid(struct buf *b)
{
	struct buf plain;

	if (buf_len(b) == 0 ||
	    (text_is_utf8(buf_bytes(b), buf_len(b)) && !memchr(buf_bytes(b), 0, buf_len(b))))
		return OP_OK;
	buf_init(&plain);
	if (text_plain(&plain, (const char *)buf_bytes(b), buf_len(b), true) != OP_OK) {
		buf_fini(&plain);
		return OP_NO_MEMORY;
	}
	buf_fini(b);
	*b = plain;
	return OP_OK;
}

/* As the daemon writes ids: it tells by them which question it has accepted. */
static void
lower_id(char dst[UUID_SIZE], const char *id)
{
	for (size_t i = 0; i < UUID_SIZE; i++)
		dst[i] = (char)tolower((unsigned char)id[i]);
}

static int
set_texts(struct settings *s)
{
	int err = OP_OK;

	if (s->title)
		err = buf_append(&s->title_text, s->title, strlen(s->title));
	if (err == OP_OK && s->key)
		err = buf_append(&s->key_text, s->key, strlen(s->key));
	if (err == OP_OK)
		err = make_valid(&s->text);
	if (err == OP_OK)
		err = make_valid(&s->title_text);
	if (err == OP_OK)
		err = make_valid(&s->key_text);
	if (s->id)
		lower_id(s->question_id, s->id);
	else
		uuid_new(s->question_id);
	return err;
}

int
settings_parse(struct settings *s, int argc, char **argv)
{
	int first;

	*s = (struct settings){.connect_ms = CONNECT_MS, .timeout_ms = NO_TIMEOUT};
	buf_init(&s->text);
	buf_init(&s->title_text);
	buf_init(&s->key_text);
	int err = options_parse(&program, argc, argv, s, &first);

	if (err == OP_OK)
		err = check(s);
	if (err == OP_OK)
		err = operands_take(s, &program, argv + first, argc - first);
	if (err == OP_OK)
		err = set_texts(s);
	return err == OP_OK ? check_lengths(s) : err;
}

void
settings_fini(struct settings *s)
{
	buf_fini(&s->text);
	buf_fini(&s->title_text);
	buf_fini(&s->key_text);
}

/* --- on the wire --- */

static void
pack_buf(struct mp_out *o, const char *key, const struct buf *b)
{
	if (buf_len(b) == 0)
		return;
	mp_str(o, key);
	mp_strn(o, (const char *)buf_bytes(b), buf_len(b));
}

static void
pack_texts(struct mp_out *o, const char *key, const struct option_texts *t)
{
	if (t->count == 0)
		return;
	mp_str(o, key);
	mp_array(o, t->count);
	for (size_t i = 0; i < t->count; i++)
		mp_str(o, t->items[i]);
}

static void
pack_optional(struct mp_out *o, const char *key, const char *value)
{
	if (value)
		mp_kstr(o, key, value);
}

void
settings_pack(struct mp_out *o, const struct settings *s)
{
	size_t optional = (buf_len(&s->title_text) > 0) + (buf_len(&s->key_text) > 0) +
			  (s->buttons.count > 0) + (s->tags.count > 0) + (s->severity != NULL) +
			  (s->default_label != NULL) + (s->timeout_ms > 0);

	mp_map(o, 5 + optional);
	mp_kstr(o, "id", s->question_id);
	mp_str(o, "text");
	mp_strn(o, (const char *)buf_bytes(&s->text), buf_len(&s->text));
	mp_kstr(o, "kind", s->kind);
	mp_kbool(o, "wait", !s->no_wait);
	mp_kbool(o, "require_desk", s->require_desk);
	pack_buf(o, "title", &s->title_text);
	pack_buf(o, "key", &s->key_text);
	pack_texts(o, "labels", &s->buttons);
	pack_texts(o, "tags", &s->tags);
	pack_optional(o, "severity", s->severity);
	pack_optional(o, "default", s->default_label);
	if (s->timeout_ms > 0)
		mp_kint(o, "timeout_ms", s->timeout_ms);
}
