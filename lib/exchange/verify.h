/* SPDX-License-Identifier: ISC */
/* Inside lib/exchange/ only: errors of the check that an import brings, told at their place in the
 * source. */
#ifndef OPDESK_LIB_EXCHANGE_VERIFY_H
#define OPDESK_LIB_EXCHANGE_VERIFY_H

#include "lib/exchange/plan.h"

/* Errors that are there already: hashes of code, file and text of the line, sorted. */
struct verify {
	uint64_t *known; /* owned */
	size_t count;
};

/* A line that the import has made or changed. */
struct verify_touched {
	const struct sdb_line *line;
	uint32_t source_line, source_column;
};

int verify_before(const struct plan_subnet *subnets, size_t n, struct verify *v);

/* `touched` is sorted here. */
int verify_after(const struct plan_subnet *subnets, size_t n, const struct verify *v,
    struct verify_touched *touched, size_t touched_count, struct exchange *x);

void verify_fini(struct verify *v);

#endif
