/* SPDX-License-Identifier: ISC */
/* What can be set for ipadmd, apart from what every daemon has (daemon/server/). */
#ifndef OPDESK_DAEMON_IPADMD_IPADM_SETTINGS_H
#define OPDESK_DAEMON_IPADMD_IPADM_SETTINGS_H

#include "daemon/ipadmd/publish_settings.h"
#include "daemon/server/server.h"

struct ipadm_settings {
	char *directory;           /* of the subnet files; NULL: STATE/subnets */
	char *locks;               /* directory; NULL: STATE/locks */
	struct string_list admins; /* users who may break locks */
	int64_t lock_ms;           /* guaranteed */
	int64_t session_grace_ms;  /* a lost session keeps its locks that long */
	int64_t offer_ms;
	int64_t notice_ms;     /* foreign edits are looked for that often, whatever inotify says */
	uint64_t max_file;     /* bytes */
	int64_t drafts;        /* of one user */
	uint64_t drafts_bytes; /* together */
	struct section_list files;   /* struct file_settings */
	struct section_list publish; /* struct publish_settings: none or one */
};

extern const struct server_setting ipadm_settings_table[];
extern const struct server_section ipadm_sections[];
int ipadm_settings_check(const void *settings, char *why, size_t why_size);

/* The section `publish`; NULL: nothing is published. */
const struct publish_settings *ipadm_settings_publish(const struct ipadm_settings *s);

#endif
