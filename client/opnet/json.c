/* SPDX-License-Identifier: ISC */
/* Members in order; the first failure (no memory) makes the rest do nothing. */
#include "client/opnet/json.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "client/opnet/shell.h"
#include "lib/err.h"
#include "lib/text.h"

static void
note(struct json *j, int err)
{
	if (err != OP_OK)
		j->failed = true;
}

static void
put_key(struct json *j, const char *key)
{
	note(j, buf_printf(&j->out, "%s", j->begun ? ", " : "{"));
	j->begun = true;
	note(j, text_json_string(&j->out, key, strlen(key)));
	note(j, buf_append(&j->out, ": ", 2));
}

void
json_begin(struct json *j)
{
	*j = (struct json){0};
	buf_init(&j->out);
}

void
json_bytes(struct json *j, const char *key, const void *s, size_t len)
{
	put_key(j, key);
	note(j, text_json_string(&j->out, s, len));
}

void
json_text(struct json *j, const char *key, const char *s)
{
	json_bytes(j, key, s, strlen(s));
}

void
json_int(struct json *j, const char *key, int64_t v)
{
	put_key(j, key);
	note(j, buf_printf(&j->out, "%lld", (long long)v));
}

void
json_bool(struct json *j, const char *key, bool v)
{
	put_key(j, key);
	note(j, buf_printf(&j->out, "%s", v ? "true" : "false"));
}

void
json_us(struct json *j, const char *key, int64_t us)
{
	put_key(j, key);
	note(j, buf_printf(&j->out, "%s%lld.%03lld", us < 0 ? "-" : "", llabs((long long)us) / 1000,
		    llabs((long long)us) % 1000));
}

void
json_end(struct json *j)
{
	if (j->failed)
		shell_say("%s", op_strerror(OP_NO_MEMORY));
	else
		printf("%s%.*s}\n", j->begun ? "" : "{", (int)buf_len(&j->out),
		    (const char *)buf_bytes(&j->out));
	buf_fini(&j->out);
}
