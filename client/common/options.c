/* SPDX-License-Identifier: ISC */
/*
 * Command-line options from a table.  Called once at the start of main(); the only state is that of
 * getopt_long(3).
 */
#include "client/common/options.h"

#include <assert.h>
#include <getopt.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "lib/err.h"
#include "lib/output.h"
#include "lib/units.h"

#define ROWS_MAX 40
#define HELP_COLUMN 30
#define FIRST_LONG 256 /* values for getopt_long: FIRST_LONG + row */

static const struct option_row common_rows[] = {
    {'h', "help", NULL, OPTION_FLAG, 0, NULL, "print this and end"},
    {'V', "version", NULL, OPTION_FLAG, 0, NULL, "print the version and end"},
};

int
options_complain(const struct options_program *p, const char *fmt, ...)
{
	va_list ap;

	fprintf(stderr, "%s: ", p->name);
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fprintf(stderr, "\n%s --help tells more\n", p->name);
	return OP_BAD_REQUEST;
}

void
options_print_row(const struct option_row *r)
{
	char left[80];
	int n = snprintf(left, sizeof(left), "  %c%c%s--%s%s%s", r->letter ? '-' : ' ',
	    r->letter ? r->letter : ' ', r->letter ? ", " : "  ", r->name, r->argument ? " " : "",
	    r->argument ? r->argument : "");

	if (n > HELP_COLUMN - 2)
		printf("%s\n%*s%s\n", left, HELP_COLUMN, "", r->help);
	else
		printf("%-*s%s\n", HELP_COLUMN, left, r->help);
}

static void
print_help(const struct options_program *p)
{
	const char *line = p->usage;
	const char *lead = "usage:";

	for (;;) {
		size_t len = strcspn(line, "\n");

		printf("%-6s %s %.*s\n", lead, p->name, (int)len, line);
		if (line[len] == '\0')
			break;
		line += len + 1;
		lead = "";
	}
	printf("\n%s\n\n", p->summary);
	for (const struct option_row *r = p->rows; r->name; r++)
		options_print_row(r);
	for (size_t i = 0; i < sizeof(common_rows) / sizeof(common_rows[0]); i++)
		options_print_row(&common_rows[i]);
	if (p->more)
		p->more();
}

static int
check_choice(const struct options_program *p, const struct option_row *r, const char *value)
{
	char words[160] = "";

	for (size_t i = 0; r->choices[i]; i++) {
		size_t used = strlen(words);

		if (strcmp(r->choices[i], value) == 0)
			return OP_OK;
		snprintf(words + used, sizeof(words) - used, "%s%s", i ? ", " : "", r->choices[i]);
	}
	return options_complain(p, "--%s: expected one of %s, not \"%s\"", r->name, words, value);
}

static int
add_text(const struct options_program *p, const struct option_row *r, struct option_texts *texts,
    const char *value)
{
	if (texts->count == OPTION_TEXTS_MAX)
		return options_complain(p, "--%s: at most %d of them", r->name, OPTION_TEXTS_MAX);
	texts->items[texts->count++] = value;
	return OP_OK;
}

static int
set_number(
    const struct options_program *p, const struct option_row *r, int64_t *field, const char *value)
{
	size_t digits = strspn(value, "0123456789");
	long long n = digits > 0 && digits < 10 && value[digits] == '\0' ? atoll(value) : 0;

	if (n < 1)
		return options_complain(
		    p, "--%s: expected a number from 1 on, not \"%s\"", r->name, value);
	*field = n;
	return OP_OK;
}

static int
set_value(
    const struct options_program *p, const struct option_row *r, void *settings, const char *value)
{
	void *field = (char *)settings + r->offset;

	switch (r->type) {
	case OPTION_FLAG:
		*(bool *)field = true;
		return OP_OK;
	case OPTION_TEXT:
		if (r->choices && check_choice(p, r, value) != OP_OK)
			return OP_BAD_REQUEST;
		*(const char **)field = value;
		return OP_OK;
	case OPTION_TEXTS:
		return add_text(p, r, field, value);
	case OPTION_DURATION:
		if (units_duration(value, field) == OP_OK)
			return OP_OK;
		return options_complain(p, "--%s: expected %s, not \"%s\"", r->name,
		    UNITS_DURATION_HELP UNITS_DURATION_MOST, value);
	case OPTION_NUMBER:
		return set_number(p, r, field, value);
	}
	return OP_BAD_REQUEST;
}

static void
add_row(const struct option_row *r, int value, struct option *l, char *letters)
{
	*l = (struct option){r->name, r->argument ? required_argument : no_argument, NULL, value};
	if (r->letter) {
		size_t n = strlen(letters);

		letters[n++] = r->letter;
		if (r->argument)
			letters[n++] = ':';
		letters[n] = '\0';
	}
}

/* The rows in the form that getopt_long() wants; returns how many the program has. */
static int
make_tables(const struct options_program *p, struct option *longs, char *letters)
{
	int n = 0;

	/* "+" ends the options at the first operand: a message may then begin with a dash. */
	snprintf(letters, 2, "%s", p->permute ? "" : "+");
	for (; p->rows[n].name; n++) {
		assert(n < ROWS_MAX);
		add_row(&p->rows[n], FIRST_LONG + n, &longs[n], letters);
	}
	add_row(&common_rows[0], 'h', &longs[n], letters);
	add_row(&common_rows[1], 'V', &longs[n + 1], letters);
	longs[n + 2] = (struct option){0};
	return n;
}

static const struct option_row *
find_row(const struct options_program *p, int value)
{
	if (value >= FIRST_LONG)
		return &p->rows[value - FIRST_LONG];
	for (const struct option_row *r = p->rows; r->name; r++)
		if (r->letter == value)
			return r;
	return NULL;
}

static int
take_row(const struct options_program *p, const struct option_row *row, void *settings)
{
	if (!row) {
		fprintf(stderr, "%s --help tells more\n", p->name);
		return OP_BAD_REQUEST;
	}
	return set_value(p, row, settings, optarg);
}

int
options_status(int err)
{
	if (err == OP_OK || err == OP_CANCELLED)
		return 0;
	return err == OP_BAD_REQUEST ? EXIT_USAGE : EXIT_INTERNAL;
}

static int
end_printed(const struct options_program *p)
{
	return output_flush(p->name) == OP_OK ? OP_CANCELLED : OP_SYSTEM;
}

int
options_parse(const struct options_program *p, int argc, char **argv, void *settings, int *first)
{
	struct option longs[ROWS_MAX + 3];
	char letters[2 * ROWS_MAX + 6];
	bool wants_help = false;
	int value;

	make_tables(p, longs, letters);
	optind = 0; /* start afresh: tests parse more than once */
	while ((value = getopt_long(argc, argv, letters, longs, NULL)) != -1) {
		if (value == 'V') {
			printf("%s %s\n", p->name, OPDESK_VERSION);
			return end_printed(p);
		}
		wants_help |= value == 'h';
		if (value != 'h' && !wants_help &&
		    take_row(p, find_row(p, value), settings) != OP_OK)
			return OP_BAD_REQUEST;
		if (wants_help && !p->topic)
			break;
	}
	if (wants_help) {
		if (!p->topic || optind >= argc || !p->topic(argv[optind]))
			print_help(p);
		return end_printed(p);
	}
	*first = optind;
	return OP_OK;
}
