/* SPDX-License-Identifier: ISC */
/*
 * Blocking faces of what is asynchronous: programs without a loop get a private one for the time of
 * one operation.
 */
#ifndef OPDESK_LIB_EV_BLOCK_H
#define OPDESK_LIB_EV_BLOCK_H

#include <ev.h>
#include <stdbool.h>

/* A loop of its own; NULL when there is none to be had.  End it with ev_loop_destroy(). */
struct ev_loop *block_loop(void);

/* Run the loop until *done.  False: *stop became non-zero first (noticed at once when a signal
 * interrupts, within 200 ms otherwise); stop may be NULL. */
bool block_until(struct ev_loop *loop, const bool *done, const volatile int *stop);

#endif
