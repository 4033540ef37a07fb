/* SPDX-License-Identifier: ISC */
/* Any datagram and any connection gets the answer of this moment. */
#include "client/opnet/clockserver.h"

#include "lib/err.h"

#define AT(field) offsetof(struct serve_settings, field)

const struct option_row clockserver_rows[] = {SERVE_LISTEN_ROW(AT(listen)),
    {'p', "port", "PORT", OPTION_TEXT, AT(port), NULL,
	"another port than that of the service: a number or a name"},
    {0, "udp", NULL, OPTION_FLAG, AT(udp), NULL, "only by datagram"},
    {0, "tcp", NULL, OPTION_FLAG, AT(tcp), NULL, "only by connection"},
    SERVE_RATE_ROW(AT(rate), "50"), {0}};

static void
on_datagram(struct udp *u, const struct udp_datagram *d, void *arg)
{
	serve_answer_fn *const *answer = arg;
	unsigned char bytes[64];

	(void)udp_send(u, bytes, (*answer)(bytes, sizeof(bytes), NULL), d->from, &d->path);
}

int
clockserver_run(const struct options_program *program, const char *default_port,
    serve_answer_fn *answer, int argc, char **argv)
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
	err = serve_open(&shell, &settings, on_datagram, answer, &answer, &serve);
	if (err == OP_OK) {
		shell_run(&shell);
		serve_close(serve);
	}
	shell_close(&shell);
	return shell_status(err);
}
