/* SPDX-License-Identifier: ISC */
/*
 * The header's keys and values.  The table of keys is the only place that names them.
 */
#include "lib/sdb/header.h"

#include <stdio.h>
#include <string.h>

#include "lib/err.h"
#include "lib/sdb/line.h"
#include "lib/sdb/node.h"

static const char *const keys[SDB_KEY_COUNT] = {
#define X(name, text) [SDB_KEY_##name] = (text),
    SDB_KEYS(X)
#undef X
};

const char *
sdb_key_text(enum sdb_key key)
{
	return keys[key];
}

enum sdb_key
sdb_key_of(struct sdb_text key)
{
	enum sdb_key i = 0;

	while (i < SDB_KEY_COUNT && !sdb_text_equal(key, sdb_text_of(keys[i])))
		i++;
	return i;
}

struct sdb_text
sdb_header_key(const struct sdb_line *line)
{
	struct sdb_text key = {line->text, line->cut[0]};

	if (!line->prev && key.len >= 3 && memcmp(key.s, SDB_BYTE_ORDER_MARK, 3) == 0)
		key = (struct sdb_text){key.s + 3, key.len - 3};
	return sdb_text_trim(key);
}

struct sdb_text
sdb_header_value(const struct sdb_line *line)
{
	size_t start = line->cut[0] + 1u;

	return sdb_text_trim((struct sdb_text){line->text + start, line->len - start});
}

/* network_parse() knows masks; a base of zeros keeps its complaint about host bits out. */
int
sdb_mask_parse(struct sdb_text t, unsigned format, const struct netaddr *base, int *prefix)
{
	bool dotted = t.len && memchr(t.s, '.', t.len);
	char text[40];
	struct network net;

	if (t.len == 0 || t.len > 15 || memchr(t.s, '\0', t.len) || (!dotted && format < 2) ||
	    (dotted && base->family == 6))
		return OP_BAD_REQUEST;
	snprintf(
	    text, sizeof(text), "%s/%.*s", base->family == 6 ? "::" : "0.0.0.0", (int)t.len, t.s);
	if (network_parse(text, &net) != OP_OK)
		return OP_BAD_REQUEST;
	*prefix = net.prefix;
	return OP_OK;
}

static void
clear_host_bits(struct netaddr *a, unsigned prefix)
{
	for (unsigned i = 0; i < sizeof(a->bytes); i++) {
		unsigned bits = prefix > i * 8 ? prefix - i * 8 : 0;

		a->bytes[i] &= (uint8_t)(bits >= 8 ? 0xff : 0xff00u >> bits);
	}
}

static void
read_net(struct sdb_header *h)
{
	(void)sdb_address_parse(h->value[SDB_KEY_BASE], h->format, &h->base);
	(void)sdb_address_parse(h->value[SDB_KEY_GATEWAY], h->format, &h->gateway);
	(void)sdb_mask_parse(h->value[SDB_KEY_MASK], h->format, &h->base, &h->prefix);
	h->has_net = h->base.family && h->prefix >= 0;
	if (!h->has_net)
		return;
	h->net = (struct network){.base = h->base, .prefix = (uint8_t)h->prefix};
	clear_host_bits(&h->net.base, (unsigned)h->prefix);
}

void
sdb_header_read(const struct sdb_file *f, struct sdb_header *out)
{
	*out = (struct sdb_header){.format = f->format, .prefix = -1};
	for (const struct sdb_line *line = f->first; line && line->kind != SDB_MARK;
	     line = line->next) {
		enum sdb_key key =
		    line->kind == SDB_HEADER ? sdb_key_of(sdb_header_key(line)) : SDB_KEY_UNKNOWN;

		if (key == SDB_KEY_UNKNOWN || out->line[key])
			continue;
		out->line[key] = line;
		out->value[key] = sdb_header_value(line);
	}
	read_net(out);
}

bool
sdb_shared_next(struct sdb_text *rest, struct sdb_text *address)
{
	struct sdb_text t = sdb_text_trim(*rest);

	if (t.len == 0)
		return false;
	*address = sdb_text_until(t, ' ', rest);
	return true;
}

bool
sdb_header_shares(const struct sdb_header *h, const struct netaddr *a)
{
	struct sdb_text rest = h->value[SDB_KEY_SHARED], one;
	struct netaddr shared;

	if (h->format < 2)
		return false;
	for (int i = 0; i < SDB_MAX_SHARED && sdb_shared_next(&rest, &one); i++)
		if (sdb_address_parse(one, h->format, &shared) == OP_OK &&
		    netaddr_equal(&shared, a))
			return true;
	return false;
}
