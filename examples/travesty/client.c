/* SPDX-License-Identifier: ISC */
/*
 * travesty: talk with travestyd.  ^C in a transfer sends an urgent byte; after an interrupted
 * download everything up to the server's own urgent byte is thrown away.  Only one is ever on its
 * way: the next prompt comes when the first has been answered.
 */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include "lib/buf.h"
#include "lib/clock.h"
#include "lib/endpoint.h"
#include "lib/err.h"
#include "lib/ev/dial.h"
#include "lib/ev/urgent.h"

#define ANSWER_MS 60000
#define MARK_MS 10000

struct client {
	int fd;
	struct buf in;
	bool warned; /* ^C at the prompt: the next one ends */
};

static volatile sig_atomic_t interrupted;
static sigset_t waiting; /* the mask inside ppoll() */

static void
on_interrupt(int signo)
{
	(void)signo;
	interrupted = 1;
}

static void
catch_interrupt(void)
{
	struct sigaction act = {.sa_handler = on_interrupt};
	sigset_t block;

	sigemptyset(&act.sa_mask);
	sigaction(SIGINT, &act, NULL);
	sigemptyset(&block);
	sigaddset(&block, SIGINT);
	sigprocmask(SIG_BLOCK, &block, &waiting);
	sigdelset(&waiting, SIGINT);
}

/* poll(2) in which ^C is seen.  OP_OK: ready; OP_CANCELLED: a signal came; OP_TIMEOUT. */
static int
wait_for(int fd, short events, int64_t ms)
{
	struct pollfd p = {.fd = fd, .events = events};
	struct timespec t = {.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000};
	int n = ppoll(&p, 1, ms < 0 ? NULL : &t, &waiting);

	return n == 1 ? OP_OK : n == 0 ? OP_TIMEOUT : OP_CANCELLED;
}

/* --- the connection --- */

/* Until all is sent or somebody presses ^C (OP_CANCELLED). */
static int
say(struct client *c, const char *bytes, size_t len)
{
	int err = OP_OK;

	while (len > 0 && err == OP_OK) {
		ssize_t n = send(c->fd, bytes, len, MSG_NOSIGNAL | MSG_DONTWAIT);

		if (n > 0) {
			bytes += n;
			len -= (size_t)n;
		} else if (errno == EAGAIN || errno == EINTR) {
			err = wait_for(c->fd, POLLOUT, ANSWER_MS);
		} else {
			err = OP_CLOSED;
		}
	}
	return err;
}

static int
read_some(struct client *c)
{
	unsigned char *room;
	int err = wait_for(c->fd, POLLIN, ANSWER_MS);

	if (err)
		return err;
	if (buf_reserve(&c->in, 16384, &room))
		return OP_NO_MEMORY;
	ssize_t n = recv(c->fd, room, 16384, MSG_DONTWAIT);

	if (n < 0)
		return errno == EAGAIN || errno == EINTR ? OP_OK : OP_CLOSED;
	buf_commit(&c->in, (size_t)n);
	return n == 0 ? OP_CLOSED : OP_OK;
}

/* The next line, without its end, into dst (cut). */
static int
hear(struct client *c, char *dst, size_t size)
{
	const unsigned char *line, *end;
	int err;

	while (!(line = buf_bytes(&c->in)) || !(end = memchr(line, '\n', buf_len(&c->in)))) {
		err = read_some(c);
		if (err)
			return err;
	}
	int len = (int)(end - line);

	if (len > 0 && line[len - 1] == '\r')
		len--;
	snprintf(dst, size, "%.*s", len, (const char *)line);
	buf_consume(&c->in, (size_t)(end - line) + 1);
	return OP_OK;
}

/* An answer with this code; any other is printed (OP_BAD_REQUEST). */
static int
expect(struct client *c, const char *code, char *line, size_t size)
{
	int err;

	do /* the end of an answer is at hand: ^C can wait for it */
		err = hear(c, line, size);
	while (err == OP_CANCELLED);
	if (err == OP_OK && strncmp(line, code, 3) != 0) {
		printf("%s\n", strncmp(line, "500 ", 4) == 0 ? line + 4 : line);
		return OP_BAD_REQUEST;
	}
	return err;
}

static int
send_interrupt(struct client *c)
{
	int err;

	interrupted = 0;
	while ((err = urgent_send(c->fd, "!", 1, NULL)) == OP_AGAIN)
		poll(&(struct pollfd){.fd = c->fd, .events = POLLOUT}, 1, 100);
	printf("interrupted!\n");
	return err;
}

/* Everything up to the server's mark is what was interrupted. */
static int
discard_to_mark(struct client *c)
{
	int64_t until_ms = clock_boot_ms() + MARK_MS;
	unsigned char byte;
	int err;

	while (clock_boot_ms() < until_ms) {
		struct pollfd p = {.fd = c->fd, .events = POLLIN | POLLPRI};

		if (urgent_waits(c->fd) && urgent_at_mark(c->fd)) {
			err = urgent_take(c->fd, &byte);
			if (err != OP_AGAIN) {
				buf_clear(&c->in);
				return err;
			}
		} else if (poll(&p, 1, 100) == 1 && (p.revents & POLLIN)) {
			err = read_some(c);
			buf_clear(&c->in);
			if (err && err != OP_CANCELLED)
				return err;
		}
	}
	return OP_TIMEOUT;
}

/* --- commands --- */

static int
upload(struct client *c, FILE *f)
{
	char *line = NULL;
	size_t size = 0;
	ssize_t n;
	int err = OP_OK;

	while (err == OP_OK && !interrupted && (n = getline(&line, &size, f)) > 0) {
		bool dot = line[0] == '.' && (line[1] == '\n' || line[1] == '\0');
		bool ended = line[n - 1] == '\n';

		err = say(c, line, (size_t)(ended ? n - 1 : n));
		if (err == OP_OK)
			err = say(c, dot ? " \r\n" : "\r\n", dot ? 3 : 2);
		wait_for(-1, 0, 0); /* lets ^C in */
	}
	free(line);
	if (err == OP_OK && !interrupted)
		return say(c, ".\r\n", 3);
	return interrupted ? send_interrupt(c) : err;
}

static int
analyze(struct client *c, const char *name)
{
	FILE *f = fopen(name, "re");
	char line[300];

	if (!f) {
		fprintf(stderr, "cannot read %s: %s\n", name, strerror(errno));
		return OP_OK;
	}
	printf("analyzing...");
	fflush(stdout);
	int err = say(c, "DATA\r\n", 6);

	if (err == OP_OK)
		err = expect(c, "201", line, sizeof(line));
	if (err == OP_OK)
		err = upload(c, f);
	if (err == OP_OK)
		err = expect(c, "202", line, sizeof(line));
	if (err == OP_OK)
		printf("processed %lu words\n", strtoul(line + 3, NULL, 10));
	fclose(f);
	return err;
}

static int
generate(struct client *c, const char *count)
{
	char line[4096];
	int err = OP_OK;

	snprintf(line, sizeof(line), "GENERATE %.50s\r\n", count);
	err = say(c, line, strlen(line));
	if (err == OP_OK)
		err = expect(c, "203", line, sizeof(line));
	while (err == OP_OK && !interrupted && (err = hear(c, line, sizeof(line))) == OP_OK) {
		if (strcmp(line, ".") == 0)
			return OP_OK;
		printf("%s\n", line);
	}
	if (!interrupted)
		return err;
	err = send_interrupt(c);
	return err ? err : discard_to_mark(c);
}

static int
reset(struct client *c, const char *argument)
{
	char line[300];
	int err = say(c, "RESET\r\n", 7);

	(void)argument;
	return err ? err : expect(c, "205", line, sizeof(line));
}

/* OP_CLOSED is how the loop ends. */
static int
bye(struct client *c, const char *argument)
{
	(void)argument;
	say(c, "BYE\r\n", 5);
	close(c->fd);
	exit(0);
}

static const struct {
	const char *name, *argument, *help;
	int (*run)(struct client *c, const char *argument);
} commands[] = {
    {"analyze", "FILE", "send a text", analyze},
    {"generate", "N", "get a travesty of so many words", generate},
    {"reset", NULL, "forget the text", reset},
    {"bye", NULL, "end; goodbye and ^\\ do too", bye},
    {"goodbye", NULL, NULL, bye},
};
#define COMMANDS (sizeof(commands) / sizeof(commands[0]))

static void
print_commands(void)
{
	for (size_t i = 0; i < COMMANDS; i++)
		if (commands[i].help)
			printf("  %-8s %-5s %s\n", commands[i].name,
			    commands[i].argument ? commands[i].argument : "", commands[i].help);
}

static int
obey(struct client *c, char *line)
{
	line[strcspn(line, "\r\n")] = '\0';
	line += strspn(line, " \t");
	if (*line == '\0')
		return OP_OK;
	char *rest = line;
	const char *name = strsep(&rest, " \t");
	const char *argument = rest ? rest + strspn(rest, " \t") : "";

	for (size_t i = 0; i < COMMANDS; i++)
		if (strcmp(name, commands[i].name) == 0 &&
		    (*argument != '\0') == (commands[i].argument != NULL)) {
			int err = commands[i].run(c, argument);

			return err == OP_BAD_REQUEST ? OP_OK : err;
		}
	print_commands();
	return OP_OK;
}

/* A line of standard input; false at its end, or at the second ^C. */
static bool
prompt(struct client *c, char **line, size_t *size)
{
	printf("> ");
	fflush(stdout);
	for (;;) {
		if (interrupted) {
			interrupted = 0;
			if (c->warned)
				return false;
			c->warned = true;
			printf("\nPress ^C again to exit\n> ");
			fflush(stdout);
		}
		/* what stdio has read ahead is not seen by poll(2): standard input is unbuffered */
		if (wait_for(STDIN_FILENO, POLLIN, -1) == OP_OK)
			break;
	}
	return getline(line, size, stdin) > 0;
}

static int
converse(struct client *c)
{
	char *line = NULL;
	size_t size = 0;
	char banner[300];
	int err = expect(c, "200", banner, sizeof(banner));

	while (err == OP_OK && prompt(c, &line, &size)) {
		c->warned = false;
		interrupted = 0;
		err = obey(c, line);
	}
	free(line);
	return err;
}

static const char usage[] =
    "usage: travesty [HOST [PORT]]\n"
    "\n"
    "Make travesties of texts, with the help of a travestyd (localhost, port 2007).\n"
    "^C interrupts a transfer; ^\\ ends the program.  Its commands:\n";

int
main(int argc, char **argv)
{
	struct endpoint e = {.kind = ENDPOINT_TCP};
	struct client c = {0};
	struct transport t;
	char why[300];

	if (argc > 3 || (argc > 1 && argv[1][0] == '-')) {
		fputs(usage, stdout);
		print_commands();
		return argc == 2 && strcmp(argv[1], "--help") == 0 ? 0 : 64;
	}
	snprintf(e.host, sizeof(e.host), "%s", argc > 1 ? argv[1] : "localhost");
	snprintf(e.port, sizeof(e.port), "%s", argc > 2 ? argv[2] : "2007");
	if (dial_wait(&e, MARK_MS, NULL, &t, why, sizeof(why)) != OP_OK) {
		fprintf(stderr,
		    "travesty: cannot connect to %s port %s: %s; is travestyd running?\n", e.host,
		    e.port, why);
		return 1;
	}
	setvbuf(stdin, NULL, _IONBF, 0);
	catch_interrupt();
	c.fd = t.rfd;
	buf_init(&c.in);
	int err = converse(&c);

	if (err)
		fprintf(stderr, "travesty: %s\n", op_strerror(err));
	buf_fini(&c.in);
	transport_close(&t);
	return err ? 1 : 0;
}
