/* SPDX-License-Identifier: ISC */
#include "examples/localtime/zone.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include "lib/err.h"
#include "lib/text.h"

#define ZONES "/usr/share/zoneinfo"

/* Letters, digits and _+- between slashes: no way out of the folder, and no absolute path. */
static bool
is_name(const char *name)
{
	bool begins = true;

	for (const char *p = name; *p; p++) {
		bool word = (*p >= 'A' && *p <= 'Z') || (*p >= 'a' && *p <= 'z') ||
			    (*p >= '0' && *p <= '9') || *p == '_';

		if (!word && (begins || !strchr("+-/", *p)))
			return false;
		begins = *p == '/';
	}
	return !begins;
}

static int
set_zone(const char *name)
{
	char path[ZONE_NAME_MAX + sizeof(ZONES) + 2];
	struct stat st;

	snprintf(path, sizeof(path), ZONES "/%s", name);
	if (stat(path, &st) != 0 || !S_ISREG(st.st_mode))
		return OP_NOT_FOUND;
	snprintf(path, sizeof(path), ":%s", name);
	return setenv("TZ", path, 1) == 0 ? OP_OK : OP_NO_MEMORY;
}

int
zone_time(const char *name, size_t len, time_t at, char *dst, size_t size)
{
	char copy[ZONE_NAME_MAX + 1] = "", shown[4 * ZONE_NAME_MAX];
	struct tm tm;
	int err = OP_OK;

	while (len > 0 && strchr(" \r\n", name[len - 1]))
		len--;
	if (len <= ZONE_NAME_MAX && !memchr(name, '\0', len))
		memcpy(copy, name, len);
	if (len == 0)
		unsetenv("TZ");
	else if (!*copy || !is_name(copy))
		err = OP_BAD_REQUEST;
	else
		err = set_zone(copy);
	if (err) {
		snprintf(dst, size, "%s: %s", text_log(shown, sizeof(shown), name, len),
		    err == OP_BAD_REQUEST ? "not the name of a time zone" : "unknown time zone");
		return err;
	}
	tzset();
	strftime(dst, size, "%a %b %e %H:%M:%S %Y", localtime_r(&at, &tm));
	return OP_OK;
}
