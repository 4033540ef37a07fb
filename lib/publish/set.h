/* SPDX-License-Identifier: ISC */
/*
 * Inside lib/publish/ only: what is published, worked out once for all generators.  Subnets are
 * sorted by family and address, and so are hosts, so that those of a subnet lie together; zones by
 * name, items by zone.  Everything here is sound: names are host names, addresses lie in their
 * subnet and are one node's, no alias stands beside other data.  What is not was left out and
 * said.  set.c reads the files, name.c knows the names, zones.c finds the zones and
 * what is in them.
 */
#ifndef OPDESK_LIB_PUBLISH_SET_H
#define OPDESK_LIB_PUBLISH_SET_H

#include "lib/err.h"
#include "lib/publish/publish.h"
#include "lib/sdb/header.h"
#include "lib/sdb/host.h"
#include "lib/sdb/range.h"
#include "lib/sdb/table.h"

struct publish_subnet {
	uint32_t file;
	struct sdb_header header;
	struct sdb_range range;
	struct sdb_text domain; /* no final dot */
	bool has_gateway;
	size_t first_fault; /* the model's findings about its file */
	size_t fault_count;
	size_t first; /* of its hosts */
	size_t count;
};

struct publish_host {
	const struct sdb_line *line;
	uint32_t number; /* of the line */
	uint32_t subnet;
	struct sdb_fqdn name;
	uint32_t twin;      /* the host of this name in the other family, or SDB_NOBODY */
	bool has_mac;       /* and it may be told to DHCP servers */
	bool owns_address;  /* not a second one with a shared address */
	size_t first_fault; /* the model's findings about its line */
	size_t fault_count;
};

struct publish_put; /* lib/publish/put.h */

enum publish_zone_kind { PUBLISH_FORWARD, PUBLISH_REVERSE };

struct publish_zone {
	char *name; /* owned; lower case, no final dot */
	enum publish_zone_kind kind;
	size_t first; /* of its items */
	size_t count;
};

enum publish_item_type {
	PUBLISH_SOURCE,    /* of = a subnet that touches the zone */
	PUBLISH_CUT,       /* of = a zone that is delegated from this one */
	PUBLISH_CLASSLESS, /* of = a subnet whose addresses are names in another zone (RFC 2317) */
	PUBLISH_ADDRESS,   /* of = a host, as in the following */
	PUBLISH_MX,
	PUBLISH_CNAME, /* text = the alias */
	PUBLISH_PTR
};

struct publish_item {
	uint32_t zone;
	uint32_t of;
	enum publish_item_type type;
	struct sdb_text text;
};

struct publish_set {
	const struct sdb_input *in;
	const struct publish_options *options;
	const struct publish_previous *previous;
	size_t previous_count;
	struct publish_result *result; /* where findings go */

	struct publish_subnet *subnets;
	size_t subnet_count;
	struct publish_host *hosts;
	size_t host_room; /* nodes of the files read so far */
	size_t host_count;
	struct sdb_table by_name; /* of hosts: name and family */

	struct publish_zone *zones;
	size_t zone_count;
	struct sdb_table by_zone;
	struct publish_item *items;
	size_t item_count;
	struct sdb_table by_alias; /* of items, until they are sorted */
};

/* Fill the set, which has its first five members.  OP_NO_MEMORY, OP_BAD_REQUEST (zones); call
 * publish_set_fini() in any case. */
int publish_set_fill(struct publish_set *s, size_t file_count);
void publish_set_fini(struct publish_set *s);
int publish_names_enter(struct publish_set *s);
int publish_zones_find(struct publish_set *s);
void publish_zones_fini(struct publish_set *s);

/* The host with this name and an address of this family, or SDB_NOBODY. */
uint32_t publish_find_host(const struct publish_set *s, struct sdb_fqdn name, uint8_t family);
bool publish_has_address(const struct publish_set *s, struct sdb_fqdn name);

/* The zone that holds this name among the forward ones, or SDB_NOBODY. */
uint32_t publish_zone_of(const struct publish_set *s, struct sdb_fqdn name);

/* The model's first error about this part of the host's line, or NULL: the part is sound. */
const struct sdb_finding *publish_fault_in(
    const struct publish_set *s, const struct publish_host *h, struct sdb_text part);
/* A host name that cannot be taken for an address: its last label is not all digits. */
bool publish_is_host_name(struct sdb_text name);

const struct publish_subnet *publish_subnet_of(
    const struct publish_set *s, const struct publish_host *h);
/* "192.0.2.32/27" */
#define PUBLISH_NET_TEXT (NETADDR_TEXT + 4)
const char *publish_net_text(char dst[PUBLISH_NET_TEXT], const struct publish_subnet *n);

/* The next of the host's aliases that is published; *rest starts as the alias field. */
bool publish_next_alias(const struct publish_set *s, const struct publish_host *h,
    struct sdb_text *rest, struct sdb_fqdn *alias);
/* Its mail exchanger, when that is published. */
bool publish_exchanger(
    const struct publish_set *s, const struct publish_host *h, struct sdb_fqdn *exchanger);

/* `at` without its message. */
int publish_report(struct publish_set *s, struct publish_finding at, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
struct publish_finding publish_at(const struct publish_set *s, const struct publish_host *h,
    enum publish_code code, struct sdb_text part);

/* It gets its address by DHCP. */
static inline bool
publish_is_reserved(const struct publish_host *h)
{
	return h->has_mac && h->owns_address;
}

/* OP_CANCELLED when whoever wanted the run has given it up. */
int publish_go_on(const struct publish_set *s);
/* For each host `i` of an output: after so many of them that question, and then nothing more is
 * put. */
void publish_step(const struct publish_set *s, struct publish_put *p, size_t i);

/* What was published under this path, or NULL. */
const struct publish_previous *publish_before(const struct publish_set *s, const char *path);
/* A new file of the result, behind the others, which may move; NULL: no memory. */
struct publish_file *publish_add_file(
    struct publish_result *r, enum publish_kind kind, const char *folder, const char *name);

/* finding.c */
int publish_findings_add(struct publish_findings *l, const struct publish_finding *finding);
void publish_findings_sort(struct publish_findings *l);

/* hosts.c: the hosts as lines of hosts(5); how many. */
size_t publish_put_hosts(struct publish_put *p, const struct publish_set *s, bool short_names);

/* The generators. */
int publish_bind(const struct publish_set *s, struct publish_result *out);
int publish_dhcpd(const struct publish_set *s, struct publish_result *out);
int publish_kea(const struct publish_set *s, struct publish_result *out);
int publish_dnsmasq(const struct publish_set *s, struct publish_result *out);
int publish_hosts(const struct publish_set *s, struct publish_result *out);

#endif
