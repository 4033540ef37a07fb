/* SPDX-License-Identifier: ISC */
/*
 * Inside lib/exchange/ only: a master file (RFC 1035, 5.1) as records of words: comments, quotes,
 * parentheses and blank lines are dealt with; what the words mean is zone.c's.
 */
#ifndef OPDESK_LIB_EXCHANGE_RECORD_H
#define OPDESK_LIB_EXCHANGE_RECORD_H

#include "lib/exchange/exchange.h"
#include "lib/exchange/scan.h"

#define RECORD_WORDS 8 /* that are kept; no record that we use has more */

struct record_word {
	struct sdb_text
	    text; /* as it stands, escapes included; of a quoted one without the quotes */
	uint32_t line, column;
};

struct record {
	struct record_word words[RECORD_WORDS];
	size_t count;     /* at least 1 */
	bool is_indented; /* begins with a blank: the owner is that of the record before */
};

/* The next record.  OP_OK; OP_NOT_FOUND: there is no more; OP_NO_MEMORY.  Broken quotes and
 * parentheses are said in `out`. */
int record_next(struct scan *s, struct exchange *out, struct record *r);

#endif
