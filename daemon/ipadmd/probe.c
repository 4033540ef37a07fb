/* SPDX-License-Identifier: ISC */
/*
 * Rounds: every zone that has not said what is wanted is asked, IN_FLIGHT at a time; then a pause,
 * for servers load zones after the reload command has ended.
 */
#include "daemon/ipadmd/probe.h"

#include <ares.h>
#include <arpa/nameser.h>
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/clock.h"
#include "lib/err.h"
#include "lib/publish/serial.h"

#define IN_FLIGHT 32
#define QUERY_MS 1000
#define PAUSE_MIN_MS 20
#define PAUSE_MAX_MS 500
#define ANSWER_AA 0x04 /* in the third byte of a message (RFC 1035, 4.1.1) */

/* --- an address --- */

static int
parse_port(const char *s, uint16_t *out)
{
	unsigned n = 0;

	if (!*s || strlen(s) > 5)
		return OP_BAD_REQUEST;
	for (; *s; s++) {
		if (*s < '0' || *s > '9')
			return OP_BAD_REQUEST;
		n = n * 10 + (unsigned)(*s - '0');
	}
	if (n == 0 || n > UINT16_MAX)
		return OP_BAD_REQUEST;
	*out = (uint16_t)n;
	return OP_OK;
}

int
probe_server_parse(const char *text, struct probe_server *out)
{
	struct probe_server s = {.port = NS_DEFAULTPORT};
	char address[NETADDR_TEXT + 2];
	const char *colon = strrchr(text, ':');
	bool bare = !colon || (strchr(text, ':') != colon && colon > text && colon[-1] != ']');
	size_t len = bare ? strlen(text) : (size_t)(colon - text);

	if (len >= sizeof(address))
		return OP_BAD_REQUEST;
	snprintf(address, sizeof(address), "%.*s", (int)len, text);
	if ((!bare && parse_port(colon + 1, &s.port)) || netaddr_parse(address, &s.address))
		return OP_BAD_REQUEST;
	*out = s;
	return OP_OK;
}

/* --- one server --- */

struct asked {
	struct probe_zone *zone;
	size_t *open;
};

static int
open_channel(const char *server, ares_channel *out)
{
	struct ares_options options = {
	    .flags = ARES_FLAG_NORECURSE | ARES_FLAG_NOSEARCH | ARES_FLAG_NOALIASES |
		     ARES_FLAG_NOCHECKRESP | ARES_FLAG_STAYOPEN,
	    .timeout = QUERY_MS,
	    .tries = 1,
	};
	struct probe_server s;
	char address[NETADDR_TEXT], csv[NETADDR_TEXT + 10];
	ares_channel channel;

	if (probe_server_parse(server, &s))
		return OP_BAD_REQUEST;
	if (ares_library_init(ARES_LIB_INIT_ALL) != ARES_SUCCESS)
		return OP_NO_MEMORY;
	netaddr_format(address, &s.address);
	snprintf(csv, sizeof(csv), s.address.family == 6 ? "[%s]:%u" : "%s:%u", address, s.port);
	if (ares_init_options(&channel, &options,
		ARES_OPT_FLAGS | ARES_OPT_TIMEOUTMS | ARES_OPT_TRIES) != ARES_SUCCESS) {
		ares_library_cleanup();
		return OP_NO_MEMORY;
	}
	if (ares_set_servers_ports_csv(channel, csv) != ARES_SUCCESS) {
		ares_destroy(channel);
		ares_library_cleanup();
		return OP_NO_MEMORY;
	}
	*out = channel;
	return OP_OK;
}

static void
close_channel(ares_channel channel)
{
	ares_destroy(channel);
	ares_library_cleanup();
}

/* A server that has the zone answers with authority; one that knows it by hearsay does not count.
 */
static void
on_answer(void *arg, int status, int timeouts, unsigned char *answer, int len)
{
	struct asked *a = arg;
	struct ares_soa_reply *soa;

	(void)timeouts;
	--*a->open;
	if (status != ARES_SUCCESS || len < NS_HFIXEDSZ || !(answer[2] & ANSWER_AA))
		return;
	if (ares_parse_soa_reply(answer, len, &soa) != ARES_SUCCESS)
		return;
	a->zone->answered = true;
	a->zone->served = soa->serial;
	ares_free_data(soa);
}

/* Serve the channel's sockets once.  OP_CLOSED. */
static int
turn(ares_channel channel, const int stop_fd[2])
{
	ares_socket_t sockets[ARES_GETSOCK_MAXNUM];
	struct pollfd fds[ARES_GETSOCK_MAXNUM + 2];
	unsigned bits = (unsigned)ares_getsock(channel, sockets, ARES_GETSOCK_MAXNUM);
	struct timeval tv = {0, 100000}, *left = ares_timeout(channel, &tv, &tv);
	nfds_t n = 0;

	for (int i = 0; i < ARES_GETSOCK_MAXNUM; i++) {
		/* as ARES_GETSOCK_READABLE() and _WRITABLE(), which shift into the sign */
		short events = (short)((bits >> i & 1 ? POLLIN : 0) |
				       (bits >> (i + ARES_GETSOCK_MAXNUM) & 1 ? POLLOUT : 0));

		if (events)
			fds[n++] = (struct pollfd){.fd = sockets[i], .events = events};
	}
	for (int i = 0; i < 2; i++)
		fds[n + (nfds_t)i] = (struct pollfd){.fd = stop_fd[i], .events = POLLRDHUP};
	int ready = poll(fds, n + 2, (int)(left->tv_sec * 1000 + left->tv_usec / 1000 + 1));

	if (ready == -1 && errno != EINTR)
		return OP_CLOSED;
	if (ready > 0 && (fds[n].revents || fds[n + 1].revents))
		return OP_CLOSED;
	for (nfds_t i = 0; i < n && ready > 0; i++)
		if (fds[i].revents)
			ares_process_fd(channel,
			    fds[i].revents & ~POLLOUT ? fds[i].fd : ARES_SOCKET_BAD,
			    fds[i].revents & POLLOUT ? fds[i].fd : ARES_SOCKET_BAD);
	ares_process_fd(channel, ARES_SOCKET_BAD, ARES_SOCKET_BAD);
	return OP_OK;
}

static bool
is_satisfied(const struct probe_zone *z)
{
	bool reached = z->served == z->serial || publish_serial_newer(z->served, z->serial);

	return z->answered && (z->want == PROBE_REACHED ? reached : !reached);
}

/* Ask about zones[i] on; *i is behind the last one that was asked. */
static int
ask_some(ares_channel channel, const int stop_fd[2], struct probe_zone *zones, size_t n, size_t *i)
{
	struct asked asked[IN_FLIGHT];
	size_t open = 0, used = 0;
	int err = OP_OK;

	for (; *i < n && used < IN_FLIGHT; ++*i) {
		struct probe_zone *z = &zones[*i];

		if (is_satisfied(z))
			continue;
		asked[used] = (struct asked){z, &open};
		open++;
		ares_query(channel, z->name, ns_c_in, ns_t_soa, on_answer, &asked[used++]);
	}
	while (open > 0 && err == OP_OK)
		err = turn(channel, stop_fd);
	if (open > 0)
		ares_cancel(channel); /* calls on_answer() for the rest */
	return err;
}

static int
ask_round(
    ares_channel channel, const struct probe *p, struct probe_zone *zones, size_t n, int64_t end_ms)
{
	int err = OP_OK;

	for (size_t i = 0; i < n && !err;)
		err = clock_boot_ms() < end_ms ? ask_some(channel, p->stop_fd, zones, n, &i)
					       : OP_TIMEOUT;
	return err;
}

static const struct probe_zone *
first_unsatisfied(const struct probe_zone *zones, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (!is_satisfied(&zones[i]))
			return &zones[i];
	return NULL;
}

static int
pause_for(const int stop_fd[2], int64_t ms)
{
	struct pollfd fds[] = {
	    {.fd = stop_fd[0], .events = POLLRDHUP}, {.fd = stop_fd[1], .events = POLLRDHUP}};

	return poll(fds, 2, (int)ms) > 0 ? OP_CLOSED : OP_OK;
}

static int
wait_for(
    ares_channel channel, const struct probe *p, struct probe_zone *zones, size_t n, int64_t end_ms)
{
	int64_t pause_ms = PAUSE_MIN_MS;

	for (;;) {
		int err = ask_round(channel, p, zones, n, end_ms);

		if (err == OP_CLOSED)
			return err;
		if (!first_unsatisfied(zones, n))
			return OP_OK;
		if (clock_boot_ms() >= end_ms)
			return OP_TIMEOUT;
		if ((err = pause_for(p->stop_fd, pause_ms)))
			return err;
		pause_ms = pause_ms * 2 < PAUSE_MAX_MS ? pause_ms * 2 : PAUSE_MAX_MS;
	}
}

static void
explain(const char *server, const struct probe_zone *z, char *why, size_t size)
{
	if (!z->answered)
		snprintf(why, size, "%s gives no authoritative answer for %s", server, z->name);
	else if (z->want == PROBE_REACHED)
		snprintf(why, size, "%s serves %s with serial %u, not %u", server, z->name,
		    (unsigned)z->served, (unsigned)z->serial);
	else
		snprintf(why, size, "%s still serves %s with serial %u", server, z->name,
		    (unsigned)z->served);
}

int
probe_wait(const struct probe *p, struct probe_zone *zones, size_t n, char *why, size_t why_size)
{
	int64_t end_ms = clock_boot_ms() + p->limit_ms;
	int err = OP_OK;

	for (size_t i = 0; i < p->servers->count && n > 0 && !err; i++) {
		ares_channel channel;

		for (size_t j = 0; j < n; j++)
			zones[j].answered = false;
		if ((err = open_channel(p->servers->items[i], &channel)))
			return err;
		err = wait_for(channel, p, zones, n, end_ms);
		close_channel(channel);
		if (err == OP_TIMEOUT)
			explain(p->servers->items[i], first_unsatisfied(zones, n), why, why_size);
	}
	return err;
}

void
probe_ask(const struct probe *p, struct probe_zone *zones, size_t n)
{
	int64_t end_ms = clock_boot_ms() + p->limit_ms;

	for (size_t i = 0; i < p->servers->count; i++) {
		struct probe_zone *mine = calloc(n + 1, sizeof(*mine));
		ares_channel channel;

		for (size_t j = 0; mine && j < n; j++)
			mine[j] = (struct probe_zone){.name = zones[j].name};
		if (mine && open_channel(p->servers->items[i], &channel) == OP_OK) {
			ask_round(channel, p, mine, n, end_ms);
			close_channel(channel);
		}
		for (size_t j = 0; mine && j < n; j++)
			if (mine[j].answered &&
			    (!zones[j].answered ||
				publish_serial_newer(mine[j].served, zones[j].served))) {
				zones[j].answered = true;
				zones[j].served = mine[j].served;
			}
		free(mine);
	}
}
