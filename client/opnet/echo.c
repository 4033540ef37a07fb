/* SPDX-License-Identifier: ISC */
/*
 * opnet echo: lines to an echo server and back.  The rules are window.c's; here are the socket and
 * the clock; the words are in echo_words.c.  Of several addresses of the host the next is taken
 * while none has answered and one refuses.
 */
#include "client/opnet/echo.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "client/common/options.h"
#include "client/opnet/commands.h"
#include "client/opnet/lines.h"
#include "client/opnet/window.h"
#include "lib/clock.h"
#include "lib/datagram/echoline.h"
#include "lib/err.h"
#include "lib/ev/udp.h"

#define RESOLVE_MS 10000
#define TEXT "opdesk echo" /* of --count */

#define AT(field) offsetof(struct echo_settings, field)

static const struct option_row rows[] = {{'n', "count", "N", OPTION_NUMBER, AT(count), NULL,
					     "send N lines of our own instead of standard input"},
    {'i', "interval", "TIME", OPTION_DURATION, AT(interval_ms), NULL,
	"between them (default: 1s; 0s = as fast as the window lets)"},
    {0, "plain", NULL, OPTION_FLAG, AT(plain), NULL,
	"send a line as it is, wait for whatever comes, for ever"},
    {0, "retry", NULL, OPTION_FLAG, AT(retry), NULL,
	"as --plain, but repeat and give up (default: numbered lines)"},
    {'t', "timeout", "TIME", OPTION_DURATION, AT(timeout_ms), NULL,
	"wait so long before a line is repeated (default: 2s)"},
    {0, "tries", "N", OPTION_NUMBER, AT(tries), NULL, "sendings of a line in all (default: 5)"},
    {'w', "window", "N", OPTION_NUMBER, AT(window), NULL,
	"numbered lines on the way at once (default: 16)"},
    {0, "all", "ADDRESS", OPTION_TEXT, AT(all), NULL,
	"each line to a broadcast address or group; tell who answers"},
    {0, "interface", "NAME", OPTION_TEXT, AT(interface), NULL,
	"--all to a group: leave by this one (name or address)"},
    {0, "ttl", "N", OPTION_NUMBER, AT(ttl), NULL, "--all to a group: hops (default: 1)"},
    {0, "json", NULL, OPTION_FLAG, AT(json), NULL, "print JSON, one object a line"}, {0}};

static const struct options_program program = {.name = "opnet echo",
    .usage = "[OPTION]... HOST[:PORT] [PORT]\n--all ADDRESS [OPTION]... [PORT]",
    .summary = "Send the lines of standard input to an echo server (RFC 862, port 7) by datagram\n"
	       "and print what comes back; at the end what was lost, late, doubled, misordered.",
    .rows = rows,
    .permute = true};

struct echo {
	const struct echo_settings *settings;
	struct shell *shell;
	struct window *window;
	struct udp *udp;
	struct resolve_answer *addrs;
	int addr;
	char where[SHELL_ADDRESS];
	struct lines lines; /* unless --count */
	int64_t left, next_us;
	ev_timer timer;
	bool refused; /* said since the last reply */
	int err;
};

static void pump(struct echo *e);

/* --- the socket --- */

static void
on_window(const struct window_event *v, void *arg)
{
	struct echo *e = arg;

	if (v->what == WINDOW_REPLY)
		e->refused = false;
	/* What cannot be sent now is as if lost on the way: it is repeated. */
	if (v->what == WINDOW_SEND || v->what == WINDOW_RETRY)
		(void)udp_send(e->udp, v->text, v->len, NULL, NULL);
	echo_say_event(e->settings, v);
}

static void
on_datagram(struct udp *u, const struct udp_datagram *d, void *arg)
{
	struct echo *e = arg;

	(void)u;
	if (d->truncated)
		return;
	window_take(e->window, d->bytes, d->len, clock_boot_us());
	pump(e);
}

static void on_failed(
    struct udp *u, const struct resolve_addr *to, int err, const char *why, void *arg);

static int
open_address(struct echo *e)
{
	static const struct udp_events events = {on_datagram, on_failed, NULL};
	const struct resolve_addr *to = &e->addrs->addrs[e->addr];
	struct resolve_addr any;
	char why[200];

	shell_address(e->where, to);
	udp_any(to->sa.ss_family, 0, &any);
	int err = udp_open(e->shell->loop, &any, NULL, &events, e, &e->udp, why, sizeof(why));

	if (err == OP_OK) {
		err = udp_connect(e->udp, to);
		snprintf(why, sizeof(why), "%s", op_strerror(err));
	}
	if (err != OP_OK && e->addr + 1 == e->addrs->count)
		shell_say("%s: %s", e->where, why);
	return err;
}

/* From e->addr on, the first that can be connected. */
static int
open_next(struct echo *e)
{
	int err = OP_NOT_FOUND;

	for (; e->addr < e->addrs->count; e->addr++) {
		udp_close(e->udp);
		e->udp = NULL;
		err = open_address(e);
		if (err == OP_OK)
			break;
	}
	return err;
}

static void
on_failed(struct udp *u, const struct resolve_addr *to, int err, const char *why, void *arg)
{
	struct echo *e = arg;

	(void)u;
	(void)to;
	if (window_stats(e->window)->answered == 0 && e->addr + 1 < e->addrs->count) {
		e->addr++;
		e->err = open_next(e);
		if (e->err != OP_OK)
			shell_end(e->shell);
		else
			window_resend(e->window, clock_boot_us());
		return;
	}
	if (!e->refused)
		shell_say("%s: %s", e->where, why);
	e->refused = true;
	/* Nobody would ever answer, and nothing is repeated. */
	if (e->settings->plain) {
		e->err = err;
		shell_end(e->shell);
	}
}

/* --- what is sent when --- */

static bool
next_line(struct echo *e, const char **text, size_t *len, int64_t now_us)
{
	if (e->settings->count == 0)
		return lines_next(&e->lines, text, len);
	if (e->left == 0 || now_us < e->next_us)
		return false;
	e->left--;
	e->next_us = now_us + e->settings->interval_ms * 1000;
	*text = TEXT;
	*len = strlen(TEXT);
	return true;
}

static bool
is_over(const struct echo *e)
{
	bool more = e->settings->count > 0 ? e->left > 0 : !lines_ended(&e->lines);

	return !more && window_pending(e->window) == 0;
}

static void
set_timer(struct echo *e, int64_t at_us, int64_t now_us)
{
	ev_timer_stop(e->shell->loop, &e->timer);
	if (at_us == WINDOW_FOREVER)
		return;
	ev_now_update(e->shell->loop);
	ev_timer_set(&e->timer, at_us > now_us ? (double)(at_us - now_us) / 1e6 : 0., 0.);
	ev_timer_start(e->shell->loop, &e->timer);
}

/* Whatever happened: send what there is room for, repeat what is due, set the clock for the next.
 */
static void
pump(struct echo *e)
{
	const char *text;
	size_t len;
	int64_t now_us = clock_boot_us();
	int64_t at_us = window_tick(e->window, now_us);

	while (window_has_room(e->window) && next_line(e, &text, &len, now_us)) {
		e->err = window_put(e->window, text, len, now_us);
		if (e->err != OP_OK) {
			shell_say("%s", op_strerror(e->err));
			shell_end(e->shell);
			return;
		}
		at_us = window_tick(e->window, now_us);
	}
	if (is_over(e)) {
		shell_end(e->shell);
		return;
	}
	if (e->left > 0 && window_has_room(e->window) && e->next_us < at_us)
		at_us = e->next_us;
	set_timer(e, at_us, now_us);
}

static void
on_timer(struct ev_loop *loop, ev_timer *w, int revents)
{
	(void)loop;
	(void)revents;
	pump(w->data);
}

static void
on_lines(void *arg)
{
	pump(arg);
}

/* --- the command --- */

static int
run(struct echo *e)
{
	const struct echo_settings *s = e->settings;

	ev_timer_init(&e->timer, on_timer, 0., 0.);
	e->timer.data = e;
	e->left = s->count;
	lines_open(&e->lines, e->shell->loop, ECHOLINE_TEXT_MAX, on_lines, e);
	pump(e);
	if (!is_over(e) && e->err == OP_OK)
		shell_run(e->shell);
	ev_timer_stop(e->shell->loop, &e->timer);
	lines_close(&e->lines);
	echo_say_statistics(s, e->where, e->window);
	if (e->err != OP_OK)
		return shell_status(e->err);
	return window_stats(e->window)->lost > 0 || window_pending(e->window) > 0 ? EXIT_FAILED : 0;
}

static int
talk(struct shell *shell, const struct echo_settings *s, const struct endpoint *where)
{
	bool numbered = !s->plain && !s->retry;
	struct window_options o = {.numbered = numbered,
	    .size = numbered ? (size_t)s->window : 1,
	    .tries = (int)s->tries,
	    .timeout_us = s->plain ? WINDOW_FOREVER : s->timeout_ms * 1000};
	struct resolve_answer addrs;
	struct echo e = {.settings = s, .shell = shell, .addrs = &addrs};
	int status = EXIT_INTERNAL;

	resolve_forward_wait(where->host, where->port, RESOLVE_MS, &shell->signo, &addrs);
	if (addrs.err != OP_OK) {
		shell_say("%s: %s", where->host, addrs.why);
		return EXIT_FAILED;
	}
	e.window = window_new(&o, on_window, &e);
	if (e.window == NULL)
		shell_say("%s", op_strerror(OP_NO_MEMORY));
	else if (open_next(&e) == OP_OK)
		status = run(&e);
	udp_close(e.udp);
	window_free(e.window);
	return status;
}

static int
check(const struct echo_settings *s, int operands)
{
	if (s->all == NULL && operands == 0)
		return options_complain(&program, "which host?");
	if (operands > (s->all != NULL ? 1 : 2))
		return options_complain(&program, "too many words");
	if (s->plain && s->retry)
		return options_complain(&program, "--plain or --retry, not both");
	if (s->window > 10000)
		return options_complain(&program, "--window: at most 10000");
	if (s->ttl > 255)
		return options_complain(&program, "--ttl: at most 255");
	if (s->timeout_ms < 1)
		return options_complain(&program, "--timeout: longer than nothing");
	return OP_OK;
}

int
opnet_echo(int argc, char **argv)
{
	struct echo_settings s = {
	    .interval_ms = 1000, .timeout_ms = 2000, .tries = 5, .window = 16, .ttl = 1};
	struct endpoint where;
	struct shell shell;
	const char *why;
	int first, status;
	int err = options_parse(&program, argc, argv, &s, &first);

	if (err == OP_OK)
		err = check(&s, argc - first);
	if (err != OP_OK)
		return options_status(err);
	const char *port = argc - first > (s.all != NULL ? 0 : 1) ? argv[argc - 1] : ECHOLINE_PORT;
	const char *host = s.all != NULL ? s.all : argv[first];

	if (shell_parse_host(host, port, "udp", &where, &why) != OP_OK) {
		options_complain(&program, "\"%s\", port %s: %s", host, port, why);
		return EXIT_USAGE;
	}
	if (!shell_open(&shell))
		return EXIT_INTERNAL;
	status = s.all != NULL ? echo_everybody(&shell, &s, where.port) : talk(&shell, &s, &where);
	shell_close(&shell);
	return status;
}
