/* SPDX-License-Identifier: ISC */
/* mediachanged: questions and their answers. */
#include "lib/method_rows.h"

#include "lib/alertkind.h"
#include "lib/uuid.h"

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
    {"if_alone", FIELD_BOOL, false, 0, 0,
	"nothing is ended when anybody waits on another connection"},
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
    {"by_end", FIELD_BOOL, false, 0, 0, "the last one closed first; default: the last one asked"},
    {"before_at", FIELD_INT, false, INT64_MAX, 0,
	"by_end: the next page: closed before this time,"},
    {"before_seq", FIELD_INT, false, INT64_MAX, 0, "or then and older than this one"},
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

const struct method method_alert_rows[] = {
    CALL("alert.ask", ASK, ask_fields, "ask a question"),
    CALL("alert.confirm", ASK, id_fields, "the asker has its answer"),
    CALL("alert.withdraw", ASK, withdraw_fields, "the question is no longer asked"),
    CALL("alert.desks", ASK, NULL, "how many desks would see a question now"),
    CALL("alert.answer", OPERATE, answer_fields, "answer a question"),
    CALL("alert.claim", OPERATE, claim_fields, "say that one is on it"),
    CALL("alert.snooze", OPERATE, snooze_fields, "silence a question for a while"),
    CALL("alert.note", OPERATE, note_fields, "write a note to a question"),
    CALL("alert.shown", OPERATE, shown_fields, "this desk shows the question"),
    LOOK("alert.list", NULL, "the pending questions"),
    LOOK("alert.show", id_fields, "one question with its life"),
    LOOK("alert.history", history_fields, "closed questions, newest first"),
    LOOK("alert.stats", stats_fields, "counts and times"),
    CALL("alert.subscribe", OPERATE, NULL, "the pending questions and every change from now on"),
    OUTWARD("alert.accepted", accepted_fields, "the question is on disk"),
    OUTWARD("alert.changed", NULL, "an alert, on every change"),
    OUTWARD("alert.complete", NULL, "all that is pending has been told"),
    OUTWARD("alert.ring", ring_fields, "an operator asked to be reminded"),
    {0},
};
