/* SPDX-License-Identifier: ISC */
/*
 * The command line of opdesk.
 */
#ifndef OPDESK_GUI_OPTIONS_H
#define OPDESK_GUI_OPTIONS_H

#include <stdbool.h>

#define OPTIONS_SERVERS_MAX 16

struct options {
	const char *name;                         /* of the program: ipadm is another; borrowed */
	const char *servers[OPTIONS_SERVERS_MAX]; /* borrowed from argv */
	int n_servers;
	const char *subnets[OPTIONS_SERVERS_MAX]; /* servers of subnets: borrowed from argv */
	int n_subnets;
	const char *helper;                            /* borrowed; NULL: look for it */
	const char *interval, *max_windows, *language; /* borrowed; NULL: as the user prefers */
	bool help, version;                            /* print and exit */
};

/* 0, or EX_USAGE after a message on standard error. */
int options_parse(struct options *o, int argc, char *argv[]);

/* The help, on standard output. */
void options_help(const struct options *o);

#endif
