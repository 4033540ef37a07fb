/* SPDX-License-Identifier: ISC */
/*
 * The rows of lib/method.h, by service: the file is named after the first part of the methods'
 * names.  Each table ends with a NULL name; lib/method.c reads them all.
 */
#ifndef OPDESK_LIB_METHOD_ROWS_H
#define OPDESK_LIB_METHOD_ROWS_H

#include "lib/method.h"

#define DAYS_MS (INT64_C(24) * 3600 * 1000)
#define DURATION_MAX (10000 * DAYS_MS) /* as units_duration() */

#define CALL(name, right, fields, help)                                \
	{                                                              \
		name, METHOD_CALL, METHOD_##right, false, fields, help \
	}
/* An operator's call that changes nothing. */
#define LOOK(name, fields, help)                                      \
	{                                                             \
		name, METHOD_CALL, METHOD_OPERATE, true, fields, help \
	}
#define INWARD(name, right, fields, help)                                   \
	{                                                                   \
		name, METHOD_NOTIFY_IN, METHOD_##right, false, fields, help \
	}
#define OUTWARD(name, fields, help)                                      \
	{                                                                \
		name, METHOD_NOTIFY_OUT, METHOD_ANY, false, fields, help \
	}

extern const struct method method_server_rows[], method_alert_rows[], method_sdb_rows[],
    method_chat_rows[], method_link_rows[];

/* Of the maps in fields of type MAPS: the change of one file. */
extern const struct method_field method_change_fields[];

#endif
