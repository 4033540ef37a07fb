/* SPDX-License-Identifier: ISC */
/*
 * Endpoints as text.  What ends up on a command line (ssh) is held to a list of harmless characters
 * here, once, so that nothing behind has to think of it.
 */
#include "lib/endpoint.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/err.h"
#include "lib/netaddr.h"

#define ALNUM "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"

static int
refuse(const char **why, const char *text)
{
	*why = text;
	return OP_BAD_REQUEST;
}

/* Copy the `len` bytes at s when they are made of `chars` and fit; false when not. */
static bool
copy_if(char *dst, size_t size, const char *s, size_t len, const char *chars)
{
	if (len >= size || memchr(s, '\0', len))
		return false;
	for (size_t i = 0; i < len; i++)
		if (!strchr(chars, s[i]))
			return false;
	memcpy(dst, s, len);
	dst[len] = '\0';
	return true;
}

static int
take_port(const char *port, struct endpoint *e, const char **why)
{
	size_t len = strlen(port);

	if (len == 0)
		return refuse(why, "the port is missing");
	if (!copy_if(e->port, sizeof(e->port), port, len, ALNUM "-+._"))
		return refuse(why, "the port is neither a number nor a service name");
	if (strspn(port, "0123456789") == len && (len > 5 || atoi(port) > 65535))
		return refuse(why, "the port is larger than 65535");
	return OP_OK;
}

/* The address between the brackets; a zone ("%eth0", RFC 4007) may follow it. */
static int
take_v6(const char *s, size_t len, struct endpoint *e, const char **why)
{
	char text[sizeof(e->host)];
	char *zone;
	struct netaddr addr;

	if (!copy_if(text, sizeof(text), s, len, ALNUM ":.%-_"))
		return refuse(why, "what is in the brackets is no IPv6 address");
	memcpy(e->host, text, len + 1);
	zone = strchr(text, '%');
	if (zone)
		*zone = '\0';
	if (!strchr(text, ':') || netaddr_parse(text, &addr) != OP_OK ||
	    (zone && (zone[1] == '\0' || strchr(zone + 1, '%') || strchr(zone + 1, ':'))))
		return refuse(why, "what is in the brackets is no IPv6 address");
	return OP_OK;
}

static int
take_host(const char *s, size_t len, struct endpoint *e, const char **why)
{
	if (len == 0)
		return refuse(why, "the host is missing");
	if (len == 1 && s[0] == '*') {
		memcpy(e->host, "*", 2);
		return OP_OK;
	}
	if (memchr(s, ':', len))
		return refuse(why, "an IPv6 address needs brackets: [::1]:PORT");
	if (s[0] == '-' || !copy_if(e->host, sizeof(e->host), s, len, ALNUM "-._"))
		return refuse(why, "the host is neither a name nor an address");
	return OP_OK;
}

/* HOST, HOST:PORT, [V6], [V6]:PORT; default_port NULL: the port must be there. */
static int
parse_tcp(const char *s, const char *default_port, struct endpoint *e, const char **why)
{
	const char *port;
	int err;

	e->kind = ENDPOINT_TCP;
	if (s[0] == '[') {
		const char *end = strchr(s, ']');

		if (!end || (end[1] != ':' && end[1] != '\0'))
			return refuse(
			    why, "the bracket is not closed, or more than :PORT follows it");
		err = take_v6(s + 1, (size_t)(end - s - 1), e, why);
		port = end[1] ? end + 2 : default_port;
	} else {
		const char *colon = strrchr(s, ':');

		err = take_host(s, colon ? (size_t)(colon - s) : strlen(s), e, why);
		port = colon ? colon + 1 : default_port;
	}
	return err ? err : take_port(port ? port : "", e, why);
}

static int
parse_unix(const char *path, struct endpoint *e, const char **why)
{
	size_t len = strlen(path);

	e->kind = ENDPOINT_UNIX;
	if (path[0] != '/')
		return refuse(why, "the path is not absolute");
	if (len >= sizeof(e->path))
		return refuse(why, "the path is longer than 107 bytes");
	memcpy(e->path, path, len + 1);
	return OP_OK;
}

static int
parse_ssh(const char *s, struct endpoint *e, const char **why)
{
	const char *slash = strchr(s, '/');
	size_t len = slash ? (size_t)(slash - s) : strlen(s);
	const char *at = memchr(s, '@', len);
	const char *host = at ? at + 1 : s;

	e->kind = ENDPOINT_SSH;
	if (host == s + len)
		return refuse(why, "the host is missing");
	if (host[0] == '-' || s[0] == '-' || s[0] == '@' || memchr(host, '@', len - (host - s)) ||
	    !copy_if(e->host, sizeof(e->host), s, len, ALNUM "-._:%@"))
		return refuse(why, "the host is no [USER@]HOST");
	if (!slash)
		return OP_OK;
	if (slash[1] == '\0' || slash[1] == '-' ||
	    !copy_if(e->path, sizeof(e->path), slash + 1, strlen(slash + 1), ALNUM "-._/"))
		return refuse(why, "the program may hold letters, digits and . _ / - only");
	return OP_OK;
}

int
endpoint_parse(const char *s, const char *default_port, struct endpoint *out, const char **why)
{
	struct endpoint e = {.kind = ENDPOINT_TCP};
	int err;

	if (strncmp(s, "unix:", 5) == 0)
		err = parse_unix(s + 5, &e, why);
	else if (strncmp(s, "ssh:", 4) == 0)
		err = parse_ssh(s + 4, &e, why);
	else if (strncmp(s, "tcp:", 4) == 0)
		err = parse_tcp(s + 4, NULL, &e, why);
	else if (strncmp(s, "tls:", 4) == 0)
		err = parse_tcp(s + 4, NULL, &e, why);
	else
		err = parse_tcp(s, default_port, &e, why);
	if (err)
		return err;
	if (strncmp(s, "tls:", 4) == 0)
		e.kind = ENDPOINT_TLS;
	*out = e;
	return OP_OK;
}

int
endpoint_parse_link(const char *s, const char *default_port, struct endpoint *out, const char **why)
{
	static const struct {
		const char *prefix, *port;
		enum endpoint_kind kind;
	} services[] = {{"chat:", "2027", ENDPOINT_CHAT}, {"watch:", "2070", ENDPOINT_WATCH}};

	for (size_t i = 0; i < sizeof(services) / sizeof(services[0]); i++) {
		size_t len = strlen(services[i].prefix);
		struct endpoint e = {0};
		struct netaddr group;

		if (strncmp(s, services[i].prefix, len) != 0)
			continue;
		int err = parse_tcp(s + len, services[i].port, &e, why);

		e.kind = services[i].kind;
		if (err == OP_OK && strcmp(e.host, "*") == 0)
			err = refuse(why, "the host is neither a name nor an address");
		if (err == OP_OK && e.kind == ENDPOINT_WATCH &&
		    netaddr_parse(e.host, &group) != OP_OK)
			err = refuse(why, "the group is no address");
		if (err == OP_OK)
			*out = e;
		return err;
	}
	return endpoint_parse(s, default_port, out, why);
}

void
endpoint_default_program(struct endpoint *e, const char *program)
{
	if (e->kind == ENDPOINT_SSH && e->path[0] == '\0')
		snprintf(e->path, sizeof(e->path), "%s", program);
}

const char *
endpoint_format(char *dst, size_t size, const struct endpoint *e)
{
	static const char *const names[] = {[ENDPOINT_TCP] = "tcp",
	    [ENDPOINT_TLS] = "tls",
	    [ENDPOINT_CHAT] = "chat",
	    [ENDPOINT_WATCH] = "watch",
	    [ENDPOINT_UDP] = "udp"};
	bool v6 = strchr(e->host, ':') != NULL;

	switch (e->kind) {
	case ENDPOINT_TCP:
	case ENDPOINT_TLS:
	case ENDPOINT_CHAT:
	case ENDPOINT_WATCH:
	case ENDPOINT_UDP:
		snprintf(
		    dst, size, v6 ? "%s:[%s]:%s" : "%s:%s:%s", names[e->kind], e->host, e->port);
		break;
	case ENDPOINT_UNIX:
		snprintf(dst, size, "unix:%s", e->path);
		break;
	case ENDPOINT_UNIXGRAM:
		snprintf(dst, size, "unixgram:%s", e->path);
		break;
	case ENDPOINT_SSH:
		snprintf(dst, size, "ssh:%s%s%s", e->host, e->path[0] ? "/" : "", e->path);
		break;
	}
	return dst;
}
