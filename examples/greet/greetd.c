/* SPDX-License-Identifier: ISC */
/*
 * greetd: greets whoever connects, over TCP or a UNIX socket, and can then run a program with its
 * standard input and output on the connection (a tiny inetd).  The child's environment is ours, its
 * other descriptors are closed, and no shell is involved.
 */
#include <getopt.h>
#include <linux/close_range.h>
#include <netdb.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>
#include "examples/common/forkserver.h"
#include "lib/log.h"
#include "lib/text.h"

#define EXIT_USAGE 64
#define EXIT_CANNOT_RUN 69

struct greeter {
	const char *program;
};

/* "www.example" or, without a name, its address. */
static void
name_of(int fd, char *dst, size_t size)
{
	struct sockaddr_storage a;
	socklen_t len = sizeof(a);
	char name[NI_MAXHOST] = "stranger";

	if (getpeername(fd, (struct sockaddr *)&a, &len) == 0)
		getnameinfo((struct sockaddr *)&a, len, name, sizeof(name), NULL, 0, 0);
	text_log(dst, size, name, strlen(name));
}

static bool
greet(int fd, bool is_unix)
{
	char name[NI_MAXHOST], when[30], text[NI_MAXHOST + 100];
	time_t now = time(NULL);
	struct tm tm;

	strftime(when, sizeof(when), "%a %b %e %H:%M:%S %Y", localtime_r(&now, &tm));
	if (is_unix) {
		snprintf(text, sizeof(text), "Hello there, it's now %s\n", when);
	} else {
		name_of(fd, name, sizeof(name));
		snprintf(text, sizeof(text), "Hello there, %s, it's now %s\r\n", name, when);
	}
	return forkserver_write(fd, text, strlen(text));
}

static int
become(const char *program, int fd)
{
	static char search[] = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
	char *const environment[] = {search, NULL};
	char path[4096];
	char *const arguments[] = {path, NULL};

	snprintf(path, sizeof(path), "%s", program);
	/* ours are close-on-exec; what we inherited may not be */
	close_range(STDERR_FILENO + 1, ~0u, CLOSE_RANGE_CLOEXEC);
	if (dup2(fd, STDIN_FILENO) >= 0 && dup2(fd, STDOUT_FILENO) >= 0)
		execve(path, arguments, environment);
	log_error("program: cannot run: %s: %m", program);
	return EXIT_CANNOT_RUN;
}

static int
serve(int fd, bool is_unix, void *arg)
{
	const struct greeter *g = arg;

	if (!greet(fd, is_unix))
		return 1;
	return g->program ? become(g->program, fd) : 0;
}

static const char usage[] =
    "usage: greetd [--exec PROGRAM | --iterative] [ENDPOINT]\n"
    "\n"
    "Greet whoever connects.  ENDPOINT: tcp:127.0.0.1:2345 unless given; unix:PATH.\n"
    "\n"
    "      --exec PROGRAM  then run it on the connection: an absolute path, without arguments\n"
    "      --iterative     no children: one connection after another\n"
    "  -h, --help          print this\n";

static const struct option rows[] = {
    {"exec", required_argument, NULL, 'e'},
    {"iterative", no_argument, NULL, 'i'},
    {"help", no_argument, NULL, 'h'},
    {0},
};

int
main(int argc, char **argv)
{
	struct greeter greeter = {0};
	struct forkserver s = {.name = "greetd", .serve = serve, .arg = &greeter};
	const char *why = "one endpoint";
	int option;

	while ((option = getopt_long(argc, argv, "h", rows, NULL)) != -1) {
		if (option == 'e')
			greeter.program = optarg;
		else if (option == 'i')
			s.iterative = true;
		else
			return fputs(usage, option == 'h' ? stdout : stderr) < 0 || option != 'h'
				   ? EXIT_USAGE
				   : 0;
	}
	const char *where = optind < argc ? argv[optind] : "tcp:127.0.0.1:2345";

	if (greeter.program && (s.iterative || *greeter.program != '/'))
		why = "--exec takes an absolute path, and no --iterative: the program takes the "
		      "child's "
		      "place";
	else if (argc - optind <= 1 && endpoint_parse(where, "2345", &s.listen, &why) == 0)
		return forkserver_run(&s);
	fprintf(stderr, "greetd: %s\n%s", why, usage);
	return EXIT_USAGE;
}
