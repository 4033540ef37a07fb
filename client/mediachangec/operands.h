/* SPDX-License-Identifier: ISC */
/* The operands of mediachangec: whom to ask, and what. */
#ifndef OPDESK_CLIENT_MEDIACHANGEC_OPERANDS_H
#define OPDESK_CLIENT_MEDIACHANGEC_OPERANDS_H

#include "client/mediachangec/settings.h"

/* Fill in endpoints, text, and with --for title and key; the errors of settings_parse(). */
int operands_take(struct settings *s, const struct options_program *p, char **operands, int count);

#endif
