/* SPDX-License-Identifier: ISC */
/*
 * Are the files of TLS usable?  Asked at start, by --check and at a reload, so that a mistake is
 * told then and not by the first client.  A child looks: OpenSSL's memory would be copied by every
 * fork of the acceptor.
 */
#ifndef OPDESK_DAEMON_SERVER_TLS_CHECK_H
#define OPDESK_DAEMON_SERVER_TLS_CHECK_H

#include <stddef.h>
#include "lib/ev/tls.h"

/* OP_OK; OP_BAD_REQUEST with `why`; OP_SYSTEM.  Blocks for some milliseconds. */
int tls_check(const struct tls_files *files, char *why, size_t size);

#endif
