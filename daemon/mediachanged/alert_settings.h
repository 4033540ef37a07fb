/* SPDX-License-Identifier: ISC */
/* What can be set for mediachanged, apart from what every daemon has (daemon/server/). */
#ifndef OPDESK_DAEMON_MEDIACHANGED_ALERT_SETTINGS_H
#define OPDESK_DAEMON_MEDIACHANGED_ALERT_SETTINGS_H

#include "daemon/mediachanged/book.h"
#include "daemon/server/server.h"

struct escalate_settings { /* one level */
	char *title;       /* NULL */
	int64_t after_ms;
	struct string_list command; /* one text: words, see lib/words.h; else the argument list */
	int64_t limit_ms;
};

struct alert_settings {
	char *desk; /* "auto", "none", or a program */
	int64_t desk_wait_ms, desk_pause_ms, desk_grace_ms;
	int64_t lease_ms, orphan_keep_ms, unconfirmed_keep_ms, history_keep_ms;
	int64_t max_pending, max_pending_per_asker, max_closed;
	int64_t history_min;
	int64_t max_searches;
	struct section_list escalate; /* of struct escalate_settings */
	int64_t max_escalations;
	int64_t max_refused;
	int64_t store_limit_ms;
	uint64_t max_backlog; /* bytes queued for one subscriber */
};

extern const struct server_setting alert_settings_table[];
int alert_settings_check(const void *settings, char *why, size_t why_size);
/* Are the programs there: the desk's (unless it is auto), those of the levels? */
int alert_settings_examine(const void *settings, char *why, size_t why_size);
extern const struct server_section alert_settings_sections[];
struct book_limits alert_settings_limits(const struct alert_settings *s);

/* The levels in the order in which they come; their number. */
size_t alert_settings_levels(
    const struct alert_settings *s, const struct escalate_settings *out[BOOK_LEVELS_MAX]);
/* Its argument list, ended by NULL, one free(); it borrows from the settings.  OP_BAD_REQUEST,
 * OP_NO_MEMORY. */
int alert_settings_command(const struct escalate_settings *s, char ***argv);

#endif
