/* SPDX-License-Identifier: ISC */
/* Sockets of the little servers, one accept watcher each. */
#include "client/opnet/serve.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <unistd.h>
#include "lib/clock.h"
#include "lib/err.h"
#include "lib/ev/listen.h"
#include "lib/limiter.h"

#define PER_TURN 32
#define TOLD_EVERY_S 1.0

struct serve {
	struct shell *shell;
	serve_datagram_fn *datagram;
	serve_connection_fn *connection;
	void *arg;
	struct udp *udps[SERVE_SOCKETS_MAX];
	int udp_count;
	ev_io listeners[SERVE_SOCKETS_MAX];
	int listener_count;
	struct limiter *limiter;
	ev_timer tell; /* runs while there is something to tell */
};

/* --- by datagram --- */

static uint16_t
port_of(const struct resolve_addr *a)
{
	struct netaddr addr;
	uint16_t port;

	netaddr_from_sockaddr((const struct sockaddr *)&a->sa, &addr, &port);
	return port;
}

static bool
is_service(const struct udp *u, uint16_t port)
{
	static const uint16_t services[] = {7, 13, 17, 19, 37, 2007};
	struct resolve_addr ours;

	for (size_t i = 0; i < sizeof(services) / sizeof(services[0]); i++)
		if (services[i] == port)
			return true;
	return udp_local(u, &ours) == OP_OK && port_of(&ours) == port;
}

static void
on_tell(struct ev_loop *loop, ev_timer *w, int revents)
{
	struct serve *s = w->data;
	uint64_t n = limiter_take_refused(s->limiter);

	(void)revents;
	if (n > 0)
		shell_say("too fast: %llu datagrams not answered", (unsigned long long)n);
	else
		ev_timer_stop(loop, w);
}

static void
on_datagram(struct udp *u, const struct udp_datagram *d, void *arg)
{
	struct serve *s = arg;
	char text[SHELL_ADDRESS];
	struct netaddr source;
	uint16_t port;

	netaddr_from_sockaddr((const struct sockaddr *)&d->from->sa, &source, &port);
	if (is_service(u, port)) {
		shell_say("no answer to %s: that is a server, too", shell_address(text, d->from));
		return;
	}
	if (limiter_allows(s->limiter, &source, clock_boot_ms()))
		s->datagram(u, d, s->arg);
	else if (!ev_is_active(&s->tell))
		ev_timer_again(s->shell->loop, &s->tell);
}

static int
open_udp(struct serve *s, const struct endpoint *e)
{
	static const struct udp_events events = {.datagram = on_datagram};
	int room = SERVE_SOCKETS_MAX - s->udp_count;
	char why[200], text[SHELL_ADDRESS];
	struct resolve_addr local;
	int n = udp_bind(
	    s->shell->loop, e, NULL, &events, s, s->udps + s->udp_count, room, why, sizeof(why));

	if (n < 0) {
		shell_say("cannot listen on udp:%s:%s: %s", e->host, e->port, why);
		return n;
	}
	for (int i = 0; i < n; i++)
		if (udp_local(s->udps[s->udp_count++], &local) == OP_OK)
			printf("listening udp:%s\n", shell_address(text, &local));
	return OP_OK;
}

/* --- by connection --- */

static void
on_connection(struct ev_loop *loop, ev_io *w, int revents)
{
	struct serve *s = w->data;

	(void)loop;
	(void)revents;
	for (int i = 0; i < PER_TURN; i++) {
		int fd = accept4(w->fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);

		if (fd < 0 && errno == EINTR)
			continue;
		if (fd < 0)
			return;
		s->connection(fd, s->arg);
	}
}

static int
open_tcp(struct serve *s, const struct endpoint *e)
{
	int fds[SERVE_SOCKETS_MAX], n;
	char why[200], text[ENDPOINT_TEXT];
	struct endpoint bound;

	n = listen_open(e, NULL, fds, SERVE_SOCKETS_MAX - s->listener_count, why, sizeof(why));
	if (n < 0) {
		shell_say("cannot listen on tcp:%s:%s: %s", e->host, e->port, why);
		return n;
	}
	for (int i = 0; i < n; i++) {
		ev_io *w = &s->listeners[s->listener_count++];

		ev_io_init(w, on_connection, fds[i], EV_READ);
		w->data = s;
		ev_io_start(s->shell->loop, w);
		if (listen_endpoint(fds[i], &bound) == OP_OK)
			printf("listening %s\n", endpoint_format(text, sizeof(text), &bound));
	}
	return OP_OK;
}

/* --- both --- */

static int
open_one(struct serve *s, const struct serve_settings *settings, const char *where)
{
	bool both = settings->udp == settings->tcp;
	struct endpoint e;
	const char *why;
	int err = OP_OK;

	if (s->datagram != NULL && (both || settings->udp)) {
		err = shell_parse_host(where, settings->port, "udp", &e, &why);
		err = err == OP_OK ? open_udp(s, &e) : err;
	}
	if (err == OP_OK && s->connection != NULL && (both || settings->tcp)) {
		err = shell_parse_host(where, settings->port, "tcp", &e, &why);
		err = err == OP_OK ? open_tcp(s, &e) : err;
	}
	if (err == OP_BAD_REQUEST)
		shell_say("--listen: \"%s\": %s", where, why);
	return err;
}

static struct limiter *
make_limiter(int64_t rate)
{
	struct limiter_options o = {.per_second = (double)rate, .burst = 2 * (double)rate};

	if (getrandom(&o.seed, sizeof(o.seed), GRND_NONBLOCK) != sizeof(o.seed))
		o.seed = (uint64_t)clock_boot_ms();
	return limiter_new(&o);
}

int
serve_open(struct shell *shell, const struct serve_settings *settings, serve_datagram_fn *datagram,
    serve_connection_fn *connection, void *arg, struct serve **out)
{
	struct serve *s = calloc(1, sizeof(*s));
	int err = OP_OK;

	if (s == NULL || (s->limiter = make_limiter(settings->rate)) == NULL) {
		free(s);
		shell_say("%s", op_strerror(OP_NO_MEMORY));
		return OP_NO_MEMORY;
	}
	s->shell = shell;
	s->datagram = datagram;
	s->connection = connection;
	s->arg = arg;
	ev_timer_init(&s->tell, on_tell, 0., TOLD_EVERY_S);
	s->tell.data = s;
	for (size_t i = 0; i < settings->listen.count && err == OP_OK; i++)
		err = open_one(s, settings, settings->listen.items[i]);
	if (settings->listen.count == 0)
		err = open_one(s, settings, "*");
	if (err != OP_OK) {
		serve_close(s);
		return err;
	}
	*out = s;
	return OP_OK;
}

struct udp *const *
serve_udps(const struct serve *s, size_t *count)
{
	*count = (size_t)s->udp_count;
	return s->udps;
}

void
serve_ready(void)
{
	printf("ready\n");
}

void
serve_close(struct serve *s)
{
	if (s == NULL)
		return;
	ev_timer_stop(s->shell->loop, &s->tell);
	for (int i = 0; i < s->udp_count; i++)
		udp_close(s->udps[i]);
	for (int i = 0; i < s->listener_count; i++) {
		ev_io_stop(s->shell->loop, &s->listeners[i]);
		listen_close(s->listeners[i].fd);
	}
	limiter_free(s->limiter);
	free(s);
}
