/* SPDX-License-Identifier: ISC */
/* The helper: links to daemons, and who is alive in a group of beacons. */
#include "lib/method_rows.h"

#include "lib/datagram/beacon.h"
#include "lib/datagram/chat.h"

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

const struct method method_link_rows[] = {
    CALL("link.open", ANY, open_fields, "helper: keep a link to a daemon up"),
    CALL("link.close", ANY, link_fields, "helper: give a link up"),
    CALL("link.retry", ANY, link_fields, "helper: connect now instead of waiting"),
    OUTWARD("link.state", state_fields, "helper: a link has changed its state"),
    OUTWARD("watch.host", watch_host_fields, "helper: what is known of a host now"),
    {0},
};
