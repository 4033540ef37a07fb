/* SPDX-License-Identifier: ISC */
/* Any datagram and any connection gets the answer of this moment. */
#include "client/opnet/clockserver.h"

#include <sys/socket.h>
#include <unistd.h>
#include "lib/err.h"

#define ANSWER_MAX 64

struct settings {
	struct serve_settings serve;
	clockserver_answer_fn *answer;
};

#define AT(field) offsetof(struct settings, serve.field)

const struct option_row clockserver_rows[] = {SERVE_LISTEN_ROW(AT(listen)),
    {'p', "port", "PORT", OPTION_TEXT, AT(port), NULL,
	"another port than that of the service: a number or a name"},
    SERVE_UDP_ROW(AT(udp)), SERVE_TCP_ROW(AT(tcp)), SERVE_RATE_ROW(AT(rate), "50"), {0}};

static void
on_datagram(struct udp *u, const struct udp_datagram *d, void *arg)
{
	const struct settings *s = arg;
	unsigned char bytes[ANSWER_MAX];

	(void)udp_send(u, bytes, s->answer(bytes, sizeof(bytes)), d->from, &d->path);
}

/* A connection lives for one answer; a new one has room for so little. */
static void
on_connection(int fd, void *arg)
{
	const struct settings *s = arg;
	unsigned char bytes[ANSWER_MAX];
	size_t n = s->answer(bytes, sizeof(bytes));

	if (send(fd, bytes, n, MSG_NOSIGNAL) < 0)
		shell_say("an answer was not sent");
	shutdown(fd, SHUT_WR);
	close(fd);
}

static int
run(void *settings, struct shell *shell)
{
	const struct settings *s = settings;
	struct serve *serve;
	int err = serve_open(shell, &s->serve, on_datagram, on_connection, settings, &serve);

	if (err == OP_OK) {
		serve_ready();
		shell_run(shell);
		serve_close(serve);
	}
	return shell_status(err);
}

int
clockserver_run(const struct options_program *program, const char *default_port,
    clockserver_answer_fn *answer, int argc, char **argv)
{
	const struct shell_command command = {program, NULL, run};
	struct settings settings = {{.port = default_port, .rate = SERVE_RATE}, answer};

	return shell_command(&command, argc, argv, &settings);
}
