/* SPDX-License-Identifier: ISC */
/*
 * CSV (RFC 4180): the first line names the columns, in any order and by many names.  Where the
 * header has no comma, semicolons or tabs part the cells, as spreadsheets of some countries write
 * them.  Quoted cells may hold separators, quotes (doubled) and newlines.  An empty cell says
 * nothing; a hyphen empties the field.
 */
#include <stdlib.h>
#include <string.h>

#include "lib/err.h"
#include "lib/exchange/exchange.h"
#include "lib/exchange/scan.h"
#include "lib/sdb/node.h"

#define COLUMNS_MAX 64

enum { COLUMN_IGNORED = SDB_FIELDS, COLUMN_UNKNOWN };

static const struct {
	const char *word; /* letters and digits of the title, in lower case */
	int column;
} titles[] = {{"name", SDB_NAME}, {"hostname", SDB_NAME}, {"host", SDB_NAME}, {"fqdn", SDB_NAME},
    {"dnsname", SDB_NAME}, {"node", SDB_NAME}, {"address", SDB_ADDRESS}, {"ip", SDB_ADDRESS},
    {"ipaddress", SDB_ADDRESS}, {"ipv4", SDB_ADDRESS}, {"ipv6", SDB_ADDRESS},
    {"ipaddr", SDB_ADDRESS}, {"addr", SDB_ADDRESS}, {"ethernet", SDB_MAC}, {"mac", SDB_MAC},
    {"macaddress", SDB_MAC}, {"ethernetaddress", SDB_MAC}, {"hwaddress", SDB_MAC},
    {"hardwareaddress", SDB_MAC}, {"alias", SDB_ALIAS}, {"aliases", SDB_ALIAS},
    {"cname", SDB_ALIAS}, {"mx", SDB_MX}, {"mailexchanger", SDB_MX}, {"comment", SDB_REMARK},
    {"comments", SDB_REMARK}, {"description", SDB_REMARK}, {"note", SDB_REMARK},
    {"notes", SDB_REMARK}, {"remark", SDB_REMARK}, {"remarks", SDB_REMARK},
    {"subnet", COLUMN_IGNORED}, {"file", COLUMN_IGNORED}, {"line", COLUMN_IGNORED}};

struct csv {
	struct scan s;
	struct exchange *out;
	char separator;
	int columns[COLUMNS_MAX]; /* enum sdb_field, or above */
	size_t column_count;
	struct buf cell; /* the last one, unquoted */
	bool is_quoted;
	uint32_t cell_line, cell_column;
};

static int
column_of(struct sdb_text title)
{
	char word[24];
	size_t n = 0;

	for (size_t i = 0; i < title.len; i++) {
		char c = sdb_lower(title.s[i]);

		if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9')))
			continue;
		if (n + 1 == sizeof(word))
			return COLUMN_UNKNOWN;
		word[n++] = c;
	}
	word[n] = '\0';
	for (size_t i = 0; i < sizeof(titles) / sizeof(titles[0]); i++)
		if (strcmp(word, titles[i].word) == 0)
			return titles[i].column;
	return COLUMN_UNKNOWN;
}

static struct sdb_text
cell_text(const struct csv *c)
{
	struct sdb_text t = {(const char *)buf_bytes(&c->cell), buf_len(&c->cell)};

	return sdb_text_trim(t);
}

/* --- cells --- */

static bool
is_cell_end(const struct csv *c)
{
	const struct scan *s = &c->s;

	if (scan_is_end(s) || *s->at == c->separator || *s->at == '\n')
		return true;
	return *s->at == '\r' && (s->at + 1 == s->end || s->at[1] == '\n');
}

/* Behind the opening quote.  Bytes go in runs. */
static int
read_quoted(struct csv *c)
{
	struct scan *s = &c->s;

	for (;;) {
		const char *run = s->at;

		while (!scan_is_end(s) && *s->at != '"')
			scan_take(s);
		if (s->at > run && buf_append(&c->cell, run, (size_t)(s->at - run)) != OP_OK)
			return OP_NO_MEMORY;
		if (scan_is_end(s))
			return exchange_say(c->out, true, c->cell_line, c->cell_column,
			    "the quote is never closed");
		s->at++;
		if (scan_peek(s) != '"')
			return OP_OK;
		s->at++;
		if (buf_append(&c->cell, "\"", 1) != OP_OK)
			return OP_NO_MEMORY;
	}
}

static int
read_plain(struct csv *c)
{
	const char *run = c->s.at;

	while (!is_cell_end(c))
		c->s.at++;
	return c->s.at > run ? buf_append(&c->cell, run, (size_t)(c->s.at - run)) : OP_OK;
}

static int
read_cell(struct csv *c)
{
	int err;

	c->is_quoted = scan_peek(&c->s) == '"';
	buf_clear(&c->cell);
	c->cell_line = c->s.line;
	c->cell_column = scan_column(&c->s);
	if (!c->is_quoted)
		return read_plain(c);
	c->s.at++;
	err = read_quoted(c);
	if (err == OP_OK && !is_cell_end(c)) {
		err = exchange_say(c->out, true, c->s.line, scan_column(&c->s),
		    "something stands behind the closing quote");
		if (err == OP_OK)
			err = read_plain(c);
	}
	return err;
}

/* True: another cell of this row follows. */
static bool
pass_separator(struct csv *c)
{
	if (!scan_is_end(&c->s) && *c->s.at == c->separator) {
		c->s.at++;
		return true;
	}
	if (scan_peek(&c->s) == '\r')
		c->s.at++;
	if (!scan_is_end(&c->s))
		scan_take(&c->s);
	return false;
}

/* --- the header --- */

static char
separator_of(const struct scan *s)
{
	const char *end = memchr(s->at, '\n', (size_t)(s->end - s->at));
	size_t len = (size_t)((end ? end : s->end) - s->at);

	for (const char *sign = ",;\t"; *sign; sign++)
		if (len && memchr(s->at, *sign, len))
			return *sign;
	return ',';
}

static int
add_column(struct csv *c)
{
	struct sdb_text title = cell_text(c);
	char quoted[EXCHANGE_QUOTE_BYTES];
	int column = column_of(title);

	if (c->column_count == COLUMNS_MAX)
		return OP_OK;
	for (size_t i = 0; i < c->column_count && column < SDB_FIELDS; i++)
		if (c->columns[i] == column) {
			c->columns[c->column_count++] = COLUMN_UNKNOWN;
			return exchange_say(c->out, true, c->cell_line, c->cell_column,
			    "\"%s\": there is such a column already",
			    exchange_quote(quoted, title));
		}
	c->columns[c->column_count++] = column;
	if (column != COLUMN_UNKNOWN || title.len == 0)
		return OP_OK;
	return exchange_say(c->out, false, c->cell_line, c->cell_column,
	    "the column \"%s\" is passed over", exchange_quote(quoted, title));
}

static int
read_header(struct csv *c)
{
	bool has_more = true;
	size_t known = 0;

	if (scan_is_end(&c->s))
		return exchange_say(c->out, true, 1, 0, "the file is empty");
	c->separator = separator_of(&c->s);
	while (has_more) {
		int err = read_cell(c);

		if (err == OP_OK)
			err = add_column(c);
		if (err != OP_OK)
			return err;
		has_more = pass_separator(c);
	}
	for (size_t i = 0; i < c->column_count; i++)
		known += c->columns[i] < SDB_FIELDS;
	if (known > 0)
		return OP_OK;
	c->s.at = c->s.end;
	return exchange_say(c->out, true, 1, 0,
	    "the first line must name the columns: name, address, ethernet, alias, mx, comment");
}

/* --- rows --- */

static int
take_address(struct csv *c, struct exchange_node *n, struct sdb_text text)
{
	char quoted[EXCHANGE_QUOTE_BYTES];

	if (exchange_address(text, &n->address) == OP_OK)
		return OP_OK;
	return exchange_say(c->out, true, c->cell_line, c->cell_column, "\"%s\" is not an address",
	    exchange_quote(quoted, text));
}

/* In its own words in the file; plan.c knows it as bytes. */
static int
take_mac(struct csv *c, struct sdb_text text)
{
	char quoted[EXCHANGE_QUOTE_BYTES];
	uint8_t mac[6];

	if (text.len == 0 || sdb_mac_parse_any(text, mac) == OP_OK)
		return OP_OK;
	return exchange_say(c->out, true, c->cell_line, c->cell_column,
	    "\"%s\" is not an Ethernet address", exchange_quote(quoted, text));
}

static int
take_cell(struct csv *c, struct exchange_node *n, size_t index)
{
	int column = index < c->column_count ? c->columns[index] : COLUMN_UNKNOWN;
	struct sdb_text text = cell_text(c);

	/* Tables are often half filled: what is empty there must not be lost here. */
	if (column >= SDB_FIELDS || text.len == 0)
		return OP_OK;
	/* Blanks within quotes are meant, but not round a name or an address. */
	if (column == SDB_REMARK && c->is_quoted)
		text = (struct sdb_text){(const char *)buf_bytes(&c->cell), buf_len(&c->cell)};
	else if (sdb_text_equal(text, SDB_TEXT("-")))
		text = SDB_TEXT("");
	int err = exchange_set(c->out, n, (enum sdb_field)column, text);

	if (err == OP_OK && column == SDB_ADDRESS)
		err = take_address(c, n, text);
	if (err == OP_OK && column == SDB_MAC)
		err = take_mac(c, text);
	return err;
}

static int
read_row(struct csv *c)
{
	uint32_t line = c->s.line;
	struct exchange_node *n = exchange_add(c->out, line, 1);
	size_t cells = 0, filled = 0, errors = c->out->errors;
	bool has_more = true;

	if (!n)
		return OP_NO_MEMORY;
	while (has_more) {
		int err = read_cell(c);

		filled += cell_text(c).len > 0;
		if (err == OP_OK)
			err = take_cell(c, n, cells);
		if (err != OP_OK)
			return err;
		cells++;
		has_more = pass_separator(c);
	}
	if (filled == 0 || c->out->errors > errors)
		c->out->node_count--;
	if (filled == 0 || cells <= c->column_count)
		return OP_OK;
	return exchange_say(
	    c->out, true, line, 0, "%zu cells where the header has %zu", cells, c->column_count);
}

int
exchange_read_csv(
    const char *bytes, size_t len, const struct exchange_options *o, struct exchange *out)
{
	struct csv c = {.s = scan_of(bytes, len), .out = out};

	(void)o;
	buf_init(&c.cell);
	int err = read_header(&c);

	while (err == OP_OK && !scan_is_end(&c.s))
		err = read_row(&c);
	buf_fini(&c.cell);
	return err;
}
