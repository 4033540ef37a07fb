/* SPDX-License-Identifier: ISC */
/* Questions to whoever sits at the terminal: asked on standard error, answered on standard input.
 */
#ifndef OPDESK_CLIENT_IPADMC_PROMPT_H
#define OPDESK_CLIENT_IPADMC_PROMPT_H

#include <stddef.h>

/* One line without its end, cut to `size`.  OP_CLOSED: standard input has ended, so nobody is
 * there; OP_CANCELLED: a signal. */
int prompt_line(const char *question, char *dst, size_t size);

/* A line of at most `max` bytes, asked again while it is longer: nothing of it is cut.  *out is to
 * be freed, and NULL after an error: as above, or OP_NO_MEMORY. */
int prompt_text(const char *question, size_t max, char **out);

/* One of the letters; asked again until it is one.  Errors as above. */
int prompt_letter(const char *question, const char *letters, char *letter);

#endif
