/* SPDX-License-Identifier: ISC */
/*
 * Opening listening sockets, and the care that socket files need: only what is a socket and answers
 * nobody is removed, and only by who bound it.  No loop; called once at start and once at the end.
 */
#include "lib/ev/listen.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>
#include "lib/err.h"
#include "lib/ev/reason.h"
#include "lib/ev/resolve.h"

#define RESOLVE_MS 10000
#define LOCK_STEP_MS 20
#define LOCK_TRIES 50
#define SAME_PORT_TRIES                                                          \
	16 /* port 0 for "*": the IPv4 socket must get what the kernel gave IPv6 \
	    */

struct why {
	char *text;
	size_t size;
};

static int
refuse(struct why why, int err, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(why.text, why.size, fmt, ap);
	va_end(ap);
	return err;
}

static int
refuse_errno(struct why why, int errnum)
{
	static const struct {
		int errnum, err;
		const char *text;
	} known[] = {
	    {EADDRINUSE, OP_CONFLICT, "in use by a running server"},
	    {EACCES, OP_DENIED, "permission denied"},
	    {EPERM, OP_DENIED, "permission denied"},
	    {ENOTDIR, OP_BAD_REQUEST, "a component of the path is not a directory"},
	    {ENOENT, OP_NOT_FOUND, "no such directory"},
	    {EROFS, OP_SYSTEM, "read-only file system"},
	    {EADDRNOTAVAIL, OP_UNAVAILABLE, "not an address of this host"},
	};
	char text[96];

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (known[i].errnum == errnum)
			return refuse(why, known[i].err, "%s", known[i].text);
	return refuse(why, OP_SYSTEM, "%s", reason_text(text, sizeof(text), errnum));
}

static int
backlog_of(const struct listen_options *o)
{
	return o->backlog > 0 ? o->backlog : SOMAXCONN;
}

/* --- TCP --- */

/* The descriptor or -1 with errno. */
static int
open_tcp(const struct resolve_addr *a, const struct listen_options *o)
{
	int family = a->sa.ss_family, on = 1;
	int fd = socket(family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	if (fd < 0)
		return -1;
	(void)setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	if (family == AF_INET6)
		(void)setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof(on));
	if (bind(fd, (const struct sockaddr *)&a->sa, a->len) == 0 &&
	    listen(fd, backlog_of(o)) == 0)
		return fd;

	int errnum = errno;

	close(fd);
	errno = errnum;
	return -1;
}

static in_port_t *
port_of(struct sockaddr_storage *sa)
{
	return sa->ss_family == AF_INET6 ? &((struct sockaddr_in6 *)sa)->sin6_port
					 : &((struct sockaddr_in *)sa)->sin_port;
}

static void
close_all(int *fds, int count)
{
	while (count > 0)
		close(fds[--count]);
}

/* A family that this host does not have, or an address that it does not have now, is passed over as
 * long as another one is there. */
static bool
is_absent(int errnum)
{
	return errnum == EAFNOSUPPORT || errnum == EADDRNOTAVAIL;
}

/* How many, or -1 with errno. */
static int
open_each(struct resolve_answer *a, const struct listen_options *o, int *fds, int max)
{
	int count = 0, last = EADDRNOTAVAIL;

	for (int i = 0; i < a->count && count < max; i++) {
		struct sockaddr_storage bound;
		socklen_t len = sizeof(bound);
		int fd = open_tcp(&a->addrs[i], o);

		if (fd < 0 && !is_absent(errno)) {
			int errnum = errno;

			close_all(fds, count);
			errno = errnum;
			return -1;
		}
		if (fd < 0) {
			last = errno;
			continue;
		}
		fds[count++] = fd;
		if (getsockname(fd, (struct sockaddr *)&bound, &len) == 0 && i + 1 < a->count)
			*port_of(&a->addrs[i + 1].sa) = *port_of(&bound);
	}
	errno = last;
	return count > 0 ? count : -1;
}

static void
resolve_listening(const struct endpoint *e, struct resolve_answer *a)
{
	struct resolve_answer v4;

	if (strcmp(e->host, "*") != 0) {
		resolve_forward_wait(e->host, e->port, RESOLVE_MS, NULL, a);
		return;
	}
	resolve_forward_wait("::", e->port, RESOLVE_MS, NULL, a);
	resolve_forward_wait("0.0.0.0", e->port, RESOLVE_MS, NULL, &v4);
	if (a->err == OP_OK && v4.err == OP_OK)
		a->addrs[a->count++] = v4.addrs[0];
}

static int
listen_tcp(
    const struct endpoint *e, const struct listen_options *o, int *fds, int max, struct why why)
{
	struct resolve_answer a, addrs;
	int count = -1, tries = strcmp(e->port, "0") == 0 ? SAME_PORT_TRIES : 1;

	resolve_listening(e, &a);
	if (a.err != OP_OK)
		return refuse(why, a.err, "%s", a.why);
	for (int i = 0; i < tries && count < 0; i++) {
		addrs = a;
		count = open_each(&addrs, o, fds, max);
		if (count < 0 && errno != EADDRINUSE)
			break;
	}
	return count > 0 ? count : refuse_errno(why, errno);
}

/* --- UNIX --- */

/* A lock against other starting servers, who hold it for a moment; the file system's own, so
 * nothing is left behind.  Where the directory cannot be opened, or somebody else keeps it locked
 * (anybody may who can read it), there is no lock. */
static int
lock_directory(const char *path)
{
	char copy[ENDPOINT_PATH_MAX];
	int fd;

	snprintf(copy, sizeof(copy), "%s", path);
	fd = open(dirname(copy), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	for (int i = 0; fd >= 0 && i < LOCK_TRIES && flock(fd, LOCK_EX | LOCK_NB) < 0; i++)
		(void)poll(NULL, 0, LOCK_STEP_MS);
	return fd;
}

static int
connect_to(const struct sockaddr_un *sun)
{
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	if (fd < 0 || connect(fd, (const struct sockaddr *)sun, sizeof(*sun)) == 0)
		return fd;

	int errnum = errno;

	close(fd);
	errno = errnum;
	return -1;
}

/* bind(2) found something at the path.  OP_OK: it was a stale socket and is gone. */
static int
remove_stale(const struct sockaddr_un *sun, struct why why)
{
	struct stat st;
	int fd;

	if (lstat(sun->sun_path, &st) < 0)
		return errno == ENOENT ? OP_OK : refuse_errno(why, errno);
	if (!S_ISSOCK(st.st_mode))
		return refuse(why, OP_CONFLICT, "exists and is not a socket");
	fd = connect_to(sun);
	if (fd >= 0)
		close(fd);
	if (fd >= 0 || errno == EAGAIN || errno == EPROTOTYPE)
		return refuse_errno(why, EADDRINUSE);
	if (errno != ECONNREFUSED)
		return refuse_errno(why, errno);
	return unlink(sun->sun_path) == 0 ? OP_OK : refuse_errno(why, errno);
}

static int
bind_unix(int fd, const struct sockaddr_un *sun, struct why why)
{
	mode_t mask = umask(0177);
	int rc = bind(fd, (const struct sockaddr *)sun, sizeof(*sun));
	int err = OP_OK;

	if (rc < 0 && errno == EADDRINUSE) {
		err = remove_stale(sun, why);
		if (err == OP_OK)
			rc = bind(fd, (const struct sockaddr *)sun, sizeof(*sun));
	}
	if (err == OP_OK && rc < 0)
		err = refuse_errno(why, errno);
	umask(mask);
	return err;
}

static int
set_owner(const char *path, const struct listen_options *o)
{
	bool own = o->owner != (uid_t)-1 || o->group != (gid_t)-1;

	if (own && chown(path, o->owner, o->group) != 0)
		return -1;
	return chmod(path, o->mode != 0 ? o->mode : 0600);
}

/* All under the lock: a socket that does not listen yet looks stale. */
static int
bind_path(int fd, const struct sockaddr_un *sun, const struct listen_options *o, bool listens,
    struct why why)
{
	int lock = lock_directory(sun->sun_path);
	int err = bind_unix(fd, sun, why);

	if (err == OP_OK &&
	    (set_owner(sun->sun_path, o) != 0 || (listens && listen(fd, backlog_of(o)) != 0))) {
		err = refuse_errno(why, errno);
		unlink(sun->sun_path);
	}
	if (lock >= 0)
		close(lock);
	return err;
}

static int
listen_unix(const struct endpoint *e, const struct listen_options *o, int *fds, struct why why)
{
	struct sockaddr_un sun = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	if (fd < 0)
		return refuse_errno(why, errno);
	memcpy(sun.sun_path, e->path, sizeof(sun.sun_path));
	int err = bind_path(fd, &sun, o, true, why);

	if (err != OP_OK) {
		close(fd);
		return err;
	}
	fds[0] = fd;
	return 1;
}

/* --- the outside --- */

static const struct listen_options defaults = {.owner = (uid_t)-1, .group = (gid_t)-1};

int
listen_open(const struct endpoint *e, const struct listen_options *options, int *fds, int max,
    char *why, size_t why_size)
{
	const struct listen_options *o = options != NULL ? options : &defaults;
	struct why w = {why, why_size};

	if (max < 1)
		return refuse(w, OP_TOO_LARGE, "too many listening sockets");
	if (e->kind == ENDPOINT_UNIX)
		return listen_unix(e, o, fds, w);
	if (e->kind == ENDPOINT_TCP || e->kind == ENDPOINT_TLS)
		return listen_tcp(e, o, fds, max, w);
	return refuse(w, OP_BAD_REQUEST, "nothing can listen on an ssh endpoint");
}

int
listen_bind_datagram(
    int fd, const char *path, const struct listen_options *options, char *why, size_t why_size)
{
	struct sockaddr_un sun = {.sun_family = AF_UNIX};
	struct why w = {why, why_size};

	if (strlen(path) >= sizeof(sun.sun_path))
		return refuse(w, OP_BAD_REQUEST, "the path is longer than %zu bytes",
		    sizeof(sun.sun_path) - 1);
	memcpy(sun.sun_path, path, strlen(path));
	return bind_path(fd, &sun, options != NULL ? options : &defaults, false, w);
}

int
listen_endpoint(int fd, struct endpoint *out)
{
	struct sockaddr_storage sa = {0};
	socklen_t len = sizeof(sa);
	struct endpoint e = {0};
	struct netaddr addr;
	uint16_t port;

	if (getsockname(fd, (struct sockaddr *)&sa, &len) < 0)
		return OP_SYSTEM;
	if (sa.ss_family == AF_UNIX) {
		e.kind = ENDPOINT_UNIX;
		memcpy(e.path, ((struct sockaddr_un *)&sa)->sun_path, sizeof(e.path) - 1);
	} else {
		char text[NETADDR_TEXT];

		e.kind = ENDPOINT_TCP;
		netaddr_from_sockaddr((struct sockaddr *)&sa, &addr, &port);
		snprintf(e.host, sizeof(e.host), "%s", netaddr_format(text, &addr));
		snprintf(e.port, sizeof(e.port), "%u", port);
	}
	*out = e;
	return OP_OK;
}

/* The kernel remembers who called listen(2): that is whom a client of the path would see. */
static bool
is_listener(int fd)
{
	struct ucred cred;
	socklen_t len = sizeof(cred);

	return getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &cred, &len) == 0 && cred.pid == getpid();
}

static void
remove_if_ours(int fd)
{
	struct sockaddr_un sun = {0};
	socklen_t len = sizeof(sun);
	int probe;

	if (getsockname(fd, (struct sockaddr *)&sun, &len) < 0 || sun.sun_family != AF_UNIX ||
	    !is_listener(fd))
		return;
	probe = connect_to(&sun);
	if (probe < 0 ? errno == EAGAIN : is_listener(probe))
		unlink(sun.sun_path);
	if (probe >= 0)
		close(probe);
}

void
listen_close(int fd)
{
	remove_if_ours(fd);
	close(fd);
}
