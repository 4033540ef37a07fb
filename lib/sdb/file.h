/* SPDX-License-Identifier: ISC */
/*
 * A subnet file (docs/sdb.md, sdb(5)) as a list of lines.  Lossless: sdb_file_write() gives back
 * every byte that sdb_file_parse() took, and an edit (lib/sdb/edit.h) touches its own lines only.
 * Any bytes parse; what is wrong with them is said by lib/sdb/check.h.  65,536 nodes are an
 * ordinary size: 80 bytes a line beside its text.  Pure; used by ipadmd, ipadmc and the GUI.
 */
#ifndef OPDESK_LIB_SDB_FILE_H
#define OPDESK_LIB_SDB_FILE_H

#include <stddef.h>
#include <stdint.h>
#include "lib/buf.h"
#include "lib/netaddr.h"
#include "lib/sdb/text.h"

#define SDB_MAX_BYTES (64u << 20)
#define SDB_MARKER "__NODES__"

enum sdb_line_kind {
	SDB_BLANK,   /* nothing but blanks and tabs */
	SDB_COMMENT, /* '#' in the first column */
	SDB_HEADER,  /* key = value */
	SDB_JUNK,    /* in the header, and nothing of the above */
	SDB_MARK,    /* __NODES__ */
	SDB_NODE     /* name:address:Ethernet address:alias:MX:comment */
};

enum sdb_eol { SDB_EOL_NONE, SDB_EOL_LF, SDB_EOL_CRLF };

enum sdb_field {
	SDB_NAME,
	SDB_ADDRESS,
	SDB_MAC,
	SDB_ALIAS,
	SDB_MX,
	SDB_REMARK, /* the comment of a node */
	SDB_FIELDS
};

/* To be read only; borrowed from its file until the line is changed or removed. */
struct sdb_line {
	struct sdb_line *next;
	struct sdb_line *prev;
	const char *text; /* without the line's end */
	uint32_t len;
	uint8_t kind;                 /* enum sdb_line_kind */
	uint8_t eol;                  /* enum sdb_eol */
	uint8_t fields;               /* of a node: how many the line has, 1 to 6 */
	uint8_t owned;                /* lib/sdb/line.h */
	uint32_t cut[SDB_FIELDS - 1]; /* node: where the colons are; header: [0] is the '=' */
	struct netaddr address;       /* of a node; family 0: empty, or not an address */
	uint8_t mac[6];
	uint8_t has_mac; /* the field holds a well-formed one */
};

struct sdb_file;

/* A copy of the bytes is made and owned.  OP_TOO_LARGE (over SDB_MAX_BYTES), OP_NO_MEMORY. */
int sdb_file_parse(const void *bytes, size_t len, struct sdb_file **out);
void sdb_file_free(struct sdb_file *f);

/* Append the file's bytes.  OP_NO_MEMORY leaves `out` as it was. */
int sdb_file_write(const struct sdb_file *f, struct buf *out);

const struct sdb_line *sdb_file_first(const struct sdb_file *f);
const struct sdb_line *sdb_file_last(const struct sdb_file *f);
size_t sdb_file_lines(const struct sdb_file *f);
size_t sdb_file_nodes(const struct sdb_file *f);

/* 1, or 2 when the header says `Format = 2` (or a number we do not know): the extension is on. */
unsigned sdb_file_format(const struct sdb_file *f);

/* The n-th line, from 1; NULL when there are fewer.  Linear. */
const struct sdb_line *sdb_file_line(const struct sdb_file *f, size_t n);

/* The first node with this address, or with this name (letters of either case); NULL.  Linear. */
const struct sdb_line *sdb_file_by_address(const struct sdb_file *f, const struct netaddr *a);
const struct sdb_line *sdb_file_by_name(const struct sdb_file *f, struct sdb_text name);

#endif
