/* SPDX-License-Identifier: ISC */
/* CSV is what stands in the files; hosts are the publisher's. */
#include "lib/exchange/export.h"

#include <string.h>

#include "lib/err.h"
#include "lib/publish/publish.h"
#include "lib/sdb/node.h"

/* --- CSV --- */

static bool
needs_quotes(struct sdb_text t)
{
	bool has_blank = t.len && (t.s[0] == ' ' || t.s[t.len - 1] == ' ');

	for (size_t i = 0; i < t.len; i++)
		if (strchr("\",;\t\r\n", t.s[i]))
			return true;
	return has_blank;
}

static int
put_quoted(struct buf *out, struct sdb_text t)
{
	int err = buf_append(out, "\"", 1);

	while (t.s && err == OP_OK) {
		struct sdb_text rest, run = sdb_text_until(t, '"', &rest);

		err = run.len ? buf_append(out, run.s, run.len) : OP_OK;
		if (err == OP_OK && rest.s)
			err = buf_append(out, "\"\"", 2);
		t = rest;
	}
	return err == OP_OK ? buf_append(out, "\"", 1) : err;
}

static int
put_cell(struct buf *out, struct sdb_text t, const char *end)
{
	int err = OP_OK;

	if (needs_quotes(t))
		err = put_quoted(out, t);
	else if (t.len)
		err = buf_append(out, t.s, t.len);
	return err == OP_OK ? buf_append(out, end, strlen(end)) : err;
}

static int
put_node(struct buf *out, const char *file, const struct sdb_line *line)
{
	int err = put_cell(out, sdb_text_of(file), ",");

	for (enum sdb_field i = 0; i < SDB_FIELDS && err == OP_OK; i++)
		err = put_cell(out, sdb_node_field(line, i), i + 1 < SDB_FIELDS ? "," : "\r\n");
	return err;
}

int
export_csv(const struct sdb_input *in, size_t n, struct buf *out)
{
	int err = put_cell(out, SDB_TEXT("subnet"), ",");

	for (enum sdb_field i = 0; i < SDB_FIELDS && err == OP_OK; i++)
		err = put_cell(
		    out, sdb_text_of(sdb_field_name(i)), i + 1 < SDB_FIELDS ? "," : "\r\n");
	for (size_t i = 0; i < n; i++)
		for (const struct sdb_line *l = sdb_file_first(in[i].file); l && err == OP_OK;
		     l = l->next)
			if (l->kind == SDB_NODE)
				err = put_node(out, in[i].name, l);
	return err;
}

/* --- hosts --- */

int
export_hosts(const struct sdb_input *in, size_t n, struct buf *out)
{
	struct publish_options o;
	struct publish_result r;

	publish_options_default(&o);
	o.generators = publish_generator_bit("hosts");
	int err = publish_run(in, n, &o, NULL, 0, &r);

	if (err != OP_OK)
		return err;
	for (size_t i = 0; i < r.count && err == OP_OK; i++)
		if (r.files[i].kind == PUBLISH_HOSTS)
			err = buf_append(
			    out, buf_bytes(&r.files[i].bytes), buf_len(&r.files[i].bytes));
	publish_result_fini(&r);
	return err;
}

const struct export_format export_formats[] = {
    {"csv", "a table, whose first line names the columns", export_csv},
    {"hosts", "hosts(5)", export_hosts},
    {0},
};

const struct export_format *
export_find(const char *name)
{
	for (const struct export_format *f = export_formats; f->name; f++)
		if (strcmp(f->name, name) == 0)
			return f;
	return NULL;
}
