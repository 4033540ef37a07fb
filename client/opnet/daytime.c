/* SPDX-License-Identifier: ISC */
/* opnet daytime: what time others say it is, in their own words (RFC 867). */
#include <stdio.h>
#include "client/common/options.h"
#include "client/opnet/commands.h"
#include "client/opnet/json.h"
#include "client/opnet/survey.h"
#include "lib/datagram/daytime.h"
#include "lib/err.h"
#include "lib/text.h"

struct settings {
	bool json, tcp;
	const char *port;
	int64_t timeout_ms;
};

#define AT(field) offsetof(struct settings, field)

static const struct option_row rows[] = {
    {0, "tcp", NULL, OPTION_FLAG, AT(tcp), NULL, "ask by a connection (default: by a datagram)"},
    {'p', "port", "PORT", OPTION_TEXT, AT(port), NULL,
	"a number or the name of a service (default: 13)"},
    {'t', "timeout", "TIME", OPTION_DURATION, AT(timeout_ms), NULL,
	"one deadline for all of them (default: 10s)"},
    {0, "json", NULL, OPTION_FLAG, AT(json), NULL, "print JSON, one object a line"}, {0}};

static const struct options_program program = {.name = "opnet daytime",
    .usage = "[OPTION]... [HOST[:PORT]]...",
    .summary = "Ask hosts (default: localhost) what time it is, all at once; the answers are\n"
	       "printed as they come.",
    .rows = rows,
    .permute = true};

struct count {
	const struct settings *settings;
	int failed;
};

static void
print_json(const struct survey_answer *a, int err, const char *why, const char *line, size_t len)
{
	char address[SHELL_ADDRESS];
	struct json j;

	json_begin(&j);
	json_text(&j, "host", a->host);
	if (a->from != NULL)
		json_text(&j, "address", shell_host(address, a->from));
	if (err == OP_OK)
		json_bytes(&j, "answer", line, len);
	else
		json_text(&j, "error", why);
	json_end(&j);
}

static void
on_answer(const struct survey_answer *a, void *arg)
{
	struct count *c = arg;
	const char *why = a->why;
	size_t start = 0, len = 0;
	char shown[SURVEY_ANSWER_MAX];
	int err = a->err;

	if (err == OP_OK && daytime_parse(a->bytes, a->len, &start, &len) != OP_OK) {
		err = OP_PROTOCOL;
		why = "an empty answer";
	}
	const char *line = err == OP_OK ? (const char *)a->bytes + start : "";

	c->failed += err != OP_OK;
	if (c->settings->json)
		print_json(a, err, why, line, len);
	else if (err == OP_OK)
		printf("%-24s %s\n", a->host, text_log(shown, sizeof(shown), line, len));
	else
		shell_say("%s: %s", a->host, why);
}

int
opnet_daytime(int argc, char **argv)
{
	static char *const nobody[] = {(char *)"localhost"};
	struct settings settings = {.port = DAYTIME_PORT, .timeout_ms = 10000};
	struct count c = {&settings, 0};
	struct shell shell;
	int first;
	int err = options_parse(&program, argc, argv, &settings, &first);

	if (err != OP_OK)
		return err == OP_CANCELLED ? 0 : EXIT_USAGE;
	if (!shell_open(&shell))
		return EXIT_INTERNAL;
	struct survey_question q = {
	    .port = settings.port, .udp = !settings.tcp, .timeout_ms = settings.timeout_ms};
	bool named = first < argc;

	err = survey_run(
	    &shell, &q, named ? argv + first : nobody, named ? argc - first : 1, on_answer, &c);
	shell_close(&shell);
	if (err != OP_OK)
		return shell_status(err);
	return c.failed > 0 ? EXIT_FAILED : 0;
}
