/* SPDX-License-Identifier: ISC */
/*
 * What one run of mediachangec was told: options, operands, and what follows from them.  Filled in
 * once by settings_parse(), constant afterwards.
 */
#ifndef OPDESK_CLIENT_MEDIACHANGEC_SETTINGS_H
#define OPDESK_CLIENT_MEDIACHANGEC_SETTINGS_H

#include "client/common/options.h"
#include "client/mediachangec/caller.h"
#include "client/mediachangec/exitmap.h"
#include "lib/endpoint.h"
#include "lib/mp.h"
#include "lib/uuid.h"

#define SETTINGS_TEXT_MAX 16384u /* bytes of a question (docs/protocol.md, alert.ask) */

struct settings {
	/* as given; strings are borrowed from argv */
	struct option_texts servers, buttons, tags;
	const char *title, *kind, *severity, *default_label, *id, *key, *caller_name, *exit_text;
	bool ask_text, require_desk, no_wait, line, json, quiet, check;
	int64_t timeout_ms; /* 0: none */
	int64_t connect_ms;

	/* what follows */
	struct endpoint endpoints[OPTION_TEXTS_MAX];
	size_t endpoint_count;
	const struct caller *caller; /* or NULL */
	struct exitmap exits;
	char question_id[UUID_SIZE];
	struct buf text;                 /* empty: the caller needs no answer now, or --check */
	struct buf title_text, key_text; /* empty: none */
};

/* OP_OK; OP_CANCELLED: --help or --version was printed; OP_BAD_REQUEST: a usage error, said on
 * standard error; OP_NO_MEMORY; OP_SYSTEM: standard input cannot be read (said).  Reads standard
 * input for the message "-".  Call settings_fini() in every case. */
int settings_parse(struct settings *s, int argc, char **argv);
void settings_fini(struct settings *s);

/* The parameters of alert.ask, byte for byte the same every time it is called. */
void settings_pack(struct mp_out *o, const struct settings *s);

#endif
