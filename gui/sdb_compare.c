/* SPDX-License-Identifier: ISC */
/*
 * opdesk::sdb, the part without a sheet's rows: the check of one file, differences and merges of
 * bytes, and the spellings of names and Ethernet addresses.
 */
#include "gui/sdb.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>
#include "lib/err.h"
#include "lib/sdb/check.h"
#include "lib/sdb/diff.h"
#include "lib/sdb/excerpt.h"
#include "lib/sdb/merge.h"
#include "lib/sdb/name.h"

/* As daemons say it, docs/protocol.md, A finding. */
static Tcl_Obj *
finding_obj(const struct sdb_finding *f)
{
	static const char *const kinds[] = {"", "replace", "insert", "delete", "to_front"};
	Tcl_Obj *dict = Tcl_NewDictObj();

	command_put(dict, "line", Tcl_NewWideIntObj(f->line));
	command_put(dict, "column", Tcl_NewWideIntObj(f->column));
	command_put(dict, "code", Tcl_NewStringObj(sdb_code_name(f->code), -1));
	command_put(dict, "severity",
	    Tcl_NewStringObj(sdb_code_severity(f->code) == SDB_ERROR ? "error" : "warning", -1));
	command_put(dict, "message", command_string(f->message, strlen(f->message)));
	if (f->other_line)
		command_put(dict, "other_line", Tcl_NewWideIntObj(f->other_line));
	if (f->fix.kind != SDB_FIX_NONE) {
		Tcl_Obj *fix = Tcl_NewDictObj();

		command_put(fix, "kind", Tcl_NewStringObj(kinds[f->fix.kind], -1));
		command_put(fix, "line", Tcl_NewWideIntObj(f->fix.line));
		command_put(fix, "text", sdb_text_obj(sdb_text_of(f->fix.text ? f->fix.text : "")));
		command_put(dict, "fix", fix);
	}
	return dict;
}

/* check SHEET MAX: the findings about this file alone. */
static int
cmd_check(ClientData data, Tcl_Interp *interp, int argc, Tcl_Obj *const argv[])
{
	const struct sheet *s = sdb_sheet(interp, argv[1]);
	struct sdb_findings found;
	Tcl_Obj *list;
	int max, err;

	(void)data;
	(void)argc;
	if (!s || Tcl_GetIntFromObj(interp, argv[2], &max) != TCL_OK)
		return TCL_ERROR;
	sdb_findings_init(&found, max > 0 ? (size_t)max : 0);
	err = sdb_check(&(struct sdb_input){"this file", s->file}, 1, &found);
	if (!err) {
		list = Tcl_NewListObj(0, NULL);
		for (size_t i = 0; i < found.count; i++)
			Tcl_ListObjAppendElement(NULL, list, finding_obj(&found.list[i]));
		Tcl_SetObjResult(interp, list);
	}
	sdb_findings_fini(&found);
	return err ? sdb_fail(interp, err) : TCL_OK;
}

/* --- versions --- */

static int
parse(Tcl_Obj *bytes, struct sdb_file **out)
{
	Tcl_Size len;
	const unsigned char *b = Tcl_GetByteArrayFromObj(bytes, &len);

	return sdb_file_parse(b, (size_t)len, out);
}

/* `n` versions; the caller frees what is there, also on failure. */
static int
parse_all(Tcl_Obj *const bytes[], size_t n, struct sdb_file **out)
{
	int err = OP_OK;

	for (size_t i = 0; i < n && !err; i++)
		err = parse(bytes[i], &out[i]);
	return err;
}

static void
put_line(Tcl_Obj *dict, const char *key, const struct sdb_line *line)
{
	if (line)
		command_put(dict, key, sdb_text_obj((struct sdb_text){line->text, line->len}));
}

enum { LINE_NODE, LINE_HEADER, LINE_OTHER, LINE_KINDS };

static unsigned
kind_of(const struct sdb_change *c)
{
	const struct sdb_line *line = c->new ? c->new : c->old;

	return line->kind == SDB_NODE     ? LINE_NODE
	       : line->kind == SDB_HEADER ? LINE_HEADER
					  : LINE_OTHER;
}

static const char *const change_words[] = {"added", "removed", "changed"};
static const char *const line_words[] = {"node", "header", "other"};

static Tcl_Obj *
change_obj(const struct sdb_change *c)
{
	Tcl_Obj *dict = Tcl_NewDictObj();

	command_put(dict, "what", Tcl_NewStringObj(change_words[c->kind], -1));
	command_put(dict, "line", Tcl_NewStringObj(line_words[kind_of(c)], -1));
	put_line(dict, "old", c->old);
	put_line(dict, "new", c->new);
	return dict;
}

/* Of each kind of line: {added N removed N changed N}. */
static Tcl_Obj *
counts_obj(const struct sdb_diff *d)
{
	Tcl_Obj *dict = Tcl_NewDictObj();
	Tcl_WideInt n[LINE_KINDS][3] = {0};

	for (size_t i = 0; i < d->count; i++)
		n[kind_of(&d->list[i])][d->list[i].kind]++;
	for (unsigned k = 0; k < LINE_KINDS; k++) {
		Tcl_Obj *of = Tcl_NewDictObj();

		for (unsigned w = 0; w < 3; w++)
			command_put(of, change_words[w], Tcl_NewWideIntObj(n[k][w]));
		command_put(dict, line_words[k], of);
	}
	return dict;
}

/* {counts changes}: of how many there are, and the first `max` of them, dicts {what line old new}.
 */
static Tcl_Obj *
changes_obj(const struct sdb_diff *d, size_t max)
{
	Tcl_Obj *dict = Tcl_NewDictObj(), *list = Tcl_NewListObj(0, NULL);

	for (size_t i = 0; i < d->count && i < max; i++)
		Tcl_ListObjAppendElement(NULL, list, change_obj(&d->list[i]));
	command_put(dict, "counts", counts_obj(d));
	command_put(dict, "changes", list);
	return dict;
}

static int
compare(Tcl_Interp *interp, const struct sdb_file *old, const struct sdb_file *new, Tcl_Obj *max)
{
	struct sdb_diff d;
	int most = INT_MAX, err;

	if (max && Tcl_GetIntFromObj(interp, max, &most) != TCL_OK)
		return TCL_ERROR;
	err = sdb_diff(old, new, &d);
	if (err)
		return sdb_fail(interp, err);
	Tcl_SetObjResult(interp, changes_obj(&d, most > 0 ? (size_t)most : 0));
	sdb_diff_fini(&d);
	return TCL_OK;
}

/* diff OLD NEW ?MAX?: of bytes. */
static int
cmd_diff(ClientData data, Tcl_Interp *interp, int argc, Tcl_Obj *const argv[])
{
	struct sdb_file *f[2] = {NULL, NULL};
	int err = parse_all(argv + 1, 2, f), code;

	(void)data;
	code = err ? sdb_fail(interp, err) : compare(interp, f[0], f[1], argc > 3 ? argv[3] : NULL);
	sdb_file_free(f[0]);
	sdb_file_free(f[1]);
	return code;
}

/* compare OLD NEW ?MAX?: of sheets, which are read already. */
static int
cmd_compare(ClientData data, Tcl_Interp *interp, int argc, Tcl_Obj *const argv[])
{
	const struct sheet *old = sdb_sheet(interp, argv[1]), *new;

	(void)data;
	if (!old || !(new = sdb_sheet(interp, argv[2])))
		return TCL_ERROR;
	return compare(interp, old->file, new->file, argc > 3 ? argv[3] : NULL);
}

static Tcl_Obj *
bytes_obj(const struct buf *b)
{
	return Tcl_NewByteArrayObj(buf_bytes(b), (Tcl_Size)buf_len(b));
}

/* excerpt OLD SHEET: {OLD NEW}, what tells these bytes and the sheet apart (lib/sdb/excerpt.h). */
static int
cmd_excerpt(ClientData data, Tcl_Interp *interp, int argc, Tcl_Obj *const argv[])
{
	const struct sheet *s = sdb_sheet(interp, argv[2]);
	struct buf old, new;
	Tcl_Size len;
	const char *bytes = (const char *)Tcl_GetByteArrayFromObj(argv[1], &len);
	int err;

	(void)data;
	(void)argc;
	if (!s)
		return TCL_ERROR;
	buf_init(&old);
	buf_init(&new);
	err = sdb_excerpt((struct sdb_text){bytes, (size_t)len},
	    (struct sdb_text){(const char *)buf_bytes(&s->bytes), buf_len(&s->bytes)}, &old, &new);
	if (!err) {
		Tcl_Obj *pair[] = {bytes_obj(&old), bytes_obj(&new)};

		Tcl_SetObjResult(interp, Tcl_NewListObj(2, pair));
	}
	buf_fini(&old);
	buf_fini(&new);
	return err ? sdb_fail(interp, err) : TCL_OK;
}

static Tcl_Obj *
merge_obj(const struct sdb_merge *m)
{
	static const char *const kinds[] = {"line", "address", "name"};
	Tcl_Obj *dict = Tcl_NewDictObj(), *conflicts = Tcl_NewListObj(0, NULL);

	for (size_t i = 0; i < m->count; i++) {
		Tcl_Obj *c = Tcl_NewDictObj();

		command_put(c, "kind", Tcl_NewStringObj(kinds[m->list[i].kind], -1));
		put_line(c, "base", m->list[i].base);
		put_line(c, "mine", m->list[i].mine);
		put_line(c, "theirs", m->list[i].theirs);
		Tcl_ListObjAppendElement(NULL, conflicts, c);
	}
	command_put(dict, "conflicts", conflicts);
	command_put(
	    dict, "text", Tcl_NewByteArrayObj(buf_bytes(&m->bytes), (Tcl_Size)buf_len(&m->bytes)));
	return dict;
}

/* merge BASE MINE THEIRS: of bytes; a dict {conflicts text}, text empty when there are any. */
static int
cmd_merge(ClientData data, Tcl_Interp *interp, int argc, Tcl_Obj *const argv[])
{
	struct sdb_file *f[3] = {NULL, NULL, NULL};
	struct sdb_merge m;
	int err = parse_all(argv + 1, 3, f);

	(void)data;
	(void)argc;
	if (!err)
		err = sdb_merge(f[0], f[1], f[2], &m);
	if (!err) {
		Tcl_SetObjResult(interp, merge_obj(&m));
		sdb_merge_fini(&m);
	}
	for (size_t i = 0; i < 3; i++)
		sdb_file_free(f[i]);
	return err ? sdb_fail(interp, err) : TCL_OK;
}

/* --- spellings --- */

/* mac TEXT: twelve digits of an Ethernet address in any spelling; empty when it is none. */
static int
cmd_mac(ClientData data, Tcl_Interp *interp, int argc, Tcl_Obj *const argv[])
{
	char text[SDB_MAC_TEXT];
	uint8_t mac[6];
	Tcl_DString ds;
	int err = sdb_mac_parse_any(sdb_utf8(argv[1], &ds), mac);

	(void)data;
	(void)argc;
	Tcl_DStringFree(&ds);
	if (!err)
		Tcl_SetObjResult(interp, Tcl_NewStringObj(sdb_mac_format(text, mac), -1));
	return TCL_OK;
}

/* name TEXT: {FILE NUMBER LETTER}, with or without .sdb; an error when it names no subnet file. */
static int
cmd_name(ClientData data, Tcl_Interp *interp, int argc, Tcl_Obj *const argv[])
{
	char text[SDB_NAME_TEXT];
	struct sdb_name name;
	Tcl_DString ds;
	struct sdb_text t = sdb_utf8(argv[1], &ds);
	int err = sdb_name_parse_user(t.s, t.len, &name);
	Tcl_Obj *parts[3];

	(void)data;
	(void)argc;
	Tcl_DStringFree(&ds);
	if (err)
		return sdb_fail(interp, err);
	parts[0] = Tcl_NewStringObj(sdb_name_format(text, &name), -1);
	parts[1] = Tcl_NewWideIntObj(name.number);
	parts[2] = Tcl_NewStringObj(&name.letter, name.letter ? 1 : 0);
	Tcl_SetObjResult(interp, Tcl_NewListObj(3, parts));
	return TCL_OK;
}

const struct command sdb_compare_commands[] = {
    {"sdb", "check", cmd_check, 2, 2, "sheet max"},
    {"sdb", "diff", cmd_diff, 2, 3, "old new ?max?"},
    {"sdb", "compare", cmd_compare, 2, 3, "sheet sheet ?max?"},
    {"sdb", "excerpt", cmd_excerpt, 2, 2, "old sheet"},
    {"sdb", "merge", cmd_merge, 3, 3, "base mine theirs"},
    {"sdb", "mac", cmd_mac, 1, 1, "text"},
    {"sdb", "name", cmd_name, 1, 1, "text"},
    {0},
};
