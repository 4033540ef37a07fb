/* SPDX-License-Identifier: ISC */
/* Words of a master file.  Newlines within parentheses are blanks; a quote ends with its line. */
#include "lib/exchange/record.h"

#include "lib/err.h"

struct reading {
	struct scan *s;
	struct exchange *out;
	struct record *r;
	size_t depth;
	uint32_t line, column; /* of the outermost '(' */
};

static bool
ends_word(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == ';' || c == '(' ||
	       c == ')' || c == '"';
}

static void
keep_word(struct reading *d, struct record_word w)
{
	if (d->r->count < RECORD_WORDS)
		d->r->words[d->r->count++] = w;
}

static int
take_quoted(struct reading *d)
{
	struct scan *s = d->s;
	struct record_word w = {.line = s->line, .column = scan_column(s)};
	const char *start = ++s->at;

	while (!scan_is_end(s) && *s->at != '"' && *s->at != '\n')
		s->at += *s->at == '\\' && s->at + 1 < s->end && s->at[1] != '\n' ? 2 : 1;
	w.text = (struct sdb_text){start, (size_t)(s->at - start)};
	keep_word(d, w);
	if (scan_peek(s) != '"')
		return exchange_say(d->out, true, w.line, w.column, "the quote is never closed");
	s->at++;
	return OP_OK;
}

static void
take_word(struct reading *d)
{
	struct scan *s = d->s;
	struct record_word w = {.line = s->line, .column = scan_column(s)};
	const char *start = s->at;

	while (!scan_is_end(s) && !ends_word(*s->at))
		s->at += *s->at == '\\' && s->at + 1 < s->end && s->at[1] != '\n' ? 2 : 1;
	w.text = (struct sdb_text){start, (size_t)(s->at - start)};
	keep_word(d, w);
}

static int
take_parenthesis(struct reading *d)
{
	bool opens = *d->s->at == '(';
	uint32_t line = d->s->line, column = scan_column(d->s);

	d->s->at++;
	if (opens) {
		if (d->depth++ == 0) {
			d->line = line;
			d->column = column;
		}
		return OP_OK;
	}
	if (d->depth > 0) {
		d->depth--;
		return OP_OK;
	}
	return exchange_say(
	    d->out, true, line, column, "a closing parenthesis without an opening one");
}

/* True at the end of the record. */
static bool
pass_newline(struct reading *d)
{
	scan_take(d->s);
	if (d->depth > 0)
		return false;
	if (d->r->count > 0)
		return true;
	d->r->is_indented = scan_peek(d->s) == ' ' || scan_peek(d->s) == '\t';
	return false;
}

static int
take_some(struct reading *d)
{
	char c = *d->s->at;

	if (c == '(' || c == ')')
		return take_parenthesis(d);
	if (c == '"')
		return take_quoted(d);
	if (c == ';')
		scan_skip_line(d->s);
	else if (c == ' ' || c == '\t' || c == '\r')
		d->s->at++;
	else
		take_word(d);
	return OP_OK;
}

int
record_next(struct scan *s, struct exchange *out, struct record *r)
{
	struct reading d = {.s = s, .out = out, .r = r};
	int err = OP_OK;

	r->count = 0;
	r->is_indented = scan_peek(s) == ' ' || scan_peek(s) == '\t';
	while (err == OP_OK && !scan_is_end(s)) {
		if (*s->at == '\n') {
			if (pass_newline(&d))
				return OP_OK;
			continue;
		}
		err = take_some(&d);
	}
	if (err == OP_OK && d.depth > 0)
		err = exchange_say(out, true, d.line, d.column, "the parenthesis is never closed");
	if (err != OP_OK)
		return err;
	return r->count > 0 ? OP_OK : OP_NOT_FOUND;
}
