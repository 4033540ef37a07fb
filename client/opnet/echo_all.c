/* SPDX-License-Identifier: ISC */
/* opnet echo --all: each line to a broadcast address or a group; who answers is told, this host
 * included.  At the end of the input answers are awaited for one time-out. */
#include <stdio.h>
#include <stdlib.h>
#include "client/common/options.h"
#include "client/opnet/echo.h"
#include "client/opnet/json.h"
#include "client/opnet/lines.h"
#include "lib/datagram/echoline.h"
#include "lib/err.h"
#include "lib/ev/udp.h"

struct everybody {
	const struct echo_settings *settings;
	struct shell *shell;
	struct udp *udp;
	struct resolve_addr to;
	struct lines lines;
	ev_timer timer;
	long answers;
};

static void
on_datagram(struct udp *u, const struct udp_datagram *d, void *arg)
{
	struct everybody *e = arg;
	char text[SHELL_ADDRESS];
	struct json j;

	(void)u;
	e->answers++;
	if (!e->settings->json) {
		printf("received %zu bytes from %s\n", d->len, shell_address(text, d->from));
		return;
	}
	json_begin(&j);
	json_text(&j, "event", "reply");
	json_text(&j, "from", shell_address(text, d->from));
	json_int(&j, "bytes", (int64_t)d->len);
	json_bytes(&j, "reply", d->bytes, d->len);
	json_end(&j);
}

static void
on_timer(struct ev_loop *loop, ev_timer *w, int revents)
{
	struct everybody *e = w->data;

	(void)loop;
	(void)revents;
	shell_end(e->shell);
}

static void
on_lines(void *arg)
{
	struct everybody *e = arg;
	const char *text;
	size_t len;

	while (lines_next(&e->lines, &text, &len)) {
		int err = udp_send(e->udp, text, len, &e->to, NULL);

		if (err != OP_OK)
			shell_say("a line could not be sent: %s", op_strerror(err));
	}
	if (lines_ended(&e->lines))
		ev_timer_start(e->shell->loop, &e->timer);
}

static int
open_socket(struct everybody *e, const struct netaddr *to)
{
	static const struct udp_events events = {.datagram = on_datagram};
	const struct echo_settings *s = e->settings;
	struct udp_options options = {.broadcast = true};
	struct resolve_addr any;
	char why[200];

	udp_any(to->family == 6 ? AF_INET6 : AF_INET, 0, &any);
	int err = udp_open(e->shell->loop, &any, &options, &events, e, &e->udp, why, sizeof(why));

	if (err == OP_OK && netaddr_is_multicast(to)) {
		(void)udp_set_ttl(e->udp, (int)s->ttl);
		if (s->interface != NULL)
			err = udp_set_interface(e->udp, s->interface, why, sizeof(why));
	}
	if (err != OP_OK)
		shell_say("%s", why);
	return err;
}

int
echo_everybody(struct shell *shell, const struct echo_settings *s, const char *port)
{
	struct everybody e = {.settings = s, .shell = shell};
	struct netaddr to;

	if (netaddr_parse(s->all, &to) != OP_OK) {
		shell_say("--all: \"%s\" is no address", s->all);
		return EXIT_USAGE;
	}
	udp_addr(&to, (uint16_t)atoi(port), &e.to);
	int err = open_socket(&e, &to);

	if (err != OP_OK) {
		udp_close(e.udp);
		return shell_status(err);
	}
	ev_timer_init(&e.timer, on_timer, (double)s->timeout_ms / 1e3, 0.);
	e.timer.data = &e;
	lines_open(&e.lines, shell->loop, ECHOLINE_TEXT_MAX, on_lines, &e);
	on_lines(&e);
	shell_run(shell);
	lines_close(&e.lines);
	ev_timer_stop(shell->loop, &e.timer);
	udp_close(e.udp);
	if (e.answers == 0)
		shell_say("nobody answered");
	return e.answers > 0 ? 0 : EXIT_FAILED;
}
