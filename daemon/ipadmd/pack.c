/* SPDX-License-Identifier: ISC */
#include "daemon/ipadmd/pack.h"

#include "lib/sdb/node.h"
#include "lib/text.h"

void
pack_text(struct mp_out *o, struct sdb_text t)
{
	struct buf plain;

	if (text_is_utf8(t.s, t.len)) {
		mp_strn(o, t.s, t.len);
		return;
	}
	buf_init(&plain);
	if (text_plain(&plain, t.s, t.len, false))
		mp_str(o, "?");
	else
		mp_strn(o, (const char *)buf_bytes(&plain), buf_len(&plain));
	buf_fini(&plain);
}

void
pack_line(struct mp_out *o, const char *key, const struct sdb_line *line)
{
	mp_str(o, key);
	if (line)
		pack_text(o, (struct sdb_text){line->text, line->len});
	else
		mp_nil(o);
}

void
pack_node(struct mp_out *o, const char *file, const struct sdb_line *line, uint32_t number)
{
	mp_map(o, PACK_NODE_KEYS);
	mp_kstr(o, "file", file);
	mp_kint(o, "line", number);
	for (enum sdb_field i = 0; i < SDB_FIELDS; i++) {
		mp_str(o, sdb_field_name(i));
		pack_text(o, sdb_node_field(line, i));
	}
}

void
pack_lock(struct mp_out *o, const struct lease *l, int64_t now_ms, int64_t guaranteed_ms)
{
	int64_t left = lease_left_ms(l, now_ms, guaranteed_ms);

	mp_map(o, *l->session ? 8 : 7);
	mp_str(o, "owner");
	pack_text(o, sdb_text_of(l->owner));
	mp_kint(o, "pid", l->pid);
	mp_kbool(o, "held", l->held);
	if (*l->session)
		mp_kstr(o, "session", l->session);
	mp_kint(o, "since_at", l->since_ms);
	mp_kint(o, "until_at", l->since_ms + guaranteed_ms);
	mp_kint(o, "left_ms", left);
	mp_kbool(o, "stale", left == 0);
}

static void
pack_fix(struct mp_out *o, const struct sdb_fix *fix)
{
	static const char *const kinds[] = {
	    [SDB_FIX_REPLACE] = "replace",
	    [SDB_FIX_INSERT] = "insert",
	    [SDB_FIX_DELETE] = "delete",
	    [SDB_FIX_TO_FRONT] = "to_front",
	};

	mp_str(o, "fix");
	mp_map(o, fix->text ? 3 : 2);
	mp_kstr(o, "kind", kinds[fix->kind]);
	mp_kint(o, "line", fix->line);
	if (fix->text) {
		mp_str(o, "text");
		pack_text(o, sdb_text_of(fix->text));
	}
}

void
pack_finding(struct mp_out *o, const struct sdb_input *in, const struct sdb_finding *f)
{
	bool fix = f->fix.kind != SDB_FIX_NONE, other = f->other_line > 0;

	mp_map(o, 6u + (fix ? 1 : 0) + (other ? 2 : 0));
	mp_kstr(o, "file", in[f->file].name);
	mp_kint(o, "line", f->line);
	mp_kint(o, "column", f->column);
	mp_kstr(o, "code", sdb_code_name(f->code));
	mp_kstr(o, "severity", sdb_code_severity(f->code) == SDB_ERROR ? "error" : "warning");
	mp_kstr(o, "message", f->message);
	if (other) {
		mp_kstr(o, "other_file", in[f->other_file].name);
		mp_kint(o, "other_line", f->other_line);
	}
	if (fix)
		pack_fix(o, &f->fix);
}

void
pack_flat_finding(struct mp_out *o, const char *file, const struct flat_finding *f)
{
	mp_map(o, 6u + (f->other_line ? 2 : 0));
	mp_kstr(o, "file", file);
	mp_kint(o, "line", f->line);
	mp_kint(o, "column", f->column);
	mp_kstr(o, "code", f->code);
	mp_kstr(o, "severity", f->is_error ? "error" : "warning");
	mp_kstr(o, "message", f->message);
	if (f->other_line) {
		mp_kstr(o, "other_file", file);
		mp_kint(o, "other_line", f->other_line);
	}
}

void
pack_commit(struct mp_out *o, const struct history_commit *c)
{
	mp_kstr(o, "commit", c->id);
	mp_kint(o, "at", c->at_ms);
	mp_kstr(o, "author", c->author);
	mp_kstr(o, "who", c->who);
	mp_str(o, "message");
	pack_text(o, sdb_text_of(c->message));
	mp_kbool(o, "foreign", c->foreign);
}
