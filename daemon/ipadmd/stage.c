/* SPDX-License-Identifier: ISC */
/*
 * Making a set.  Files that are as before are links to those of the current set, unless a filter
 * might write into them.
 */
#include "daemon/ipadmd/publication.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "daemon/ipadmd/probe.h"
#include "lib/clock.h"
#include "lib/err.h"
#include "lib/log.h"
#include "lib/publish/serial.h"
#include "lib/publish/soa.h"
#include "lib/sdb/table.h"

#define INPUT "input" /* the subnet files, for filters */
#define STEP "generate"
#define ASK_LIMIT_MS 3000

static int
fail(struct publication *p, int err, const char *what)
{
	if (err == OP_NO_MEMORY || err == OP_CLOSED || err == OP_CONFLICT)
		return err;
	return outcome_fail(&p->out, OUTCOME_FAILED, STEP, "%s: %s", what,
	    err == OP_SYSTEM ? strerror(errno) : op_strerror(err));
}

/* --- what is published --- */

static int
read_before(struct publication *p)
{
	const struct shelf *s = &p->shelf;
	int err = *s->current ? shelf_record(s->path, s->current, &p->before) : OP_OK;

	if (err != OP_NOT_FOUND && err != OP_PROTOCOL)
		return err;
	log_warn(
	    "%s/%s: its record is lost: serials are taken from the zones", s->path, s->current);
	return shelf_salvage(s, s->current, &p->before);
}

/* --- generating --- */

/* Zones that we have not published yet may be served already, from files of before us or because
 * our record is lost: their serials must not fall. */
static int
ask_servers(const struct publication *p, const struct publish_result *r,
    struct publish_record *floor, bool *found)
{
	const struct probe probe = {
	    &p->settings->probe, ASK_LIMIT_MS, {p->stop_fd[0], p->stop_fd[1]}};
	struct probe_zone *zones = calloc(r->count + 1, sizeof(*zones));
	size_t *of = calloc(r->count + 1, sizeof(*of)), n = 0;
	int err = zones && of ? OP_OK : OP_NO_MEMORY;

	for (size_t i = 0; i < r->count && !err; i++)
		if (r->files[i].zone && !publish_record_find(floor, r->files[i].path)) {
			of[n] = i;
			zones[n++].name = r->files[i].zone;
		}
	if (n > 0 && p->settings->probe.count > 0)
		probe_ask(&probe, zones, n);
	for (size_t i = 0; i < n && !err; i++) {
		const struct publish_previous f = {
		    .path = r->files[of[i]].path, .serial = zones[i].served};

		if (!zones[i].answered)
			continue;
		*found = true;
		err = publish_record_set(floor, &f);
	}
	free(zones);
	free(of);
	return err;
}

static int
run_generators(
    struct publication *p, const struct publish_options *options, struct publish_record *floor)
{
	struct sdb_input *in = snapshot_inputs(&p->snapshot);
	bool found = false;
	int err = in ? OP_OK : OP_NO_MEMORY;

	if (err == OP_OK)
		err = publish_run(
		    in, p->snapshot.count, options, floor->list, floor->count, &p->result);
	if (err == OP_OK)
		err = ask_servers(p, &p->result, floor, &found);
	if (err == OP_OK && found) {
		publish_result_fini(&p->result);
		err = publish_run(
		    in, p->snapshot.count, options, floor->list, floor->count, &p->result);
	}
	free(in);
	return err;
}

static int
generate(struct publication *p)
{
	struct publish_record floor = {0};
	struct publish_setup setup;
	char directory[SHELF_PATH + 10];
	int err;

	snprintf(directory, sizeof(directory), "%s/current", p->shelf.path);
	err = publish_setup_init(&setup, p->settings, directory, clock_wall_ms());
	if (err)
		return err;
	err = shelf_floor(&p->shelf, &p->before, &floor);
	if (err == OP_OK)
		err = run_generators(p, &setup.options, &floor);
	publish_record_fini(&floor);
	publish_setup_fini(&setup);
	p->out.errors = p->result.model.errors + p->result.findings.errors;
	p->out.warnings = p->result.model.warnings + p->result.findings.warnings;
	return err;
}

/* --- the set --- */

bool
stage_differs(const struct publication *p, const struct publish_previous *file)
{
	const struct publish_previous *old = publish_record_find(&p->before, file->path);

	return !old || old->hash != file->hash || old->serial != file->serial;
}

static int
write_file(struct publication *p, const struct publish_file *f, bool may_link)
{
	const struct publish_previous r = {f->path, f->hash, f->records, f->serial};
	int err = OP_NOT_FOUND;

	if (may_link && !stage_differs(p, &r))
		err = shelf_keep(&p->shelf, p->set, f->path);
	if (err)
		err = shelf_write(&p->shelf, p->set, f->path, &f->bytes);
	return err ? err : publish_record_set(&p->next, &r);
}

static int
write_files(struct publication *p)
{
	bool may_link = *p->shelf.current && p->settings->filter.count == 0;
	int err = OP_OK;

	for (size_t i = 0; i < p->result.count && !err; i++)
		err = write_file(p, &p->result.files[i], may_link);
	return err;
}

/* --- filters --- */

static int
run_filter(struct publication *p, const char *text, const char *input, const char *staged)
{
	struct command_line line;
	struct command_result result;
	int err = command_line_parse(text, &line);

	if (err)
		return err;
	if ((err = command_line_add(&line, input)) == OP_OK)
		err = command_line_add(&line, staged);
	const struct command_run run = {.argv = line.argv,
	    .directory = staged,
	    .limit_ms = p->settings->command_limit_ms,
	    .stop_fd = {p->stop_fd[0], p->stop_fd[1]}};

	if (err == OP_OK)
		err = command_run(&run, &result);
	if (err == OP_OK)
		outcome_output(&p->out, text, &result);
	if (err == OP_OK && result.status != 0)
		err = outcome_fail(
		    &p->out, OUTCOME_FAILED, STEP, "filter %s: status %d", text, result.status);
	command_line_fini(&line);
	return err;
}

/* The subnet files of the commit. */
static int
write_input(struct publication *p)
{
	const struct snapshot *s = &p->snapshot;
	int err = OP_OK;

	for (size_t i = 0; i < s->count && !err; i++) {
		char version[COMMIT_TEXT];
		struct buf bytes;

		buf_init(&bytes);
		err = history_file(p->history, s->commit, s->files[i].text, &bytes, version);
		if (err == OP_OK)
			err = shelf_write(&p->shelf, INPUT, s->files[i].text, &bytes);
		buf_fini(&bytes);
	}
	return err;
}

static int
run_filters(struct publication *p)
{
	char input[SHELF_NAME], staged[SHELF_NAME];
	int err = OP_OK;

	shelf_name(staged, p->shelf.path, p->set, NULL);
	shelf_drop(&p->shelf, INPUT);
	if (mkdir(shelf_name(input, p->shelf.path, INPUT, NULL), 0755) == -1)
		return OP_SYSTEM;
	err = write_input(p);
	for (size_t i = 0; i < p->settings->filter.count && !err; i++)
		err = run_filter(p, p->settings->filter.items[i], input, staged);
	int saved = errno;

	shelf_drop(&p->shelf, INPUT);
	errno = saved;
	return err;
}

static size_t
count_lines(const struct buf *bytes)
{
	size_t lines = 0;
	bool blank = true;

	for (size_t i = 0; i < buf_len(bytes); i++) {
		unsigned char c = buf_bytes(bytes)[i];

		if (c == '\n') {
			lines += !blank;
			blank = true;
		} else if (c > ' ') {
			blank = false;
		}
	}
	return lines + !blank;
}

/* A zone's serial rises if, and only if, the rest differs from what is published. */
static int
settle_serial(struct publication *p, struct publish_previous *f, const struct buf *bytes,
    const struct publish_soa *soa)
{
	const struct publish_previous *old = publish_record_find(&p->before, f->path);
	struct buf changed;
	int err;

	f->hash = publish_soa_hash(buf_bytes(bytes), buf_len(bytes), soa);
	f->serial = soa->serial;
	if (old && old->hash == f->hash)
		f->serial = old->serial;
	else if (old && !publish_serial_newer(soa->serial, old->serial))
		f->serial = publish_serial_next(old->serial, 0);
	if (f->serial == soa->serial)
		return OP_OK;
	buf_init(&changed);
	err = publish_soa_replace(buf_bytes(bytes), buf_len(bytes), soa, f->serial, &changed);
	if (err == OP_OK)
		err = shelf_write(&p->shelf, p->set, f->path, &changed);
	buf_fini(&changed);
	return err;
}

struct scan {
	struct publication *p;
	const struct publish_record *made; /* before the filters */
};

static int
scan_file(const char *file, void *arg)
{
	const struct scan *s = arg;
	struct publication *p = s->p;
	const struct publish_previous *made = publish_record_find(s->made, file);
	struct publish_previous f = {.path = file, .records = made ? made->records : 0};
	struct publish_soa soa;
	struct buf bytes;

	if (!publish_path_is_good(file))
		return outcome_fail(&p->out, OUTCOME_FAILED, STEP,
		    "a filter has made a file whose name is not usable");
	buf_init(&bytes);
	int err = shelf_read(&p->shelf, p->set, file, &bytes);

	if (err == OP_OK && strncmp(file, "bind/zones/", 11) == 0 &&
	    publish_soa_find(buf_bytes(&bytes), buf_len(&bytes), &soa) == OP_OK)
		err = settle_serial(p, &f, &bytes, &soa);
	else if (err == OP_OK)
		f.hash = sdb_hash_bytes(SDB_HASH_START, buf_bytes(&bytes), buf_len(&bytes), false);
	if (!made || made->hash != f.hash)
		f.records = count_lines(&bytes);
	buf_fini(&bytes);
	return err ? err : publish_record_set(&p->next, &f);
}

static int
filter(struct publication *p)
{
	struct publish_record made = p->next;
	struct scan scan = {p, &made};
	int err = run_filters(p);

	if (err)
		return err;
	/* What a filter has removed is not in it any more; what it has left alone counts as before.
	 */
	p->next = (struct publish_record){0};
	err = shelf_each(&p->shelf, p->set, scan_file, &scan);
	publish_record_fini(&made);
	return err;
}

int
stage_make(struct publication *p)
{
	int err = read_before(p);

	if (err)
		return fail(p, err, "cannot read what is published");
	p->out.records_old = publish_record_records(&p->before);
	if ((err = generate(p)))
		return fail(p, err, "cannot generate");
	if ((err = shelf_stage(&p->shelf, p->set)))
		p->set[0] = '\0';
	if (err == OP_OK)
		err = write_files(p);
	if (err == OP_OK && p->settings->filter.count > 0)
		err = filter(p);
	if (err)
		return fail(p, err, "cannot be written");
	p->next.at_ms = p->out.at_ms;
	snprintf(p->next.commit, sizeof(p->next.commit), "%s", p->snapshot.commit);
	p->out.records_new = publish_record_records(&p->next);
	p->out.files = p->next.count;
	return OP_OK;
}

void
stage_drop(struct publication *p)
{
	if (*p->set && shelf_drop(&p->shelf, p->set))
		log_warn("%s/%s: cannot be removed: %s", p->shelf.path, p->set, strerror(errno));
	p->set[0] = '\0';
}
