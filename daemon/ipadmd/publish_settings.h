/* SPDX-License-Identifier: ISC */
/*
 * The section `publish { … }` of ipadmd.conf: what is published, where, how it is checked and who
 * is told.  docs/man/ipadmd.conf.5 explains each setting.  Pure.
 */
#ifndef OPDESK_DAEMON_IPADMD_PUBLISH_SETTINGS_H
#define OPDESK_DAEMON_IPADMD_PUBLISH_SETTINGS_H

#include "daemon/server/server.h"
#include "lib/netaddr.h"
#include "lib/publish/options.h"

struct publish_settings {
	char *title; /* NULL: the section has none */
	struct string_list generators;
	char *directory; /* NULL: STATE/published */
	int64_t delay_ms, retry_ms;
	struct string_list name_servers;
	char *hostmaster; /* NULL or "": made from the first name server */
	int64_t ttl_ms, negative_ttl_ms, refresh_ms, retry_zone_ms, expire_ms;
	char *serial;    /* "time" "date" "count" */
	char *classless; /* "/" "-" */
	bool classless_parents;
	struct string_list dhcp_name_servers;
	int64_t lease_ms;
	int64_t brake; /* percent */
	bool strict;
	struct string_list filter, checkers, reload, probe; /* see command.h, probe.h */
	bool require_checkers;
	int64_t command_limit_ms, probe_limit_ms;
};

extern const struct server_setting publish_settings_table[];

/* What is wrong with the section; 0 or OP_BAD_REQUEST. */
int publish_settings_check(const struct publish_settings *s, char *why, size_t why_size);

/* What lib/publish/ wants of it; `directory` is where servers find the files.  Generators that a
 * filter takes the place of are left out.  Call publish_setup_fini() on success. */
struct publish_setup {
	struct publish_options options;
	struct netaddr *resolvers; /* owned: options.dhcp_name_servers */
};

int publish_setup_init(struct publish_setup *out, const struct publish_settings *s,
    const char *directory, int64_t now_ms);
void publish_setup_fini(struct publish_setup *setup);

/* The generator whose place a filter's label takes: its bit; 0: none. */
unsigned publish_settings_replaced(const struct publish_settings *s);

#endif
