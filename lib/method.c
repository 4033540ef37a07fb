/* SPDX-License-Identifier: ISC */
/* The table of methods.  lib/method_check.c holds calls against it. */
#include "lib/method.h"

#include <string.h>

#include "lib/alertkind.h"
#include "lib/datagram/beacon.h"
#include "lib/datagram/chat.h"
#include "lib/uuid.h"

#define DAYS_MS (INT64_C(24) * 3600 * 1000)
#define DURATION_MAX (10000 * DAYS_MS) /* as units_duration() */

static const struct method_field hello_fields[] = {
    {"proto", FIELD_INT, true, UINT32_MAX, 0, "version of the protocol: 1"},
    {"program", FIELD_STR, false, 100, 0, "name of the client's program"},
    {"version", FIELD_STR, false, 100, 0, "its version"},
    {"role", FIELD_STR, false, 20, 0, "asker, desk or tool"},
    {0},
};

static const struct method_field cancel_fields[] = {
    {"msgid", FIELD_INT, true, UINT32_MAX, 0, "the call to withdraw"},
    {"link", FIELD_INT, false, INT32_MAX, 0, "its link (on the helper's link 0 only)"},
    {0},
};

static const struct method_field reason_fields[] = {
    {"reason", FIELD_STR, false, 200, 0, "for people"},
    {0},
};

static const struct method_field ask_fields[] = {
    {"id", FIELD_ID, true, 0, 0, "made by the asker: asking twice is the same as asking once"},
    {"text", FIELD_STR, true, 16384, 0, "the question"},
    {"title", FIELD_STR, false, 200, 0, "of the window"},
    {"key", FIELD_STR, false, 200, 0, "joins questions of one asker about the same thing"},
    {"kind", FIELD_STR, false, 40, 0, "okcancel, yesno …; default okcancel"},
    {"labels", FIELD_STRS, false, ALERTKIND_LABEL_BYTES, ALERTKIND_LABELS_MAX,
	"the buttons of a choice"},
    {"severity", FIELD_STR, false, 20, 0, "info, warning or critical; default warning"},
    {"tags", FIELD_STRS, false, 60, 16, "for searching"},
    {"timeout_ms", FIELD_INT, false, DURATION_MAX, 0, "how long it may wait; absent: for ever"},
    {"default", FIELD_STR, false, ALERTKIND_LABEL_BYTES, 0, "the answer when that time is over"},
    {"wait", FIELD_BOOL, false, 0, 0, "answer this call when the question is closed; default true"},
    {"require_desk", FIELD_BOOL, false, 0, 0, "withdraw it when no desk shows it within 5 s"},
    {"line", FIELD_BOOL, false, 0, 0, "asked by a one-line client, which cannot come back"},
    {0},
};

static const struct method_field id_fields[] = {
    {"id", FIELD_ID, true, 0, 0, "the question"},
    {0},
};

static const struct method_field withdraw_fields[] = {
    {"id", FIELD_ID, true, 0, 0, "the question"},
    {"ask", FIELD_ID, false, 0, 0, "the id that the asker sent: only its own asking is taken back"},
    {"reason", FIELD_STR, false, 200, 0, "for people"},
    {0},
};

static const struct method_field answer_fields[] = {
    {"id", FIELD_ID, true, 0, 0, "the question"},
    {"answer_id", FIELD_ID, true, 0, 0, "made for this click: the same one again is harmless"},
    {"label", FIELD_STR, true, ALERTKIND_LABEL_BYTES, 0, "the button"},
    {"text", FIELD_STR, false, 16384, 0, "what was typed, for kind text"},
    {"note", FIELD_STR, false, 2000, 0, "for the history"},
    {"desk", FIELD_STR, false, 200, 0, "where the operator sits"},
    {0},
};

static const struct method_field claim_fields[] = {
    {"id", FIELD_ID, true, 0, 0, "the question"},
    {"for_ms", FIELD_INT, false, DURATION_MAX, 0, "default one hour; 0 releases it"},
    {0},
};

static const struct method_field snooze_fields[] = {
    {"id", FIELD_ID, true, 0, 0, "the question"},
    {"for_ms", FIELD_INT, true, DURATION_MAX, 0, "silent that long; 0 rings again"},
    {0},
};

static const struct method_field note_fields[] = {
    {"id", FIELD_ID, true, 0, 0, "the question"},
    {"note", FIELD_STR, true, 2000, 0, "for the history"},
    {0},
};

static const struct method_field shown_fields[] = {
    {"id", FIELD_ID, true, 0, 0, "the question"},
    {"desk", FIELD_STR, true, 200, 0, "where it stands before somebody's eyes"},
    {0},
};

static const struct method_field history_fields[] = {
    {"since_at", FIELD_INT, false, INT64_MAX, 0, "closed at this time or later"},
    {"until_at", FIELD_INT, false, INT64_MAX, 0, "closed before this time"},
    {"before_seq", FIELD_INT, false, INT64_MAX, 0, "older than this one: the next page"},
    {"host", FIELD_STR, false, 256, 0, "asked from this host"},
    {"text", FIELD_STR, false, 200, 0, "holding this word"},
    {"id", FIELD_STR, false, UUID_SIZE - 1, 0, "beginning with this"},
    {"limit", FIELD_INT, false, 1000, 0, "default 100"},
    {0},
};

static const struct method_field stats_fields[] = {
    {"since_at", FIELD_INT, false, INT64_MAX, 0, "asked at this time or later"},
    {0},
};

static const struct method_field accepted_fields[] = {
    {"ask", FIELD_ID, true, 0, 0, "the id that the asker sent"},
    {"id", FIELD_ID, true, 0, 0, "the question it waits for"},
    {"desks", FIELD_INT, true, INT32_MAX, 0, "how many see it"},
    {"attempt", FIELD_INT, true, INT32_MAX, 0, "from 1, under its key"},
    {"joined", FIELD_BOOL, true, 0, 0, "a key joined it to one that was waiting"},
    {0},
};

static const struct method_field ring_fields[] = {
    {"ids", FIELD_STRS, true, UUID_SIZE - 1, 1000000, "questions that ring again"},
    {0},
};

static const struct method_field open_fields[] = {
    {"endpoint", FIELD_STR, true, 512, 0, "where the daemon is"},
    {"role", FIELD_STR, false, 20, 0, "for hello; default desk"},
    {"dead_ms", FIELD_INT, false, DURATION_MAX, 0,
	"silence after which the daemon is gone, though it was asked; default 60 s"},
    {"nick", FIELD_STR, false, CHAT_WORD_MAX, 0, "who we are in a chat; required there"},
    {0},
};

static const struct method_field link_fields[] = {
    {"link", FIELD_INT, true, INT32_MAX, 0, "as link.open gave it"},
    {0},
};

static const struct method_field state_fields[] = {
    {"link", FIELD_INT, true, INT32_MAX, 0, "as link.open gave it"},
    {"endpoint", FIELD_STR, true, 512, 0, "where the daemon is"},
    {"state", FIELD_STR, true, 20, 0, "connecting, up, down or failed"},
    {"reason", FIELD_STR, false, 1000, 0, "for people"},
    {"program", FIELD_STR, false, 64, 0, "of the daemon; when up, as the rest"},
    {"version", FIELD_STR, false, 64, 0, "of the daemon"},
    {"you", FIELD_STR, false, 200, 0, "who the desk is to the daemon"},
    {"operator", FIELD_BOOL, false, 0, 0, "may the desk do what operators do"},
    {"retry_ms", FIELD_INT, false, DURATION_MAX, 0, "until the next try"},
    {0},
};

static const struct method_field say_fields[] = {
    {"text", FIELD_STR, true, CHAT_TEXT_MAX, 0, "to everybody in the current channel"},
    {"title", FIELD_STR, false, CHAT_WORD_MAX, 0, "refused unless it is the current one"},
    {0},
};

static const struct method_field title_fields[] = {
    {"title", FIELD_STR, true, CHAT_WORD_MAX, 0, "the channel"},
    {0},
};

static const struct method_field whisper_fields[] = {
    {"nick", FIELD_STR, true, CHAT_WORD_MAX, 0, "to whom alone"},
    {"text", FIELD_STR, true, CHAT_TEXT_MAX, 0, "what"},
    {0},
};

static const struct method_field chat_event_fields[] = {
    {"type", FIELD_STR, true, 20, 0,
	"joined parted said whispered came went channel user listed error"},
    {"title", FIELD_STR, false, CHAT_BYTES_MAX, 0, "the channel"},
    {"nick", FIELD_STR, false, CHAT_BYTES_MAX, 0, "who"},
    {"text", FIELD_STR, false, CHAT_BYTES_MAX, 0,
	"what was said; channel: its description; user: the channels; listed: what is missing"},
    {"count", FIELD_INT, false, INT64_MAX, 0,
	"joined, channel: members; user: seconds since the login; listed: how many"},
    {0},
};

static const struct method_field watch_host_fields[] = {
    {"host", FIELD_STR, true, BEACON_HOST_MAX, 0, "as its beacons name it"},
    {"address", FIELD_STR, true, 64, 0, "where the last one came from"},
    {"silent", FIELD_BOOL, true, 0, 0, "for three of its periods"},
    {"clock", FIELD_STR, true, 20, 0, "good, off, or zone: another time zone, it seems"},
    {"offset_ms", FIELD_INT, true, INT64_MAX, 0, "its clock minus ours; may be negative"},
    {"seen_ms", FIELD_INT, true, INT64_MAX, 0, "its last beacon: since 1970, by our clock"},
    {"age_ms", FIELD_INT, true, INT64_MAX, 0, "how long ago that is"},
    {"period_ms", FIELD_INT, true, INT64_MAX, 0, "between two of its beacons"},
    {"beacons", FIELD_INT, true, INT64_MAX, 0, "how many were heard"},
    {0},
};

/* --- ipadmd --- */

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
    {"base", FIELD_STR, true, COMMIT_BYTES, 0, "version it was made from; empty: a new file"},
    {"text", FIELD_BIN, true, SDB_TEXT_BYTES, 0, "the whole file"},
    MESSAGE_FIELD,
    SESSION_FIELD,
    {"keep_lock", FIELD_BOOL, false, 0, 0, "do not free the lock"},
    {0},
};

static const struct method_field one_change_fields[] = {
    FILE_FIELD,
    {"base", FIELD_STR, true, COMMIT_BYTES, 0, "version it was made from; empty: a new file"},
    {"text", FIELD_BIN, false, SDB_TEXT_BYTES, 0, "the whole file"},
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
    {"base", FIELD_STR, true, COMMIT_BYTES, 0, "version it was made from; empty: a new file"},
    {"text", FIELD_BIN, true, SDB_TEXT_BYTES, 0, "the whole file"},
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

/* --- opchatd --- */

static const struct method_field nick_fields[] = {
    {"nick", FIELD_STR, true, 32, 0, "a user"},
    {0},
};

static const struct method_field logout_fields[] = {
    {"nick", FIELD_STR, true, 32, 0, "a user"},
    {"reason", FIELD_STR, false, 200, 0, "for this user"},
    {0},
};

/* --- daemons of lines --- */

static const struct method_field text_fields[] = {
    {"text", FIELD_STR, true, 16384, 0, "UTF-8, as it is shown"},
    {0},
};

#define CALL(name, right, fields, help)                         \
	{                                                       \
		name, METHOD_CALL, METHOD_##right, fields, help \
	}
#define INWARD(name, right, fields, help)                            \
	{                                                            \
		name, METHOD_NOTIFY_IN, METHOD_##right, fields, help \
	}
#define OUTWARD(name, fields, help)                               \
	{                                                         \
		name, METHOD_NOTIFY_OUT, METHOD_ANY, fields, help \
	}

static const struct method methods[] = {
    CALL("hello", ANY, hello_fields, "begin the conversation"),
    CALL("ping", ANY, NULL, "are you there?"),
    INWARD("$/cancel", ANY, cancel_fields, "withdraw a call"),
    OUTWARD("server.closing", reason_fields, "the daemon stops"),
    OUTWARD("server.reset", reason_fields, "subscriptions were lost: subscribe again"),
    INWARD("server.line", ANY, text_fields, "a line of a client that speaks no frames"),
    OUTWARD("server.text", text_fields, "text for such a client"),

    CALL("alert.ask", ASK, ask_fields, "ask a question"),
    CALL("alert.confirm", ASK, id_fields, "the asker has its answer"),
    CALL("alert.withdraw", ASK, withdraw_fields, "the question is no longer asked"),
    CALL("alert.desks", ASK, NULL, "how many desks would see a question now"),
    CALL("alert.answer", OPERATE, answer_fields, "answer a question"),
    CALL("alert.claim", OPERATE, claim_fields, "say that one is on it"),
    CALL("alert.snooze", OPERATE, snooze_fields, "silence a question for a while"),
    CALL("alert.note", OPERATE, note_fields, "write a note to a question"),
    CALL("alert.shown", OPERATE, shown_fields, "this desk shows the question"),
    CALL("alert.list", OPERATE, NULL, "the pending questions"),
    CALL("alert.show", OPERATE, id_fields, "one question with its life"),
    CALL("alert.history", OPERATE, history_fields, "closed questions, newest first"),
    CALL("alert.stats", OPERATE, stats_fields, "counts and times"),
    CALL("alert.subscribe", OPERATE, NULL, "the pending questions and every change from now on"),
    OUTWARD("alert.accepted", accepted_fields, "the question is on disk"),
    OUTWARD("alert.changed", NULL, "an alert, on every change"),
    OUTWARD("alert.complete", NULL, "all that is pending has been told"),
    OUTWARD("alert.ring", ring_fields, "an operator asked to be reminded"),

    CALL("sdb.list", OPERATE, list_fields, "the files"),
    CALL("sdb.get", OPERATE, get_fields, "one file, with or without its lock"),
    CALL("sdb.check", OPERATE, check_fields, "what is wrong with the files"),
    CALL("sdb.search", OPERATE, search_fields, "nodes that hold a text"),
    CALL("sdb.free", OPERATE, free_fields, "free addresses of a subnet"),
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
    CALL("sdb.log", OPERATE, log_fields, "commits, newest first"),
    CALL("sdb.show", OPERATE, show_fields, "a file as it was"),
    CALL("sdb.diff", OPERATE, diff_fields, "what was changed"),
    CALL("sdb.revert", OPERATE, revert_fields, "take a change back"),
    CALL("sdb.blame", OPERATE, blame_fields, "who changed each node last"),
    CALL("sdb.subscribe", OPERATE, sdb_subscribe_fields, "be told of changes and locks"),
    CALL("sdb.preview", OPERATE, preview_fields, "what publishing would change"),
    CALL("sdb.publish", OPERATE, publish_fields, "publish now"),
    CALL("sdb.status", OPERATE, NULL, "what is published, and what is not"),
    CALL("draft.save", OPERATE, draft_save_fields, "keep what cannot be put yet"),
    CALL("draft.list", OPERATE, draft_list_fields, "the caller's own drafts"),
    CALL("draft.get", OPERATE, draft_fields, "one draft with its text"),
    CALL("draft.drop", OPERATE, draft_fields, "forget a draft"),
    OUTWARD("sdb.changed", changed_fields, "a change is on disk"),
    OUTWARD("sdb.locked", file_lock_fields, "a lock has changed"),
    OUTWARD("sdb.taken", taken_fields, "somebody took the lock of a session"),
    OUTWARD("sdb.wanted", wanted_fields, "somebody asks for the lock of a session"),
    OUTWARD("sdb.publishing", publishing_fields, "publishing has come to a step"),
    OUTWARD("sdb.published", NULL, "publishing has ended, well or not"),

    CALL("chat.channels", OPERATE, NULL, "the channels, with how many are in each"),
    CALL("chat.users", OPERATE, NULL, "who is logged in"),
    CALL("chat.muzzle", OPERATE, nick_fields, "nobody hears this user any more"),
    CALL("chat.unmuzzle", OPERATE, nick_fields, "this user may speak again"),
    CALL("chat.logout", OPERATE, logout_fields, "log this user out"),

    CALL("link.open", ANY, open_fields, "helper: keep a link to a daemon up"),
    CALL("link.close", ANY, link_fields, "helper: give a link up"),
    CALL("link.retry", ANY, link_fields, "helper: connect now instead of waiting"),
    OUTWARD("link.state", state_fields, "helper: a link has changed its state"),
    CALL("chat.say", ANY, say_fields, "helper: say something; answered when the server repeats it"),
    CALL("chat.join", ANY, title_fields, "helper: go into a channel, or make it the current one"),
    CALL("chat.part", ANY, title_fields, "helper: leave a channel"),
    CALL("chat.whisper", ANY, whisper_fields, "helper: say something to one user alone"),
    OUTWARD("chat.event", chat_event_fields, "helper: what happens in a chat"),
    OUTWARD("watch.host", watch_host_fields, "helper: what is known of a host now"),
    {0},
};

const struct method *
method_all(void)
{
	return methods;
}

const struct method *
method_find(const char *name, size_t len, bool inward)
{
	for (const struct method *m = methods; m->name; m++)
		if ((m->way != METHOD_NOTIFY_OUT) == inward && strlen(m->name) == len &&
		    memcmp(m->name, name, len) == 0)
			return m;
	return NULL;
}

bool
method_only_looks(const char *name, size_t len)
{
	static const char *const looks[] = {"alert.list", "alert.show", "alert.history",
	    "alert.stats", "sdb.list", "sdb.check", "sdb.search", "sdb.free", "sdb.log", "sdb.show",
	    "sdb.diff", "sdb.blame", "sdb.preview", "draft.list", "draft.get"};

	for (size_t i = 0; i < sizeof(looks) / sizeof(looks[0]); i++)
		if (strlen(looks[i]) == len && memcmp(looks[i], name, len) == 0)
			return true;
	return false;
}

const struct method_field *
method_items(const struct method_field *f)
{
	return f->type == FIELD_MAPS ? one_change_fields : NULL;
}
