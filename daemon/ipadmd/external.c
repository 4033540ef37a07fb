/* SPDX-License-Identifier: ISC */
#include "daemon/ipadmd/external.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "daemon/ipadmd/disk.h"
#include "daemon/ipadmd/run.h"
#include "lib/err.h"

#define COPY "%f"

struct copy {
	char directory[4096 + 32]; /* made for it, 0700 */
	char path[4096 + 32 + PLACE_TEXT];
};

static int
make_copy(const struct clerk *k, const struct place *p, const struct buf *bytes, struct copy *c)
{
	snprintf(c->directory, sizeof(c->directory), "%.4000s/check.XXXXXX", k->state);
	if (!mkdtemp(c->directory))
		return OP_SYSTEM;
	snprintf(c->path, sizeof(c->path), "%s/%s", c->directory, p->base);
	return disk_write(AT_FDCWD, c->path, bytes, NULL);
}

static void
remove_copy(const struct copy *c)
{
	unlink(c->path);
	rmdir(c->directory);
}

static int
no_yes(struct clerk *k, const struct place *p, const char *what)
{
	return clerk_fail(
	    k, OP_UNAVAILABLE, "%s: the checker %s %s", p->name, p->flat->checker.items[0], what);
}

/* It has ended: what it says. */
static int
read_answer(struct clerk *k, const struct place *p, const struct buf *output, int status,
    struct flat_findings *out)
{
	const struct sdb_text text = {(const char *)buf_bytes(output), buf_len(output)};
	const size_t errors = out->errors;
	char what[60];

	if (WIFSIGNALED(status)) {
		snprintf(what, sizeof(what), "was ended by signal %d", WTERMSIG(status));
		return no_yes(k, p, what);
	}
	if (WEXITSTATUS(status) == 0)
		return OP_OK;
	int err = flat_checker_said(text, p->base, out);

	if (err == OP_OK && out->errors == errors) {
		struct flat_finding f = {.code = "checker", .is_error = true};

		snprintf(f.message, sizeof(f.message), "the checker says no (status %d)",
		    WEXITSTATUS(status));
		err = flat_findings_add(out, &f);
	}
	return err;
}

static int
run(struct clerk *k, const struct place *p, const struct copy *c, struct flat_findings *out)
{
	const struct string_list *checker = &p->flat->checker;
	char **argv = calloc(checker->count + 1, sizeof(*argv));
	struct buf output;
	int status, err;

	if (!argv)
		return OP_NO_MEMORY;
	for (size_t i = 0; i < checker->count; i++)
		argv[i] = strcmp(checker->items[i], COPY) == 0 ? (char *)(uintptr_t)c->path
							       : checker->items[i];
	buf_init(&output);
	err = run_program(argv, p->flat->checker_ms, &output, &status);
	if (err == OP_TIMEOUT)
		err = no_yes(k, p, "did not end in time");
	else if (err == OP_SYSTEM)
		err = no_yes(k, p, strerror(errno));
	else if (err == OP_OK)
		err = read_answer(k, p, &output, status, out);
	buf_fini(&output);
	free(argv);
	return err;
}

int
external_check(
    struct clerk *k, const struct place *p, const struct buf *bytes, struct flat_findings *out)
{
	struct copy c;

	if (!p->flat || p->flat->checker.count == 0)
		return OP_OK;
	if (make_copy(k, p, bytes, &c)) {
		no_yes(k, p, strerror(errno));
		remove_copy(&c);
		return OP_UNAVAILABLE;
	}
	int err = run(k, p, &c, out);

	remove_copy(&c);
	return err;
}
