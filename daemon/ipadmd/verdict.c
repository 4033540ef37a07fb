/* SPDX-License-Identifier: ISC */
/* May the files be as a change wants them?  Subnets all together, others one by one. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/ipadmd/attempt.h"
#include "daemon/ipadmd/external.h"
#include "daemon/ipadmd/file_type.h"
#include "daemon/ipadmd/judge.h"
#include "daemon/ipadmd/pack.h"
#include "lib/err.h"

/* --- subnets --- */

static int
refuse_findings(struct clerk *k, const struct judged *after, const bool *is_new, size_t count)
{
	const struct sdb_finding *first = NULL;
	struct mp_out o;
	size_t flagged = 0;

	for (size_t i = 0; i < after->findings->count; i++)
		flagged += is_new[i];
	mp_out_init(&o, &k->data);
	mp_map(&o, 1);
	mp_str(&o, "findings");
	mp_array(&o, flagged);
	for (size_t i = 0; i < after->findings->count; i++) {
		if (!is_new[i])
			continue;
		if (!first)
			first = &after->findings->list[i];
		pack_finding(&o, after->in, &after->findings->list[i]);
	}
	if (!first)
		return clerk_fail(k, OP_BAD_REQUEST, "the change brings new errors");
	return clerk_fail(k, OP_BAD_REQUEST, "%s:%u: %s%s", after->in[first->file].name,
	    first->line, first->message, count > 1 ? " (and more)" : "");
}

/* Something is wrong: was it before? */
static int
compare_with_before(struct clerk *k, const bool *concerned, const struct judged *after)
{
	struct sdb_findings findings;
	size_t count, errors = 0;
	struct sdb_input *in = tree_inputs(&k->tree, concerned, NULL, 0, &count);
	const struct judged before = {in, &findings};
	bool *is_new = NULL;
	int err = in ? OP_OK : OP_NO_MEMORY;

	sdb_findings_init(&findings, SDB_MAX_FINDINGS);
	if (err == OP_OK)
		err = sdb_check(in, count, &findings);
	if (err == OP_OK && !(is_new = judge_new_errors(&before, after, &errors)))
		err = OP_NO_MEMORY;
	if (err == OP_OK && errors > 0)
		err = refuse_findings(k, after, is_new, errors);
	sdb_findings_fini(&findings);
	free(is_new);
	free(in);
	return err;
}

static int
judge_inputs(struct clerk *k, const struct sdb_input *replace, size_t n)
{
	bool *concerned = NULL;
	struct sdb_findings after;
	size_t count;
	int err = tree_concerned(&k->tree, replace, n, &concerned);
	struct sdb_input *in = err ? NULL : tree_inputs(&k->tree, concerned, replace, n, &count);

	if (!in)
		err = OP_NO_MEMORY;
	sdb_findings_init(&after, SDB_MAX_FINDINGS);
	if (err == OP_OK)
		err = sdb_check(in, count, &after);
	if (err == OP_OK && after.errors > 0)
		err = compare_with_before(k, concerned, &(struct judged){in, &after});
	sdb_findings_fini(&after);
	free(in);
	free(concerned);
	return err;
}

static int
parse_next(const struct attempt_file *f, struct sdb_input *out, struct sdb_file **parsed)
{
	*out = (struct sdb_input){.name = f->wanted->place.name};
	if (f->is_gone)
		return OP_OK;
	int err = sdb_file_parse(buf_bytes(&f->next), buf_len(&f->next), parsed);

	out->file = *parsed;
	return err;
}

static int
judge_subnets(struct clerk *k, const struct attempt *a)
{
	struct sdb_input *replace = calloc(a->count + 1, sizeof(*replace));
	struct sdb_file **parsed = calloc(a->count + 1, sizeof(struct sdb_file *));
	int err = replace && parsed ? OP_OK : OP_NO_MEMORY;
	size_t n = 0;

	for (size_t i = 0; i < a->count && err == OP_OK; i++) {
		const struct attempt_file *f = &a->files[i];

		if (f->is_same || f->wanted->place.flat)
			continue;
		err = parse_next(f, &replace[n], &parsed[n]);
		n++;
	}
	if (err == OP_OK && n > 0)
		err = judge_inputs(k, replace, n);
	for (size_t i = 0; parsed && i < n; i++)
		sdb_file_free(parsed[i]);
	free(parsed);
	free(replace);
	return err;
}

/* --- others --- */

static void
pack_new(struct mp_out *o, const char *file, const struct flat_findings *l, const bool *is_new,
    size_t count)
{
	mp_map(o, 1);
	mp_str(o, "findings");
	mp_array(o, count);
	for (size_t i = 0; i < l->count; i++)
		if (is_new[i])
			pack_flat_finding(o, file, &l->list[i]);
}

static int
refuse_flat(struct clerk *k, const char *file, const struct flat_findings *l, const bool *is_new,
    size_t count)
{
	const struct flat_finding *first = NULL;
	struct mp_out o;

	for (size_t i = 0; i < l->count && !first; i++)
		if (is_new[i])
			first = &l->list[i];
	mp_out_init(&o, &k->data);
	pack_new(&o, file, l, is_new, count);
	return clerk_fail(k, OP_BAD_REQUEST, "%s:%u: %s%s", file, first->line, first->message,
	    count > 1 ? " (and more)" : "");
}

/* Our own check, and the configured one. */
static int
check_all(
    struct clerk *k, const struct place *p, const struct buf *bytes, struct flat_findings *out)
{
	int err = p->type->check(p, bytes, out);

	return err ? err : external_check(k, p, bytes, out);
}

static int
judge_flat(struct clerk *k, const struct attempt_file *f)
{
	const struct place *p = &f->wanted->place;
	struct flat_findings before = {0}, after = {0};
	const struct sdb_text old = {f->there ? (const char *)buf_bytes(&f->there->bytes) : NULL,
	    f->there ? buf_len(&f->there->bytes) : 0};
	const struct sdb_text new = {(const char *)buf_bytes(&f->next), buf_len(&f->next)};
	size_t count = 0;
	int err = check_all(k, p, &f->next, &after);

	/* What was wrong before is asked only when something is wrong now. */
	if (err == OP_OK && after.errors > 0 && f->there)
		err = check_all(k, p, &f->there->bytes, &before);
	if (err == OP_OK && after.errors > 0) {
		bool *is_new = judge_new_flat(&before, old, &after, new, &count);

		if (!is_new)
			err = OP_NO_MEMORY;
		else if (count > 0)
			err = refuse_flat(k, p->name, &after, is_new, count);
		free(is_new);
	}
	flat_findings_fini(&before);
	flat_findings_fini(&after);
	return err;
}

int
attempt_judge(struct clerk *k, const struct attempt *a)
{
	int err = judge_subnets(k, a);

	for (size_t i = 0; i < a->count && err == OP_OK; i++) {
		const struct attempt_file *f = &a->files[i];

		if (f->wanted->place.flat && !f->is_same && !f->is_gone)
			err = judge_flat(k, f);
	}
	return err;
}
