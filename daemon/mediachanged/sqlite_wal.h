/* SPDX-License-Identifier: ISC */
/*
 * Is a write-ahead log of SQLite whole?  SQLite ends reading at the first frame whose check sum is
 * wrong, and writes over the rest: right for the end of a transaction that a power cut has torn,
 * and a silent loss where a disk has damaged what was synced long ago.  With synchronous FULL each
 * commit is synced before the next one begins, so what follows a bad frame says which it was: two
 * commits whose frames fit together, each sum made from the one before.  What is left over from
 * transactions that were torn, or failed and were partly written over, has one commit in a piece.
 * (Damage in the last two transactions cannot be told from that.)
 *
 * The format: https://www.sqlite.org/fileformat2.html, "The Write-Ahead Log".  Pure.
 */
#ifndef OPDESK_DAEMON_MEDIACHANGED_SQLITE_WAL_H
#define OPDESK_DAEMON_MEDIACHANGED_SQLITE_WAL_H

#include <stddef.h>
#include <stdint.h>

enum sqlite_wal {
	SQLITE_WAL_WHOLE,
	SQLITE_WAL_BAD_HEADER,
	SQLITE_WAL_BAD_FRAME,
};

/* The bytes of the file; *frame: the bad one's number, from 1 (only with SQLITE_WAL_BAD_FRAME). */
enum sqlite_wal sqlite_wal_look(const unsigned char *bytes, size_t len, size_t *frame);

#endif
