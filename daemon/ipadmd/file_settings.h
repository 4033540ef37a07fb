/* SPDX-License-Identifier: ISC */
/* The section `file "NAME" { … }`: a file that is no subnet. */
#ifndef OPDESK_DAEMON_IPADMD_FILE_SETTINGS_H
#define OPDESK_DAEMON_IPADMD_FILE_SETTINGS_H

#include "daemon/server/server.h"
#include "lib/flat/flat.h"

struct file_settings {
	char *name; /* the section's title */
	char *path;
	char *type;                 /* hosts, table, text */
	char *title;                /* for lists; NULL: the name */
	char *separator;            /* table: one character; empty: runs of blanks */
	struct string_list columns; /* table */
	char *key;                  /* table: a column; NULL: the first */
	char *comment;              /* table: one character; empty: no comments */
	struct string_list checker; /* program and arguments; %f is the copy that it checks */
	int64_t checker_ms;
};

extern const struct server_setting file_settings_table[];

/* All sections, across each other.  OP_BAD_REQUEST with why. */
int file_settings_check(const struct section_list *files, char *why, size_t why_size);

/* Of settings that are right; borrows from them. */
struct flat_format file_settings_format(const struct file_settings *s);

#endif
