/* SPDX-License-Identifier: ISC */
/*
 * The kinds of question, which are Tk's message box types (messageBox(n)) and the labels of their
 * buttons in order, with the original's spelling ("Ok").  Shared by everybody who asks, checks,
 * shows or maps an answer to an exit status.  Pure.
 */
#ifndef OPDESK_LIB_ALERTKIND_H
#define OPDESK_LIB_ALERTKIND_H

#include <stddef.h>

#define ALERTKIND_LABELS_MAX 8
#define ALERTKIND_LABEL_BYTES 60

enum alertkind_sense { SENSE_YES, SENSE_NO, SENSE_OTHER }; /* exit status 0, 1, 2 */

struct alertkind {
	const char *name;                         /* "okcancel" */
	const char *labels[ALERTKIND_LABELS_MAX]; /* NULL-terminated; none for "choice" */
	enum alertkind_sense senses[ALERTKIND_LABELS_MAX];
};

/* ok okcancel yesno yesnocancel retrycancel abortretryignore, choice (the asker's own labels), text
 * (a line typed by the operator, with Ok and Cancel).  NULL for any other name. */
const struct alertkind *alertkind_find(const char *name, size_t len);

/* All kinds in order, ended by one with a NULL name. */
const struct alertkind *alertkind_all(void);

#endif
