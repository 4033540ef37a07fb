/* SPDX-License-Identifier: ISC */
/*
 * The administrator's options: what they are when nothing is said, and whether they can be written
 * into the files as they are.
 */
#include "lib/publish/options.h"

#include <string.h>

#include "lib/publish/publish.h"
#include "lib/sdb/host.h"

void
publish_options_default(struct publish_options *o)
{
	*o = (struct publish_options){
	    .generators = ((1u << publish_generator_count) - 1) & ~publish_generator_bit("bind"),
	    .directory = "/var/lib/opdesk/published/current",
	    .ttl_s = 3600,
	    .negative_ttl_s = 600,
	    .refresh_s = 10800,
	    .retry_s = 1800,
	    .expire_s = 1209600,
	    .classless_separator = '/',
	    .classless_parents = true,
	    .lease_s = 86400,
	};
}

/* RFC 2308 and RFC 2181 (8): times are 31 bits. */
static bool
times_fit(const struct publish_options *o)
{
	const uint32_t times[] = {
	    o->ttl_s, o->negative_ttl_s, o->refresh_s, o->retry_s, o->expire_s, o->lease_s};

	for (size_t i = 0; i < sizeof(times) / sizeof(times[0]); i++)
		if (times[i] == 0 || times[i] > INT32_MAX)
			return false;
	return true;
}

static bool
is_mail_local(const char *s, size_t len)
{
	static const char good[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
				   "-_.+";

	return len > 0 && len <= SDB_LABEL_MAX && strspn(s, good) >= len && s[0] != '.' &&
	       s[len - 1] != '.';
}

static bool
is_mail_address(const char *s)
{
	const char *at = strchr(s, '@');

	return at && is_mail_local(s, (size_t)(at - s)) &&
	       sdb_host_fault(sdb_text_of(at + 1)) == NULL;
}

/* It stands between quotes in named.conf, and bare in a line of dnsmasq's. */
static bool
is_plain_path(const char *s)
{
	if (s[0] != '/' || strlen(s) > 512)
		return false;
	for (; *s; s++)
		if ((unsigned char)*s <= ' ' || *s == 0x7f || strchr("\"\\#,;", *s))
			return false;
	return true;
}

const char *
publish_options_fault(const struct publish_options *o)
{
	for (size_t i = 0; i < o->name_server_count; i++)
		if (sdb_host_fault(sdb_text_of(o->name_servers[i])) ||
		    !strchr(o->name_servers[i], '.'))
			return "a name server is not a full host name";
	if ((o->generators & publish_generator_bit("bind")) && o->name_server_count == 0)
		return "bind needs a name server";
	if (o->hostmaster && !is_mail_address(o->hostmaster))
		return "hostmaster is not a mail address";
	if (!o->directory || !is_plain_path(o->directory))
		return "the directory is not an absolute path of plain characters";
	if (!times_fit(o))
		return "a time is 0 or over 2147483647 seconds";
	if (o->classless_separator != '/' && o->classless_separator != '-')
		return "the separator of classless zones is neither / nor -";
	return NULL;
}
