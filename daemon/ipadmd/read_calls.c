/* SPDX-License-Identifier: ISC */
/*
 * What only looks at the files as they are now: list, get, check, search.  In the reader; get with
 * a lock is the committer's, and uses the same answer.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/ipadmd/answer.h"
#include "daemon/ipadmd/clerk.h"
#include "daemon/ipadmd/pack.h"
#include "lib/clock.h"
#include "lib/err.h"
#include "lib/sdb/header.h"
#include "lib/sdb/node.h"
#include "lib/sdb/space.h"

#define SEARCH_DEFAULT 100

static int
refresh(struct clerk *k)
{
	int err = tree_refresh(&k->tree);

	return err ? clerk_fail(k, err, "the directory cannot be read: %s", strerror(errno)) : err;
}

int
answer_find(struct clerk *k, const struct sdb_name *name, const struct tree_file **out)
{
	const struct tree_file *f = tree_find(&k->tree, name);

	if (!f)
		return clerk_fail(k, OP_NOT_FOUND, "%s: no such file", k->file);
	if (f->err)
		return clerk_fail(k, f->err == OP_TOO_LARGE ? OP_TOO_LARGE : OP_UNAVAILABLE,
		    "%s: %s", f->text, f->why);
	*out = f;
	return OP_OK;
}

/* --- list --- */

struct counts {
	int64_t errors, warnings;
};

/* Findings per input. */
static void
count_findings(const struct sdb_findings *l, struct counts *counts)
{
	for (size_t i = 0; i < l->count; i++) {
		const struct sdb_finding *f = &l->list[i];

		if (sdb_code_severity(f->code) == SDB_ERROR)
			counts[f->file].errors++;
		else
			counts[f->file].warnings++;
	}
}

static void
pack_network(struct mp_out *o, const struct sdb_header *h)
{
	char address[NETADDR_TEXT], text[NETADDR_TEXT + 8] = "";

	if (h->has_net)
		snprintf(
		    text, sizeof(text), "%s/%d", netaddr_format(address, &h->net.base), h->prefix);
	mp_kstr(o, "network", text);
}

static void
pack_entry(struct clerk *k, const struct tree_file *f, const struct counts *counts)
{
	struct mp_out *o = &k->o;
	struct sdb_header h;
	struct sdb_space *space = NULL;
	struct sdb_usage use = {0};
	struct lease lock;
	bool locked = locks_read(&k->locks, &f->name, &lock) == OP_OK;

	sdb_header_read(f->file, &h);
	if (sdb_space_new(f->file, &space) == OP_OK)
		sdb_space_usage(space, &use);
	sdb_space_free(space);
	mp_map(o, 8u + (use.counted ? 4 : 1) + (locked ? 1 : 0));
	mp_kstr(o, "file", f->text);
	mp_str(o, "title");
	pack_text(o, h.value[SDB_KEY_TITLE]);
	pack_network(o, &h);
	mp_kint(o, "format", h.format);
	mp_kint(o, "nodes", (int64_t)sdb_file_nodes(f->file));
	mp_kint(o, "errors", counts->errors);
	mp_kint(o, "warnings", counts->warnings);
	mp_kstr(o, "version", f->version);
	mp_kint(o, "used", (int64_t)use.used);
	if (use.counted) {
		mp_kint(o, "usable", (int64_t)use.usable);
		mp_kint(o, "free", (int64_t)use.free);
		mp_kint(o, "permille", use.permille);
	}
	if (locked) {
		mp_str(o, "lock");
		pack_lock(o, &lock, clock_wall_ms(), k->settings->lock_ms);
	}
}

int
call_list(struct clerk *k, const msgpack_object *params)
{
	size_t input = 0;
	int err = refresh(k);

	(void)params;
	if (err)
		return err;
	const struct sdb_findings *findings = tree_check(&k->tree);
	struct counts *counts = calloc(k->tree.count + 1, sizeof(*counts));

	if (!findings || !counts) {
		free(counts);
		return OP_NO_MEMORY;
	}
	count_findings(findings, counts);
	mp_map(&k->o, 1);
	mp_str(&k->o, "files");
	mp_array(&k->o, k->tree.count);
	for (size_t i = 0; i < k->tree.count; i++) {
		const struct tree_file *f = &k->tree.files[i];

		if (f->file) {
			pack_entry(k, f, &counts[input++]);
			continue;
		}
		mp_map(&k->o, 2);
		mp_kstr(&k->o, "file", f->text);
		mp_kstr(&k->o, "error", f->why);
	}
	free(counts);
	return OP_OK;
}

/* --- get --- */

int
answer_get(struct clerk *k, const struct sdb_name *name, bool locked)
{
	const struct tree_file *f;
	struct lease lock;
	int err = refresh(k);

	if (err == OP_OK)
		err = answer_find(k, name, &f);
	if (err)
		return err;
	bool has_lock = locks_read(&k->locks, name, &lock) == OP_OK;

	mp_map(&k->o, has_lock ? 6 : 5);
	mp_kstr(&k->o, "file", f->text);
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
	struct sdb_name name;
	int err = clerk_file(k, params, &name);

	return err ? err : answer_get(k, &name, false);
}

/* --- check --- */

static void
pack_findings(
    struct mp_out *o, const struct sdb_input *in, const struct sdb_findings *l, const char *file)
{
	int64_t errors = 0, warnings = 0;
	size_t count = 0;

	for (size_t i = 0; i < l->count; i++) {
		if (file && strcmp(in[l->list[i].file].name, file) != 0)
			continue;
		count++;
		if (sdb_code_severity(l->list[i].code) == SDB_ERROR)
			errors++;
		else
			warnings++;
	}
	mp_map(o, 3);
	mp_kint(o, "errors", file ? errors : (int64_t)l->errors);
	mp_kint(o, "warnings", file ? warnings : (int64_t)l->warnings);
	mp_str(o, "findings");
	mp_array(o, count);
	for (size_t i = 0; i < l->count; i++)
		if (!file || strcmp(in[l->list[i].file].name, file) == 0)
			pack_finding(o, in, &l->list[i]);
}

/* With the file of `replace` (may be NULL) as it might be. */
static int
check_with(struct clerk *k, const struct sdb_input *replace, const char *file)
{
	struct sdb_findings findings;
	size_t count;
	struct sdb_input *in = tree_inputs(&k->tree, replace, &count);

	if (!in)
		return OP_NO_MEMORY;
	sdb_findings_init(&findings, SDB_MAX_FINDINGS);
	int err = sdb_check(in, count, &findings);

	if (err == OP_OK)
		pack_findings(&k->o, in, &findings, file);
	sdb_findings_fini(&findings);
	free(in);
	return err;
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

int
call_check(struct clerk *k, const msgpack_object *params)
{
	const msgpack_object *text = mp_get(params, "text");
	const struct tree_file *f;
	struct sdb_name name;
	int err = refresh(k);

	if (err)
		return err;
	if (!mp_get(params, "file"))
		return text ? clerk_fail(k, OP_BAD_REQUEST, "text: needs file")
			    : check_with(k, NULL, NULL);
	if ((err = clerk_file(k, params, &name)))
		return err;
	if (text)
		return check_text(k, text);
	err = answer_find(k, &name, &f);
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
			pack_node(&s->o, f->text, l, number);
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
	for (size_t i = 0; err == OP_OK && i < k->tree.count; i++)
		if (k->tree.files[i].file)
			search_file(&s, &k->tree.files[i]);
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
