/* SPDX-License-Identifier: ISC */
/*
 * What is wrong with a flat file, line by line.  Hosts: an address and names of RFC 952 and RFC
 * 1123 on each line, no line twice.  Table: as many fields as columns, each key once.  All: no
 * control characters.  Pure, linear.
 */
#ifndef OPDESK_LIB_FLAT_CHECK_H
#define OPDESK_LIB_FLAT_CHECK_H

#include "lib/flat/flat.h"

#define FLAT_MAX_FINDINGS 1000u

struct flat_finding {
	const char *code; /* static: address_bad, key_twice … */
	bool is_error;    /* else a warning */
	uint32_t line;    /* from 1; 0: the file as a whole */
	uint32_t column;  /* bytes, from 1; 0: the line as a whole */
	uint32_t other_line;
	char message[200]; /* one line, plain */
};

/* Past FLAT_MAX_FINDINGS the rest is only counted. */
struct flat_findings {
	struct flat_finding *list; /* owned */
	size_t count, errors, warnings;
};

/* Append to `out`, which is initialised with zeros.  OP_NO_MEMORY. */
int flat_check(const struct flat_format *format, struct sdb_text text, struct flat_findings *out);
int flat_findings_add(struct flat_findings *l, const struct flat_finding *f);
void flat_findings_fini(struct flat_findings *l);

/*
 * What a checker printed, as findings: lines `FILE:LINE:COLUMN: TEXT`, `FILE:LINE: TEXT`, `… line N
 * …` have their place, with `warning` in them they are warnings; any other text is about the file
 * as a whole.  `file` (the name of the copy that was checked) is left out of the messages.
 */
int flat_checker_said(struct sdb_text output, const char *file, struct flat_findings *out);

#endif
