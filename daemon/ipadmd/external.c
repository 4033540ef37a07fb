/* SPDX-License-Identifier: ISC */
#include "daemon/ipadmd/external.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "daemon/ipadmd/command.h"
#include "daemon/ipadmd/disk.h"
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
	    k, OP_SYSTEM, "%s: the checker %s: %s", p->name, p->flat->checker.items[0], what);
}

/* It has ended: what it says. */
static int
read_answer(struct clerk *k, const struct place *p, const struct command_result *r,
    struct flat_findings *out)
{
	const size_t errors = out->errors;
	char what[60];

	if (r->status == -1)
		return no_yes(k, p, r->output);
	if (r->status > 128) {
		snprintf(what, sizeof(what), "was ended by signal %d", r->status - 128);
		return no_yes(k, p, what);
	}
	if (r->status == 0)
		return OP_OK;
	int err = flat_checker_said(sdb_text_of(r->output), p->base, out);

	if (err == OP_OK && out->errors == errors) {
		struct flat_finding f = {.code = "checker", .is_error = true};

		snprintf(
		    f.message, sizeof(f.message), "the checker says no (status %d)", r->status);
		err = flat_findings_add(out, &f);
	}
	return err;
}

static bool
is_given_up(void *arg)
{
	return clerk_is_cancelled(arg);
}

static int
run(struct clerk *k, const struct place *p, const struct copy *c, struct flat_findings *out)
{
	const struct string_list *checker = &p->flat->checker;
	char **argv = calloc(checker->count + 1, sizeof(*argv));
	struct command_run how = {
	    .argv = argv,
	    .limit_ms = p->flat->checker_ms,
	    .stop_fd = {-1, -1},
	    .given_up = is_given_up,
	    .given_up_arg = k,
	};
	struct command_result *result = malloc(sizeof(*result));
	int err = argv && result ? OP_OK : OP_NO_MEMORY;

	for (size_t i = 0; i < checker->count && err == OP_OK; i++)
		argv[i] = strcmp(checker->items[i], COPY) == 0 ? (char *)(uintptr_t)c->path
							       : checker->items[i];
	if (err == OP_OK && !command_exists(checker->items[0]))
		err = no_yes(k, p, "cannot be run");
	if (err == OP_OK)
		err = command_run(&how, result);
	if (err == OP_OK)
		err = read_answer(k, p, result, out);
	free(argv);
	free(result);
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
		return OP_SYSTEM;
	}
	int err = run(k, p, &c, out);

	remove_copy(&c);
	return err;
}
