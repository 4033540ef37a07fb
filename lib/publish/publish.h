/* SPDX-License-Identifier: ISC */
/*
 * The publisher's pure half (docs/publish.md): subnet files in, the bytes of the files that name
 * and DHCP servers read out.  The same files in any order of lines, and in any letters' case, give
 * the same bytes.  Nothing that a subnet file holds can break out of its field: names are host
 * names or left out, comments are made plain and cut.  What is left out is said
 * (lib/publish/finding.h). The caller checks, switches and reloads.  Linear but for one sort.
 */
#ifndef OPDESK_LIB_PUBLISH_PUBLISH_H
#define OPDESK_LIB_PUBLISH_PUBLISH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "lib/buf.h"
#include "lib/publish/finding.h"
#include "lib/publish/options.h"
#include "lib/sdb/check.h"

/* What a file is, for choosing its checker and its reload. */
enum publish_kind {
	PUBLISH_ZONE,       /* named-checkzone -i local ZONE FILE: else it asks for names outside */
	PUBLISH_NAMED_CONF, /* named-checkconf FILE; to be included */
	PUBLISH_DHCPD,      /* dhcpd -t -cf FILE; to be included */
	PUBLISH_KEA,        /* a list of subnets, to be included; its check file has it inline */
	PUBLISH_KEA4_CHECK, /* kea-dhcp4 -t FILE */
	PUBLISH_KEA6_CHECK, /* kea-dhcp6 -t FILE */
	PUBLISH_DNSMASQ,    /* read by dnsmasq, which checks little of it */
	PUBLISH_DNSMASQ_CHECK, /* dnsmasq --test -C FILE: all of it inline */
	PUBLISH_HOSTS          /* hosts(5) */
};

struct publish_file {
	enum publish_kind kind;
	char *path; /* relative to the published directory, "bind/zones/b.example"; owned */
	char *zone; /* of a zone: its name in lower case, no final dot; else NULL; owned */
	struct buf bytes;
	size_t records;  /* what the brake counts; SOA and NS are none */
	uint64_t hash;   /* of the content; a zone's is that without its serial */
	uint32_t serial; /* of a zone */
	bool changed;    /* not what `previous` says */
};

/* What was published last, to be kept by the caller; sorted by path, as the result is. */
struct publish_previous {
	const char *path;
	uint64_t hash; /* 0: not known, the serial rises */
	size_t records;
	uint32_t serial;
};

struct publish_result {
	struct publish_file *files; /* sorted by path */
	size_t count;
	struct sdb_findings model;        /* of sdb_check() over all files, all of them */
	struct publish_findings findings; /* what was left out, and what is doubtful */
};

/* OP_BAD_REQUEST: publish_options_fault() says why, or more than PUBLISH_MAX_ZONES zones;
 * OP_NO_MEMORY; OP_CANCELLED: given up.  On failure `out` is untouched.  Errors among the findings
 * are not a failure: the caller decides whether what remains is to be published. */
#define PUBLISH_MAX_ZONES 200000u
int publish_run(const struct sdb_input *in, size_t n, const struct publish_options *options,
    const struct publish_previous *previous, size_t previous_count, struct publish_result *out);
void publish_result_fini(struct publish_result *r);

/* --- the table of generators --- */

struct publish_set;

struct publish_generator {
	const char *name;  /* as the configuration says it: "bind" */
	const char *makes; /* its files, for people */
	int (*make)(const struct publish_set *set, struct publish_result *out);
};

extern const struct publish_generator publish_generators[];
extern const size_t publish_generator_count;

/* The bit of publish_options.generators for a name; 0: no such generator. */
unsigned publish_generator_bit(const char *name);

#endif
