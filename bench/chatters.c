/* SPDX-License-Identifier: ISC */
/*
 * Many users of a chat, each a whole client (lib/chatter.h) with sockets of its own, in one
 * process: chatters HOST:PORT USERS SERVER-PID.  All log in and join the channel duty; then it
 * prints `ready`.  For every line "SECONDS BYTES" on its standard input the first user speaks that
 * long, texts of BYTES; WINDOW of them are on their way at a time; and it prints `delivered N busy
 * US lost L`: texts that arrived, all users together, per second; processor time that the server
 * took for one text; texts that did not arrive.
 */
#include <arpa/inet.h>
#include <err.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>
#include "bench/common.h"
#include "lib/chatter.h"
#include "lib/clock.h"
#include "lib/err.h"

#define WINDOW 4
#define PATIENCE_MS 5000 /* nothing arrives that long: the rest is lost */
#define COMMAND (-1)     /* standard input, among the numbers of users */
#define GROUP (1 << 30)  /* of a user: his socket in the group */

struct user {
	struct chatter *chatter;
	int fd;
	struct netaddr group;
	int group_fd;
	bool joined;
};

static int loop, user_count;
static struct user *users;
static struct sockaddr_in server;
static const char *server_pid;
static long heard;

/* --- sockets --- */

static void
watch(int fd, int number)
{
	struct epoll_event e = {.events = EPOLLIN, .data.fd = number};

	if (epoll_ctl(loop, EPOLL_CTL_ADD, fd, &e) < 0)
		err(1, "epoll_ctl");
}

static int
new_socket(void)
{
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	if (fd < 0)
		err(1, "socket");
	return fd;
}

static void
open_user(struct user *u)
{
	u->fd = new_socket();
	if (connect(u->fd, (struct sockaddr *)&server, sizeof(server)) < 0)
		err(1, "connect");
	watch(u->fd, (int)(u - users));
}

/* Hear the group at the interface that leads to the server. */
static void
open_group(struct user *u, const struct netaddr *group, uint16_t port)
{
	struct sockaddr_in at = {.sin_family = AF_INET, .sin_port = htons(port)}, own;
	socklen_t len = sizeof(own);
	struct ip_mreqn join = {.imr_ifindex = 0};
	int on = 1, off = 0;

	u->group = *group;
	u->group_fd = new_socket();
	memcpy(&at.sin_addr, group->bytes, 4);
	join.imr_multiaddr = at.sin_addr;
	if (getsockname(u->fd, (struct sockaddr *)&own, &len) < 0)
		err(1, "getsockname");
	join.imr_address = own.sin_addr;
	if (setsockopt(u->group_fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) < 0 ||
	    setsockopt(u->group_fd, IPPROTO_IP, IP_MULTICAST_ALL, &off, sizeof(off)) < 0 ||
	    bind(u->group_fd, (struct sockaddr *)&at, sizeof(at)) < 0 ||
	    setsockopt(u->group_fd, IPPROTO_IP, IP_ADD_MEMBERSHIP, &join, sizeof(join)) < 0)
		err(1, "group");
	watch(u->group_fd, (int)(u - users) | GROUP);
}

/* --- users --- */

static void
obey(struct user *u)
{
	struct chatter_event e;

	while (chatter_next(u->chatter, &e))
		switch (e.type) {
		case CHATTER_SEND:
			if (send(u->fd, e.bytes, e.len, 0) < 0)
				err(1, "send");
			break;
		case CHATTER_LISTEN:
			open_group(u, &e.group, e.port);
			break;
		case CHATTER_UP:
			chatter_join(u->chatter, "duty", clock_boot_ms());
			obey(u);
			return;
		case CHATTER_JOINED:
			u->joined = true;
			break;
		case CHATTER_SAID:
			heard++;
			break;
		case CHATTER_LOST:
		case CHATTER_REFUSED:
		case CHATTER_ERROR:
			errx(1, "user %d: %s", (int)(u - users), *e.text ? e.text : "lost");
		default:
			break;
		}
}

static void
take(int number)
{
	struct user *u = &users[number & ~GROUP];
	bool by_group = (number & GROUP) != 0;
	char bytes[CHAT_BYTES_MAX];
	ssize_t n = recv(by_group ? u->group_fd : u->fd, bytes, sizeof(bytes), 0);

	if (n < 0 && errno != EAGAIN)
		err(1, "recv");
	if (n < 0)
		return;
	chatter_receive(u->chatter, bytes, (size_t)n, by_group ? &u->group : NULL, clock_boot_ms());
	obey(u);
}

/* Whatever has come, of at most wait_ms; true: a command has, too. */
static bool
turn(int wait_ms)
{
	struct epoll_event events[256];
	int n = epoll_wait(loop, events, 256, wait_ms);
	bool command = false;

	for (int i = 0; i < n; i++)
		if (events[i].data.fd == COMMAND)
			command = true;
		else
			take(events[i].data.fd);
	return command;
}

static void
tick(void)
{
	int64_t now_ms = clock_boot_ms();

	for (int i = 0; i < user_count; i++)
		if (users[i].chatter && chatter_wake_ms(users[i].chatter) <= now_ms) {
			chatter_tick(users[i].chatter, now_ms);
			obey(&users[i]);
		}
}

static void
log_in(int number)
{
	struct user *u = &users[number];
	char nick[20];

	snprintf(nick, sizeof(nick), "u%d", number);
	open_user(u);
	u->chatter = chatter_new(nick, clock_boot_ms());
	if (!u->chatter)
		errx(1, "out of memory");
	while (!u->joined) {
		tick(); /* also begins */
		turn(100);
	}
}

/* --- speaking --- */

/* ns that the server has run. */
static double
server_ns(void)
{
	char path[64];
	double ns;

	snprintf(path, sizeof(path), "/proc/%s/schedstat", server_pid);
	FILE *f = fopen(path, "re");

	if (!f || fscanf(f, "%lf", &ns) != 1)
		err(1, "%s", path);
	fclose(f);
	return ns;
}

static void
say(const char *text)
{
	if (chatter_say(users[0].chatter, text, clock_boot_ms()) != OP_OK)
		errx(1, "cannot speak");
	obey(&users[0]);
}

static void
speak(double seconds, int bytes)
{
	double began = bench_now(), end = began + seconds, last = began, ran = server_ns();
	char text[CHAT_TEXT_MAX + 1];
	long said = 0;

	snprintf(text, sizeof(text), "%0*d", bytes, 7);
	heard = 0;
	do {
		long before = heard;

		while (bench_now() < end && said * user_count - heard < WINDOW * user_count) {
			say(text);
			said++;
		}
		turn(PATIENCE_MS);
		if (heard > before)
			last = bench_now();
	} while (heard < said * user_count && bench_now() < last + PATIENCE_MS / 1e3);
	printf("delivered %.1f busy %.2f lost %ld\n", (double)heard / (last - began),
	    (server_ns() - ran) / 1e3 / (double)said, said * user_count - heard);
	fflush(stdout);
}

static void
find_server(char *where)
{
	char *colon = strrchr(where, ':');

	if (!colon)
		errx(64, "not HOST:PORT: %s", where);
	*colon = '\0';
	server.sin_family = AF_INET;
	server.sin_port = htons((uint16_t)bench_count(colon + 1));
	if (inet_pton(AF_INET, where, &server.sin_addr) != 1)
		errx(64, "not an address: %s", where);
}

int
main(int argc, char **argv)
{
	char line[100];
	double seconds;
	int bytes;

	if (argc != 4)
		errx(64, "usage: chatters HOST:PORT USERS SERVER-PID");
	bench_many_files();
	find_server(argv[1]);
	user_count = bench_count(argv[2]);
	server_pid = argv[3];
	loop = epoll_create1(EPOLL_CLOEXEC);
	users = calloc((size_t)user_count, sizeof(*users));
	if (!users)
		errx(1, "out of memory");
	for (int i = 0; i < user_count; i++)
		log_in(i);
	watch(STDIN_FILENO, COMMAND);
	puts("ready");
	fflush(stdout);
	for (;;) {
		if (turn(1000)) {
			if (!fgets(line, sizeof(line), stdin))
				return 0;
			if (sscanf(line, "%lf %d", &seconds, &bytes) != 2 || bytes > CHAT_TEXT_MAX)
				errx(64, "not SECONDS BYTES: %s", line);
			speak(seconds, bytes);
		}
		tick();
	}
}
