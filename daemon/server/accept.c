/* SPDX-License-Identifier: ISC */
/*
 * Listening and accepting.  Connections are taken in batches, each either turned away without a
 * byte or given to a worker.  When descriptors run out, the reserve is given up for a moment so
 * that the peer hears a close instead of waiting in the backlog.
 */
#include "daemon/server/acceptor.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>
#include "daemon/server/identity.h"
#include "daemon/server/notify.h"
#include "daemon/server/worker.h"
#include "lib/clock.h"
#include "lib/err.h"
#include "lib/ev/listen.h"
#include "lib/log.h"
#include "lib/paths.h"

#define BATCH 64
#define ACCEPT_PAUSE_MS 100
#define BUSY_PAUSE_MS 10
#define KEEPALIVE_IDLE_S 5
#define KEEPALIVE_STEP_S 5
#define KEEPALIVE_TRIES 3

/* --- listening --- */

/* Accepted sockets inherit these from the listening one (Linux): no calls per connection. */
static void
set_tcp_options(int fd)
{
	static const struct {
		int level, name, value;
	} options[] = {
	    {SOL_SOCKET, SO_KEEPALIVE, 1},
	    {IPPROTO_TCP, TCP_KEEPIDLE, KEEPALIVE_IDLE_S},
	    {IPPROTO_TCP, TCP_KEEPINTVL, KEEPALIVE_STEP_S},
	    {IPPROTO_TCP, TCP_KEEPCNT, KEEPALIVE_TRIES},
	    {IPPROTO_TCP, TCP_NODELAY, 1},
	    /* The last byte of a cancellation is urgent, and part of its frame. */
	    {SOL_SOCKET, SO_OOBINLINE, 1},
	};

	for (size_t i = 0; i < sizeof(options) / sizeof(*options); i++)
		if (setsockopt(fd, options[i].level, options[i].name, &options[i].value,
			sizeof(options[i].value)) == -1)
			log_warn("listen: socket option %d: %s", options[i].name, strerror(errno));
}

static int
add_datagrams(struct acceptor *a, int fd)
{
	struct listener *l = &a->listeners[a->listener_count++];

	l->fd = fd;
	datagrams_prepare(fd);
	return datagrams_name(fd, l->endpoint, sizeof(l->endpoint));
}

static int
add_listener(struct acceptor *a, int fd, bool is_tls)
{
	struct listener *l = &a->listeners[a->listener_count++];
	struct endpoint e;
	int err = listen_endpoint(fd, &e);

	l->fd = fd;
	if (err)
		return err;
	if (e.kind == ENDPOINT_TCP)
		set_tcp_options(fd);
	if (e.kind == ENDPOINT_TCP && is_tls)
		e.kind = ENDPOINT_TLS;
	endpoint_format(l->endpoint, sizeof(l->endpoint), &e);
	return OP_OK;
}

/* A socket that others may use is of no use in a directory that they may not pass. */
static int
make_runtime(const char *path, const struct server_config *config, char *why, size_t why_size)
{
	char dir[ENDPOINT_PATH_MAX], problem[ENDPOINT_PATH_MAX + 100];
	bool for_others =
	    (config->socket_mode & (S_IRWXG | S_IRWXO)) != 0 || config->user != NO_USER;
	int err = paths_make_parent(path);
	struct stat st;

	snprintf(dir, sizeof(dir), "%s", path);
	if (!err && for_others &&
	    (stat(dirname(dir), &st) || chmod(dir, (st.st_mode & 07777) | S_IXGRP | S_IXOTH)))
		err = OP_SYSTEM;
	if (err)
		snprintf(why, why_size, "cannot listen on unix:%s: %s; " PATHS_REMEDY, path,
		    paths_explain(problem, sizeof(problem), path, err));
	return err;
}

static int
open_one(struct acceptor *a, const char *text, char *why, size_t why_size)
{
	const struct server_config *config = a->tree.config;
	struct listen_options options = {
	    .mode = config->socket_mode,
	    .owner = config->user,
	    .group = config->socket_group,
	};
	int fds[MAX_LISTENERS], n, err = OP_OK;
	char problem[300], shown[ENDPOINT_TEXT];
	struct endpoint e;

	if (server_config_endpoint(config->app, text, &e, why, why_size))
		return OP_BAD_REQUEST;
	endpoint_format(shown, sizeof(shown), &e);
	/* Our own runtime directory; anybody else's is theirs to make. */
	if (strcmp(text, "unix:") == 0 &&
	    (err = make_runtime(e.path, config, why, why_size)) != OP_OK)
		return err;
	bool datagrams = e.kind == ENDPOINT_UDP || e.kind == ENDPOINT_UNIXGRAM;

	if (a->listener_count >= MAX_LISTENERS) {
		snprintf(
		    why, why_size, "cannot listen on %s: %d sockets at most", shown, MAX_LISTENERS);
		return OP_TOO_LARGE;
	}
	if (datagrams)
		n = fds[0] = datagrams_open(&e, &options, problem, sizeof(problem));
	else
		n = listen_open(&e, &options, fds, (int)(MAX_LISTENERS - a->listener_count),
		    problem, sizeof(problem));
	if (n < 0) {
		snprintf(why, why_size, "cannot listen on %s: %s", shown, problem);
		return n;
	}
	if (datagrams)
		err = add_datagrams(a, fds[0]);
	for (int i = 0; i < n && !err && !datagrams; i++)
		err = add_listener(a, fds[i], e.kind == ENDPOINT_TLS);
	if (err)
		snprintf(why, why_size, "%s: %s", shown, strerror(errno));
	return err;
}

void
accept_reserve(struct acceptor *a)
{
	a->reserve_fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
}

/* The name of the i-th socket of a service manager; a socket unit is told it by
 * FileDescriptorName=. */
static bool
is_named(const char *names, int i, const char *wanted)
{
	for (; i > 0 && *names; i--)
		names += strcspn(names, ":") + (names[strcspn(names, ":")] == ':');
	return strcspn(names, ":") == strlen(wanted) && strncmp(names, wanted, strlen(wanted)) == 0;
}

static int
add_given(struct acceptor *a, int fd, bool is_tls)
{
	int listening = 0, type = 0;
	socklen_t len = sizeof(listening), type_len = sizeof(type);

	getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &listening, &len);
	getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &type_len);
	if (type == SOCK_DGRAM && a->tree.config->app->datagram)
		return add_datagrams(a, fd);
	return listening && type == SOCK_STREAM ? add_listener(a, fd, is_tls) : OP_BAD_REQUEST;
}

/* A service manager has made the sockets: `listen` does not count then.  One that is called "tls"
 * speaks TLS alone. */
static int
open_given(struct acceptor *a, int count, const char *names, char *why, size_t why_size)
{
	for (int i = 0; i < count; i++) {
		int fd = NOTIFY_FIRST_FD + i;
		bool is_tls = is_named(names, i, "tls");

		if (is_tls && !server_config_has_tls(a->tree.config)) {
			snprintf(why, why_size,
			    "descriptor %d of the service manager is called \"tls\": that needs "
			    "tls_certificate",
			    fd);
			return OP_BAD_REQUEST;
		}
		if (add_given(a, fd, is_tls)) {
			snprintf(why, why_size,
			    "descriptor %d of the service manager is no listening stream socket",
			    fd);
			return OP_BAD_REQUEST;
		}
	}
	return OP_OK;
}

int
accept_open(struct acceptor *a, char *why, size_t why_size)
{
	const struct string_list *list = &a->tree.config->generic.listen;
	char names[NOTIFY_NAMES];
	int given = notify_listen_fds(MAX_LISTENERS, names);
	int err = OP_OK;

	accept_reserve(a);
	if (given > 0)
		err = open_given(a, given, names, why, why_size);
	for (size_t i = 0; i < list->count && !err && given == 0; i++)
		err = open_one(a, list->items[i], why, why_size);
	if (err)
		accept_close(a);
	return err;
}

void
accept_close(struct acceptor *a)
{
	for (size_t i = 0; i < a->listener_count; i++) {
		if (datagrams_are(&a->listeners[i]))
			datagrams_close(a->listeners[i].fd);
		else
			listen_close(a->listeners[i].fd);
	}
	a->listener_count = 0;
	if (a->held.fd != -1)
		close(a->held.fd);
	a->held.fd = -1;
}

/* --- turning away --- */

static void
log_refusal(const struct refusal *r)
{
	char from[SOURCE_TEXT];

	if (r->count == 0)
		return;
	log_warn("%s: %u connection%s turned away: %s", source_counted_text(from, &r->source),
	    r->count, r->count == 1 ? "" : "s", r->reason);
}

void
accept_log_refusals(struct acceptor *a, int64_t now_ms)
{
	struct refusal r;

	while ((r = refusals_take(&a->refusals, now_ms)).count > 0)
		log_refusal(&r);
}

static void
refuse(struct acceptor *a, const struct netaddr *source, const char *reason)
{
	struct netaddr counted = source_counted(source);
	struct refusal displaced;

	refusals_add(&a->refusals, &counted, reason, clock_boot_ms(), &displaced);
	log_refusal(&displaced);
}

/* Out of descriptors or memory: say no to one, then rest a little. */
static void
shed(struct acceptor *a, int fd, int error)
{
	struct netaddr nobody = {0};
	int client;

	if (a->reserve_fd != -1)
		close(a->reserve_fd);
	client = accept4(fd, NULL, NULL, SOCK_CLOEXEC);
	if (client != -1)
		close(client);
	a->reserve_fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
	a->accept_after_ms = clock_boot_ms() + ACCEPT_PAUSE_MS;
	refuse(a, &nobody, strerror(error));
}

/* --- accepting --- */

static void
start_worker(struct acceptor *a, const struct source *source, const struct arrival *client, int fd)
{
	pid_t pid = fork();
	char address[NETADDR_TEXT] = "local";

	if (pid == 0)
		worker_main(&a->tree, client, fd);
	if (pid == -1) {
		refuse(a, &source->addr, "cannot fork");
		return;
	}
	if (accounting_add(&a->workers, pid, source))
		log_error("worker %ld: not accounted for: out of memory", (long)pid);
	/* The worker says who it is for.  Every page that is written here after the fork is one
	 * more for that worker to keep. */
	if (!log_wants(LOG_LEVEL_DEBUG))
		return;
	if (source->addr.family)
		netaddr_format(address, &source->addr);
	log_debug("worker %ld: began for %s", (long)pid, address);
}

static struct source
source_of(const struct arrival *client, int fd)
{
	struct source source = {.uid = (uid_t)-1};
	struct ucred cred;
	socklen_t len = sizeof(cred);
	uint16_t port;

	netaddr_from_sockaddr((const struct sockaddr *)&client->sa, &source.addr, &port);
	if (source.addr.family == 0 && getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &cred, &len) == 0)
		source.uid = cred.uid;
	return source;
}

/* In the meantime others wait in the backlog. */
static void
hold(struct acceptor *a, const struct source *source, const struct arrival *client, int fd)
{
	a->held = (struct held){fcntl(fd, F_DUPFD_CLOEXEC, 3), *client, *source};
	if (a->held.fd == -1)
		refuse(a, &source->addr, strerror(errno));
	a->accept_after_ms = clock_boot_ms() + BUSY_PAUSE_MS;
}

/* Waiting clients have taken all places, and somebody has to answer them. */
static bool
may_use_reserve(const struct acceptor *a, const struct source *source, int fd)
{
	const struct server_config *config = a->tree.config;

	return config->generic.reserved_workers > 0 && identity_operates(fd, &source->addr, config);
}

static void
hand_over(struct acceptor *a, const struct source *source, struct arrival *client, int fd)
{
	int err = roster_hand_over(a, source, client, fd);

	if (err == OP_TOO_LARGE && !client->reserved && may_use_reserve(a, source, fd)) {
		client->reserved = true;
		err = roster_hand_over(a, source, client, fd);
	}
	if (err == OP_AGAIN)
		hold(a, source, client, fd);
	else if (err)
		refuse(a, &source->addr, "max_per_worker");
}

/* NULL: it may come in, in a place of the reserve when no other is left for it. */
static const char *
find_place(struct acceptor *a, const struct source *source, struct arrival *client, int fd)
{
	const struct server_settings *g = &a->tree.config->generic;
	struct accounting_limits limits = {
	    .max_workers = (size_t)g->max_workers,
	    .max_per_source = (size_t)g->max_workers_per_source,
	};
	const char *reason = accounting_refuses(&a->workers, &limits, source);

	client->reserved = reason && may_use_reserve(a, source, fd);
	if (!client->reserved)
		return reason;
	limits.max_workers += (size_t)g->reserved_workers;
	limits.max_per_source += (size_t)g->reserved_workers;
	return accounting_refuses(&a->workers, &limits, source);
}

static void
take_client(struct acceptor *a, struct arrival *client, int fd)
{
	struct source source = source_of(client, fd);
	const char *reason = find_place(a, &source, client, fd);

	if (reason)
		refuse(a, &source.addr, reason);
	else if (a->tree.config->multiplexed)
		hand_over(a, &source, client, fd);
	else if (!rest_reuse(a, &source, client, fd))
		start_worker(a, &source, client, fd);
	close(fd);
}

/* Whether the next client would have to wait for its worker: then it waits in the backlog. */
static bool
must_wait(struct acceptor *a)
{
	if (!a->tree.config->multiplexed || (a->held.fd == -1 && roster_has_room(&a->roster)))
		return false;
	a->accept_after_ms = clock_boot_ms() + BUSY_PAUSE_MS;
	return true;
}

void
accept_again(struct acceptor *a, int64_t now_ms)
{
	struct held held = a->held;

	if (a->accept_after_ms == 0 || now_ms < a->accept_after_ms)
		return;
	a->accept_after_ms = 0;
	if (held.fd == -1)
		return;
	a->held.fd = -1;
	hand_over(a, &held.source, &held.client, held.fd);
	close(held.fd);
}

void
accept_batch(struct acceptor *a, size_t listener)
{
	struct arrival client = {.listener = (uint32_t)listener};
	int from = a->listeners[listener].fd;

	if (must_wait(a))
		return;
	for (int i = 0; i < BATCH && a->held.fd == -1; i++) {
		client.sa_len = sizeof(client.sa);
		int fd = accept4(from, (struct sockaddr *)&client.sa, &client.sa_len,
		    SOCK_NONBLOCK | SOCK_CLOEXEC);
		if (fd != -1) {
			quiet_begin(a, listener, clock_boot_ms());
			take_client(a, &client, fd);
		} else if (errno == EAGAIN) {
			return;
		} else if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS ||
			   errno == ENOMEM) {
			shed(a, from, errno);
			return;
		}
		/* Else EINTR, or the peer had vanished (accept(2) passes its network errors on). */
	}
}
