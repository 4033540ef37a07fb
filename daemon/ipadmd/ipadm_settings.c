/* SPDX-License-Identifier: ISC */
/*
 * The table of settings; docs/man/ipadmd.conf.5 explains each.
 */
#include "daemon/ipadmd/ipadm_settings.h"

#include <stdio.h>

#include "daemon/ipadmd/file_settings.h"
#include "lib/err.h"

#define AT(member) offsetof(struct ipadm_settings, member)
#define DAY_MS (INT64_C(24) * 3600 * 1000)

const struct server_setting ipadm_settings_table[] = {
    {"directory", SETTING_STRING, NULL, 0, 0, NULL, AT(directory), "directory",
	"where the subnet files are; default: subnets in the state directory"},
    {"locks", SETTING_STRING, NULL, 0, 0, NULL, AT(locks), NULL,
	"where the locks are; default: locks in the state directory"},
    {"admins", SETTING_STRINGS, NULL, 0, 0, NULL, AT(admins), NULL,
	"users who may break the locks of others, besides root and the daemon's own"},
    {"lock", SETTING_DURATION, "10m", 1000, DAY_MS, NULL, AT(lock_ms), NULL,
	"how long a lock is guaranteed; then anyone may take it over"},
    {"session_grace", SETTING_DURATION, "60s", 0, DAY_MS, NULL, AT(session_grace_ms), NULL,
	"how long a lost session keeps its locks"},
    {"offer", SETTING_DURATION, "10m", 1000, DAY_MS, NULL, AT(offer_ms), NULL,
	"how long an address on offer is held"},
    {"notice", SETTING_DURATION, "60s", 1000, DAY_MS, NULL, AT(notice_ms), NULL,
	"how often files are compared with the history, besides when they are written"},
    {"max_file", SETTING_SIZE, "12M", 1024, 15 << 20, NULL, AT(max_file), NULL,
	"bytes of one file; more cannot be sent in one message"},
    {"drafts", SETTING_INT, "100", 1, 10000, NULL, AT(drafts), NULL,
	"how many drafts each user may have"},
    {"drafts_size", SETTING_SIZE, "64M", 1024, INT64_C(1) << 40, NULL, AT(drafts_bytes), NULL,
	"bytes of one user's drafts together"},
    {0},
};

const struct server_section ipadm_sections[] = {
    {"file", true, file_settings_table, sizeof(struct file_settings), AT(files),
	"a file that is no subnet"},
    {"publish", false, publish_settings_table, sizeof(struct publish_settings), AT(publish),
	"what is made of the subnet files for name and DHCP servers"},
    {0},
};

static bool
is_relative(const char *path)
{
	return path && *path && *path != '/';
}

int
ipadm_settings_check(const void *settings, char *why, size_t why_size)
{
	const struct ipadm_settings *s = settings;

	/* The daemon changes to the root directory. */
	if (is_relative(s->directory) || is_relative(s->locks)) {
		snprintf(why, why_size, "%s: not an absolute path",
		    is_relative(s->directory) ? "directory" : "locks");
		return OP_BAD_REQUEST;
	}
	int err = file_settings_check(&s->files, why, why_size);

	if (err)
		return err;
	if (s->publish.count > 1) {
		snprintf(why, why_size, "publish: twice");
		return OP_BAD_REQUEST;
	}
	return s->publish.count ? publish_settings_check(s->publish.items, why, why_size) : OP_OK;
}

const struct publish_settings *
ipadm_settings_publish(const struct ipadm_settings *s)
{
	const struct publish_settings *p = s->publish.count ? s->publish.items : NULL;

	return p && p->generators.count > 0 ? p : NULL;
}
