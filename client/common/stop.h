/* SPDX-License-Identifier: ISC */
/*
 * TERM, INT and HUP as something that a wait can see.  After stop_catch() the three are blocked
 * except inside stop_poll() and stop_dial(), so that none gets lost between a look and a wait.
 * Without stop_catch() they keep their ordinary meaning.  Process-wide.
 */
#ifndef OPDESK_CLIENT_COMMON_STOP_H
#define OPDESK_CLIENT_COMMON_STOP_H

#include <poll.h>
#include <stddef.h>
#include <stdint.h>
#include "lib/endpoint.h"
#include "lib/ev/transport.h"

#define STOP_FOREVER INT64_MAX /* as a deadline */

/* A signal that was ignored at the start (nohup) stays ignored. */
void stop_catch(void);

/* Give the signals their ordinary meaning again; one that has come and was not seen acts now. */
void stop_release(void);

/* In a child after fork(2): the signals as they were before stop_catch(), and waits that know of
 * none. */
void stop_child(void);

/* The signal that came, or 0. */
int stop_signal(void);

/* Waits go on as if no signal had come, until stop_die(): for the last words. */
void stop_forget(void);

/* End this process by the signal `signo`. */
void stop_die(int signo) __attribute__((noreturn));

/* poll(2) until something is ready (its number), the boot clock reaches deadline_ms (0), or a
 * signal (OP_CANCELLED).  OP_SYSTEM with errno. */
int stop_poll(struct pollfd *fds, nfds_t count, int64_t deadline_ms);

/* dial_wait() (lib/ev/dial.h) that a signal ends with OP_CANCELLED. */
int stop_dial(const struct endpoint *e, int64_t deadline_ms, struct transport *out, char *why,
    size_t why_size);

#endif
