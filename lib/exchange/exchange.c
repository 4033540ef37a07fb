/* SPDX-License-Identifier: ISC */
/*
 * The list that the readers fill.  Texts are in blocks that are freed together: a node has up to
 * six, and there may be a million of them.
 */
#include "lib/exchange/exchange.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "lib/err.h"
#include "lib/sdb/node.h"
#include "lib/text.h"

#define BLOCK_BYTES 65536u

struct exchange_block {
	struct exchange_block *next;
	size_t used, room;
	char bytes[];
};

void
exchange_init(struct exchange *x)
{
	*x = (struct exchange){0};
}

void
exchange_fini(struct exchange *x)
{
	while (x->blocks) {
		struct exchange_block *b = x->blocks;

		x->blocks = b->next;
		free(b);
	}
	for (size_t i = 0; i < x->finding_count; i++)
		free(x->findings[i].message);
	free(x->findings);
	free(x->nodes);
	exchange_init(x);
}

/* --- texts --- */

static struct exchange_block *
block_for(struct exchange *x, size_t len)
{
	size_t room = len > BLOCK_BYTES ? len : BLOCK_BYTES;

	if (x->blocks && x->blocks->room - x->blocks->used >= len)
		return x->blocks;
	struct exchange_block *b = malloc(sizeof(*b) + room);

	if (!b)
		return NULL;
	b->used = 0;
	b->room = room;
	b->next = x->blocks;
	x->blocks = b;
	return b;
}

char *
exchange_keep(struct exchange *x, const char *bytes, size_t len)
{
	struct exchange_block *b = block_for(x, len + 1);

	if (!b)
		return NULL;
	char *copy = b->bytes + b->used;

	if (len)
		memcpy(copy, bytes, len);
	copy[len] = '\0';
	b->used += len + 1;
	return copy;
}

int
exchange_set(
    struct exchange *x, struct exchange_node *n, enum sdb_field field, struct sdb_text value)
{
	char *copy = exchange_keep(x, value.s, value.len);

	if (!copy)
		return OP_NO_MEMORY;
	n->field[field] = (struct sdb_text){copy, value.len};
	n->given |= 1u << field;
	return OP_OK;
}

int
exchange_add_alias(struct exchange *x, struct exchange_node *n, struct sdb_text alias)
{
	struct sdb_text old = n->field[SDB_ALIAS];

	if (old.len == 0)
		return exchange_set(x, n, SDB_ALIAS, alias);
	/* Each one more copies those before it: a bound keeps that linear. */
	if (old.len + alias.len >= EXCHANGE_ALIAS_BYTES)
		return exchange_say(x, true, n->line, n->column, "too many aliases");
	char *both = malloc(old.len + alias.len + 1);

	if (!both)
		return OP_NO_MEMORY;
	memcpy(both, old.s, old.len);
	both[old.len] = ',';
	memcpy(both + old.len + 1, alias.s, alias.len);
	int err = exchange_set(x, n, SDB_ALIAS, (struct sdb_text){both, old.len + alias.len + 1});

	free(both);
	return err;
}

/* --- nodes and findings --- */

/* Room for one more of `size` bytes. */
static void *
grow(void *list, size_t count, size_t *room, size_t size)
{
	if (count < *room)
		return list;
	size_t more = *room ? *room * 2 : 64;
	void *grown = reallocarray(list, more, size);

	if (grown)
		*room = more;
	return grown;
}

struct exchange_node *
exchange_add(struct exchange *x, uint32_t line, uint32_t column)
{
	struct exchange_node *grown = grow(x->nodes, x->node_count, &x->node_room, sizeof(*grown));

	if (!grown)
		return NULL;
	x->nodes = grown;
	x->nodes[x->node_count] = (struct exchange_node){.line = line, .column = column};
	return &x->nodes[x->node_count++];
}

int
exchange_say(
    struct exchange *x, bool is_error, uint32_t line, uint32_t column, const char *fmt, ...)
{
	char text[400];
	va_list ap;

	*(is_error ? &x->errors : &x->warnings) += 1;
	if (x->finding_count == EXCHANGE_MAX_FINDINGS)
		return OP_OK;
	struct exchange_finding *grown =
	    grow(x->findings, x->finding_count, &x->finding_room, sizeof(*grown));

	if (!grown)
		return OP_NO_MEMORY;
	x->findings = grown;
	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	char *message = strdup(text);

	if (!message)
		return OP_NO_MEMORY;
	x->findings[x->finding_count++] =
	    (struct exchange_finding){is_error, line, column, message};
	return OP_OK;
}

const char *
exchange_quote(char dst[EXCHANGE_QUOTE_BYTES], struct sdb_text t)
{
	return text_log(dst, EXCHANGE_QUOTE_BYTES, t.s, t.len);
}

int
exchange_address(struct sdb_text t, struct netaddr *out)
{
	char text[NETADDR_TEXT + 2];

	if (t.len == 0 || t.len >= sizeof(text) || memchr(t.s, '\0', t.len))
		return OP_BAD_REQUEST;
	memcpy(text, t.s, t.len);
	text[t.len] = '\0';
	return netaddr_parse(text, out);
}

/* --- the table of formats --- */

const struct exchange_format exchange_formats[] = {
    {"csv", ".csv", "a table, whose first line names the columns", exchange_read_csv},
    {"hosts", "hosts", "hosts(5)", exchange_read_hosts},
    {"dhcpd", "dhcpd.conf", "the hosts in a dhcpd.conf(5)", exchange_read_dhcpd},
    {"zone", ".zone", "a zone file", exchange_read_zone},
    {0},
};

const struct exchange_format *
exchange_find(const char *name)
{
	for (const struct exchange_format *f = exchange_formats; f->name; f++)
		if (strcmp(f->name, name) == 0)
			return f;
	return NULL;
}

const struct exchange_format *
exchange_guess(const char *path)
{
	size_t len = strlen(path);

	for (const struct exchange_format *f = exchange_formats; f->name; f++) {
		size_t tail = strlen(f->suffix);

		if (len >= tail && strcasecmp(path + len - tail, f->suffix) == 0)
			return f;
	}
	return NULL;
}
