/* SPDX-License-Identifier: ISC */
/*
 * What publishing has to say beyond the model's own check: what it leaves out and why, each with
 * the place in the subnet file.  The wire names and numbers are for scripts: append, never change.
 */
#ifndef OPDESK_LIB_PUBLISH_FINDING_H
#define OPDESK_LIB_PUBLISH_FINDING_H

#include <stddef.h>
#include <stdint.h>
#include "lib/sdb/finding.h"

/* number, C name, wire name, severity, what it means */
#define PUBLISH_CODES(X)                                                                        \
	X(1, FILE_LEFT_OUT, "file_left_out", ERROR, "nothing of the file is published")         \
	X(2, NODE_LEFT_OUT, "node_left_out", ERROR, "a node is not published")                  \
	X(3, ALIAS_LEFT_OUT, "alias_left_out", ERROR, "an alias is not published")              \
	X(4, GATEWAY_LEFT_OUT, "gateway_left_out", ERROR, "no gateway is told to DHCP clients") \
	X(5, MAC_LEFT_OUT, "mac_left_out", ERROR, "a node gets no address by DHCP")             \
	X(6, MX_LEFT_OUT, "mx_left_out", WARNING, "a mail exchanger is not published")          \
	X(7, ALIAS_FOREIGN, "alias_foreign", WARNING, "an alias in a domain that is not ours")  \
	X(8, ADDRESS_SHARED, "address_shared", WARNING,                                         \
	    "only the first node of a shared "                                                  \
	    "address is in reverse zones and DHCP")                                             \
	X(9, NAME_SERVER_NO_ADDRESS, "name_server_no_address", ERROR,                           \
	    "a name server in a domain of ours has no address: no server loads that zone")

enum publish_code {
#define X(number, name, wire, severity, text) PUBLISH_CODE_##name = (number),
	PUBLISH_CODES(X)
#undef X
};

struct publish_finding {
	enum publish_code code;
	uint32_t file;   /* index in the list that was published; UINT32_MAX: the options */
	uint32_t line;   /* from 1; 0: the file as a whole */
	uint32_t column; /* bytes, from 1; 0: the line as a whole */
	char *message;   /* owned; one line, plain */
};

/* Sorted by file, line, column. */
struct publish_findings {
	struct publish_finding *list;
	size_t count;
	size_t errors;
	size_t warnings;
};

enum sdb_severity publish_code_severity(enum publish_code code);
const char *publish_code_name(enum publish_code code);
const char *publish_code_meaning(enum publish_code code);

void publish_findings_fini(struct publish_findings *l);

#endif
