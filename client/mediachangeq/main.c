/* SPDX-License-Identifier: ISC */
/* mediachangeq: list, answer, follow and search the questions of a mediachanged from a terminal. */
#include <stdio.h>
#include <string.h>
#include <time.h>
#include "client/common/options.h"
#include "client/common/server.h"
#include "client/mediachangeq/commands.h"
#include "lib/clock.h"
#include "lib/err.h"
#include "lib/output.h"
#include "lib/text.h"
#include "lib/units.h"

#define AT(field) offsetof(struct mediachangeq, field)

static const struct option_row rows[] = {
    {'s', "server", "ENDPOINT", OPTION_TEXT, AT(server), NULL,
	"the daemon (default: the UNIX socket of the local one)"},
    {0, "json", NULL, OPTION_FLAG, AT(json), NULL, "print JSON, one object a line"},
    {0, "note", "TEXT", OPTION_TEXT, AT(note), NULL,
	"answer: a note for the asker and the history; withdraw: the reason"},
    {0, "since", "TIME", OPTION_TEXT, AT(since), NULL,
	"history, stats: from that long ago (2h, 7d) or from a day (2026-11-20)"},
    {0, "until", "TIME", OPTION_TEXT, AT(until), NULL, "history: before that; the same forms"},
    {0, "host", "NAME", OPTION_TEXT, AT(host), NULL, "history: only from this host"},
    {0, "text", "WORD", OPTION_TEXT, AT(text), NULL, "history: only with this word"}, {0}};

static void
print_commands(void)
{
	printf("\n");
	for (const struct command *c = commands; c->name; c++) {
		char left[60];

		snprintf(left, sizeof(left), "  %s %s", c->name, c->arguments);
		printf("%-32s%s\n", left, c->help);
	}
	printf(
	    "\nID is an id or a unique beginning of one.  A question for a text takes TEXT as its "
	    "answer,\nor a label of its own (Cancel).\n\nexit status: 0 done   1 no such question, "
	    "or somebody was quicker   4 no daemon\n             64 usage   70 internal   77 not "
	    "allowed\n");
}

static const struct options_program program = {"mediachangeq",
    "[-s ENDPOINT] [--json] COMMAND [ARGUMENT]...",
    "See and answer the questions that jobs ask their operators.", rows, true, print_commands,
    NULL};

#define complain(...) options_complain(&program, __VA_ARGS__)

static const struct {
	int err, status;
} statuses[] = {
    {OP_OK, 0},
    {OP_NOT_FOUND, 1},
    {OP_ALREADY_ANSWERED, 1},
    {OP_CONFLICT, 1},
    {OP_UNAVAILABLE, 4},
    {OP_NOT_NOW, 4},
    {OP_CLOSED, 4},
    {OP_TIMEOUT, 4},
    {OP_BAD_REQUEST, EXIT_USAGE},
    {OP_DENIED, EXIT_REFUSED},
};

static int
status_of(int err)
{
	for (size_t i = 0; i < sizeof(statuses) / sizeof(statuses[0]); i++)
		if (statuses[i].err == err)
			return statuses[i].status;
	return EXIT_INTERNAL;
}

/* A text of the alert, plain, or what stands for it. */
static const char *
text_of(char *dst, size_t size, const msgpack_object *alert, const char *key, const char *otherwise)
{
	struct mp_text t;

	if (mp_get_text(alert, key, &t) == OP_OK)
		return text_log(dst, size, t.s, t.len);
	snprintf(dst, size, "%s", otherwise);
	return dst;
}

/* Who was quicker, and with what. */
static bool
explain(const struct query *q, const struct rpc_error *e)
{
	char answer[80], by[160], state[20], age[40] = "";
	const msgpack_object *alert = e->data;
	int64_t closed_at;

	if (e->err != OP_ALREADY_ANSWERED || !alert)
		return false;
	if (mp_get_int(alert, "closed_at", &closed_at) == OP_OK)
		units_format_ms(age, sizeof(age), clock_wall_ms() - closed_at);
	text_of(state, sizeof(state), alert, "state", "closed");
	text_of(answer, sizeof(answer), alert, "answer", "");
	text_of(by, sizeof(by), alert, "by", "the daemon");
	if (strcmp(state, "answered") == 0)
		query_complain(q, e->err, "already answered: \"%s\" by %s %s ago", answer, by, age);
	else if (strcmp(state, "expired") == 0)
		query_complain(q, e->err, "too late: its time was up %s ago", age);
	else
		query_complain(q, e->err, "too late: %s by %s %s ago", state, by, age);
	return true;
}

static const struct query_kind kind = {{"mediachangeq", "tool"}, &server_mediachanged, explain, 0};

static int
parse_time(const char *option, const char *text, int64_t *at_ms)
{
	struct tm tm = {.tm_isdst = -1};
	int64_t ago_ms;

	if (units_duration(text, &ago_ms) == OP_OK) {
		*at_ms = clock_wall_ms() - ago_ms;
		return OP_OK;
	}
	const char *end = strptime(text, "%Y-%m-%d", &tm);

	if (end && *end == ' ')
		end = strptime(end, " %H:%M", &tm);
	if (!end || *end != '\0')
		return complain("--%s: expected %s, or a day such as 2026-11-20, not \"%s\"",
		    option, UNITS_DURATION_HELP UNITS_DURATION_MOST, text);
	*at_ms = (int64_t)mktime(&tm) * 1000;
	return OP_OK;
}

static int
check_options(const struct mediachangeq *s, const struct command *c)
{
	const struct {
		const char *value, *name;
		unsigned bit;
	} partial[] = {{s->note, "note", TAKES_NOTE}, {s->since, "since", TAKES_SINCE},
	    {s->until, "until", TAKES_UNTIL}, {s->host, "host", TAKES_HOST},
	    {s->text, "text", TAKES_TEXT}};

	for (size_t i = 0; i < sizeof(partial) / sizeof(partial[0]); i++)
		if (partial[i].value && !(c->takes & partial[i].bit))
			return complain("%s takes no --%s", c->name, partial[i].name);
	return OP_OK;
}

static int
prepare(struct query *q, struct mediachangeq *s, int count, const struct command **command)
{
	const char *server = s->server ? s->server : "unix:";
	const char *why;

	if (count == 0)
		return complain("a command is missing");
	const struct command *c = commands_find(q->operands[0]);

	if (!c)
		return complain("there is no command \"%s\"", q->operands[0]);
	if (count - 1 < c->min || count - 1 > c->max)
		return complain(
		    "usage: mediachangeq %s%s%s", c->name, *c->arguments ? " " : "", c->arguments);
	if (check_options(s, c) != OP_OK)
		return OP_BAD_REQUEST;
	if (s->since && parse_time("since", s->since, &s->since_at) != OP_OK)
		return OP_BAD_REQUEST;
	if (s->until && parse_time("until", s->until, &s->until_at) != OP_OK)
		return OP_BAD_REQUEST;
	if (s->since && s->until && s->until_at <= s->since_at)
		return complain("--until: not later than --since");
	if (server_parse(&server_mediachanged, server, &q->endpoint, &why) != OP_OK)
		return complain("%s", why);
	q->operands++;
	q->command = c->name;
	q->json = s->json;
	*command = c;
	return OP_OK;
}

int
main(int argc, char **argv)
{
	struct mediachangeq settings = {0};
	struct query q = {.kind = &kind, .settings = &settings};
	const struct command *command = NULL;
	int first;
	int err = options_parse(&program, argc, argv, &settings, &first);

	if (err != OP_OK)
		return options_status(err);
	q.operands = argv + first;
	if (prepare(&q, &settings, argc - first, &command) != OP_OK)
		return EXIT_USAGE;
	uuid_new(settings.answer_id);
	err = command->run(&q);
	query_disconnect(&q);
	return output_flush("mediachangeq") == OP_OK ? status_of(err) : EXIT_INTERNAL;
}
