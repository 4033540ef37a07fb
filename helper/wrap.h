/* SPDX-License-Identifier: ISC */
/*
 * The payload of a frame between GUI and helper (docs/protocol.md, Pipe between GUI and helper):
 * [link, rpc] or [link, rpc, timeout_ms].  The RPC message inside is passed on byte for byte. Pure.
 */
#ifndef OPDESK_HELPER_WRAP_H
#define OPDESK_HELPER_WRAP_H

#include <stddef.h>
#include <stdint.h>
#include "lib/frame.h"
#include "lib/mp.h"

#define WRAP_ROOM 64u /* bytes that wrapping adds at most */
#define WRAP_MAX_RPC (FRAME_MAX + 1 - WRAP_ROOM)
#define WRAP_TIMEOUT_MS 60000 /* of a call that names none */

struct wrap {
	int64_t link;
	int64_t timeout_ms;
	const unsigned char *rpc; /* borrowed from the payload */
	size_t rpc_len;
};

/* OP_PROTOCOL: the payload is nothing of the kind; OP_NO_MEMORY. */
int wrap_parse(const void *payload, size_t len, struct wrap *out);

/* The head of a wrapped message; the caller appends one RPC message. */
void wrap_head(struct mp_out *o, int64_t link);

#endif
