/* SPDX-License-Identifier: ISC */
/* ipadmd: files that describe subnets, and drafts of them. */
#include "lib/method_rows.h"

#define FILE_FIELD                                                                \
	{                                                                         \
		"file", FIELD_STR, true, 100, 0, "its name; .sdb may be left out" \
	}
#define SESSION_FIELD                                                                    \
	{                                                                                \
		"session", FIELD_ID, false, 0, 0, "keeps its locks through reconnecting" \
	}
#define PID_FIELD                                                                \
	{                                                                        \
		"pid", FIELD_INT, false, INT32_MAX, 0, "of the client: for show" \
	}
#define HELD_FIELD                                                               \
	{                                                                        \
		"held", FIELD_BOOL, false, 0, 0, "the lock outlives the session" \
	}
#define CHANGE_ID_FIELD                                                                 \
	{                                                                               \
		"id", FIELD_ID, true, 0, 0, "of this change: twice is the same as once" \
	}
#define BASE_FIELD                                                \
	{                                                         \
		"base", FIELD_STR, true, COMMIT_BYTES, 0,         \
		    "version it was made from; empty: a new file" \
	}
#define TEXT_FIELD(required)                                                     \
	{                                                                        \
		"text", FIELD_BIN, required, SDB_TEXT_BYTES, 0, "the whole file" \
	}
#define MESSAGE_FIELD                                                        \
	{                                                                    \
		"message", FIELD_STR, false, 2000, 0, "why: for the history" \
	}
#define NODE_FIELD(required)                                                          \
	{                                                                             \
		"node", FIELD_STR, required, 300, 0, "a node, by its address or name" \
	}
/* Name and address are required in some methods only. */
#define VALUE_FIELDS                                                          \
	{"ethernet", FIELD_STR, false, 40, 0, "its Ethernet address"},        \
	    {"alias", FIELD_STR, false, 2000, 0, "its alias (CNAME)"},        \
	    {"mx", FIELD_STR, false, 300, 0, "its mail exchanger"},           \
	{                                                                     \
		"comment", FIELD_STR, false, 2000, 0, "anything, in one line" \
	}
#define COMMIT_BYTES 40
#define SDB_TEXT_BYTES (15 << 20)
#define CHANGES_MAX 1000

static const struct method_field list_fields[] = {
    {"file", FIELD_STR, false, 100, 0, "this file only"},
    {"type", FIELD_STR, false, 20, 0, "files of this type only: subnet, hosts, table, text"},
    {0},
};

static const struct method_field get_fields[] = {
    FILE_FIELD,
    {"lock", FIELD_BOOL, false, 0, 0, "try to get the lock"},
    HELD_FIELD,
    SESSION_FIELD,
    PID_FIELD,
    {0},
};

static const struct method_field check_fields[] = {
    {"file", FIELD_STR, false, 100, 0, "findings about this file only"},
    {"text", FIELD_BIN, false, SDB_TEXT_BYTES, 0, "as if the file held this"},
    {0},
};

static const struct method_field search_fields[] = {
    {"text", FIELD_STR, true, 200, 0, "in any field, letters of either case"},
    {"limit", FIELD_INT, false, 10000, 0, "default 100"},
    {0},
};

static const struct method_field free_fields[] = {
    FILE_FIELD,
    {"limit", FIELD_INT, false, 65536, 0, "default 256"},
    {0},
};

static const struct method_field lock_fields[] = {
    FILE_FIELD,
    HELD_FIELD,
    SESSION_FIELD,
    PID_FIELD,
    {0},
};

static const struct method_field unlock_fields[] = {
    FILE_FIELD,
    {"force", FIELD_BOOL, false, 0, 0, "break somebody else's"},
    {0},
};

static const struct method_field nudge_fields[] = {
    FILE_FIELD,
    {"message", FIELD_STR, false, 200, 0, "for its owner"},
    {0},
};

static const struct method_field put_fields[] = {
    CHANGE_ID_FIELD,
    FILE_FIELD,
    BASE_FIELD,
    TEXT_FIELD(true),
    MESSAGE_FIELD,
    SESSION_FIELD,
    {"keep_lock", FIELD_BOOL, false, 0, 0, "do not free the lock"},
    {0},
};

const struct method_field method_change_fields[] = {
    FILE_FIELD,
    BASE_FIELD,
    TEXT_FIELD(false),
    {"gone", FIELD_BOOL, false, 0, 0, "remove the file"},
    {0},
};

static const struct method_field commit_fields[] = {
    CHANGE_ID_FIELD,
    {"changes", FIELD_MAPS, true, 0, CHANGES_MAX, "one for each file"},
    MESSAGE_FIELD,
    SESSION_FIELD,
    {"keep_lock", FIELD_BOOL, false, 0, 0, "do not free the locks"},
    {0},
};

static const struct method_field draft_save_fields[] = {
    {"id", FIELD_ID, true, 0, 0, "of this draft: the same one again takes its place"},
    FILE_FIELD,
    BASE_FIELD,
    TEXT_FIELD(true),
    MESSAGE_FIELD,
    {0},
};

static const struct method_field draft_list_fields[] = {
    {"file", FIELD_STR, false, 100, 0, "of this file only"},
    {0},
};

static const struct method_field draft_fields[] = {
    {"id", FIELD_ID, true, 0, 0, "the draft"},
    {0},
};

static const struct method_field add_fields[] = {
    CHANGE_ID_FIELD,
    FILE_FIELD,
    {"name", FIELD_STR, true, 300, 0, "its name"},
    {"address", FIELD_STR, true, 60, 0, "its address"},
    VALUE_FIELDS,
    MESSAGE_FIELD,
    SESSION_FIELD,
    {0},
};

static const struct method_field change_fields[] = {
    CHANGE_ID_FIELD,
    FILE_FIELD,
    NODE_FIELD(true),
    {"name", FIELD_STR, false, 300, 0, "its new name"},
    {"address", FIELD_STR, false, 60, 0, "its new address"},
    VALUE_FIELDS,
    MESSAGE_FIELD,
    SESSION_FIELD,
    {0},
};

static const struct method_field remove_fields[] = {
    CHANGE_ID_FIELD,
    FILE_FIELD,
    NODE_FIELD(true),
    MESSAGE_FIELD,
    SESSION_FIELD,
    {0},
};

static const struct method_field offer_fields[] = {
    FILE_FIELD,
    {"ethernet", FIELD_STR, true, 40, 0, "who it is held for"},
    {"for_ms", FIELD_INT, false, DAYS_MS, 0, "how long"},
    {0},
};

static const struct method_field allocate_fields[] = {
    CHANGE_ID_FIELD,
    FILE_FIELD,
    {"name", FIELD_STR, true, 300, 0, "of the node; numbered when there are several"},
    {"count", FIELD_INT, false, 1000, 0, "so many in a row; default 1"},
    {"ethernet", FIELD_STR, false, 40, 0, "takes the address on offer for it"},
    {"comment", FIELD_STR, false, 2000, 0, "anything, in one line"},
    MESSAGE_FIELD,
    SESSION_FIELD,
    {0},
};

static const struct method_field log_fields[] = {
    {"file", FIELD_STR, false, 100, 0, "commits that touch this file"},
    NODE_FIELD(false),
    {"limit", FIELD_INT, false, 1000, 0, "default 100"},
    {"before", FIELD_STR, false, COMMIT_BYTES, 0, "older than this one: the next page"},
    {0},
};

static const struct method_field show_fields[] = {
    FILE_FIELD,
    {"commit", FIELD_STR, true, COMMIT_BYTES, 0, "the file as it was there"},
    {0},
};

static const struct method_field diff_fields[] = {
    FILE_FIELD,
    {"from", FIELD_STR, false, COMMIT_BYTES, 0, "the older commit"},
    {"to", FIELD_STR, false, COMMIT_BYTES, 0, "the newer commit"},
    {0},
};

static const struct method_field revert_fields[] = {
    CHANGE_ID_FIELD,
    {"file", FIELD_STR, false, 100, 0, "this file only; else all that the commit changed"},
    {"undo", FIELD_STR, false, COMMIT_BYTES, 0, "take back what this commit did"},
    {"to", FIELD_STR, false, COMMIT_BYTES, 0, "the file as this commit left it"},
    {"dry", FIELD_BOOL, false, 0, 0, "say what it would do, and do nothing"},
    MESSAGE_FIELD,
    SESSION_FIELD,
    {0},
};

static const struct method_field blame_fields[] = {
    FILE_FIELD,
    NODE_FIELD(false),
    {0},
};

static const struct method_field preview_fields[] = {
    {"file", FIELD_STR, false, 100, 0, "as if this file were changed"},
    {"text", FIELD_BIN, false, SDB_TEXT_BYTES, 0, "what it would hold"},
    {"gone", FIELD_BOOL, false, 0, 0, "as if it were removed"},
    {"changes", FIELD_MAPS, false, 0, CHANGES_MAX, "as if these were made"},
    {0},
};

static const struct method_field publish_fields[] = {
    {"confirm", FIELD_BOOL, false, 0, 0, "even if many records are lost"},
    {"commit", FIELD_STR, false, COMMIT_BYTES, 0, "with confirm: what was looked at"},
    {"wait", FIELD_BOOL, false, 0, 0, "answer when it is done; default true"},
    {0},
};

static const struct method_field publishing_fields[] = {
    {"step", FIELD_STR, true, 20, 0, "generate, check, switch, reload or probe"},
    {"commit", FIELD_STR, true, COMMIT_BYTES, 0, "what is published"},
    {"commits", FIELD_STRS, false, COMMIT_BYTES, 100, "the newest that are in it"},
    {0},
};

static const struct method_field sdb_subscribe_fields[] = {
    SESSION_FIELD,
    {0},
};

static const struct method_field changed_fields[] = {
    FILE_FIELD,
    {"version", FIELD_STR, false, COMMIT_BYTES, 0, "its new hash"},
    {"commit", FIELD_STR, true, COMMIT_BYTES, 0, "in the history"},
    {"who", FIELD_STR, true, 200, 0, "has changed it"},
    {"message", FIELD_STR, false, 2000, 0, "why"},
    {"foreign", FIELD_BOOL, true, 0, 0, "by other means, and noticed"},
    {"gone", FIELD_BOOL, true, 0, 0, "the file was removed"},
    {0},
};

static const struct method_field file_lock_fields[] = {
    FILE_FIELD,
    {0},
};

static const struct method_field taken_fields[] = {
    FILE_FIELD,
    {"session", FIELD_ID, true, 0, 0, "that had the lock"},
    {"by", FIELD_STR, true, 200, 0, "who has it now, or has broken it"},
    {0},
};

static const struct method_field wanted_fields[] = {
    FILE_FIELD,
    {"session", FIELD_ID, true, 0, 0, "that has the lock"},
    {"by", FIELD_STR, true, 200, 0, "who asks for it"},
    {"message", FIELD_STR, false, 200, 0, "why"},
    {0},
};

const struct method method_sdb_rows[] = {
    LOOK("sdb.list", list_fields, "the files"),
    CALL("sdb.get", OPERATE, get_fields, "one file, with or without its lock"),
    LOOK("sdb.check", check_fields, "what is wrong with the files"),
    LOOK("sdb.search", search_fields, "nodes that hold a text"),
    LOOK("sdb.free", free_fields, "free addresses of a subnet"),
    CALL("sdb.lock", OPERATE, lock_fields, "get the lock of a file"),
    CALL("sdb.unlock", OPERATE, unlock_fields, "free the lock of a file"),
    CALL("sdb.nudge", OPERATE, nudge_fields, "ask whoever has the lock for it"),
    CALL("sdb.put", OPERATE, put_fields, "write a file"),
    CALL("sdb.commit", OPERATE, commit_fields, "change several files at once, or none"),
    CALL("sdb.add", OPERATE, add_fields, "add a node"),
    CALL("sdb.change", OPERATE, change_fields, "change a node"),
    CALL("sdb.remove", OPERATE, remove_fields, "remove a node"),
    CALL("sdb.offer", OPERATE, offer_fields, "hold the next free address for a while"),
    CALL("sdb.allocate", OPERATE, allocate_fields, "give nodes the next free addresses"),
    LOOK("sdb.log", log_fields, "commits, newest first"),
    LOOK("sdb.show", show_fields, "a file as it was"),
    LOOK("sdb.diff", diff_fields, "what was changed"),
    CALL("sdb.revert", OPERATE, revert_fields, "take a change back"),
    LOOK("sdb.blame", blame_fields, "who changed each node last"),
    CALL("sdb.subscribe", OPERATE, sdb_subscribe_fields, "be told of changes and locks"),
    LOOK("sdb.preview", preview_fields, "what publishing would change"),
    CALL("sdb.publish", OPERATE, publish_fields, "publish now"),
    CALL("sdb.status", OPERATE, NULL, "what is published, and what is not"),
    CALL("draft.save", OPERATE, draft_save_fields, "keep what cannot be put yet"),
    LOOK("draft.list", draft_list_fields, "the caller's own drafts"),
    LOOK("draft.get", draft_fields, "one draft with its text"),
    CALL("draft.drop", OPERATE, draft_fields, "forget a draft"),
    OUTWARD("sdb.changed", changed_fields, "a change is on disk"),
    OUTWARD("sdb.locked", file_lock_fields, "a lock has changed"),
    OUTWARD("sdb.taken", taken_fields, "somebody took the lock of a session"),
    OUTWARD("sdb.wanted", wanted_fields, "somebody asks for the lock of a session"),
    OUTWARD("sdb.publishing", publishing_fields, "publishing has come to a step"),
    OUTWARD("sdb.published", NULL, "publishing has ended, well or not"),
    {0},
};
