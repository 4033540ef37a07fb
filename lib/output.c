/* SPDX-License-Identifier: ISC */
/* The one place of lib/ that writes to standard error by itself: whoever prints is no daemon yet.
 */
#include "lib/output.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include "lib/err.h"

int
output_flush(const char *program)
{
	if (fflush(stdout) == 0 && !ferror(stdout))
		return OP_OK;
	fprintf(stderr, "%s: cannot write to standard output: %s\n", program, strerror(errno));
	return OP_SYSTEM;
}
