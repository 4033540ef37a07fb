/* SPDX-License-Identifier: ISC */
/* The frame around every sub-command.  One loop a process. */
#include "client/opnet/shell.h"

#include <netdb.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "client/common/options.h"
#include "lib/err.h"
#include "lib/ev/block.h"
#include "lib/netaddr.h"
#include "lib/output.h"

static void
on_signal(struct ev_loop *loop, ev_signal *w, int revents)
{
	struct shell *s = w->data;

	(void)revents;
	s->signo = w->signum;
	ev_break(loop, EVBREAK_ALL);
}

/* What was ignored at the start (nohup) stays ignored. */
static bool
is_ignored(int signo)
{
	struct sigaction old;

	return sigaction(signo, NULL, &old) == 0 && old.sa_handler == SIG_IGN;
}

bool
shell_open(struct shell *s)
{
	static const int signals[] = {SIGINT, SIGTERM, SIGHUP};

	*s = (struct shell){.loop = block_loop()};
	if (s->loop == NULL) {
		shell_say("%s", op_strerror(OP_NO_MEMORY));
		return false;
	}
	for (int i = 0; i < 3; i++) {
		ev_signal_init(&s->signals[i], on_signal, signals[i]);
		s->signals[i].data = s;
		if (!is_ignored(signals[i]))
			ev_signal_start(s->loop, &s->signals[i]);
	}
	setvbuf(stdout, NULL, _IOLBF, 0);
	return true;
}

void
shell_close(struct shell *s)
{
	for (int i = 0; i < 3; i++)
		ev_signal_stop(s->loop, &s->signals[i]);
	ev_loop_destroy(s->loop);
	s->loop = NULL;
}

void
shell_run(struct shell *s)
{
	if (s->signo == 0)
		ev_run(s->loop, 0);
}

void
shell_end(struct shell *s)
{
	ev_break(s->loop, EVBREAK_ALL);
}

int
shell_command(const struct shell_command *c, int argc, char **argv, void *settings)
{
	struct shell shell;
	int first;
	int err = options_parse(c->program, argc, argv, settings, &first);

	if (err == OP_OK && first < argc)
		err = options_complain(c->program, "what is \"%s\"?", argv[first]);
	if (err == OP_OK && c->check != NULL)
		err = c->check(settings);
	if (err != OP_OK)
		return options_status(err);
	if (!shell_open(&shell))
		return EXIT_INTERNAL;
	int status = c->run(settings, &shell);

	shell_close(&shell);
	return status;
}

void
shell_say(const char *fmt, ...)
{
	va_list ap;

	fprintf(stderr, "opnet: ");
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fprintf(stderr, "\n");
}

int
shell_status(int err)
{
	switch (err) {
	case OP_OK:
		return 0;
	case OP_DENIED:
		return EXIT_REFUSED;
	case OP_BAD_REQUEST:
		return EXIT_USAGE;
	case OP_NO_MEMORY:
	case OP_INTERNAL:
	case OP_SYSTEM:
		return EXIT_INTERNAL;
	default:
		return EXIT_FAILED;
	}
}

int
shell_written(int status)
{
	return output_flush("opnet") == OP_OK ? status : EXIT_INTERNAL;
}

const char *
shell_host(char dst[SHELL_ADDRESS], const struct resolve_addr *a)
{
	struct netaddr addr;
	uint16_t port;

	netaddr_from_sockaddr((const struct sockaddr *)&a->sa, &addr, &port);
	return netaddr_format(dst, &addr);
}

const char *
shell_address(char dst[SHELL_ADDRESS], const struct resolve_addr *a)
{
	struct netaddr addr;
	char text[NETADDR_TEXT];
	uint16_t port;

	netaddr_from_sockaddr((const struct sockaddr *)&a->sa, &addr, &port);
	snprintf(dst, SHELL_ADDRESS, addr.family == 6 ? "[%s]:%u" : "%s:%u",
	    netaddr_format(text, &addr), port);
	return dst;
}

int
shell_parse_host(
    const char *text, const char *port, const char *protocol, struct endpoint *e, const char **why)
{
	struct endpoint parsed;
	char bare[ENDPOINT_TEXT];
	const char *colon = strchr(text, ':');

	/* An IPv6 address cannot be meant as anything else, unlike elsewhere no port is usual. */
	if (text[0] != '[' && colon != NULL && strchr(colon + 1, ':') != NULL &&
	    (size_t)snprintf(bare, sizeof(bare), "[%s]", text) < sizeof(bare))
		text = bare;
	int err = endpoint_parse(text, port, &parsed, why);

	if (err != OP_OK)
		return err;
	*why = "expected HOST or HOST:PORT";
	if (parsed.kind != ENDPOINT_TCP)
		return OP_BAD_REQUEST;
	*e = parsed;
	if (e->port[strspn(e->port, "0123456789")] == '\0')
		return OP_OK;
	const struct servent *service = getservbyname(e->port, protocol);

	*why = ENDPOINT_PORT_UNKNOWN;
	if (service == NULL)
		return OP_BAD_REQUEST;
	snprintf(e->port, sizeof(e->port), "%u", ntohs((uint16_t)service->s_port));
	return OP_OK;
}
