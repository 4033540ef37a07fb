/* SPDX-License-Identifier: ISC */
/* The acceptor's side of datagram sockets. */
#include "daemon/server/datagrams.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>
#include "daemon/server/acceptor.h"
#include "lib/clock.h"
#include "lib/err.h"
#include "lib/log.h"

#define PAUSE_MIN_MS 10
#define PAUSE_MAX_MS 1000
#define HEALTHY_MS 10000 /* one that lived that long is started again without delay */

static const char udp[] = "udp:", unixgram[] = "unixgram:";

bool
datagrams_are(const struct listener *l)
{
	return strncmp(l->endpoint, udp, sizeof(udp) - 1) == 0 ||
	       strncmp(l->endpoint, unixgram, sizeof(unixgram) - 1) == 0;
}

int
datagrams_parse(const char *text, struct endpoint *out, const char **why)
{
	char rewritten[ENDPOINT_TEXT];
	struct netaddr a;
	bool is_udp = strncmp(text, udp, sizeof(udp) - 1) == 0;
	int err;

	if (!is_udp && strncmp(text, unixgram, sizeof(unixgram) - 1) != 0)
		return OP_NOT_FOUND;
	snprintf(
	    rewritten, sizeof(rewritten), "%s:%s", is_udp ? "tcp" : "unix", strchr(text, ':') + 1);
	err = endpoint_parse(rewritten, "", out, why);
	if (err)
		return err;
	out->kind = is_udp ? ENDPOINT_UDP : ENDPOINT_UNIXGRAM;
	*why = "expected an address, or *, and the number of a port";
	if (is_udp && (strspn(out->port, "0123456789") != strlen(out->port) ||
			  (strcmp(out->host, "*") != 0 && netaddr_parse(out->host, &a))))
		return OP_BAD_REQUEST;
	return OP_OK;
}

/* --- the sockets --- */

void
datagrams_prepare(int fd)
{
	static const struct {
		int level, name;
	} options[] = {
	    {IPPROTO_IP, IP_PKTINFO}, {IPPROTO_IPV6, IPV6_RECVPKTINFO}, {SOL_SOCKET, SO_PASSCRED}};
	int on = 1;

	/* Those of other families do no harm. */
	for (size_t i = 0; i < sizeof(options) / sizeof(*options); i++)
		(void)setsockopt(fd, options[i].level, options[i].name, &on, sizeof(on));
}

static int
bind_udp(int fd, const struct netaddr *a, const char *port)
{
	struct sockaddr_in v4 = {.sin_family = AF_INET};
	struct sockaddr_in6 v6 = {.sin6_family = AF_INET6};
	uint16_t n = htons((uint16_t)strtoul(port, NULL, 10));

	v4.sin_port = v6.sin6_port = n;
	if (a->family == 6) {
		memcpy(&v6.sin6_addr, a->bytes, 16);
		return bind(fd, (const struct sockaddr *)&v6, sizeof(v6));
	}
	if (a->family == 4)
		memcpy(&v4.sin_addr, a->bytes, 4);
	return bind(fd, (const struct sockaddr *)&v4, sizeof(v4));
}

static int
open_udp(const struct endpoint *e, char *why, size_t why_size)
{
	struct netaddr a = {.family = 0};
	int fd, on = 1;

	netaddr_parse(e->host, &a);
	fd = socket(
	    a.family == 6 ? AF_INET6 : AF_INET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd != -1 && a.family == 6)
		(void)setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof(on));
	if (fd != -1 && bind_udp(fd, &a, e->port) == 0)
		return fd;
	snprintf(why, why_size, "%s", strerror(errno));
	if (fd != -1)
		close(fd);
	return errno == EADDRINUSE ? OP_CONFLICT : OP_SYSTEM;
}

static int
open_unix(
    const struct endpoint *e, const struct listen_options *options, char *why, size_t why_size)
{
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0), err = OP_SYSTEM;

	if (fd == -1)
		snprintf(why, why_size, "%s", strerror(errno));
	else if ((err = listen_bind_datagram(fd, e->path, options, why, why_size)) == OP_OK)
		return fd;
	if (fd != -1)
		close(fd);
	return err;
}

int
datagrams_open(
    const struct endpoint *e, const struct listen_options *options, char *why, size_t why_size)
{
	return e->kind == ENDPOINT_UDP ? open_udp(e, why, why_size)
				       : open_unix(e, options, why, why_size);
}

int
datagrams_name(int fd, char *dst, size_t size)
{
	struct sockaddr_storage sa = {.ss_family = AF_UNSPEC};
	socklen_t len = sizeof(sa);
	char text[NETADDR_TEXT];
	struct netaddr a;
	uint16_t port;

	if (getsockname(fd, (struct sockaddr *)&sa, &len))
		return OP_SYSTEM;
	if (sa.ss_family == AF_UNIX) {
		snprintf(dst, size, "%s%s", unixgram, ((const struct sockaddr_un *)&sa)->sun_path);
		return OP_OK;
	}
	netaddr_from_sockaddr((const struct sockaddr *)&sa, &a, &port);
	netaddr_format(text, &a);
	snprintf(dst, size, a.family == 6 ? "%s[%s]:%u" : "%s%s:%u", udp, text, port);
	return OP_OK;
}

void
datagrams_close(int fd)
{
	struct sockaddr_un sun = {.sun_family = AF_UNSPEC};
	socklen_t len = sizeof(sun);

	if (getsockname(fd, (struct sockaddr *)&sun, &len) == 0 && sun.sun_family == AF_UNIX &&
	    sun.sun_path[0])
		unlink(sun.sun_path);
	close(fd);
}

/* --- their processes --- */

static void
start(struct acceptor *a, size_t i, int64_t now_ms)
{
	struct datagram_life *d = &a->datagrams[i];
	pid_t pid = fork();

	if (pid == 0)
		datagram_main(&a->tree, &a->listeners[i]);
	d->started_ms = now_ms;
	d->due_ms = now_ms + PAUSE_MAX_MS; /* when it could not be started */
	if (pid == -1)
		log_warn("datagram: cannot fork: %s", strerror(errno));
	else
		d->pid = pid;
}

void
datagrams_look(struct acceptor *a, int64_t now_ms)
{
	if (!a->ready || a->stopping || a->restart.step == RESTART_ENDING)
		return;
	for (size_t i = 0; i < a->listener_count; i++)
		if (datagrams_are(&a->listeners[i]) && a->datagrams[i].pid == 0 &&
		    now_ms >= a->datagrams[i].due_ms)
			start(a, i, now_ms);
}

int64_t
datagrams_next_ms(const struct acceptor *a)
{
	int64_t next = INT64_MAX;

	for (size_t i = 0; i < a->listener_count && a->ready && !a->stopping; i++)
		if (datagrams_are(&a->listeners[i]) && a->datagrams[i].pid == 0 &&
		    a->datagrams[i].due_ms < next)
			next = a->datagrams[i].due_ms;
	return next;
}

bool
datagrams_reaped(struct acceptor *a, pid_t pid, int status)
{
	struct datagram_life *d = a->datagrams;
	int64_t now_ms = clock_boot_ms();
	char how[32];

	while (d < a->datagrams + MAX_LISTENERS && d->pid != pid)
		d++;
	if (d == a->datagrams + MAX_LISTENERS)
		return false;
	d->pid = 0;
	d->due_ms = 0;
	if (status == 0 || a->stopping)
		return true;
	if (now_ms - d->started_ms > HEALTHY_MS || d->pause_ms == 0)
		d->pause_ms = PAUSE_MIN_MS;
	d->due_ms = now_ms + d->pause_ms;
	d->pause_ms = d->pause_ms * 2 < PAUSE_MAX_MS ? d->pause_ms * 2 : PAUSE_MAX_MS;
	log_warn("%s: its process %ld ended: %s: starting another",
	    a->listeners[d - a->datagrams].endpoint, (long)pid,
	    acceptor_describe(status, how, sizeof(how)));
	return true;
}

bool
datagrams_run(const struct acceptor *a)
{
	for (size_t i = 0; i < MAX_LISTENERS; i++)
		if (a->datagrams[i].pid > 0)
			return true;
	return false;
}

void
datagrams_kill(const struct acceptor *a, int signal)
{
	for (size_t i = 0; i < MAX_LISTENERS; i++)
		if (a->datagrams[i].pid > 0)
			kill(a->datagrams[i].pid, signal);
}
