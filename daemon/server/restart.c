/* SPDX-License-Identifier: ISC */
/*
 * What the old acceptor knows goes to the new one as lines in a memory file, whose number and owner
 * are in the environment: `word number… text`.  Only descriptors that are named there survive the
 * exec.
 */
#include "daemon/server/restart.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>
#include "daemon/server/acceptor.h"
#include "daemon/server/notify.h"
#include "lib/clock.h"
#include "lib/err.h"
#include "lib/log.h"

#define VARIABLE "OPDESK_RESTART"
#define CHECK_VARIABLE "OPDESK_RESTART_CHECK"
#define CHECK_LIMIT_MS 10000
#define ENGINE_LIMIT_MS 4000

static char program[PATH_MAX];
static int inherited = -1; /* the memory file */

static bool
keep_on_exec(int fd, bool keep)
{
	return fcntl(fd, F_SETFD, keep ? 0 : FD_CLOEXEC) == 0;
}

bool
restart_prepare(void)
{
	const char *text = getenv(VARIABLE);
	ssize_t n = readlink("/proc/self/exe", program, sizeof(program) - 1);
	long pid;

	program[n > 0 ? n : 0] = '\0';
	/* Whoever inherits the variable by accident is another process. */
	if (text && sscanf(text, "%d %ld", &inherited, &pid) == 2 && pid == (long)getpid())
		keep_on_exec(inherited, false);
	else
		inherited = -1;
	unsetenv(VARIABLE);
	return inherited != -1;
}

/* --- 1: is the new program good? --- */

static void
give_up(struct acceptor *a, const char *why)
{
	log_error("restart: not done: %s", why);
	if (a->restart.step == RESTART_ENDING)
		notify_ready();
	a->restart = (struct restart){RESTART_NO};
}

bool
restart_asked_for_check(void)
{
	const char *text = getenv(CHECK_VARIABLE);
	char *end;

	return text && strtol(text, &end, 10) == (long)getpid() && *end == '\0';
}

static void __attribute__((noreturn)) run_check(const struct server_options *o)
{
	char **argv = calloc((size_t)o->argc + 2, sizeof(*argv)), pid[24];
	sigset_t none;

	snprintf(pid, sizeof(pid), "%ld", (long)getpid());
	setenv(CHECK_VARIABLE, pid, 1);

	if (!argv)
		_exit(127);
	memcpy(argv, o->argv, (size_t)o->argc * sizeof(*argv));
	argv[o->argc] = (char *)"--check";
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	/* Its "ok" is not for our standard output; what it complains about is for our log. */
	dup2(STDERR_FILENO, STDOUT_FILENO);
	execv(program, argv);
	_exit(127);
}

void
restart_begin(struct acceptor *a)
{
	if (!a->ready || a->stopping || a->restart.step != RESTART_NO)
		return;
	log_notice("restart: checking %s", program);
	a->restart.checker = fork();
	if (a->restart.checker == 0)
		run_check(a->tree.options);
	if (a->restart.checker == -1) {
		give_up(a, strerror(errno));
		return;
	}
	a->restart.step = RESTART_CHECKING;
	a->restart.limit_ms = clock_boot_ms() + CHECK_LIMIT_MS;
}

bool
restart_reaped(struct acceptor *a, pid_t pid, int status)
{
	char why[PATH_MAX + 80], how[32];

	if (a->restart.step != RESTART_CHECKING || pid != a->restart.checker)
		return false;
	if (status != 0) {
		snprintf(why, sizeof(why), "`%s --check` ended with %s", program,
		    acceptor_describe(status, how, sizeof(how)));
		give_up(a, why);
		return true;
	}
	a->restart.step = RESTART_ENDING;
	a->restart.limit_ms = clock_boot_ms() + ENGINE_LIMIT_MS;
	notify_reloading();
	rest_expire(a, INT64_MAX);
	if (a->engine.pid > 0)
		kill(a->engine.pid, SIGUSR2);
	return true;
}

/* --- 2: hand over to it --- */

static bool
write_lines(struct acceptor *a, FILE *f)
{
	const struct tree *t = &a->tree;
	struct worker_row row;
	size_t slot = 0;

	fprintf(f, "version %d\n", RESTART_VERSION);
	fprintf(f, "tree %d %d %d %d %d %d %" PRIu32 "\n", t->door.in, t->door.out, t->bell.in,
	    t->bell.out, t->lifeline_in, t->lifeline_out, t->generation + 1);
	fprintf(f, "pid_file %d\n", a->pid_fd);
	if (log_shared_fd() != -1)
		fprintf(f, "log %d\n", log_shared_fd());
	for (size_t i = 0; i < a->listener_count; i++)
		fprintf(f, "listener %d %s\n", a->listeners[i].fd, a->listeners[i].endpoint);
	for (size_t i = 0; i < ROSTER_MAX; i++)
		if (a->roster.items[i].pid > 0)
			fprintf(f, "place %zu %ld %d %zu\n", i, (long)a->roster.items[i].pid,
			    a->roster.items[i].channel, a->roster.items[i].load);
	fprintf(f, "multiplexed %d\n", t->config->multiplexed);
	while (accounting_row(&a->workers, &slot, &row)) {
		char address[NETADDR_TEXT] = "-";

		if (row.source.addr.family)
			netaddr_format(address, &row.source.addr);
		fprintf(f, "worker %ld %d %lu %s\n", (long)row.pid, row.resting,
		    (unsigned long)row.source.uid, address);
	}
	return fflush(f) == 0 && !ferror(f);
}

static bool
keep_all(struct acceptor *a, bool keep)
{
	const struct tree *t = &a->tree;
	const int fds[] = {
	    t->door.in, t->door.out, t->bell.in, t->bell.out, t->lifeline_in, t->lifeline_out};
	bool good = (a->pid_fd == -1 || keep_on_exec(a->pid_fd, keep)) &&
		    (log_shared_fd() == -1 || keep_on_exec(log_shared_fd(), keep));

	for (size_t i = 0; i < sizeof(fds) / sizeof(*fds); i++)
		good = keep_on_exec(fds[i], keep) && good;
	for (size_t i = 0; i < a->listener_count; i++)
		good = keep_on_exec(a->listeners[i].fd, keep) && good;
	for (size_t i = 0; i < ROSTER_MAX; i++)
		if (a->roster.items[i].pid > 0)
			good = keep_on_exec(a->roster.items[i].channel, keep) && good;
	return good;
}

/* Comes back only when it has failed. */
static void
replace(struct acceptor *a)
{
	int fd = memfd_create("opdesk-restart", 0);
	FILE *f = fd == -1 ? NULL : fdopen(fd, "w");
	char text[64];

	snprintf(text, sizeof(text), "%d %ld", fd, (long)getpid());
	if (f && write_lines(a, f) && lseek(fd, 0, SEEK_SET) == 0 &&
	    setenv(VARIABLE, text, 1) == 0 && keep_all(a, true))
		execv(program, a->tree.options->argv);
	keep_all(a, false);
	unsetenv(VARIABLE);
	give_up(a, strerror(errno));
	if (f)
		fclose(f);
}

int64_t
restart_next_ms(const struct acceptor *a)
{
	return a->restart.step == RESTART_NO ? INT64_MAX : a->restart.limit_ms;
}

void
restart_look(struct acceptor *a, int64_t now_ms)
{
	if (a->restart.step == RESTART_NO)
		return;
	if (a->restart.step == RESTART_ENDING && a->engine.pid == 0 && a->held.fd == -1) {
		log_notice("restart: %s takes over", program);
		datagrams_kill(a, SIGTERM); /* the new acceptor has its own */
		hooks_run(a, hooks_of(a)->restarting);
		replace(a);
	} else if (now_ms >= a->restart.limit_ms) {
		pid_t slow =
		    a->restart.step == RESTART_CHECKING ? a->restart.checker : a->engine.pid;

		if (slow > 0)
			kill(slow, SIGKILL);
		a->restart.limit_ms = now_ms + CHECK_LIMIT_MS;
	}
}

/* --- 3: take over --- */

static bool
adopt_tree(struct acceptor *a, const char *rest)
{
	struct tree *t = &a->tree;

	return sscanf(rest, "%d %d %d %d %d %d %" SCNu32, &t->door.in, &t->door.out, &t->bell.in,
		   &t->bell.out, &t->lifeline_in, &t->lifeline_out, &t->generation) == 7;
}

static bool
adopt_pid_file(struct acceptor *a, const char *rest)
{
	return sscanf(rest, "%d", &a->pid_fd) == 1;
}

static bool
adopt_log(struct acceptor *a, const char *rest)
{
	int fd;

	(void)a;
	if (sscanf(rest, "%d", &fd) != 1)
		return false;
	log_share(fd);
	return true;
}

static bool
adopt_listener(struct acceptor *a, const char *rest)
{
	struct listener *l = &a->listeners[a->listener_count];

	if (a->listener_count == MAX_LISTENERS ||
	    sscanf(rest, "%d %255[^\n]", &l->fd, l->endpoint) != 2)
		return false;
	a->listener_count++;
	return true;
}

static bool
adopt_place(struct acceptor *a, const char *rest)
{
	struct roster_worker w = {.wanted = false};
	size_t place;
	long pid;

	if (sscanf(rest, "%zu %ld %d %zu", &place, &pid, &w.channel, &w.load) != 4 ||
	    place >= ROSTER_MAX || pid <= 0)
		return false;
	w.pid = (pid_t)pid;
	a->roster.items[place] = w;
	a->roster.running++;
	return true;
}

static bool
adopt_personality(struct acceptor *a, const char *rest)
{
	/* Rows of the other kind would be taken for these. */
	a->tree.config->multiplexed = atoi(rest) != 0;
	return true;
}

static bool
adopt_worker(struct acceptor *a, const char *rest)
{
	struct source source = {.uid = 0};
	char address[NETADDR_TEXT];
	unsigned long uid;
	int resting;
	long id;

	if (sscanf(rest, "%ld %d %lu %45s", &id, &resting, &uid, address) != 4 || id <= 0)
		return false;
	source.uid = (uid_t)uid;
	if (strcmp(address, "-") != 0 && netaddr_parse(address, &source.addr))
		return false;
	if (accounting_add(&a->workers, (pid_t)id, &source))
		return false;
	if (resting)
		accounting_rest(&a->workers, (pid_t)id, true, &source);
	return true;
}

static bool
adopt_version(struct acceptor *a, const char *rest)
{
	a->kept_workers = atoi(rest) == RESTART_VERSION;
	return true;
}

static bool
adopt_line(struct acceptor *a, char *line)
{
	static const struct {
		const char *word;
		bool (*adopt)(struct acceptor *a, const char *rest);
	} words[] = {{"version", adopt_version}, {"tree", adopt_tree}, {"pid_file", adopt_pid_file},
	    {"log", adopt_log}, {"listener", adopt_listener}, {"place", adopt_place},
	    {"multiplexed", adopt_personality}, {"worker", adopt_worker}};
	char *rest = strchr(line, ' ');

	if (!rest)
		return false;
	*rest++ = '\0';
	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
		if (strcmp(line, words[i].word) == 0)
			return words[i].adopt(a, rest);
	/* A newer version may say more. */
	return true;
}

int
restart_adopt(struct acceptor *a, char *why, size_t why_size)
{
	FILE *f = fdopen(inherited, "r");
	char line[DOOR_LISTENER + 64];
	bool good = f != NULL;

	while (good && fgets(line, sizeof(line), f)) {
		line[strcspn(line, "\n")] = '\0';
		good = adopt_line(a, line);
	}
	if (f)
		fclose(f);
	inherited = -1;
	if (!good || a->listener_count == 0 || a->tree.lifeline_out <= 0) {
		snprintf(why, why_size, "cannot take over from the daemon before: \"%s\"", line);
		return OP_PROTOCOL;
	}
	keep_all(a, false);
	return OP_OK;
}
