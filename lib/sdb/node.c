/* SPDX-License-Identifier: ISC */
/*
 * Fields of a node line and the two kinds of address in them.  Invariant: cut[] holds the colons
 * that part fields, fields - 1 of them, rising.
 */
#include "lib/sdb/node.h"

#include <stdio.h>
#include <string.h>

#include "lib/err.h"
#include "lib/sdb/line.h"

#define COLON_MAC_LEN 17 /* 02:00:c0:ff:ee:01 */

static const char *const field_names[SDB_FIELDS] = {
    "name", "address", "ethernet", "alias", "mx", "comment"};

const char *
sdb_field_name(enum sdb_field field)
{
	return field_names[field];
}

static int
hex(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c = sdb_lower(c);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Six pairs of digits, `gap` bytes of any kind between them. */
static bool
pairs(const char *s, size_t gap, uint8_t out[6])
{
	uint8_t mac[6];

	for (size_t i = 0; i < 6; i++, s += 2 + gap) {
		int high = hex(s[0]), low = high < 0 ? -1 : hex(s[1]);

		if (low < 0)
			return false;
		mac[i] = (uint8_t)(high << 4 | low);
	}
	memcpy(out, mac, sizeof(mac));
	return true;
}

static bool
colon_mac(struct sdb_text t, uint8_t out[6])
{
	if (t.len != COLON_MAC_LEN)
		return false;
	for (size_t i = 2; i < COLON_MAC_LEN; i += 3)
		if (t.s[i] != ':')
			return false;
	return pairs(t.s, 1, out);
}

int
sdb_mac_parse(struct sdb_text t, unsigned format, uint8_t out[6])
{
	if (t.len == 12 && pairs(t.s, 0, out))
		return OP_OK;
	return format >= 2 && colon_mac(t, out) ? OP_OK : OP_BAD_REQUEST;
}

int
sdb_mac_parse_any(struct sdb_text t, uint8_t out[6])
{
	char digits[12];
	size_t n = 0;

	for (size_t i = 0; i < t.len; i++) {
		if (memchr(":-. ", t.s[i], 4))
			continue;
		if (n == sizeof(digits))
			return OP_BAD_REQUEST;
		digits[n++] = t.s[i];
	}
	return n == sizeof(digits) && pairs(digits, 0, out) ? OP_OK : OP_BAD_REQUEST;
}

const char *
sdb_mac_format(char dst[SDB_MAC_TEXT], const uint8_t mac[6])
{
	snprintf(dst, SDB_MAC_TEXT, "%02x%02x%02x%02x%02x%02x", mac[0], mac[1], mac[2], mac[3],
	    mac[4], mac[5]);
	return dst;
}

int
sdb_address_parse(struct sdb_text t, unsigned format, struct netaddr *out)
{
	bool brackets = t.len && t.s[0] == '[';
	char text[SDB_ADDRESS_TEXT];
	struct netaddr a;

	if (t.len == 0 || t.len >= sizeof(text) || (brackets && format < 2) ||
	    memchr(t.s, '\0', t.len))
		return OP_BAD_REQUEST;
	memcpy(text, t.s, t.len);
	text[t.len] = '\0';
	if (netaddr_parse(text, &a) != OP_OK || a.family != (brackets ? 6 : 4) ||
	    (!brackets && strchr(text, ':')))
		return OP_BAD_REQUEST;
	*out = a;
	return OP_OK;
}

const char *
sdb_address_format(char dst[SDB_ADDRESS_TEXT], const struct netaddr *a)
{
	char text[NETADDR_TEXT];
	bool brackets = a->family == 6;

	snprintf(dst, SDB_ADDRESS_TEXT, "%s%s%s", brackets ? "[" : "", netaddr_format(text, a),
	    brackets ? "]" : "");
	return dst;
}

/* How many bytes at the start of the field are beyond doubt, whatever colons they hold. */
static size_t
sure_part(struct sdb_text rest, enum sdb_field field, unsigned format)
{
	uint8_t mac[6];

	if (format < 2)
		return 0;
	if (field == SDB_ADDRESS && rest.len && rest.s[0] == '[') {
		const char *end = memchr(rest.s, ']', rest.len);

		return end ? (size_t)(end - rest.s) : 0;
	}
	if (field == SDB_MAC && rest.len >= COLON_MAC_LEN &&
	    (rest.len == COLON_MAC_LEN || rest.s[COLON_MAC_LEN] == ':') &&
	    colon_mac((struct sdb_text){rest.s, COLON_MAC_LEN}, mac))
		return COLON_MAC_LEN;
	return 0;
}

void
sdb_node_split(struct sdb_line *line, unsigned format)
{
	size_t pos = 0;

	line->fields = 1;
	for (enum sdb_field i = SDB_NAME; i < SDB_REMARK; i++) {
		struct sdb_text rest = {line->text + pos, line->len - pos};
		size_t sure = sure_part(rest, i, format);
		const char *colon = memchr(rest.s + sure, ':', rest.len - sure);

		if (!colon)
			break;
		line->cut[i] = (uint32_t)(colon - line->text);
		line->fields++;
		pos = line->cut[i] + 1u;
	}
	(void)sdb_address_parse(sdb_node_field(line, SDB_ADDRESS), format, &line->address);
	line->has_mac = sdb_mac_parse(sdb_node_field(line, SDB_MAC), format, line->mac) == OP_OK;
}

struct sdb_text
sdb_node_field(const struct sdb_line *node, enum sdb_field field)
{
	size_t start = sdb_node_column(node, field) - 1;
	size_t end = field + 1 < node->fields ? node->cut[field] : node->len;

	return (struct sdb_text){node->text + start, end - start};
}

size_t
sdb_node_column(const struct sdb_line *node, enum sdb_field field)
{
	if (field >= node->fields)
		return node->len + 1u;
	return field == SDB_NAME ? 1 : node->cut[field - 1] + 2u;
}

void
sdb_node_read(const struct sdb_line *node, struct sdb_node *out)
{
	for (enum sdb_field i = SDB_NAME; i < SDB_FIELDS; i++)
		out->field[i] = sdb_node_field(node, i);
}

bool
sdb_node_next_alias(struct sdb_text *rest, unsigned format, struct sdb_text *alias)
{
	if (!rest->s || rest->len == 0)
		return false;
	if (format < 2) {
		*alias = *rest;
		*rest = (struct sdb_text){NULL, 0};
		return true;
	}
	*alias = sdb_text_until(*rest, ',', rest);
	return true;
}
