/* SPDX-License-Identifier: ISC */
/*
 * The connections of opnet echod (RFC 862): what comes goes back in order, or reversed line by
 * line, and who ends his side gets the rest and then our end.  Bounded: STREAMS_MAX connections,
 * one buffer each, which is not read into while the peer does not take what is in it; a connection
 * without any progress for STREAM_IDLE_S is closed.  On the loop of echod.
 */
#ifndef OPDESK_CLIENT_OPNET_ECHO_STREAM_H
#define OPDESK_CLIENT_OPNET_ECHO_STREAM_H

#include <ev.h>
#include <stdbool.h>

#define STREAMS_MAX 100
#define STREAM_IDLE_S 300.
#define STREAM_BYTES \
	65536 /* also the longest line that is reversed; past that the peer is closed */

struct stream;

struct streams {
	struct ev_loop *loop;
	bool reverse, quiet;
	struct stream *first;
	int count;
};

/* A connection, non-blocking; fd is given away. */
void streams_add(struct streams *all, int fd);
void streams_close(struct streams *all);

#endif
