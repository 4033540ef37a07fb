/* SPDX-License-Identifier: ISC */
/*
 * Servers of the message toolkit: listening sockets on the loop, one connection accepted per turn.
 * When descriptors or memory run out, accepting pauses for a moment instead of spinning.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>
#include "lib/err.h"
#include "lib/ev/msg.h"
#include "lib/ev/msg_int.h"
#include "lib/netaddr.h"

#define MAX_SOCKETS 8
#define PAUSE_S 0.1

struct msg_server {
	LIST_ENTRY(msg_server) link;
	struct msg *m;
	msg_login_fn *login;
	void *arg;
	int count;
	ev_io io[MAX_SOCKETS];
	ev_timer pause;
};

static void
start_accepting(struct msg_server *s)
{
	for (int i = 0; i < s->count; i++)
		ev_io_start(s->m->loop, &s->io[i]);
}

static void
stop_accepting(struct msg_server *s)
{
	for (int i = 0; i < s->count; i++)
		ev_io_stop(s->m->loop, &s->io[i]);
}

static void
on_pause_over(struct ev_loop *loop, ev_timer *w, int revents)
{
	(void)loop;
	(void)revents;
	start_accepting(w->data);
}

static void
accept_failed(struct msg_server *s)
{
	if (errno != EMFILE && errno != ENFILE && errno != ENOMEM && errno != ENOBUFS)
		return;
	stop_accepting(s);
	ev_timer_set(&s->pause, PAUSE_S, 0.0);
	ev_timer_start(s->m->loop, &s->pause);
}

static void
on_connection(struct ev_loop *loop, ev_io *w, int revents)
{
	struct msg_server *s = w->data;
	struct sockaddr_storage sa = {0};
	socklen_t len = sizeof(sa);
	int fd = accept4(w->fd, (struct sockaddr *)&sa, &len, SOCK_CLOEXEC | SOCK_NONBLOCK);
	char host[NETADDR_TEXT] = "local";
	struct netaddr addr;
	struct msg_conn *c;
	msg_rcv_fn *rcv;
	uint16_t port = 0;

	(void)loop;
	(void)revents;
	if (fd < 0) {
		accept_failed(s);
		return;
	}
	c = msg_attach(s->m, transport_socket(fd), NULL, s->arg);
	if (c == NULL)
		return;
	if (sa.ss_family != AF_UNIX) {
		netaddr_from_sockaddr((struct sockaddr *)&sa, &addr, &port);
		netaddr_format(host, &addr);
	}
	rcv = s->login(c, host, port, s->arg);
	if (rcv != NULL)
		msg_conn_set_rcv(c, rcv);
	else
		(void)msg_disconnect(c);
}

struct msg_server *
msg_new_server(struct msg *m, const struct endpoint *e, const struct listen_options *options,
    msg_login_fn *login, void *arg, char *why, size_t why_size)
{
	struct msg_server *s = calloc(1, sizeof(*s));
	int fds[MAX_SOCKETS];

	if (s == NULL) {
		snprintf(why, why_size, "%s", op_strerror(OP_NO_MEMORY));
		return NULL;
	}
	s->m = m;
	s->login = login;
	s->arg = arg;
	s->count = listen_open(e, options, fds, MAX_SOCKETS, why, why_size);
	if (s->count < 0) {
		free(s);
		return NULL;
	}
	for (int i = 0; i < s->count; i++) {
		ev_io_init(&s->io[i], on_connection, fds[i], EV_READ);
		s->io[i].data = s;
	}
	ev_timer_init(&s->pause, on_pause_over, PAUSE_S, 0.0);
	s->pause.data = s;
	start_accepting(s);
	LIST_INSERT_HEAD(&m->servers, s, link);
	return s;
}

int
msg_server_endpoint(const struct msg_server *s, struct endpoint *out)
{
	return listen_endpoint(s->io[0].fd, out);
}

void
msg_close_server(struct msg_server *s)
{
	if (s == NULL)
		return;
	stop_accepting(s);
	ev_timer_stop(s->m->loop, &s->pause);
	for (int i = 0; i < s->count; i++)
		listen_close(s->io[i].fd);
	LIST_REMOVE(s, link);
	free(s);
}
