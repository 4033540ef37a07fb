/* SPDX-License-Identifier: ISC */
/*
 * ipadmc import and export.  An import is worked out and checked here, against all subnets as they
 * are; what is written is one change set, so it is all there or nothing, and the daemon merges and
 * checks again.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "client/ipadmc/input.h"
#include "client/ipadmc/ipadmc.h"
#include "client/ipadmc/say.h"
#include "client/ipadmc/subnets.h"
#include "lib/err.h"
#include "lib/exchange/exchange.h"
#include "lib/exchange/export.h"
#include "lib/exchange/plan.h"

struct import {
	struct query *q;
	const char *path; /* "-": standard input */
	struct exchange x;
	struct subnets subnets;
	struct plan_subnet *plan; /* one for each of them; owned */
	struct plan_totals totals;
	char commit[64]; /* empty: nothing was written */
};

/* --- reading --- */

static const struct exchange_format *
choose_format(struct query *q, const char *path)
{
	const char *name = settings_of(q)->format;
	const struct exchange_format *f = name ? exchange_find(name) : exchange_guess(path);

	if (!f && name)
		query_complain(q, IPADMC_USAGE,
		    "--format: expected one of csv, hosts, dhcpd, zone, not \"%s\"", name);
	else if (!f)
		query_complain(
		    q, IPADMC_USAGE, "%s: what is it? --format csv, hosts, dhcpd or zone", path);
	return f;
}

static int
read_source(struct import *m)
{
	struct exchange_options o = {.origin = settings_of(m->q)->origin};
	const struct exchange_format *f = choose_format(m->q, m->path);
	struct buf text;

	if (!f)
		return IPADMC_USAGE;
	buf_init(&text);
	int err = input_read(m->q, m->path, &text);

	if (err == OP_OK) {
		err = f->read((const char *)buf_bytes(&text), buf_len(&text), &o, &m->x);
		if (err != OP_OK)
			query_complain(m->q, err, "%s", op_strerror(err));
	}
	buf_fini(&text);
	return err;
}

static int
make_plan(struct import *m)
{
	static const char *const words[] = {
	    [PLAN_BY_ADDRESS] = "address", [PLAN_BY_NAME] = "name", [PLAN_BY_MAC] = "mac"};
	const char *by = settings_of(m->q)->by;
	enum plan_key key = PLAN_BY_ADDRESS;

	for (size_t i = 0; by && i < sizeof(words) / sizeof(words[0]); i++)
		if (strcmp(by, words[i]) == 0)
			key = (enum plan_key)i;
	m->plan = calloc(m->subnets.count + 1, sizeof(*m->plan));
	if (!m->plan)
		return query_complain(m->q, OP_NO_MEMORY, "%s", op_strerror(OP_NO_MEMORY));
	for (size_t i = 0; i < m->subnets.count; i++)
		m->plan[i] =
		    (struct plan_subnet){m->subnets.list[i].name, m->subnets.list[i].file, false};
	int err = plan_import(&m->x, m->plan, m->subnets.count, key, &m->totals);

	return err == OP_OK ? err : query_complain(m->q, err, "%s", op_strerror(err));
}

/* --- saying --- */

static void
say_source_findings(const struct import *m)
{
	for (size_t i = 0; i < m->x.finding_count; i++) {
		const struct exchange_finding *f = &m->x.findings[i];

		fprintf(stderr, "%s:", m->path);
		if (f->line > 0)
			fprintf(stderr, "%u:", f->line);
		if (f->line > 0 && f->column > 0)
			fprintf(stderr, "%u:", f->column);
		fprintf(stderr, " %s: %s\n", f->is_error ? "error" : "warning", f->message);
	}
}

static int
print_json(const struct import *m)
{
	struct buf bytes;
	struct mp_out o;
	struct mp_doc doc;

	buf_init(&bytes);
	mp_out_init(&o, &bytes);
	mp_map(&o, (size_t)(7 + (*m->commit != '\0')));
	mp_kint(&o, "added", (int64_t)m->totals.added);
	mp_kint(&o, "changed", (int64_t)m->totals.changed);
	mp_kint(&o, "moved", (int64_t)m->totals.moved);
	mp_kint(&o, "same", (int64_t)m->totals.same);
	mp_kint(&o, "errors", (int64_t)m->x.errors);
	mp_kint(&o, "warnings", (int64_t)m->x.warnings);
	if (*m->commit)
		mp_kstr(&o, "commit", m->commit);
	mp_str(&o, "findings");
	mp_array(&o, m->x.finding_count);
	for (size_t i = 0; i < m->x.finding_count; i++) {
		const struct exchange_finding *f = &m->x.findings[i];

		mp_map(&o, 4);
		mp_kint(&o, "line", f->line);
		mp_kint(&o, "column", f->column);
		mp_kstr(&o, "severity", f->is_error ? "error" : "warning");
		mp_kstr(&o, "message", f->message);
	}
	int err = o.err;

	if (err == OP_OK && (err = mp_parse(&doc, buf_bytes(&bytes), buf_len(&bytes))) == OP_OK) {
		err = query_print_json(&doc.root);
		mp_fini(&doc);
	}
	buf_fini(&bytes);
	return err;
}

static bool
has_changes(const struct import *m)
{
	return m->totals.added + m->totals.changed + m->totals.moved > 0;
}

static int
say_result(const struct import *m)
{
	const struct plan_totals *t = &m->totals;

	if (m->q->json)
		return print_json(m);
	if (*m->commit) {
		printf("%zu added, %zu changed, %zu moved, %zu the same: commit %.10s\n", t->added,
		    t->changed, t->moved, t->same, m->commit);
		return OP_OK;
	}
	printf("%zu to add, %zu to change, %zu to move, %zu the same", t->added, t->changed,
	    t->moved, t->same);
	if (m->x.errors)
		printf("; %zu error%s: nothing is written\n", m->x.errors,
		    m->x.errors == 1 ? "" : "s");
	else if (settings_of(m->q)->write || !has_changes(m))
		printf(": nothing had to be written\n");
	else
		printf("; nothing is written without --write\n");
	return OP_OK;
}

/* --- what changes --- */

/* The new text of a subnet that the import changes. */
static int
say_subnet(const struct import *m, size_t i)
{
	struct buf after;

	buf_init(&after);
	int err = sdb_file_write(m->subnets.list[i].file, &after);

	if (err == OP_OK) {
		printf("%s:\n", m->subnets.list[i].name);
		err = say_changes(stdout, &m->subnets.list[i].text, &after);
	}
	buf_fini(&after);
	return err;
}

static int
say_plan(const struct import *m)
{
	int err = OP_OK;

	for (size_t i = 0; i < m->subnets.count && err == OP_OK; i++)
		if (m->plan[i].is_changed && !m->q->json)
			err = say_subnet(m, i);
	return err == OP_OK ? err : query_complain(m->q, err, "%s", op_strerror(err));
}

static void
pack_commit(struct mp_out *o, const struct query *q, const void *arg)
{
	const struct ipadmc *s = settings_of(q);
	const struct import *m = arg;
	size_t count = 0;
	struct buf text;

	for (size_t i = 0; i < m->subnets.count; i++)
		count += m->plan[i].is_changed;
	mp_map(o, (size_t)(3 + (s->message != NULL)));
	mp_kstr(o, "id", s->id);
	mp_kbool(o, "keep_lock", true);
	if (s->message)
		mp_kstr(o, "message", s->message);
	mp_str(o, "changes");
	mp_array(o, count);
	buf_init(&text);
	for (size_t i = 0; i < m->subnets.count; i++) {
		if (!m->plan[i].is_changed)
			continue;
		buf_clear(&text);
		if (sdb_file_write(m->subnets.list[i].file, &text) != OP_OK)
			o->err = OP_NO_MEMORY;
		mp_map(o, 3);
		mp_kstr(o, "file", m->subnets.list[i].name);
		mp_kstr(o, "base", m->subnets.list[i].version);
		mp_str(o, "text");
		mp_bin(o, buf_bytes(&text), buf_len(&text));
	}
	buf_fini(&text);
}

static int
write_plan(struct import *m)
{
	const msgpack_object *result;
	struct mp_text commit;
	int err = query_call(m->q, "sdb.commit", pack_commit, m, &result);

	if (err == OP_OK && mp_get_text(result, "commit", &commit) == OP_OK)
		snprintf(m->commit, sizeof(m->commit), "%.*s", (int)commit.len, commit.s);
	return err;
}

static int
run_import(struct import *m)
{
	bool wants_write = settings_of(m->q)->write;
	int err = read_source(m);

	if (err == OP_OK)
		err = subnets_load(m->q, NULL, &m->subnets);
	if (err == OP_OK)
		err = make_plan(m);
	if (err != OP_OK)
		return err;
	if (!m->q->json)
		say_source_findings(m);
	if (m->x.errors == 0)
		err = wants_write && has_changes(m) ? write_plan(m) : say_plan(m);
	if (err == OP_OK)
		err = say_result(m);
	return err == OP_OK && m->x.errors > 0 ? OP_BAD_REQUEST : err;
}

int
ipadmc_import(struct query *q)
{
	struct import m = {.q = q, .path = q->operands[0]};

	exchange_init(&m.x);
	int err = run_import(&m);

	exchange_fini(&m.x);
	subnets_fini(&m.subnets);
	free(m.plan);
	return err;
}

/* --- export --- */

int
ipadmc_export(struct query *q)
{
	const char *name = settings_of(q)->format ? settings_of(q)->format : "csv";
	const struct export_format *f = export_find(name);
	struct subnets s;
	struct sdb_input *in;
	struct buf out;

	if (!f)
		return query_complain(
		    q, IPADMC_USAGE, "--format: expected csv or hosts, not \"%s\"", name);
	if (q->json)
		return query_complain(q, IPADMC_USAGE,
		    "prints what --format says, not JSON: ask get or search with --json");
	int err = subnets_load(q, q->operands, &s);

	if (err != OP_OK)
		return err;
	buf_init(&out);
	in = calloc(s.count + 1, sizeof(*in));
	for (size_t i = 0; in && i < s.count; i++)
		in[i] = (struct sdb_input){s.list[i].name, s.list[i].file};
	err = in ? f->write(in, s.count, &out) : OP_NO_MEMORY;
	if (err == OP_OK)
		err = say_write(stdout, &out);
	if (err != OP_OK)
		query_complain(q, err, "%s", op_strerror(err));
	free(in);
	buf_fini(&out);
	subnets_fini(&s);
	return err;
}
