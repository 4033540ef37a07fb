/* SPDX-License-Identifier: ISC */
/*
 * The writing end of every generator.
 */
#include "lib/publish/put.h"

#include <stdio.h>
#include <string.h>

#include "lib/err.h"
#include "lib/text.h"

void
put_bytes(struct publish_put *p, const void *bytes, size_t len)
{
	if (!p->err)
		p->err = buf_append(p->buf, bytes, len);
}

void
put_str(struct publish_put *p, const char *s)
{
	put_bytes(p, s, strlen(s));
}

void
put_number(struct publish_put *p, uint32_t n)
{
	char text[16];
	int len = snprintf(text, sizeof(text), "%u", (unsigned)n);

	put_bytes(p, text, (size_t)len);
}

static size_t
lower(char *dst, size_t room, struct sdb_text t)
{
	size_t len = t.len < room ? t.len : room;

	for (size_t i = 0; i < len; i++)
		dst[i] = sdb_lower(t.s[i]);
	return len;
}

size_t
put_lower(char dst[SDB_HOST_MAX + 1], const struct sdb_fqdn *name)
{
	size_t len = lower(dst, SDB_HOST_MAX, name->name);

	if (name->domain.len && len < SDB_HOST_MAX) {
		dst[len++] = '.';
		len += lower(dst + len, SDB_HOST_MAX - len, name->domain);
	}
	return len;
}

void
put_name(struct publish_put *p, const struct sdb_fqdn *name)
{
	char text[SDB_HOST_MAX + 1];

	put_bytes(p, text, put_lower(text, name));
}

void
put_text(struct publish_put *p, struct sdb_text name)
{
	char text[SDB_HOST_MAX];

	put_bytes(p, text, lower(text, sizeof(text), name));
}

void
put_address(struct publish_put *p, const struct netaddr *a)
{
	char text[NETADDR_TEXT];

	put_str(p, netaddr_format(text, a));
}

void
put_mac(struct publish_put *p, const uint8_t mac[6])
{
	static const char digits[] = "0123456789abcdef";
	char text[17];

	for (size_t i = 0; i < 6; i++) {
		text[i * 3] = digits[mac[i] >> 4];
		text[i * 3 + 1] = digits[mac[i] & 15];
		if (i < 5)
			text[i * 3 + 2] = ':';
	}
	put_bytes(p, text, sizeof(text));
}

void
put_comment(struct publish_put *p, struct sdb_text t)
{
	char text[PUBLISH_COMMENT_MAX];

	put_str(p, text_log(text, sizeof(text), t.s, t.len));
}

void
put_json_comment(struct publish_put *p, struct sdb_text t)
{
	char text[PUBLISH_COMMENT_MAX];

	text_log(text, sizeof(text), t.s, t.len);
	for (const char *s = text; *s; s++) {
		if (*s == '"' || *s == '\\')
			put_bytes(p, "\\", 1);
		put_bytes(p, s, 1);
	}
}
