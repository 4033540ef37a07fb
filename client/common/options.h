/* SPDX-License-Identifier: ISC */
/*
 * Command-line options from one table per program: the same rows give getopt_long(3) its tables,
 * put the values into the program's settings struct, and print --help.  --help (-h) and --version
 * (-V) are in every program and not in its table.
 */
#ifndef OPDESK_CLIENT_COMMON_OPTIONS_H
#define OPDESK_CLIENT_COMMON_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define OPTION_TEXTS_MAX 16
#define EXIT_USAGE 64 /* sysexits(3) */
#define EXIT_INTERNAL 70
#define EXIT_REFUSED 77

enum option_type {
	OPTION_FLAG,     /* bool */
	OPTION_TEXT,     /* const char * into argv; NULL when not given */
	OPTION_TEXTS,    /* struct option_texts: may be repeated */
	OPTION_DURATION, /* int64_t milliseconds */
	OPTION_NUMBER,   /* int64_t, 1 to 999,999,999 */
};

struct option_texts {
	const char *items[OPTION_TEXTS_MAX];
	size_t count;
};

struct option_row {
	char letter;          /* 0: none */
	const char *name;     /* "timeout"; NULL ends the table */
	const char *argument; /* "TIME"; NULL for flags */
	enum option_type type;
	size_t offset;              /* of the value in the settings struct */
	const char *const *choices; /* TEXT: the words allowed, NULL-terminated; or NULL */
	const char *help;
};

struct options_program {
	const char *name;
	const char *usage;   /* what follows the name, one form a line */
	const char *summary; /* one or more whole lines */
	const struct option_row *rows;
	bool permute;       /* options may follow operands */
	void (*more)(void); /* prints the rest of --help; may be NULL */
	/* --help beside an operand: prints what there is to say about that; false: nothing.  May be
	 * NULL. */
	bool (*topic)(const char *operand);
};

/*
 * settings: zeroed, or holding defaults.  OP_OK: the operands begin at argv[*first].  OP_CANCELLED:
 * --help or --version was printed.  OP_BAD_REQUEST: standard error says what is wrong.  OP_SYSTEM:
 * it could not be printed (said).
 */
int options_parse(
    const struct options_program *p, int argc, char **argv, void *settings, int *first);

/* The exit status for an error of options_parse(). */
int options_status(int err);

/* One line of --help. */
void options_print_row(const struct option_row *row);

/* "NAME: message", then where help is; returns OP_BAD_REQUEST. */
int options_complain(const struct options_program *p, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

#endif
