/* SPDX-License-Identifier: ISC */
/*
 * Inside lib/sdb/ only: one run of the check.  The parts are lines (check_line.c), header
 * (check_header.c), node lines alone (check_node.c), addresses (check_net.c) and names
 * (check_names.c) across files.  The first failed allocation is kept in `err`; the parts go on.
 */
#ifndef OPDESK_LIB_SDB_CHECKER_H
#define OPDESK_LIB_SDB_CHECKER_H

#include "lib/sdb/check.h"
#include "lib/sdb/header.h"
#include "lib/sdb/host.h"
#include "lib/sdb/range.h"
#include "lib/sdb/space.h"

struct sdb_checked {
	struct sdb_header header;
	uint32_t number[SDB_KEY_COUNT]; /* line numbers of header.line[] */
	struct sdb_range range;         /* when header.has_net */
	struct sdb_space *space;        /* made when a free address is first suggested */
	struct netaddr suggested;       /* the last one; family 0: none yet */
};

struct sdb_owner {
	const struct sdb_line *line; /* a node */
	uint32_t file;
	uint32_t number;
};

struct sdb_checker {
	const struct sdb_input *in;
	size_t n;
	struct sdb_checked *files;
	struct sdb_owner *owners; /* every node of every file, in order */
	size_t owner_count;
	struct sdb_findings *out;
	int err;
};

/* `at` without its message; at->fix.text is given away. */
void sdb_report(struct sdb_checker *c, const struct sdb_finding *at, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/* For messages: made plain and cut. */
#define SDB_QUOTE_BYTES 80
const char *sdb_quote(char dst[SDB_QUOTE_BYTES], struct sdb_text t);

/* A correction that exchanges `part` of the line (borrowed from it) for `text`. */
struct sdb_fix sdb_fix_part(struct sdb_checker *c, const struct sdb_line *line, uint32_t number,
    struct sdb_text part, struct sdb_text text);
struct sdb_fix sdb_fix_insert(struct sdb_checker *c, uint32_t number, struct sdb_text text);
/* The one that sets `Format = 2`. */
struct sdb_fix sdb_fix_format(struct sdb_checker *c, uint32_t file);

/* A host name in `part` of a line: label_bad, final_dot, with corrections. */
void sdb_check_host(struct sdb_checker *c, struct sdb_finding at, const struct sdb_line *line,
    struct sdb_text part);
/* What is in a line where an address should be, and is none. */
void sdb_check_no_address(struct sdb_checker *c, struct sdb_finding at, const struct sdb_line *line,
    struct sdb_text part);

/* An address that cannot stay, with the next free one as the correction. */
void sdb_report_unusable(
    struct sdb_checker *c, const struct sdb_owner *o, struct sdb_finding at, const char *why);

void sdb_check_lines(struct sdb_checker *c, uint32_t file);
void sdb_check_header(struct sdb_checker *c, uint32_t file);
/* Does a node's line use the extension in a file without its mark?  In which field, SDB_ADDRESS or
 * SDB_MAC, and then *as_marked is what the line is meant to be; SDB_FIELDS: it does not. */
enum sdb_field sdb_node_unmarked(
    const struct sdb_line *line, unsigned format, struct sdb_line *as_marked);
/* False: it does, and its fields mean nothing to other checks. */
bool sdb_check_node(struct sdb_checker *c, const struct sdb_owner *o);
void sdb_check_nets(struct sdb_checker *c);
void sdb_check_names(struct sdb_checker *c);

/* finding.c.  OP_NO_MEMORY; the fix's text is given away in any case. */
int sdb_findings_add(
    struct sdb_findings *l, const struct sdb_finding *finding, const char *message);
void sdb_findings_sort(struct sdb_findings *l);

#endif
