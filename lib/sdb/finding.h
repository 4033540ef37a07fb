/* SPDX-License-Identifier: ISC */
/*
 * What the check found: the closed list of codes, one finding with its place and message, and the
 * correction as an edit.  The wire names and numbers are for scripts: append, never change.
 */
#ifndef OPDESK_LIB_SDB_FINDING_H
#define OPDESK_LIB_SDB_FINDING_H

#include <stddef.h>
#include <stdint.h>
#include "lib/sdb/file.h"
#include "lib/sdb/text.h"

#define SDB_MAX_FINDINGS 10000u

enum sdb_severity { SDB_WARNING, SDB_ERROR };

/* number, C name, wire name, severity, what it means */
#define SDB_CODES(X)                                                                            \
	X(1, HEADER_SYNTAX, "header_syntax", ERROR, "a header line is not `Key = value`")       \
	X(2, MARKER_MISSING, "marker_missing", ERROR, "no line __NODES__ ends the header")      \
	X(3, MARKER_TWICE, "marker_twice", ERROR, "a second line __NODES__")                    \
	X(4, FIELDS_MISSING, "fields_missing", ERROR, "a node line has fewer than six fields")  \
	X(5, CONTROL_BYTE, "control_byte", ERROR, "a control character")                        \
	X(6, NOT_UTF8, "not_utf8", WARNING, "bytes that are not UTF-8")                         \
	X(7, LINE_ENDS, "line_ends", WARNING, "lines end in LF and in CRLF")                    \
	X(8, BYTE_ORDER_MARK, "byte_order_mark", ERROR, "a byte order mark before Title")       \
	X(9, TITLE_MISSING, "title_missing", ERROR, "no Title, or an empty one")                \
	X(10, TITLE_MISPLACED, "title_misplaced", ERROR, "Title is not the first line")         \
	X(11, KEY_UNKNOWN, "key_unknown", WARNING, "a header key that means nothing here")      \
	X(12, KEY_TWICE, "key_twice", ERROR, "a header key twice; the first one counts")        \
	X(13, KEY_MISSING, "key_missing", ERROR, "no Domain, Base_IP or Subnet_Mask")           \
	X(14, FORMAT_UNKNOWN, "format_unknown", ERROR, "Format is neither 1 nor 2")             \
	X(15, EXTENSION_UNMARKED, "extension_unmarked", ERROR, "needs `Format = 2`")            \
	X(16, MASK_BAD, "mask_bad", ERROR, "Subnet_Mask is not a mask")                         \
	X(17, BASE_UNALIGNED, "base_unaligned", ERROR, "Base_IP is not on the mask's boundary") \
	X(18, SUBNET_OVERLAP, "subnet_overlap", ERROR, "two subnets overlap")                   \
	X(19, ADDRESS_BAD, "address_bad", ERROR, "not an address")                              \
	X(20, ADDRESS_MISSING, "address_missing", ERROR, "a node without an address")           \
	X(21, ADDRESS_OUTSIDE, "address_outside", ERROR, "an address outside the subnet")       \
	X(22, ADDRESS_NETWORK, "address_network", ERROR, "the subnet's own address is used")    \
	X(23, ADDRESS_BROADCAST, "address_broadcast", ERROR, "the broadcast address is used")   \
	X(24, ADDRESS_TWICE, "address_twice", ERROR, "two nodes have one address")              \
	X(25, GATEWAY_OUTSIDE, "gateway_outside", ERROR, "the gateway is outside the subnet")   \
	X(26, GATEWAY_TAKEN, "gateway_taken", ERROR, "a node has the gateway's address")        \
	X(27, NAME_MISSING, "name_missing", ERROR, "a node without a name")                     \
	X(28, LABEL_BAD, "label_bad", ERROR, "not a host name (RFC 952, RFC 1123)")             \
	X(29, NAME_TWICE, "name_twice", ERROR, "two nodes have one name")                       \
	X(30, ALIAS_TWICE, "alias_twice", ERROR, "one alias for two nodes")                     \
	X(31, ALIAS_COLLIDES, "alias_collides", ERROR, "an alias is also a node's name")        \
	X(32, ALIAS_DANGLING, "alias_dangling", ERROR, "an alias of what has no address")       \
	X(33, MX_NO_ADDRESS, "mx_no_address", WARNING, "a mail exchanger without an address")   \
	X(34, MX_ALIAS, "mx_alias", WARNING, "a mail exchanger that is an alias (RFC 2181)")    \
	X(35, FINAL_DOT, "final_dot", WARNING, "a name ends in a dot")                          \
	X(36, MAC_BAD, "mac_bad", ERROR, "not an Ethernet address")                             \
	X(37, MAC_TWICE, "mac_twice", ERROR, "two nodes have one Ethernet address")

enum sdb_code {
#define X(number, name, wire, severity, text) SDB_CODE_##name = (number),
	SDB_CODES(X)
#undef X
};

/* A correction: an edit of one line of the finding's file. */
enum sdb_fix_kind {
	SDB_FIX_NONE,
	SDB_FIX_REPLACE, /* line `line` becomes `text` */
	SDB_FIX_INSERT,  /* `text` goes before line `line` (one past the last: at the end) */
	SDB_FIX_DELETE,
	SDB_FIX_TO_FRONT /* line `line` becomes the first */
};

struct sdb_fix {
	enum sdb_fix_kind kind;
	uint32_t line; /* from 1 */
	char *text;    /* owned, terminated; NULL for the last two kinds */
};

struct sdb_finding {
	enum sdb_code code;
	uint32_t file;       /* index in the list that was checked */
	uint32_t line;       /* from 1; 0: the file as a whole */
	uint32_t column;     /* bytes, from 1; 0: the line as a whole */
	uint32_t other_line; /* the other place, when the finding is about two; else 0 */
	uint32_t other_file;
	char *message; /* owned; one line, plain */
	struct sdb_fix fix;
};

struct sdb_tally {
	size_t errors, warnings;
};

/* Sorted by file, line, column.  Past `max` kept ones the rest is only counted. */
struct sdb_findings {
	struct sdb_finding *list;
	size_t count;
	size_t max;
	size_t errors; /* all of them, also those not kept */
	size_t warnings;
	struct sdb_tally *tallies; /* borrowed: one per file, where all are counted; NULL */
};

void sdb_findings_init(struct sdb_findings *l, size_t max);
void sdb_findings_fini(struct sdb_findings *l);

enum sdb_severity sdb_code_severity(enum sdb_code code);
const char *sdb_code_name(enum sdb_code code);
const char *sdb_code_meaning(enum sdb_code code);

/* Apply to the file the finding is about, as it was checked.  OP_NOT_FOUND: no correction, or no
 * such line; OP_BAD_REQUEST, OP_NO_MEMORY.  On failure nothing has changed. */
int sdb_fix_apply(struct sdb_file *f, const struct sdb_fix *fix);

#endif
