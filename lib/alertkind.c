/* SPDX-License-Identifier: ISC */
/* The table of question kinds; its order is the one that --help shows. */
#include "lib/alertkind.h"

#include <string.h>

static const struct alertkind kinds[] = {
    {"ok", {"Ok"}, {SENSE_YES}},
    {"okcancel", {"Ok", "Cancel"}, {SENSE_YES, SENSE_NO}},
    {"yesno", {"Yes", "No"}, {SENSE_YES, SENSE_NO}},
    {"yesnocancel", {"Yes", "No", "Cancel"}, {SENSE_YES, SENSE_NO, SENSE_OTHER}},
    {"retrycancel", {"Retry", "Cancel"}, {SENSE_YES, SENSE_NO}},
    {"abortretryignore", {"Abort", "Retry", "Ignore"}, {SENSE_NO, SENSE_YES, SENSE_OTHER}},
    {"choice", {NULL},
	{SENSE_YES, SENSE_NO, SENSE_OTHER, SENSE_OTHER, SENSE_OTHER, SENSE_OTHER, SENSE_OTHER,
	    SENSE_OTHER}},
    {"text", {"Ok", "Cancel"}, {SENSE_YES, SENSE_NO}},
    {NULL, {NULL}, {SENSE_YES}},
};

const struct alertkind *
alertkind_find(const char *name, size_t len)
{
	for (const struct alertkind *k = kinds; k->name; k++)
		if (strlen(k->name) == len && memcmp(k->name, name, len) == 0)
			return k;
	return NULL;
}

const struct alertkind *
alertkind_all(void)
{
	return kinds;
}
