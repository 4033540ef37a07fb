/* SPDX-License-Identifier: ISC */
/*
 * Inside lib/publish/ only: the part of the set that knows names (name.c), for the part that finds
 * the zones (zones.c).
 */
#ifndef OPDESK_LIB_PUBLISH_NAME_H
#define OPDESK_LIB_PUBLISH_NAME_H

#include "lib/publish/set.h"

/* The zone of exactly this name, of whatever kind, or SDB_NOBODY. */
uint32_t publish_find_zone(const struct publish_set *s, struct sdb_fqdn name);
/* The same; when there is none, zones[id] is entered under it. */
uint32_t publish_enter_zone(struct publish_set *s, struct sdb_fqdn name, uint32_t id);

/* Why it is not published (*why, borrowed); 0: it is. */
enum publish_code publish_alias_fault(const struct publish_set *s, const struct publish_host *h,
    struct sdb_text alias, const char **why);
const char *publish_exchanger_fault(const struct publish_set *s, const struct publish_host *h);

#endif
