/* SPDX-License-Identifier: ISC */
/* Any datagram and any connection gets the answer of this moment. */
#include "client/opnet/clockserver.h"

#include <sys/socket.h>
#include <unistd.h>
#include "lib/err.h"

#define ANSWER_MAX 64

#define AT(field) offsetof(struct serve_settings, field)

const struct option_row clockserver_rows[] = {SERVE_LISTEN_ROW(AT(listen)),
    {'p', "port", "PORT", OPTION_TEXT, AT(port), NULL,
	"another port than that of the service: a number or a name"},
    SERVE_UDP_ROW(AT(udp)), SERVE_TCP_ROW(AT(tcp)), SERVE_RATE_ROW(AT(rate), "50"), {0}};

static void
on_datagram(struct udp *u, const struct udp_datagram *d, void *arg)
{
	clockserver_answer_fn *const *answer = arg;
	unsigned char bytes[ANSWER_MAX];

	(void)udp_send(u, bytes, (*answer)(bytes, sizeof(bytes)), d->from, &d->path);
}

/* A connection lives for one answer; a new one has room for so little. */
static void
on_connection(int fd, void *arg)
{
	clockserver_answer_fn *const *answer = arg;
	unsigned char bytes[ANSWER_MAX];
	size_t n = (*answer)(bytes, sizeof(bytes));

	if (send(fd, bytes, n, MSG_NOSIGNAL) < 0)
		shell_say("an answer was not sent");
	shutdown(fd, SHUT_WR);
	close(fd);
}

int
clockserver_run(const struct options_program *program, const char *default_port,
    clockserver_answer_fn *answer, int argc, char **argv)
{
	struct serve_settings settings = {.port = default_port, .rate = SERVE_RATE};
	struct serve *serve;
	struct shell shell;
	int first;
	int err = options_parse(program, argc, argv, &settings, &first);

	if (err == OP_OK && first < argc)
		err = options_complain(program, "what is \"%s\"?", argv[first]);
	if (err != OP_OK)
		return err == OP_CANCELLED ? 0 : EXIT_USAGE;
	if (!shell_open(&shell))
		return EXIT_INTERNAL;
	err = serve_open(&shell, &settings, on_datagram, on_connection, &answer, &serve);
	if (err == OP_OK) {
		serve_ready();
		shell_run(&shell);
		serve_close(serve);
	}
	shell_close(&shell);
	return shell_status(err);
}
