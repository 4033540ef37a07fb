/* SPDX-License-Identifier: ISC */
/*
 * The end of what a program prints.  Called by main() when all is printed, in place of a bare
 * return: a full disk behind standard output must not look like success.
 */
#ifndef OPDESK_LIB_OUTPUT_H
#define OPDESK_LIB_OUTPUT_H

/* All that was printed is written.  OP_SYSTEM: it is not, which standard error says as `program`.
 */
int output_flush(const char *program);

#endif
