/* SPDX-License-Identifier: ISC */
/*
 * Questions to the operators about hosts, through a mediachanged: at most one a host at a time.
 * Each is a mediachangec(1) that waits in our stead, with a key per host and reason, so that two
 * watchers of one user ask once.  A question that has lost its reason is withdrawn (SIGTERM to the
 * asker); one that was answered is not asked again before its reason has gone and come back.
 */
#ifndef OPDESK_CLIENT_OPNET_ALARMS_H
#define OPDESK_CLIENT_OPNET_ALARMS_H

#include <ev.h>
#include <stdbool.h>

struct alarms;

/* The program that asks, or its absence on standard error and false. */
bool alarms_check(void);

/* endpoint: of the mediachanged, borrowed for ever.  answered: an operator has answered the
 * question about a host.  NULL: no memory. */
struct alarms *alarms_new(struct ev_loop *loop, const char *endpoint,
    void (*answered)(const char *host, void *arg), void *arg);

/* Withdraws everything and waits for the askers to end, three seconds at most. */
void alarms_free(struct alarms *a); /* NULL is fine */

/* The question about the host, "" for none, is this one from now on; reason ("silent") names it.
 * Both are copied. */
void alarms_set(struct alarms *a, const char *host, const char *reason, const char *text);

#endif
