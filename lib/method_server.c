/* SPDX-License-Identifier: ISC */
/* What every daemon understands, whatever else it is for, and its words with clients of lines. */
#include "lib/method_rows.h"

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

static const struct method_field text_fields[] = {
    {"text", FIELD_STR, true, 16384, 0, "UTF-8, as it is shown"},
    {0},
};

const struct method method_server_rows[] = {
    CALL("hello", ANY, hello_fields, "begin the conversation"),
    CALL("ping", ANY, NULL, "are you there?"),
    INWARD("$/cancel", ANY, cancel_fields, "withdraw a call"),
    OUTWARD("server.closing", reason_fields, "the daemon stops"),
    OUTWARD("server.reset", reason_fields, "subscriptions were lost: subscribe again"),
    INWARD("server.line", ANY, text_fields, "a line of a client that speaks no frames"),
    OUTWARD("server.text", text_fields, "text for such a client"),
    {0},
};
