/* SPDX-License-Identifier: ISC */
/*
 * Nodes out of files that other programs read: CSV (RFC 4180), hosts(5), dhcpd.conf(5), zone files
 * (RFC 1035, 5.1).  Any bytes are read, in linear time and memory; what is wrong or passed over is
 * said with line and column, and reading goes on behind it.  What the nodes mean for subnets is
 * lib/exchange/plan.h.  Pure.
 */
#ifndef OPDESK_LIB_EXCHANGE_EXCHANGE_H
#define OPDESK_LIB_EXCHANGE_EXCHANGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "lib/buf.h"
#include "lib/netaddr.h"
#include "lib/sdb/file.h"

#define EXCHANGE_MAX_FINDINGS 10000u

/* A node as the source has it.  Names are whole names where the source has those; several aliases
 * are separated by commas. */
struct exchange_node {
	struct sdb_text field[SDB_FIELDS]; /* in the arena of its list */
	unsigned given;                    /* bit 1 << enum sdb_field: the source has that field */
	struct netaddr address;            /* family 0: none */
	uint32_t line, column;             /* where it begins, from 1 */
};

struct exchange_finding {
	bool is_error;         /* else a warning: something was passed over */
	uint32_t line, column; /* from 1; column 0: the line as a whole, line 0: the file */
	char *message;         /* owned; one line, plain */
};

struct exchange_block;

struct exchange {
	struct exchange_node *nodes;
	size_t node_count;
	struct exchange_finding *findings; /* in the order of the source; the first of them */
	size_t finding_count;
	size_t errors, warnings;       /* all of them */
	struct exchange_block *blocks; /* the texts */
	size_t node_room, finding_room;
};

void exchange_init(struct exchange *x);
void exchange_fini(struct exchange *x);

struct exchange_options {
	const char *origin; /* zone: the name that relative ones are completed with; NULL: none */
};

struct exchange_format {
	const char *name;   /* "csv" */
	const char *suffix; /* of files that are this without being told: ".csv"; NULL: none */
	const char *help;
	/* Into an initialised, empty list.  OP_NO_MEMORY; what is in the list then is to be freed.
	 */
	int (*read)(
	    const char *bytes, size_t len, const struct exchange_options *o, struct exchange *out);
};

/* Ended by a NULL name. */
extern const struct exchange_format exchange_formats[];

const struct exchange_format *exchange_find(const char *name); /* NULL */
/* By the end of a file's name, or the whole of one that is known: "hosts", "dhcpd.conf".  NULL. */
const struct exchange_format *exchange_guess(const char *path);

int exchange_read_csv(
    const char *bytes, size_t len, const struct exchange_options *o, struct exchange *out);
int exchange_read_hosts(
    const char *bytes, size_t len, const struct exchange_options *o, struct exchange *out);
int exchange_read_dhcpd(
    const char *bytes, size_t len, const struct exchange_options *o, struct exchange *out);
int exchange_read_zone(
    const char *bytes, size_t len, const struct exchange_options *o, struct exchange *out);

/* --- for the readers and the plan --- */

/* A copy that lives as long as the list.  NULL: no memory. */
char *exchange_keep(struct exchange *x, const char *bytes, size_t len);

/* A new node; NULL: no memory.  Valid until the next one is added. */
struct exchange_node *exchange_add(struct exchange *x, uint32_t line, uint32_t column);

/* Set a field to a copy of the text.  OP_NO_MEMORY. */
int exchange_set(
    struct exchange *x, struct exchange_node *n, enum sdb_field field, struct sdb_text value);

/* "a", then "a,b"; past EXCHANGE_ALIAS_BYTES an error is said.  OP_NO_MEMORY. */
#define EXCHANGE_ALIAS_BYTES 2000u
int exchange_add_alias(struct exchange *x, struct exchange_node *n, struct sdb_text alias);

/* OP_NO_MEMORY.  Past EXCHANGE_MAX_FINDINGS findings are only counted. */
int exchange_say(struct exchange *x, bool is_error, uint32_t line, uint32_t column, const char *fmt,
    ...) __attribute__((format(printf, 5, 6)));

/* For messages: made plain and cut. */
#define EXCHANGE_QUOTE_BYTES 80
const char *exchange_quote(char dst[EXCHANGE_QUOTE_BYTES], struct sdb_text t);

/* An address as any of the sources write it.  OP_BAD_REQUEST. */
int exchange_address(struct sdb_text t, struct netaddr *out);

#endif
