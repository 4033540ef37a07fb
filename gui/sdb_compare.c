/* SPDX-License-Identifier: ISC */
/*
 * opdesk::sdb, the part without a sheet's rows: the check of one file, differences and merges of
 * bytes, and the spellings of names and Ethernet addresses.
 */
#include "gui/sdb.h"

#include <stdio.h>
#include <string.h>
#include "lib/err.h"
#include "lib/sdb/check.h"
#include "lib/sdb/diff.h"
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

static const char *
kind_of(const struct sdb_line *line)
{
	return line->kind == SDB_NODE ? "node" : line->kind == SDB_HEADER ? "header" : "other";
}

static Tcl_Obj *
changes_obj(const struct sdb_diff *d)
{
	static const char *const kinds[] = {"added", "removed", "changed"};
	Tcl_Obj *list = Tcl_NewListObj(0, NULL);

	for (size_t i = 0; i < d->count; i++) {
		const struct sdb_change *c = &d->list[i];
		Tcl_Obj *dict = Tcl_NewDictObj();

		command_put(dict, "what", Tcl_NewStringObj(kinds[c->kind], -1));
		command_put(dict, "line", Tcl_NewStringObj(kind_of(c->new ? c->new : c->old), -1));
		put_line(dict, "old", c->old);
		put_line(dict, "new", c->new);
		Tcl_ListObjAppendElement(NULL, list, dict);
	}
	return list;
}

/* The result is a list of dicts {what line old new}. */
static int
compare(Tcl_Interp *interp, const struct sdb_file *old, const struct sdb_file *new)
{
	struct sdb_diff d;
	int err = sdb_diff(old, new, &d);

	if (err)
		return sdb_fail(interp, err);
	Tcl_SetObjResult(interp, changes_obj(&d));
	sdb_diff_fini(&d);
	return TCL_OK;
}

/* diff OLD NEW: of bytes. */
static int
cmd_diff(ClientData data, Tcl_Interp *interp, int argc, Tcl_Obj *const argv[])
{
	struct sdb_file *f[2] = {NULL, NULL};
	int err = parse_all(argv + 1, 2, f), code;

	(void)data;
	(void)argc;
	code = err ? sdb_fail(interp, err) : compare(interp, f[0], f[1]);
	sdb_file_free(f[0]);
	sdb_file_free(f[1]);
	return code;
}

/* compare OLD NEW: of sheets, which are read already. */
static int
cmd_compare(ClientData data, Tcl_Interp *interp, int argc, Tcl_Obj *const argv[])
{
	const struct sheet *old = sdb_sheet(interp, argv[1]), *new;

	(void)data;
	(void)argc;
	if (!old || !(new = sdb_sheet(interp, argv[2])))
		return TCL_ERROR;
	return compare(interp, old->file, new->file);
}

/* --- only what differs --- */

#define MARK "\n__NODES__\n"

/* How many bytes both begin, or end, with, in whole lines. */
static size_t
same_front(struct sdb_text a, struct sdb_text b)
{
	size_t n = 0, most = a.len < b.len ? a.len : b.len;

	while (n < most && a.s[n] == b.s[n])
		n++;
	while (n > 0 && a.s[n - 1] != '\n')
		n--;
	return n;
}

static size_t
same_back(struct sdb_text a, struct sdb_text b)
{
	size_t n = 0, most = a.len < b.len ? a.len : b.len;

	while (n < most && a.s[a.len - 1 - n] == b.s[b.len - 1 - n])
		n++;
	while (n > 0 && ((a.len > n && a.s[a.len - 1 - n] != '\n') ||
			    (b.len > n && b.s[b.len - 1 - n] != '\n')))
		n--;
	return n;
}

static Tcl_Obj *
middle_obj(struct sdb_text t, size_t front, size_t back)
{
	static const char mark[] = "__NODES__\n";
	Tcl_Obj *obj = Tcl_NewByteArrayObj((const unsigned char *)mark, sizeof(mark) - 1);
	size_t len = t.len - front - back;
	unsigned char *bytes = Tcl_SetByteArrayLength(obj, (Tcl_Size)(sizeof(mark) - 1 + len));

	if (len)
		memcpy(bytes + sizeof(mark) - 1, t.s + front, len);
	return obj;
}

/*
 * middle OLD SHEET: {OLD NEW}, bytes of files that differ in the same lines as these two; among nodes
 * they are without the lines that both begin and end with, so that the difference of a large file
 * with a few edits costs little.
 */
static int
cmd_middle(ClientData data, Tcl_Interp *interp, int argc, Tcl_Obj *const argv[])
{
	const struct sheet *s = sdb_sheet(interp, argv[2]);
	Tcl_Size len;
	const unsigned char *bytes = Tcl_GetByteArrayFromObj(argv[1], &len);
	struct sdb_text old = {(const char *)bytes, (size_t)len}, new;
	Tcl_Obj *pair[2];
	size_t front, back;

	(void)data;
	(void)argc;
	if (!s)
		return TCL_ERROR;
	new = (struct sdb_text){(const char *)buf_bytes(&s->bytes), buf_len(&s->bytes)};
	front = same_front(old, new);
	if (front > 0 && memmem(old.s, front, MARK, sizeof(MARK) - 1)) {
		struct sdb_text rest[] = {
		    {old.s + front, old.len - front}, {new.s + front, new.len - front}};

		back = same_back(rest[0], rest[1]);
		pair[0] = middle_obj(old, front, back);
		pair[1] = middle_obj(new, front, back);
	} else {
		pair[0] = argv[1];
		pair[1] = Tcl_NewByteArrayObj(buf_bytes(&s->bytes), (Tcl_Size)new.len);
	}
	Tcl_SetObjResult(interp, Tcl_NewListObj(2, pair));
	return TCL_OK;
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
    {"sdb", "diff", cmd_diff, 2, 2, "old new"},
    {"sdb", "compare", cmd_compare, 2, 2, "sheet sheet"},
    {"sdb", "middle", cmd_middle, 2, 2, "old sheet"},
    {"sdb", "merge", cmd_merge, 3, 3, "base mine theirs"},
    {"sdb", "mac", cmd_mac, 1, 1, "text"},
    {"sdb", "name", cmd_name, 1, 1, "text"},
    {0},
};
