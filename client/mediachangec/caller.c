/* SPDX-License-Identifier: ISC */
/*
 * The callers as a table, and the walk up the tree of processes that finds one: between it and us
 * are one or more shells.
 */
#include "client/mediachangec/caller.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "lib/err.h"

#define ANCESTORS_MAX 8

const char *const caller_names[] = {"tar", "dump", "restore", "afio", "dar", NULL};

/* --- what each of them passes --- */

static int
describe_tar(char *const *args, struct caller_question *q, const char **why)
{
	const char *volume = getenv("TAR_VOLUME");
	const char *archive = getenv("TAR_ARCHIVE");
	const char *command = getenv("TAR_SUBCOMMAND");

	(void)args;
	if (!volume) {
		*why = "TAR_VOLUME is not set: run this as tar's -F command";
		return OP_BAD_REQUEST;
	}
	bool writes = !command || !strchr("xtd", command[strspn(command, "-")]);

	snprintf(q->volume, sizeof(q->volume), "%s", volume);
	return buf_printf(&q->text, "Insert volume %s of %s to go on %s, then choose Ok.", volume,
	    archive ? archive : "the archive", writes ? "writing" : "reading");
}

/* A number from 0 on, nothing behind it; -1. */
static long
number(const char *s)
{
	size_t digits = strspn(s, "0123456789");

	return digits > 0 && digits < 9 && s[digits] == '\0' ? strtol(s, NULL, 10) : -1;
}

static int
describe_numbered(const char *device, const char *number_text, long add, const char *verb,
    struct caller_question *q, const char **why)
{
	long volume = number(number_text);

	if (volume < 0) {
		*why = "the volume is not a number";
		return OP_BAD_REQUEST;
	}
	snprintf(q->volume, sizeof(q->volume), "%ld", volume + add);
	return buf_printf(&q->text, "Insert volume %ld into %s to go on %s, then choose Ok.",
	    volume + add, device, verb);
}

/* dump counts the volume that is finished, restore the one that it wants. */
static int
describe_dump(char *const *args, struct caller_question *q, const char **why)
{
	return describe_numbered(args[0], args[1], 1, "dumping", q, why);
}

static int
describe_restore(char *const *args, struct caller_question *q, const char **why)
{
	return describe_numbered(args[0], args[1], 0, "restoring", q, why);
}

static int
describe_afio(char *const *args, struct caller_question *q, const char **why)
{
	int err = describe_numbered(args[1], args[0], 0, "with afio", q, why);

	return err == OP_OK && *args[2] ? buf_printf(&q->text, "\nafio says: %s", args[2]) : err;
}

static int
describe_dar(char *const *args, struct caller_question *q, const char **why)
{
	long slice = number(args[1]);

	if (slice < 0) {
		*why = "the slice is not a number";
		return OP_BAD_REQUEST;
	}
	snprintf(q->volume, sizeof(q->volume), "%ld", slice);
	if (strcmp(args[2], "last_slice") == 0)
		return OP_OK;
	if (slice == 0)
		return buf_printf(&q->text,
		    "Insert the medium with the last slice of %s, then choose Ok.", args[0]);
	return buf_printf(&q->text,
	    "dar is at slice %ld of %s.  Writing: it is complete, insert the next medium.  "
	    "Reading: "
	    "insert the medium that has it.  Then choose Ok.",
	    slice, args[0]);
}

static const char *const tar_processes[] = {"tar", "gtar", NULL};
static const char *const dump_processes[] = {"dump", "rdump", NULL};
static const char *const restore_processes[] = {"restore", "rrestore", NULL};
static const char *const afio_processes[] = {"afio", NULL};
static const char *const dar_processes[] = {"dar", "dar_static", NULL};

/* dump and restore take 1 for "ask on the terminal"; afio takes any but 0 and 1 for a crash; dar
 * leaves an archive without its catalogue unless it is stopped by a signal. */
static const struct caller callers[] = {
    {"tar", "", 0, tar_processes, -1, false, describe_tar},
    {"dump", "DEVICE VOLUME", 2, dump_processes, 2, false, describe_dump},
    {"restore", "DEVICE VOLUME", 2, restore_processes, 2, false, describe_restore},
    {"afio", "VOLUME ARCHIVE REASON", 3, afio_processes, 1, false, describe_afio},
    {"dar", "BASENAME SLICE CONTEXT", 3, dar_processes, 0, true, describe_dar},
};

const struct caller *
caller_find(const char *name)
{
	for (size_t i = 0; i < sizeof(callers) / sizeof(callers[0]); i++)
		if (strcmp(callers[i].name, name) == 0)
			return &callers[i];
	return NULL;
}

/* --- the process itself --- */

struct process {
	pid_t pid, parent;
	char name[32];
	unsigned long long start; /* clock ticks since boot: with the pid unique until then */
};

/* proc(5): "PID (NAME) STATE PPID …", start time in field 22; NAME may hold anything. */
static int
parse_stat(char *text, struct process *p)
{
	char *open = strchr(text, '(');
	char *close = strrchr(text, ')');

	if (!open || !close || close < open)
		return OP_NOT_FOUND;
	*close = '\0';
	snprintf(p->name, sizeof(p->name), "%s", open + 1);
	if (sscanf(close + 1, " %*c %d", &p->parent) != 1)
		return OP_NOT_FOUND;
	const char *field = close + 1;

	for (int i = 2; field && i < 22; i++)
		field = strchr(field + 1, ' ');
	return field && sscanf(field, "%llu", &p->start) == 1 ? OP_OK : OP_NOT_FOUND;
}

static int
read_process(pid_t pid, struct process *p)
{
	char path[40];
	char text[1024];

	snprintf(path, sizeof(path), "/proc/%d/stat", (int)pid);
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return OP_NOT_FOUND;
	ssize_t n = read(fd, text, sizeof(text) - 1);

	close(fd);
	if (n <= 0)
		return OP_NOT_FOUND;
	text[n] = '\0';
	p->pid = pid;
	return parse_stat(text, p);
}

static bool
is_one_of(const char *name, const char *const *names)
{
	for (size_t i = 0; names[i]; i++)
		if (strcmp(names[i], name) == 0)
			return true;
	return false;
}

static int
find_process(const struct caller *c, struct process *p)
{
	pid_t pid = getppid();

	for (int i = 0; i < ANCESTORS_MAX && pid > 1; i++) {
		if (read_process(pid, p) != OP_OK)
			break;
		if (is_one_of(p->name, c->processes))
			return OP_OK;
		pid = p->parent;
	}
	return OP_NOT_FOUND;
}

int
caller_key(const struct caller *c, const char *volume, struct buf *key)
{
	char host[65] = "";
	struct process p;

	if (find_process(c, &p) != OP_OK)
		return OP_OK;
	gethostname(host, sizeof(host) - 1);
	return buf_printf(key, "%s:%s:%d.%llu:%s", c->name, host, (int)p.pid, p.start, volume);
}

int
caller_stop(const struct caller *c)
{
	struct process p;

	if (find_process(c, &p) != OP_OK)
		return OP_NOT_FOUND;
	return kill(p.pid, SIGTERM) == 0 ? OP_OK : OP_SYSTEM;
}
