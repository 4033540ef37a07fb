/* SPDX-License-Identifier: ISC */
/*
 * ipadmc edit: the file's lock, an editor on a private copy, the check, the comment, and the put; a
 * table of steps, each of which names the next.  Whatever ends it too early (a signal, the terminal
 * or the daemon gone, the lock lost) leaves the copy where it is and says how to go on.  What it
 * says goes to standard error; standard output has what was done.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "client/ipadmc/draft.h"
#include "client/ipadmc/editor.h"
#include "client/ipadmc/ipadmc.h"
#include "client/ipadmc/prompt.h"
#include "client/ipadmc/say.h"
#include "client/ipadmc/subnet.h"
#include "lib/err.h"
#include "lib/method.h"
#include "lib/sdb/marked.h"
#include "lib/sdb/name.h"

#define VERSION_TEXT 64

enum step { STEP_EDIT, STEP_CHECK, STEP_COMMENT, STEP_PUT, STEP_MERGE, STEP_DONE, STEP_KEEP };

struct edit {
	struct query *q;
	char file[SUBNET_FILE];
	struct editor editor;
	struct draft draft;
	struct buf base;            /* what was started from */
	char version[VERSION_TEXT]; /* of base; empty: a new file */
	struct buf given;           /* what the editor was given first */
	struct buf text;            /* what the draft held last */
	char *message;              /* the comment, once it is known */
	bool has_lock;
	bool had_errors; /* base */
	int err;         /* how it ends */
};

static struct sdb_text
text_of(const struct buf *b)
{
	return (struct sdb_text){(const char *)buf_bytes(b), buf_len(b)};
}

/* It ends with err, and the copy stays if there is work in it. */
static enum step
keep(struct edit *e, int err)
{
	e->err = err;
	return STEP_KEEP;
}

static enum step
discard(struct edit *e)
{
	e->err = OP_CANCELLED;
	return STEP_DONE;
}

/* "e" and "d" always; with `may_save` also "s", which leads to `save`. */
static enum step
choose(struct edit *e, bool may_save, enum step save)
{
	char letter;
	int err =
	    prompt_letter(may_save ? "(e)dit again, (d)iscard your changes, or (s)ave anyway? "
				   : "(e)dit again, or (d)iscard your changes? ",
		may_save ? "eds" : "ed", &letter);

	if (err != OP_OK)
		return keep(e, err);
	if (letter == 's')
		return save;
	return letter == 'e' ? STEP_EDIT : discard(e);
}

/* --- the editor --- */

/* Is there anything in the draft that must not get lost?  What cannot be read may be that. */
static bool
has_work(const struct edit *e)
{
	struct buf text;

	buf_init(&text);
	int err = draft_read(&e->draft, &text);
	bool is_same = err == OP_OK && sdb_text_equal(text_of(&e->given), text_of(&text));

	buf_fini(&text);
	return e->editor.is_running || !is_same;
}

static enum step
step_edit(struct edit *e)
{
	int err = editor_run(&e->editor, e->draft.path);

	if (err == OP_CANCELLED)
		return keep(e, err);
	if (*e->editor.taken_by) {
		query_complain(
		    e->q, OP_OK, "%s has taken over your lock meanwhile", e->editor.taken_by);
		e->editor.taken_by[0] = '\0';
		e->has_lock = false;
	}
	if (err == IPADMC_NO_EDITOR && !has_work(e))
		return keep(e, err); /* of what is not there: nothing to ask about */
	if (err != OP_OK)
		return choose(e, false, STEP_EDIT);
	err = draft_read(&e->draft, &e->text);
	if (err != OP_OK) {
		query_complain(e->q, err, "%s: %s", e->draft.path,
		    err == OP_SYSTEM ? strerror(errno) : op_strerror(err));
		return choose(e, false, STEP_EDIT);
	}
	if (!sdb_text_equal(text_of(&e->base), text_of(&e->text)))
		return STEP_CHECK;
	query_complain(e->q, OP_OK, "nothing has been changed");
	return STEP_DONE;
}

/* --- the check --- */

struct checked {
	const char *file;
	const struct buf *text;
};

static void
pack_check(struct mp_out *o, const struct query *q, const void *arg)
{
	const struct checked *c = arg;

	(void)q;
	mp_map(o, 2);
	mp_kstr(o, "file", c->file);
	mp_str(o, "text");
	mp_bin(o, buf_bytes(c->text), buf_len(c->text));
}

/* findings may be NULL: only count. */
static int
check(struct edit *e, const struct buf *text, bool say, int64_t *errors)
{
	const msgpack_object_array *findings;
	const msgpack_object *result;
	struct checked c = {e->file, text};
	int err = query_call(e->q, "sdb.check", pack_check, &c, &result);

	if (err != OP_OK)
		return err;
	if (mp_get_int(result, "errors", errors) != OP_OK ||
	    mp_get_array(result, "findings", &findings) != OP_OK)
		return query_nonsense(e->q);
	return say ? say_findings(stderr, findings) : OP_OK;
}

static enum step
step_check(struct edit *e)
{
	size_t line = sdb_marked_line(text_of(&e->text));
	int64_t errors = 0;

	if (line > 0) {
		query_complain(e->q, OP_CONFLICT,
		    "line %zu is a mark of a conflict: decide it and "
		    "remove its marks",
		    line);
		return choose(e, false, STEP_EDIT);
	}
	int err = check(e, &e->text, true, &errors);

	if (err != OP_OK)
		return keep(e, err);
	return errors > 0 ? choose(e, e->had_errors, STEP_COMMENT) : STEP_COMMENT;
}

/* --- the comment --- */

static enum step
step_comment(struct edit *e)
{
	const char *given = settings_of(e->q)->message;
	int err = say_changes(stderr, &e->base, &e->text);

	if (err != OP_OK)
		return keep(e, query_complain(e->q, err, "%s", op_strerror(err)));
	if (given)
		return STEP_PUT;
	free(e->message);
	err = prompt_text("Comment for the history (e: edit again, d: discard): ",
	    (size_t)method_limit("sdb.put", "message"), &e->message);
	if (err != OP_OK)
		return keep(e, err);
	if (strcmp(e->message, "e") == 0)
		return STEP_EDIT;
	return strcmp(e->message, "d") == 0 ? discard(e) : STEP_PUT;
}

/* --- the put --- */

struct put {
	const struct edit *e;
	char id[UUID_SIZE]; /* of this try */
};

static void
pack_put(struct mp_out *o, const struct query *q, const void *arg)
{
	const struct put *p = arg;
	const struct edit *e = p->e;
	const char *given = settings_of(q)->message, *message = given ? given : e->message;

	mp_map(o, (size_t)(5 + (*message != '\0')));
	mp_kstr(o, "id", p->id);
	mp_kstr(o, "file", e->file);
	mp_kstr(o, "base", e->version);
	mp_kstr(o, "session", settings_of(q)->session);
	mp_str(o, "text");
	mp_bin(o, buf_bytes(&e->text), buf_len(&e->text));
	if (*message)
		mp_kstr(o, "message", message);
}

static enum step
step_put(struct edit *e)
{
	struct query_answer a;
	struct put p = {.e = e};

	uuid_new(p.id);
	int err = query_try(e->q, "sdb.put", pack_put, &p, &a);

	if (err == OP_OK) {
		e->has_lock = false; /* a put frees it */
		e->err = say_done(e->q, a.m->result, false);
		return STEP_DONE;
	}
	if (err == OP_CONFLICT && a.m)
		return STEP_MERGE;
	query_complain_answer(e->q, err, &a);
	return err == OP_BAD_REQUEST && a.m ? choose(e, false, STEP_EDIT) : keep(e, err);
}

/* --- the merge --- */

static void
pack_get(struct mp_out *o, const struct query *q, const void *file)
{
	(void)q;
	mp_map(o, 1);
	mp_kstr(o, "file", file);
}

/* What the daemon has becomes the base. */
static int
take(struct edit *e, const msgpack_object *got)
{
	const msgpack_object *text = mp_get(got, "text");
	struct mp_text version;

	if (!text || text->type != MSGPACK_OBJECT_BIN ||
	    mp_get_text(got, "version", &version) != OP_OK || version.len >= VERSION_TEXT)
		return query_nonsense(e->q);
	buf_clear(&e->base);
	snprintf(e->version, sizeof(e->version), "%.*s", (int)version.len, version.s);
	return text->via.bin.size ? buf_append(&e->base, text->via.bin.ptr, text->via.bin.size)
				  : OP_OK;
}

static bool
is_subnet(const struct edit *e)
{
	struct sdb_name name;

	return sdb_name_parse_user(e->file, strlen(e->file), &name) == OP_OK;
}

static int
merge(struct edit *e, const msgpack_object *got, size_t *conflicts)
{
	struct buf old, merged;

	buf_init(&old);
	buf_init(&merged);
	int err = buf_append(&old, buf_bytes(&e->base), buf_len(&e->base));

	if (err == OP_OK)
		err = take(e, got);
	if (err == OP_OK)
		err = sdb_merge_marked(text_of(&old), text_of(&e->text), text_of(&e->base),
		    is_subnet(e), &merged, conflicts);
	if (err == OP_OK) {
		buf_fini(&e->text);
		e->text = merged;
		buf_init(&merged);
		err = draft_write(&e->draft, &e->text);
	}
	buf_fini(&old);
	buf_fini(&merged);
	return err;
}

static enum step
step_merge(struct edit *e)
{
	const msgpack_object *got;
	size_t conflicts = 0;
	int err = query_call(e->q, "sdb.get", pack_get, e->file, &got);

	if (err == OP_OK && (err = merge(e, got, &conflicts)) != OP_OK)
		query_complain(e->q, err, "merging: %s",
		    err == OP_SYSTEM ? strerror(errno) : op_strerror(err));
	if (err != OP_OK)
		return keep(e, err);
	if (conflicts == 0)
		return STEP_CHECK;
	query_complain(e->q, OP_OK,
	    "somebody has changed the same meanwhile: %zu conflict%s, between <<<<<<< and >>>>>>>",
	    conflicts, conflicts == 1 ? "" : "s");
	return choose(e, false, STEP_EDIT);
}

/* --- the beginning and the end --- */

static void
pack_open(struct mp_out *o, const struct query *q, const void *file)
{
	mp_map(o, 4);
	mp_kstr(o, "file", file);
	mp_kbool(o, "lock", true);
	mp_kstr(o, "session", settings_of(q)->session);
	mp_kint(o, "pid", getpid());
}

/* A subnet that is not there yet. */
static int
start_new(struct edit *e)
{
	struct sdb_name name;

	if (sdb_name_parse_user(e->file, strlen(e->file), &name) != OP_OK)
		return query_complain(e->q, OP_NOT_FOUND, "there is no file %s", e->file);
	sdb_name_format(e->file, &name);
	query_complain(e->q, OP_OK, "%s is a new file", e->file);
	return buf_printf(&e->text,
	    "Title = Subnet %u%.1s, \nDomain = \nBase_IP = \nSubnet_Mask = 255.255.255.0\n"
	    "Gateway = \n__NODES__\n# name:address:ethernet:alias:mx:comment\n",
	    (unsigned)name.number, name.letter ? &name.letter : "");
}

static int
start(struct edit *e)
{
	struct query_answer a;
	struct mp_text name;
	int err = query_try(e->q, "sdb.get", pack_open, e->file, &a);

	if (err == OP_NOT_FOUND && a.m)
		return start_new(e);
	if (err != OP_OK)
		return query_complain_answer(e->q, err, &a);
	const msgpack_object *got = a.m->result, *lock = mp_get(got, "lock");

	mp_get_bool(got, "locked", &e->has_lock);
	if (!e->has_lock && lock) {
		struct rpc_error locked = {.err = OP_LOCKED, .data = lock};

		ipadmc_explain(e->q, &locked);
		return OP_LOCKED;
	}
	if (mp_get_text(got, "file", &name) == OP_OK && name.len < sizeof(e->file))
		snprintf(e->file, sizeof(e->file), "%.*s", (int)name.len, name.s);
	err = take(e, got);
	if (err == OP_OK && buf_len(&e->base) > 0)
		err = buf_append(&e->text, buf_bytes(&e->base), buf_len(&e->base));
	return err;
}

/* A terminal that was lost could not be told where the text is. */
static int
make_draft(struct edit *e)
{
	char kept[PATH_MAX];

	if (draft_find_kept(e->file, kept))
		query_complain(e->q, OP_OK, "an earlier text of yours is still in %s", kept);
	int err = draft_new(&e->draft, e->file);

	if (err == OP_OK)
		err = draft_write(&e->draft, &e->text);
	if (err == OP_OK)
		err = buf_append(&e->given, buf_bytes(&e->text), buf_len(&e->text));
	if (err != OP_OK)
		query_complain(e->q, err, "cannot make a copy in %s: %s", e->draft.dir,
		    err == OP_SYSTEM ? strerror(errno) : op_strerror(err));
	return err;
}

static void
say_kept(struct edit *e)
{
	query_complain(e->q, OP_OK, "your text is kept in %s", e->draft.path);
	if (*e->version)
		fprintf(stderr, "To put it: ipadmc put %s %s --base %s\n", e->file, e->draft.path,
		    e->version);
	else
		fprintf(stderr, "To put it: ipadmc put %s %s\n", e->file, e->draft.path);
	e->draft.path[0] = '\0';
}

/* Without waiting for a daemon that is away: the session's end frees it too. */
static void
unlock(struct edit *e)
{
	struct query_answer a;

	if (e->has_lock && e->q->rpc)
		query_try(e->q, "sdb.unlock", pack_get, e->file, &a);
}

static int
go(struct edit *e)
{
	static enum step (*const steps[])(struct edit * e) = {
	    [STEP_EDIT] = step_edit,
	    [STEP_CHECK] = step_check,
	    [STEP_COMMENT] = step_comment,
	    [STEP_PUT] = step_put,
	    [STEP_MERGE] = step_merge,
	};
	enum step step = STEP_EDIT;

	while (step != STEP_DONE && step != STEP_KEEP)
		step = steps[step](e);
	if (step == STEP_KEEP && has_work(e))
		say_kept(e);
	return e->err;
}

static int
prepare(struct edit *e)
{
	int64_t errors = 0;
	int err = start(e);

	if (err == OP_OK)
		err = editor_join(&e->editor);
	if (err == OP_OK && buf_len(&e->base) > 0)
		err = check(e, &e->base, false, &errors);
	e->had_errors = errors > 0;
	return err == OP_OK ? make_draft(e) : err;
}

int
ipadmc_edit(struct query *q)
{
	struct edit e = {.q = q};
	int err = subnet_resolve(q, q->operands[0], e.file);

	if (err != OP_OK)
		return err;
	e.editor = (struct editor){.q = q, .session = settings_of(q)->session, .file = e.file};
	buf_init(&e.base);
	buf_init(&e.given);
	buf_init(&e.text);
	stop_catch();
	err = prepare(&e);
	if (err == OP_OK)
		err = go(&e);
	int signo = stop_signal();

	stop_forget();
	unlock(&e);
	draft_remove(&e.draft);
	buf_fini(&e.base);
	buf_fini(&e.given);
	buf_fini(&e.text);
	free(e.message);
	if (signo) {
		query_disconnect(q);
		stop_die(signo);
	}
	stop_release();
	return err;
}
