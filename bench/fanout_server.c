/* SPDX-License-Identifier: ISC */
/*
 * The peer of the chat: a bare loop on a UDP socket that knows as much of the protocol as its users
 * need to come in, and sends what one says to all: fanout_server HOST sendto|sendmmsg|GROUP.  One
 * datagram for each user, by that call, or one to the group.  Prints `listening HOST:PORT`.
 */
#include <arpa/inet.h>
#include <err.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include "bench/common.h"
#include "lib/datagram/chat.h"

#define USERS_MAX 1024 /* what one sendmmsg(2) takes */
#define GROUP_PORT 2028

static int fd;
static const char *how;
static struct sockaddr_in users[USERS_MAX], group;
static unsigned user_count;
static unsigned char out[CHAT_BYTES_MAX];
static struct iovec piece = {out, 0};
static struct mmsghdr each[USERS_MAX];

static bool
is_in(const struct sockaddr_in *from)
{
	for (unsigned i = 0; i < user_count; i++)
		if (users[i].sin_port == from->sin_port &&
		    users[i].sin_addr.s_addr == from->sin_addr.s_addr)
			return true;
	return false;
}

static void
reply(const struct sockaddr_in *to, size_t len)
{
	if (sendto(fd, out, len, 0, (const struct sockaddr *)to, sizeof(*to)) < 0)
		warn("sendto");
}

static void
log_in(const struct sockaddr_in *from, const char *nick)
{
	if (!is_in(from) && user_count < USERS_MAX) {
		each[user_count].msg_hdr = (struct msghdr){.msg_name = &users[user_count],
		    .msg_namelen = sizeof(*from),
		    .msg_iov = &piece,
		    .msg_iovlen = 1};
		users[user_count++] = *from;
	}
	reply(from, chat_format(out, CHAT_LOGIN_ACK, "%s", nick));
	if (group.sin_port)
		reply(from, chat_format(out, CHAT_SET_MCAST_PORT, "%d", GROUP_PORT));
}

static void
tell_all(const char *text)
{
	piece.iov_len = chat_format(out, CHAT_PUBLIC_MSG, "duty u0 %s", text);
	if (group.sin_port) {
		reply(&group, piece.iov_len);
	} else if (strcmp(how, "sendmmsg") == 0) {
		for (unsigned done = 0; done < user_count;) {
			int n = sendmmsg(fd, each + done, user_count - done, 0);

			done += n > 0 ? (unsigned)n : 1;
		}
	} else {
		for (unsigned i = 0; i < user_count; i++)
			reply(&users[i], piece.iov_len);
	}
}

static void
take(const struct sockaddr_in *from, const char *text, unsigned code)
{
	switch (code) {
	case CHAT_LOGIN_REQ:
		log_in(from, text);
		break;
	case CHAT_JOIN_REQ:
		reply(from, chat_format(out, CHAT_JOIN_ACK, "%s %u%s%s", text, user_count,
				group.sin_port ? " " : "", group.sin_port ? how : ""));
		break;
	case CHAT_SEND_PUBLIC:
		tell_all(text);
		break;
	default:
		break;
	}
}

static void
begin(const char *host)
{
	struct sockaddr_in at = {.sin_family = AF_INET};
	socklen_t len = sizeof(at);

	fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (inet_pton(AF_INET, host, &at.sin_addr) != 1)
		errx(64, "not an address: %s", host);
	if (inet_pton(AF_INET, how, &group.sin_addr) == 1) {
		struct ip_mreqn by = {.imr_address = at.sin_addr};

		group.sin_family = AF_INET;
		group.sin_port = htons(GROUP_PORT);
		if (setsockopt(fd, IPPROTO_IP, IP_MULTICAST_IF, &by, sizeof(by)) < 0)
			err(1, "IP_MULTICAST_IF");
	}
	if (fd < 0 || bind(fd, (struct sockaddr *)&at, sizeof(at)) < 0 ||
	    getsockname(fd, (struct sockaddr *)&at, &len) < 0)
		err(1, "%s", host);
	printf("listening %s:%d\n", host, ntohs(at.sin_port));
	fflush(stdout);
}

int
main(int argc, char **argv)
{
	unsigned char in[CHAT_BYTES_MAX + 1];
	struct sockaddr_in from;
	ssize_t n;

	if (argc != 3)
		errx(64, "usage: fanout_server HOST sendto|sendmmsg|GROUP");
	how = argv[2];
	begin(argv[1]);
	for (;;) {
		socklen_t len = sizeof(from);

		n = recvfrom(fd, in, CHAT_BYTES_MAX, 0, (struct sockaddr *)&from, &len);
		if (n < 2)
			continue;
		in[n] = '\0';
		take(&from, (const char *)in + 2, (unsigned)in[0] << 8 | in[1]);
	}
}
