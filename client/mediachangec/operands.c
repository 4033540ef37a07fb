/* SPDX-License-Identifier: ISC */
/*
 * HOST or servers, then the message, or with --for the caller's arguments from which the message is
 * made.  Called once by settings_parse(), when the options are known and checked.
 */
#include "client/mediachangec/operands.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include "client/common/server.h"
#include "lib/err.h"

static int
add_endpoint(struct settings *s, const struct options_program *p, const char *text)
{
	const char *why;

	if (server_parse(&server_mediachanged, text, &s->endpoints[s->endpoint_count], &why) !=
	    OP_OK)
		return options_complain(p, "%s", why);
	s->endpoint_count++;
	return OP_OK;
}

static int
take_servers(struct settings *s, const struct options_program *p, char ***operands, int *count)
{
	int err = OP_OK;

	for (size_t i = 0; i < s->servers.count && err == OP_OK; i++)
		err = add_endpoint(s, p, s->servers.items[i]);
	if (err != OP_OK || s->servers.count > 0)
		return err;
	if (*count == 0)
		return options_complain(p, "whom to ask is missing: HOST, or -s ENDPOINT");
	(*count)--;
	return add_endpoint(s, p, *(*operands)++);
}

static int
read_input(struct buf *out)
{
	char bytes[4096];

	for (;;) {
		ssize_t n = read(STDIN_FILENO, bytes, sizeof(bytes));

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0) {
			fprintf(stderr,
			    "mediachangec: cannot read the message from standard input: %s\n",
			    strerror(errno));
			return OP_SYSTEM;
		}
		if (n == 0 || buf_len(out) > SETTINGS_TEXT_MAX)
			return OP_OK;
		if (buf_append(out, bytes, (size_t)n) != OP_OK)
			return OP_NO_MEMORY;
	}
}

static void
trim_end(struct buf *b)
{
	size_t len = buf_len(b);

	while (len > 0 && strchr("\r\n", buf_bytes(b)[len - 1]))
		len--;
	buf_truncate(b, len);
}

static int
take_message(struct settings *s, const struct options_program *p, const char *message)
{
	buf_clear(&s->text);
	int err = strcmp(message, "-") == 0 ? read_input(&s->text)
					    : buf_append(&s->text, message, strlen(message));

	if (err != OP_OK)
		return err;
	trim_end(&s->text);
	return buf_len(&s->text) == 0 ? options_complain(p, "the message is empty") : OP_OK;
}

static int
describe(struct settings *s, const struct options_program *p, char **args)
{
	struct caller_question q = {.volume = ""};
	const char *why = NULL;

	buf_init(&q.text);
	int err = s->caller->describe(args, &q, &why);

	buf_fini(&s->text);
	s->text = q.text;
	if (err == OP_BAD_REQUEST)
		return options_complain(p, "--for %s: %s", s->caller->name, why);
	if (err != OP_OK || buf_len(&s->text) == 0)
		return err;
	if (!s->title)
		err = buf_printf(&s->title_text, "%s: volume %s", s->caller->name, q.volume);
	if (err == OP_OK && !s->key && !s->id)
		err = caller_key(s->caller, q.volume, &s->key_text);
	return err;
}

static int
take_caller(struct settings *s, const struct options_program *p, char **operands, int count)
{
	const struct caller *c = s->caller;
	int own =
	    count - c->argument_count; /* 1: our MESSAGE stands before the caller's arguments */

	if (own < 0 || own > 1)
		return options_complain(p, "--for %s: expected [MESSAGE] %s, not %d arguments",
		    c->name, c->arguments, count);
	int err = describe(s, p, operands + own);

	if (err == OP_OK && own == 1 && buf_len(&s->text) > 0)
		err = take_message(s, p, operands[0]);
	return err;
}

int
operands_take(struct settings *s, const struct options_program *p, char **operands, int count)
{
	int err = take_servers(s, p, &operands, &count);

	if (err != OP_OK)
		return err;
	if (s->check)
		return count == 0 ? OP_OK : options_complain(p, "--check takes no message");
	if (s->caller)
		return take_caller(s, p, operands, count);
	if (count == 0)
		return options_complain(p, "the message is missing");
	if (count > 1)
		return options_complain(p,
		    "one message was expected, not %d arguments; options stand before HOST", count);
	return take_message(s, p, operands[0]);
}
