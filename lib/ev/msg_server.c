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
	struct msg_watch sockets[MAX_SOCKETS];
	struct msg_timer *pause; /* NULL: it accepts */
};

static void
start_accepting(struct msg_server *s)
{
	for (int i = 0; i < s->count; i++)
		msg_watch_start(s->m, &s->sockets[i]);
}

static void
stop_accepting(struct msg_server *s)
{
	for (int i = 0; i < s->count; i++)
		msg_watch_stop(s->m, &s->sockets[i]);
}

static void
on_pause_over(void *arg)
{
	struct msg_server *s = arg;

	s->pause = NULL;
	start_accepting(s);
}

static void
accept_failed(struct msg_server *s)
{
	if (errno != EMFILE && errno != ENFILE && errno != ENOMEM && errno != ENOBUFS)
		return;
	if (s->pause != NULL)
		return;
	s->pause = msg_timer_start(s->m, PAUSE_S, 0, on_pause_over, s);
	if (s->pause != NULL) /* without memory for it: spinning is better than deafness */
		stop_accepting(s);
}

static void
on_connection(struct msg_watch *w)
{
	struct msg_server *s = w->arg;
	struct sockaddr_storage sa = {0};
	socklen_t len = sizeof(sa);
	int fd = accept4(w->fd, (struct sockaddr *)&sa, &len, SOCK_CLOEXEC | SOCK_NONBLOCK);
	char host[NETADDR_TEXT] = "local";
	struct netaddr addr;
	struct msg_conn *c;
	msg_rcv_fn *rcv;
	uint16_t port = 0;

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
	for (int i = 0; i < s->count; i++)
		s->sockets[i] = (struct msg_watch){
		    .fd = fds[i], .kind = MSG_READ, .ready = on_connection, .arg = s};
	start_accepting(s);
	LIST_INSERT_HEAD(&m->servers, s, link);
	return s;
}

int
msg_server_endpoint(const struct msg_server *s, struct endpoint *out)
{
	return listen_endpoint(s->sockets[0].fd, out);
}

void
msg_close_server(struct msg_server *s)
{
	if (s == NULL)
		return;
	stop_accepting(s);
	msg_timer_stop(s->pause);
	for (int i = 0; i < s->count; i++)
		listen_close(s->sockets[i].fd);
	LIST_REMOVE(s, link);
	free(s);
}
