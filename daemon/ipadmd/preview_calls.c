/* SPDX-License-Identifier: ISC */
/*
 * What publishing would change: the outputs of the files as they are, or would be, held against
 * those that are published.  Nothing is written.  In the reader.
 */
#include "daemon/ipadmd/clerk.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/ipadmd/pack.h"
#include "daemon/ipadmd/publish_settings.h"
#include "daemon/ipadmd/shelf.h"
#include "daemon/ipadmd/textdiff.h"
#include "lib/clock.h"
#include "lib/err.h"
#include "lib/publish/brake.h"
#include "lib/publish/publish.h"

#define DIFF_MAX (64u * 1024)   /* of one file */
#define DIFFS_MAX (400u * 1024) /* of all: an answer fits in a frame of the usual size */
#define FILES_MAX 1000u
#define FINDINGS_MAX 1000u

struct preview {
	struct clerk *k;
	const struct publish_settings *settings;
	struct shelf shelf; /* read only */
	struct publish_record before;
	struct publish_result result;
	struct sdb_input *in;
	size_t count;
	/* the answer */
	struct buf files;
	struct mp_out o;
	size_t packed, same;
	size_t diff_left;
	bool more;
};

/* --- files as they would be --- */

struct wanted {
	struct sdb_input *list; /* file NULL: gone */
	struct place *places;
	size_t count;
};

static void
wanted_fini(struct wanted *w)
{
	for (size_t i = 0; i < w->count; i++)
		sdb_file_free((struct sdb_file *)(uintptr_t)w->list[i].file);
	free(w->list);
	free(w->places);
}

/* {file, text | gone}; files that are no subnets have no part in publishing. */
static int
want(struct clerk *k, const msgpack_object *map, struct wanted *w)
{
	const msgpack_object *text = mp_get(map, "text");
	struct place *place = &w->places[w->count];
	struct sdb_file *file = NULL;
	bool gone = false;
	int err = clerk_place(k, map, place);

	mp_get_bool(map, "gone", &gone);
	if (err || place->flat)
		return err;
	if (!text && !gone)
		return clerk_fail(k, OP_BAD_REQUEST, "%s: neither text nor gone", place->name);
	if (text && !gone && text->type == MSGPACK_OBJECT_BIN)
		err = sdb_file_parse(text->via.bin.ptr, text->via.bin.size, &file);
	if (err == OP_OK)
		w->list[w->count++] = (struct sdb_input){place->name, file};
	return err;
}

static int
read_wanted(struct clerk *k, const msgpack_object *params, struct wanted *w)
{
	const msgpack_object_array *changes = NULL;
	int err = mp_get_array(params, "changes", &changes);
	size_t n = err == OP_OK ? changes->size : 0;

	if (err == OP_BAD_REQUEST)
		return err;
	w->list = calloc(n + 1, sizeof(*w->list));
	w->places = calloc(n + 1, sizeof(*w->places));
	if (!w->list || !w->places)
		return OP_NO_MEMORY;
	err = OP_OK;
	for (size_t i = 0; i < n && !err; i++)
		err = want(k, &changes->ptr[i], w);
	if (!err && n == 0 && mp_get(params, "file"))
		err = want(k, params, w);
	return err;
}

/* --- one output --- */

/* Is it made by a filter, so that a preview knows nothing of it? */
static bool
is_hidden(const struct preview *p, const char *path)
{
	unsigned replaced = publish_settings_replaced(p->settings);
	char folder[32];

	snprintf(folder, sizeof(folder), "%.*s", (int)strcspn(path, "/"), path);
	return strcmp(folder, "check") == 0 || (replaced & publish_generator_bit(folder));
}

static void
pack_diff(struct preview *p, const struct publish_file *made, const struct publish_previous *old)
{
	struct buf from, diff;
	const char *path = made ? made->path : old->path;
	bool cut = false;

	buf_init(&from);
	buf_init(&diff);
	if (old)
		shelf_read(&p->shelf, "current", path, &from);
	textdiff(old ? &from : NULL, made ? &made->bytes : NULL,
	    p->diff_left < DIFF_MAX ? p->diff_left : DIFF_MAX, &diff, &cut);
	p->diff_left -= buf_len(&diff);
	mp_str(&p->o, "diff");
	pack_text(&p->o, (struct sdb_text){(const char *)buf_bytes(&diff), buf_len(&diff)});
	mp_kbool(&p->o, "cut", cut);
	buf_fini(&from);
	buf_fini(&diff);
}

static void
pack_number(struct preview *p, const char *key, bool there, int64_t n)
{
	if (there)
		mp_kint(&p->o, key, n);
}

/* `made` or `old` may be NULL, not both. */
static void
pack_output(struct preview *p, const struct publish_file *made, const struct publish_previous *old)
{
	const char *path = made ? made->path : old->path;
	bool has_old_serial = old && old->serial, has_new_serial = made && made->zone;
	char generator[32];

	if (p->packed == FILES_MAX) {
		p->more = true;
		return;
	}
	p->packed++;
	snprintf(generator, sizeof(generator), "%.*s", (int)strcspn(path, "/"), path);
	mp_map(&p->o, 5u + (made && made->zone ? 1 : 0) + (has_old_serial ? 1 : 0) +
			  (has_new_serial ? 1 : 0) + (old ? 1 : 0) + (made ? 1 : 0));
	mp_kstr(&p->o, "path", path);
	mp_kstr(&p->o, "generator", generator);
	if (made && made->zone)
		mp_kstr(&p->o, "zone", made->zone);
	mp_kstr(&p->o, "what", !old ? "added" : !made ? "removed" : "changed");
	pack_number(p, "serial_old", has_old_serial, old ? old->serial : 0);
	pack_number(p, "serial_new", has_new_serial, made ? made->serial : 0);
	pack_number(p, "records_old", old != NULL, old ? (int64_t)old->records : 0);
	pack_number(p, "records_new", made != NULL, made ? (int64_t)made->records : 0);
	pack_diff(p, made, old);
}

/* Two lists in the order of paths. */
static int
pack_outputs(struct preview *p)
{
	size_t i = 0, j = 0;

	while (i < p->before.count || j < p->result.count) {
		if (clerk_is_cancelled(p->k))
			return OP_CANCELLED;
		const struct publish_previous *old =
		    i < p->before.count ? &p->before.list[i] : NULL;
		const struct publish_file *made = j < p->result.count ? &p->result.files[j] : NULL;
		int order = !old ? 1 : !made ? -1 : strcmp(old->path, made->path);

		i += order <= 0;
		j += order >= 0;
		old = order <= 0 ? old : NULL;
		made = order >= 0 ? made : NULL;
		if (is_hidden(p, made ? made->path : old->path) ||
		    (!made && p->settings->filter.count > 0))
			continue; /* nobody knows what a filter would make */
		if (old && made && !made->changed)
			p->same++;
		else
			pack_output(p, made, old);
	}
	return OP_OK;
}

/* --- the answer --- */

static void
pack_left_out(struct mp_out *o, const struct sdb_input *in, const struct publish_finding *f)
{
	mp_map(o, 6);
	mp_kstr(o, "file", f->file == UINT32_MAX ? "ipadmd.conf" : in[f->file].name);
	mp_kint(o, "line", f->line);
	mp_kint(o, "column", f->column);
	mp_kstr(o, "code", publish_code_name(f->code));
	mp_kstr(o, "severity", publish_code_severity(f->code) == SDB_ERROR ? "error" : "warning");
	mp_kstr(o, "message", f->message);
}

static void
pack_findings(struct preview *p, struct mp_out *o)
{
	size_t model = p->result.model.count, own = p->result.findings.count;

	if (own > FINDINGS_MAX)
		own = FINDINGS_MAX;
	if (model > FINDINGS_MAX - own)
		model = FINDINGS_MAX - own;
	p->more |= model + own < p->result.model.count + p->result.findings.count;
	mp_str(o, "findings");
	mp_array(o, model + own);
	for (size_t i = 0; i < model; i++)
		pack_finding(o, p->in, &p->result.model.list[i]);
	for (size_t i = 0; i < own; i++)
		pack_left_out(o, p->in, &p->result.findings.list[i]);
}

static void
pack_answer(struct preview *p)
{
	struct mp_out *o = &p->k->o;
	struct publish_brake b;
	bool braked = publish_brake(p->before.list, p->before.count, p->result.files,
	    p->result.count, (unsigned)p->settings->brake, &b);

	mp_map(o, braked ? 7 : 6);
	mp_str(o, "files");
	mp_array(o, p->packed);
	mp_raw(o, buf_bytes(&p->files), buf_len(&p->files));
	mp_kint(o, "same", (int64_t)p->same);
	pack_findings(p, o);
	mp_kint(o, "errors", (int64_t)(p->result.model.errors + p->result.findings.errors));
	mp_kint(o, "warnings", (int64_t)(p->result.model.warnings + p->result.findings.warnings));
	if (braked) {
		mp_str(o, "brake");
		mp_map(o, b.path ? 3 : 2);
		if (b.path)
			mp_kstr(o, "path", b.path);
		mp_kint(o, "before", (int64_t)b.before);
		mp_kint(o, "after", (int64_t)b.after);
	}
	mp_kbool(o, "more", p->more);
}

/* --- the call --- */

static bool
is_given_up(void *arg)
{
	return clerk_is_cancelled(arg);
}

static int
generate(struct preview *p)
{
	struct publish_record floor = {0};
	struct publish_setup setup;
	char directory[SHELF_PATH + 10];
	int err;

	snprintf(directory, sizeof(directory), "%s/current", p->shelf.path);
	err = publish_setup_init(&setup, p->settings, directory, clock_wall_ms());
	if (err)
		return err;
	setup.options.given_up = is_given_up;
	setup.options.given_up_arg = p->k;
	err = shelf_record(p->shelf.path, "current", &p->before);
	if (err == OP_NOT_FOUND || err == OP_PROTOCOL)
		err = OP_OK; /* all is new then */
	if (err == OP_OK)
		err = shelf_floor(&p->shelf, &p->before, &floor);
	if (err == OP_OK)
		err = publish_run(
		    p->in, p->count, &setup.options, floor.list, floor.count, &p->result);
	publish_record_fini(&floor);
	publish_setup_fini(&setup);
	return err;
}

static int
run(struct preview *p, const struct wanted *w)
{
	struct clerk *k = p->k;
	int err;

	if (shelf_path(&p->shelf, p->settings->directory, k->state))
		return OP_TOO_LARGE;
	if ((err = tree_refresh(&k->tree)))
		return clerk_fail(k, err, "the directory cannot be read: %s", strerror(errno));
	p->in = tree_inputs(&k->tree, NULL, w->list, w->count, &p->count);
	if (!p->in)
		return OP_NO_MEMORY;
	if (clerk_is_cancelled(k))
		return OP_CANCELLED;
	if ((err = generate(p)) || (err = pack_outputs(p)))
		return err;
	pack_answer(p);
	return p->o.err;
}

int
call_preview(struct clerk *k, const msgpack_object *params)
{
	struct preview p = {
	    .k = k, .settings = ipadm_settings_publish(k->settings), .diff_left = DIFFS_MAX};
	struct wanted w = {0};
	int err;

	if (!p.settings)
		return clerk_fail(
		    k, OP_UNAVAILABLE, "nothing is published: no generators are configured");
	buf_init(&p.files);
	mp_out_init(&p.o, &p.files);
	err = read_wanted(k, params, &w);
	if (err == OP_OK)
		err = run(&p, &w);
	wanted_fini(&w);
	free(p.in);
	publish_record_fini(&p.before);
	publish_result_fini(&p.result);
	buf_fini(&p.files);
	return err;
}
