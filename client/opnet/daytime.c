/* SPDX-License-Identifier: ISC */
/* opnet daytime: what time others say it is, in their own words (RFC 867). */
#include <stdio.h>
#include "client/opnet/clockclient.h"
#include "client/opnet/commands.h"
#include "lib/datagram/daytime.h"
#include "lib/err.h"
#include "lib/text.h"

static const struct option_row rows[] = {
    CLOCKCLIENT_ROWS("tcp", "ask by a connection (default: by a datagram)", "13")};

static const struct options_program program = {.name = "opnet daytime",
    .usage = "[OPTION]... [HOST[:PORT]]...",
    .summary = "Ask hosts (default: localhost) what time it is, all at once; the answers are\n"
	       "printed as they come.",
    .rows = rows,
    .permute = true};

static void
print_json(const struct survey_answer *a, int err, const char *why, const char *line, size_t len)
{
	struct json j;

	clockclient_json(&j, a);
	if (err == OP_OK)
		json_bytes(&j, "answer", line, len);
	else
		json_text(&j, "error", why);
	json_end(&j);
}

static bool
answer(const struct survey_answer *a, bool json)
{
	const char *why = a->why;
	size_t start = 0, len = 0;
	char shown[SURVEY_ANSWER_MAX];
	int err = a->err;

	if (err == OP_OK && daytime_parse(a->bytes, a->len, &start, &len) != OP_OK) {
		err = OP_PROTOCOL;
		why = "an empty answer";
	}
	const char *line = err == OP_OK ? (const char *)a->bytes + start : "";

	if (json)
		print_json(a, err, why, line, len);
	else if (err == OP_OK)
		printf("%-24s %s\n", a->host, text_log(shown, sizeof(shown), line, len));
	else
		shell_say("%s: %s", a->host, why);
	return err == OP_OK;
}

int
opnet_daytime(int argc, char **argv)
{
	static const struct clockclient client = {
	    .program = &program, .port = DAYTIME_PORT, .udp = true, .answer = answer};

	return clockclient_run(&client, argc, argv);
}
