/* SPDX-License-Identifier: ISC */
/*
 * mediachangec: ask a person from a script and wait.  Standard output carries the label of the
 * answer and nothing else; the exit status says what became of the question.  Run by programs like
 * tar in odd surroundings: SIGPIPE may be ignored, standard output closed, other descriptors open.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include "client/common/stop.h"
#include "client/mediachangec/asking.h"
#include "client/mediachangec/oneline.h"
#include "client/mediachangec/preflight.h"
#include "lib/err.h"

/* tar waits for the end of its volume-name pipe: hold nothing of the caller's.  And no socket of
 * ours may take the place of a missing standard stream. */
static void
tidy_descriptors(void)
{
	close_range(STDERR_FILENO + 1, UINT_MAX, 0);
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++) {
		/* What is printed must not vanish unnoticed: writing to this one fails. */
		int flags = fd == STDOUT_FILENO ? O_RDONLY : O_RDWR;

		if (fcntl(fd, F_GETFD) < 0 && open("/dev/null", flags) != fd)
			break;
	}
	signal(SIGPIPE, SIG_IGN);
}

static int
print_line(const struct buf *b)
{
	if (buf_len(b) == 0)
		return OP_OK;
	fwrite(buf_bytes(b), 1, buf_len(b), stdout);
	fputc('\n', stdout);
	if (fflush(stdout) == 0 && !ferror(stdout))
		return OP_OK;
	fprintf(stderr,
	    "mediachangec: cannot write the answer to standard output: %s; it stays kept\n",
	    strerror(errno));
	return OP_SYSTEM;
}

/* A caller reads nothing from our standard output: it may be its archive.  It stops and does not
 * say why, so we say it. */
static int
print_answer(const struct settings *s, const struct answer *a)
{
	if (buf_len(&a->remark) > 0)
		fprintf(stderr, "mediachangec: %.*s\n", (int)buf_len(&a->remark),
		    (const char *)buf_bytes(&a->remark));
	if (s->caller && buf_len(&a->label) > 0 &&
	    (a->outcome == OUTCOME_NO || a->outcome == OUTCOME_OTHER))
		fprintf(stderr, "mediachangec: the answer is %.*s\n", (int)buf_len(&a->label),
		    (const char *)buf_bytes(&a->label));
	if (s->quiet || s->caller)
		return OP_OK;
	return print_line(s->json ? &a->json : &a->label);
}

static int
exit_status(const struct settings *s, const struct answer *a)
{
	int status = s->exits.status[a->outcome];

	if (a->outcome == OUTCOME_YES || !s->caller || !s->caller->stop_by_term)
		return status;
	int err = caller_stop(s->caller);

	if (err == OP_OK)
		return status;
	fprintf(stderr, "mediachangec: cannot stop %s: %s\n", s->caller->name,
	    err == OP_NOT_FOUND ? "it is not among the processes that started this one"
				: strerror(errno));
	return status != 0 ? status : EXIT_INTERNAL; /* it must not go on */
}

static int
ask(const struct settings *s, struct asking *asking, struct answer *a)
{
	int err = s->line ? oneline_run(s, a) : asking_run(asking, a);

	if (err == OP_CANCELLED) {
		int signo = stop_signal();

		stop_forget();
		if (!s->line)
			asking_withdraw(asking);
		stop_die(signo);
	}
	stop_release();
	if (err == OP_BAD_REQUEST)
		return EXIT_USAGE;
	if (err == OP_OK)
		err = print_answer(s, a);
	else
		fprintf(stderr, "mediachangec: %s\n", op_strerror(err));
	if (err != OP_OK)
		return EXIT_INTERNAL;
	if (!s->line)
		asking_confirm(asking, a);
	return exit_status(s, a);
}

static int
run(const struct settings *s)
{
	struct asking *asking = asking_new(s);
	struct answer a;
	int status = EXIT_INTERNAL;

	answer_init(&a);
	stop_catch();
	if (asking)
		status = ask(s, asking, &a);
	answer_fini(&a);
	asking_free(asking);
	return status;
}

static int
check(const struct settings *s)
{
	enum outcome outcome;

	stop_catch();
	int err = preflight_run(s, &outcome);

	if (err == OP_CANCELLED)
		stop_die(stop_signal());
	if (err == OP_OK)
		return s->exits.status[outcome];
	if (err != OP_SYSTEM) /* which was said */
		fprintf(stderr, "mediachangec: %s\n", op_strerror(err));
	return EXIT_INTERNAL;
}

int
main(int argc, char **argv)
{
	struct settings s;
	int status = 0;

	tidy_descriptors();
	int err = settings_parse(&s, argc, argv);

	if (err != OP_OK)
		status = options_status(err);
	else if (s.check)
		status = check(&s);
	else if (buf_len(&s.text) > 0)
		status = run(&s);
	settings_fini(&s);
	return status;
}
