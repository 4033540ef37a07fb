/* SPDX-License-Identifier: ISC */
#include "client/opnet/clockclient.h"

#include "lib/err.h"

#define TIMEOUT_MS 10000

struct run {
	const struct clockclient *client;
	bool json;
	int failed;
};

static void
on_answer(const struct survey_answer *a, void *arg)
{
	struct run *r = arg;

	r->failed += !r->client->answer(a, r->json);
}

int
clockclient_run(const struct clockclient *c, int argc, char **argv)
{
	static char *const nobody[] = {(char *)"localhost"};
	struct clockclient_settings settings = {.port = c->port, .timeout_ms = TIMEOUT_MS};
	struct shell shell;
	int first;
	int err = options_parse(c->program, argc, argv, &settings, &first);

	if (err != OP_OK)
		return options_status(err);
	if (!shell_open(&shell))
		return EXIT_INTERNAL;
	struct survey_question q = {.port = settings.port,
	    .udp = c->udp != settings.other,
	    .enough = c->enough,
	    .timeout_ms = settings.timeout_ms};
	struct run r = {c, settings.json, 0};
	bool named = first < argc;

	if (c->begin != NULL)
		c->begin(settings.json);
	err = survey_run(
	    &shell, &q, named ? argv + first : nobody, named ? argc - first : 1, on_answer, &r);
	shell_close(&shell);
	if (err != OP_OK)
		return shell_status(err);
	return r.failed > 0 ? EXIT_FAILED : 0;
}

void
clockclient_json(struct json *j, const struct survey_answer *a)
{
	char address[SHELL_ADDRESS];

	json_begin(j);
	json_text(j, "host", a->host);
	if (a->from != NULL)
		json_text(j, "address", shell_host(address, a->from));
}
