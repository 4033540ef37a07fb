/* SPDX-License-Identifier: ISC */
/*
 * What only looks at the files as they are now: get, check, search.  In the reader; get with
 * a lock is the committer's, and uses the same answer.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/ipadmd/answer.h"
#include "daemon/ipadmd/clerk.h"
#include "daemon/ipadmd/external.h"
#include "daemon/ipadmd/file_type.h"
#include "daemon/ipadmd/pack.h"
#include "lib/clock.h"
#include "lib/err.h"
#include "lib/sdb/node.h"

#define SEARCH_DEFAULT 100

static int
refresh(struct clerk *k)
{
	int err = tree_refresh(&k->tree);

	return err ? clerk_fail(k, err, "the directory cannot be read: %s", strerror(errno)) : err;
}

int
answer_find(struct clerk *k, const struct tree_file **out)
{
	const struct tree_file *f = tree_find(&k->tree, k->file);

	if (!f)
		return clerk_fail(k, OP_NOT_FOUND, "%s: no such file", k->file);
	if (f->err)
		return clerk_fail(k, f->err, "%s: %s", f->place.name, f->why);
	*out = f;
	return OP_OK;
}

/* --- get --- */

int
answer_get(struct clerk *k, bool locked)
{
	const struct tree_file *f = NULL;
	struct lease lock;
	int err = refresh(k);

	if (err == OP_OK)
		err = answer_find(k, &f);
	if (err)
		return err;
	bool has_lock = locks_read(&k->locks, k->file, &lock) == OP_OK;

	mp_map(&k->o, has_lock ? 6 : 5);
	mp_kstr(&k->o, "file", f->place.name);
	mp_kstr(&k->o, "version", f->version);
	mp_str(&k->o, "text");
	mp_bin(&k->o, buf_bytes(&f->bytes), buf_len(&f->bytes));
	mp_kbool(&k->o, "locked", locked);
	mp_kstr(&k->o, "session", k->caller.session);
	if (has_lock) {
		mp_str(&k->o, "lock");
		pack_lock(&k->o, &lock, clock_wall_ms(), k->settings->lock_ms);
	}
	return OP_OK;
}

int
call_get(struct clerk *k, const msgpack_object *params)
{
	int err = clerk_file(k, params);

	return err ? err : answer_get(k, false);
}

/* --- check --- */

/* What goes into an answer. */
struct found {
	struct buf list;
	struct mp_out o;
	size_t count;
	int64_t errors, warnings;
};

static void
found_init(struct found *f)
{
	*f = (struct found){0};
	buf_init(&f->list);
	mp_out_init(&f->o, &f->list);
}

/* Of subnets: all, or those about `file`. */
static void
add_findings(
    struct found *f, const struct sdb_input *in, const struct sdb_findings *l, const char *file)
{
	for (size_t i = 0; i < l->count; i++) {
		if (file && strcmp(in[l->list[i].file].name, file) != 0)
			continue;
		pack_finding(&f->o, in, &l->list[i]);
		f->count++;
		if (sdb_code_severity(l->list[i].code) == SDB_ERROR)
			f->errors++;
		else
			f->warnings++;
	}
	if (!file) { /* also those that were not kept */
		f->errors = (int64_t)l->errors;
		f->warnings = (int64_t)l->warnings;
	}
}

static void
add_flat(struct found *f, const char *file, const struct flat_findings *l)
{
	for (size_t i = 0; i < l->count; i++)
		pack_flat_finding(&f->o, file, &l->list[i]);
	f->count += l->count;
	f->errors += (int64_t)l->errors;
	f->warnings += (int64_t)l->warnings;
}

/* Of any type: no check sees what is in it. */
static void
add_unreadable(struct found *f, const struct tree_file *t)
{
	struct flat_finding finding = {.code = "unreadable", .is_error = true};

	snprintf(finding.message, sizeof(finding.message), "cannot be read: %s", t->why);
	pack_flat_finding(&f->o, t->place.name, &finding);
	f->count++;
	f->errors++;
}

static int
answer_found(struct clerk *k, struct found *f, int err)
{
	if (err == OP_OK) {
		mp_map(&k->o, 3);
		mp_kint(&k->o, "errors", f->errors);
		mp_kint(&k->o, "warnings", f->warnings);
		mp_str(&k->o, "findings");
		mp_array(&k->o, f->count);
		mp_raw(&k->o, buf_bytes(&f->list), buf_len(&f->list));
		err = f->o.err;
	}
	buf_fini(&f->list);
	return err;
}

/* With the file of `replace` (may be NULL) as it might be.  Without `file` of all types; checkers
 * are run for one file only. */
static int
check_with(struct clerk *k, const struct sdb_input *replace, const char *file)
{
	struct sdb_findings findings;
	struct found found;
	size_t count, n = replace ? 1 : 0;
	bool *around = NULL;
	int err = file ? tree_around(&k->tree, file, replace, n, &around) : OP_OK;
	struct sdb_input *in = err ? NULL : tree_inputs(&k->tree, around, replace, n, &count);

	free(around);
	if (!in)
		return OP_NO_MEMORY;
	found_init(&found);
	sdb_findings_init(&findings, SDB_MAX_FINDINGS);
	err = sdb_check(in, count, &findings);
	if (err == OP_OK)
		add_findings(&found, in, &findings, file);
	for (size_t i = 0; i < k->tree.count && !file; i++) {
		const struct tree_file *f = &k->tree.files[i];

		if (f->err)
			add_unreadable(&found, f);
		else
			add_flat(&found, f->place.name, &f->findings);
	}
	sdb_findings_fini(&findings);
	free(in);
	return answer_found(k, &found, err);
}

static int
check_text(struct clerk *k, const msgpack_object *text)
{
	struct sdb_file *file;
	int err = sdb_file_parse(text->via.bin.ptr, text->via.bin.size, &file);

	if (err)
		return err;
	struct sdb_input replace = {k->file, file};

	err = check_with(k, &replace, k->file);
	sdb_file_free(file);
	return err;
}

/* Of another type: by itself, and by its checker. */
static int
check_flat(struct clerk *k, const msgpack_object *text)
{
	const struct tree_file *f = NULL;
	struct flat_findings findings = {0};
	struct found found;
	struct buf bytes;
	int err = OP_OK;

	buf_init(&bytes);
	if (text)
		err = buf_append(&bytes, text->via.bin.ptr, text->via.bin.size);
	else if ((err = answer_find(k, &f)) == OP_OK)
		err = buf_append(&bytes, buf_bytes(&f->bytes), buf_len(&f->bytes));
	if (err == OP_OK)
		err = k->place.type->check(&k->place, &bytes, &findings);
	if (err == OP_OK)
		err = external_check(k, &k->place, &bytes, &findings);
	found_init(&found);
	if (err == OP_OK)
		add_flat(&found, k->file, &findings);
	flat_findings_fini(&findings);
	buf_fini(&bytes);
	return answer_found(k, &found, err);
}

int
call_check(struct clerk *k, const msgpack_object *params)
{
	const msgpack_object *text = mp_get(params, "text");
	const struct tree_file *f = NULL;
	int err = refresh(k);

	if (err)
		return err;
	if (!mp_get(params, "file"))
		return text ? clerk_fail(k, OP_BAD_REQUEST, "text: needs file")
			    : check_with(k, NULL, NULL);
	if ((err = clerk_file(k, params)))
		return err;
	if (k->place.flat)
		return check_flat(k, text);
	if (text)
		return check_text(k, text);
	err = answer_find(k, &f);
	return err ? err : check_with(k, NULL, k->file);
}

/* --- search --- */

struct search {
	struct clerk *k;
	const char *text;
	size_t limit, found;
	struct buf nodes;
	struct mp_out o;
};

static bool
holds(struct sdb_text field, const char *text, size_t len)
{
	for (size_t i = 0; i + len <= field.len; i++)
		if (sdb_text_same_letters(
			(struct sdb_text){field.s + i, len}, (struct sdb_text){text, len}))
			return true;
	return false;
}

static void
search_file(struct search *s, const struct tree_file *f)
{
	uint32_t number = 1;

	for (const struct sdb_line *l = sdb_file_first(f->file); l && s->found <= s->limit;
	     l = l->next, number++) {
		if (l->kind != SDB_NODE ||
		    !holds((struct sdb_text){l->text, l->len}, s->text, strlen(s->text)))
			continue;
		bool in_field = false;

		for (enum sdb_field i = 0; i < SDB_FIELDS && !in_field; i++)
			in_field = holds(sdb_node_field(l, i), s->text, strlen(s->text));
		if (in_field && ++s->found <= s->limit)
			pack_node(&s->o, f->place.name, l, number);
	}
}

int
call_search(struct clerk *k, const msgpack_object *params)
{
	struct search s = {.k = k, .limit = SEARCH_DEFAULT};
	int64_t limit;
	int err = refresh(k);
	char *text = mp_dup(params, "text");

	if (err == OP_OK && (!text || !*text))
		err = clerk_fail(k, OP_BAD_REQUEST, "text: empty");
	if (mp_get_int(params, "limit", &limit) == OP_OK)
		s.limit = (size_t)limit;
	s.text = text;
	buf_init(&s.nodes);
	mp_out_init(&s.o, &s.nodes);
	for (size_t i = 0; err == OP_OK && i < k->tree.count; i++) {
		if (k->tree.files[i].file)
			search_file(&s, &k->tree.files[i]);
		err = clerk_is_cancelled(k) ? OP_CANCELLED : OP_OK;
	}
	if (err == OP_OK) {
		mp_map(&k->o, 2);
		mp_kbool(&k->o, "more", s.found > s.limit);
		mp_str(&k->o, "nodes");
		mp_array(&k->o, s.found < s.limit ? s.found : s.limit);
		mp_raw(&k->o, buf_bytes(&s.nodes), buf_len(&s.nodes));
		err = s.o.err;
	}
	buf_fini(&s.nodes);
	free(text);
	return err;
}
