/* SPDX-License-Identifier: ISC */
/* What the files of the settings share: settings.c one set of values, settings_compare.c two. */
#ifndef OPDESK_DAEMON_SERVER_SETTINGS_INT_H
#define OPDESK_DAEMON_SERVER_SETTINGS_INT_H

#include "daemon/server/settings.h"

/* Bytes of a member, by its type. */
extern const size_t settings_value_sizes[];
/* Where the value is. */
void *settings_member(const struct setting_ref *ref);
struct section_list *settings_section_list(const struct server_section *s, void *base);
/* Members are overwritten unread: no strings, no items. */
void settings_empty(const struct settings_part *parts);
/* A copy of the text.  OP_NO_MEMORY. */
int settings_add_item(struct string_list *list, const char *text);
int settings_replace_string(char **where, const char *text);

#endif
