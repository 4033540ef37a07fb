/* SPDX-License-Identifier: ISC */
/*
 * What the administrator says about publishing, and who may end a run; everything is borrowed.
 */
#ifndef OPDESK_LIB_PUBLISH_OPTIONS_H
#define OPDESK_LIB_PUBLISH_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "lib/netaddr.h"

struct publish_options {
	unsigned generators; /* publish_generator_bit() of each that is wanted */

	const char *const *name_servers; /* full names; bind needs one; the first is the primary */
	size_t name_server_count;
	const char *hostmaster; /* a mail address; NULL: hostmaster in the primary's domain */
	const char *directory;  /* where servers will find the published files; absolute */
	uint32_t ttl_s;
	uint32_t negative_ttl_s; /* of "no such name" */
	uint32_t refresh_s, retry_s, expire_s;
	uint32_t serial_hint; /* a serial to prefer when it is newer: the time, say; 0: none */

	/* Reverse zones of subnets smaller than /25 (RFC 2317): what parts first address and bits
	 * in their names, '/' or '-', and whether the /24 around them is ours to publish as well.
	 */
	char classless_separator;
	bool classless_parents;

	const struct netaddr *dhcp_name_servers; /* told to DHCP clients; of both families */
	size_t dhcp_name_server_count;
	uint32_t lease_s;

	/* Not the administrator's: asked between outputs and after every PUBLISH_STEP hosts of a
	 * long one; when it says true, the run ends with OP_CANCELLED.  NULL: never. */
	bool (*given_up)(void *arg);
	void *given_up_arg;
};

#define PUBLISH_STEP 512u

/* All generators but bind, which needs a name server; usual times. */
void publish_options_default(struct publish_options *o);

/* What is wrong with them, a piece of a sentence, static; NULL: nothing. */
const char *publish_options_fault(const struct publish_options *o);

#endif
