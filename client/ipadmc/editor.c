/* SPDX-License-Identifier: ISC */
/* An editor as a child.  ^C and ^\ are the editor's for as long as it runs. */
#include "client/ipadmc/editor.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/wait.h>
#include <unistd.h>
#include "lib/clock.h"
#include "lib/err.h"
#include "lib/text.h"

#define CALL_MS 10000
#define AGAIN_MS 1000   /* between two tries to connect */
#define CONNECT_MS 3000 /* for each; a session keeps its lock for a minute */
#define GOODBYE_MS 5000 /* that an editor gets to end when we are sent a signal */

/* --- the conversation --- */

static void
pack_session(struct mp_out *o, const struct query *q, const void *session)
{
	(void)q;
	mp_map(o, 1);
	mp_kstr(o, "session", session);
}

int
editor_join(struct editor *e)
{
	struct query_answer a;
	int err = query_try(e->q, "sdb.subscribe", pack_session, e->session, &a);

	return err == OP_OK ? err : query_complain_answer(e->q, err, &a);
}

/* The same quietly and without waiting for a daemon that is away. */
static void
join_again(struct editor *e)
{
	char why[SERVER_WHY];
	const struct rpc_msg *m;
	uint32_t msgid;
	int64_t deadline_ms = clock_boot_ms() + CONNECT_MS;

	if (rpcsync_open(&e->q->endpoint, &e->q->kind->hello, deadline_ms, &e->q->rpc, why,
		sizeof(why)) != OP_OK)
		return;
	pack_session(rpcsync_begin(e->q->rpc, "sdb.subscribe", &msgid), e->q, e->session);
	int err = rpcsync_send(e->q->rpc, deadline_ms);

	if (err == OP_OK)
		err = rpcsync_wait(e->q->rpc, msgid, deadline_ms, &m);
	if (err != OP_OK)
		query_disconnect(e->q);
}

static void
on_note(struct editor *e, const struct rpc_msg *m)
{
	struct mp_text file, session, by;

	if (m->type != RPC_NOTIFY || !mp_text_is(m->method, "sdb.taken") ||
	    mp_get_text(m->params, "file", &file) != OP_OK || !mp_text_is(file, e->file) ||
	    mp_get_text(m->params, "session", &session) != OP_OK ||
	    !mp_text_is(session, e->session) || mp_get_text(m->params, "by", &by) != OP_OK)
		return;
	text_log(e->taken_by, sizeof(e->taken_by), by.s, by.len);
}

/* One event; OP_AGAIN: the child has ended. */
static int
wait_once(struct editor *e, int pidfd)
{
	const struct rpc_msg *m;
	int64_t until_ms = clock_boot_ms() + AGAIN_MS;

	if (!e->q->rpc) {
		struct pollfd p = {.fd = pidfd, .events = POLLIN};
		int ready = stop_poll(&p, 1, until_ms);

		if (ready != 0)
			return ready > 0 ? OP_AGAIN : ready;
		join_again(e);
		return OP_OK;
	}
	int err = rpcsync_next_or(e->q->rpc, pidfd, STOP_FOREVER, &m);

	if (err == OP_OK)
		on_note(e, m);
	else if (err != OP_AGAIN && err != OP_CANCELLED)
		query_disconnect(e->q);
	return err == OP_AGAIN || err == OP_CANCELLED ? err : OP_OK;
}

/* --- the child --- */

/* The command, and what it is from. */
static const char *
choose_editor(const char **source)
{
	static const char *const variables[] = {"VISUAL", "EDITOR"};

	for (size_t i = 0; i < sizeof(variables) / sizeof(variables[0]); i++) {
		const char *value = getenv(*source = variables[i]);

		if (value && *value)
			return value;
	}
	*source = "the default";
	return access("/usr/bin/editor", X_OK) == 0 ? "editor" : "vi";
}

/* Through the shell, as the variables hold commands with arguments. */
static void
become_editor(const char *path)
{
	const char *source, *editor = choose_editor(&source);
	char command[4200];

	stop_child();
	signal(SIGINT, SIG_DFL);
	signal(SIGQUIT, SIG_DFL);
	/* Plain words are exec'd, so that what we signal is the editor and not a shell before it.
	 */
	const char *how = strpbrk(editor, "=;&|<>(){}$`\"'\\\n") ? "" : "exec ";
	int n = snprintf(command, sizeof(command), "%s%s \"$1\"", how, editor);

	if (n > 0 && (size_t)n < sizeof(command))
		execl("/bin/sh", "sh", "-c", command, "ipadmc", path, (char *)NULL);
	_exit(127);
}

static int
say_status(struct editor *e, int status)
{
	if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
		return OP_OK;
	if (WIFSIGNALED(status))
		return query_complain(
		    e->q, OP_SYSTEM, "the editor was ended by signal %d", WTERMSIG(status));
	int exit_status = WEXITSTATUS(status);
	const char *source, *editor = choose_editor(&source);

	/* The shell's words for: not there, and not executable. */
	if (exit_status == 127 || exit_status == 126)
		return query_complain(e->q, IPADMC_NO_EDITOR,
		    "no editor, status %d: \"%s\" (%s) cannot be started; set VISUAL or EDITOR",
		    exit_status, editor, source);
	return query_complain(e->q, OP_SYSTEM, "the editor ended with status %d", exit_status);
}

static void
say_goodbye(struct editor *e, pid_t pid, int pidfd)
{
	struct pollfd p = {.fd = pidfd, .events = POLLIN};

	kill(pid, stop_signal());
	e->is_running = poll(&p, 1, GOODBYE_MS) != 1; /* our signals are blocked meanwhile */
}

static int
watch(struct editor *e, pid_t pid)
{
	int pidfd = pidfd_open(pid, 0);
	int status = 0, err = OP_OK;

	while (pidfd >= 0 && err == OP_OK)
		err = wait_once(e, pidfd);
	if (err == OP_CANCELLED)
		say_goodbye(e, pid, pidfd);
	while (err != OP_CANCELLED && waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	if (pidfd >= 0)
		close(pidfd);
	return err == OP_CANCELLED ? err : say_status(e, status);
}

int
editor_run(struct editor *e, const char *path)
{
	struct sigaction ignore = {.sa_handler = SIG_IGN}, old_int, old_quit;

	fflush(NULL);
	sigaction(SIGINT, &ignore, &old_int);
	sigaction(SIGQUIT, &ignore, &old_quit);
	pid_t pid = fork();

	if (pid == 0)
		become_editor(path);
	int err = pid < 0 ? OP_SYSTEM : watch(e, pid);

	if (pid < 0)
		query_complain(e->q, err, "cannot start an editor: %s", strerror(errno));
	sigaction(SIGINT, &old_int, NULL);
	sigaction(SIGQUIT, &old_quit, NULL);
	return err;
}
