/* SPDX-License-Identifier: ISC */
/*
 * A keeper: the parent of a program that the engine has started (engine_spawn()).  It holds the
 * program to its time limit, and ends it with the daemon, when the engine that started it has long
 * been killed or replaced.  The engine's own executable, run anew under this name, so that it costs
 * a small process and no copy of the engine.
 *
 * The program runs in a process group of its own.  It is ended, with what it has started, when it
 * has run for its limit (SIGKILL), and when the keeper gets SIGTERM or the daemon has ended, which
 * the lifeline tells (SIGTERM, two seconds later SIGKILL).  The keeper ends as the program did:
 * with its exit status, or by its signal; 127: it could not be run.  When the keeper itself is
 * killed, so is the program.  What the program prints goes to the engine, and nowhere when that has
 * gone: it must not die of it.
 */
#ifndef OPDESK_DAEMON_SERVER_KEEPER_H
#define OPDESK_DAEMON_SERVER_KEEPER_H

#include <stdbool.h>
#include <stdint.h>

/* In a fresh child of the engine, whose standard streams and environment are to be the program's:
 * become its keeper.  limit_ms 0: no limit; output_fd: the engine's end of the program's output,
 * not blocking.  Returns, with errno, when that is not possible. */
void keeper_become(char *const argv[], int64_t limit_ms, int lifeline_fd, int output_fd);

/* Was this process started as a keeper?  Then keeper_main() is its main(). */
bool keeper_is_one(int argc, char **argv);
int keeper_main(int argc, char **argv);

#endif
