/* SPDX-License-Identifier: ISC */
/* Inside shelf.c and shelf_set.c only. */
#ifndef OPDESK_DAEMON_IPADMD_SHELF_INT_H
#define OPDESK_DAEMON_IPADMD_SHELF_INT_H

#include "daemon/ipadmd/shelf.h"

#define RECORD "record"

int shelf_sync(const char *path); /* a file or a folder */
bool shelf_is_set(const char *name, unsigned long *number);
int shelf_each_set(const struct shelf *s,
    void (*fn)(const struct shelf *s, unsigned long number, void *arg), void *arg);

#endif
