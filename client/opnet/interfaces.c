/* SPDX-License-Identifier: ISC */
/* opnet interfaces: this host's interfaces with their addresses. */
#include "lib/ev/interfaces.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "client/common/options.h"
#include "client/opnet/commands.h"
#include "client/opnet/json.h"
#include "client/opnet/shell.h"
#include "lib/err.h"

struct settings {
	bool json;
};

static const struct option_row rows[] = {
    {0, "json", NULL, OPTION_FLAG, 0, NULL, "print JSON, one object a line"}, {0}};

static const struct options_program program = {.name = "opnet interfaces",
    .usage = "[OPTION]...",
    .summary =
	"List this host's interfaces: address, netmask, broadcast address, what they can do.",
    .rows = rows};

static const char *
address_or(char dst[NETADDR_TEXT], const struct netaddr *a, const char *none)
{
	return a->family != 0 ? netaddr_format(dst, a) : none;
}

static void
print_json(const struct interface *i)
{
	char text[NETADDR_TEXT], flags[120];
	struct json j;

	json_begin(&j);
	json_text(&j, "interface", i->name);
	json_int(&j, "index", i->index);
	if (i->address.family != 0) {
		json_text(&j, "address", netaddr_format(text, &i->address));
		json_int(&j, "prefix", i->prefix);
	}
	if (i->netmask.family != 0)
		json_text(&j, "netmask", netaddr_format(text, &i->netmask));
	if (i->broadcast.family != 0)
		json_text(&j, "broadcast", netaddr_format(text, &i->broadcast));
	json_text(&j, "flags", interface_flags_text(flags, sizeof(flags), i->flags));
	json_end(&j);
}

/* IPv6 addresses are long and their masks are a number of bits. */
static void
print_row(const struct interface *i, int width)
{
	char address[NETADDR_TEXT + 4] = "-", mask[NETADDR_TEXT], broadcast[NETADDR_TEXT];
	char text[NETADDR_TEXT], flags[120];

	if (i->address.family == 6)
		snprintf(address, sizeof(address), "%s/%u", netaddr_format(text, &i->address),
		    i->prefix);
	else if (i->address.family == 4)
		netaddr_format(address, &i->address);
	printf("%-10s %-*s  %-15s  %-15s  %s\n", i->name, width, address,
	    i->address.family == 4 ? address_or(mask, &i->netmask, "-") : "-",
	    address_or(broadcast, &i->broadcast, "-"),
	    interface_flags_text(flags, sizeof(flags), i->flags));
}

static int
widest_address(const struct interface *list, int count)
{
	size_t widest = strlen("255.255.255.255");
	char text[NETADDR_TEXT];

	for (int i = 0; i < count; i++) {
		size_t n = strlen(address_or(text, &list[i].address, "-")) +
			   (list[i].address.family == 6 ? strlen("/128") : 0);

		widest = n > widest ? n : widest;
	}
	return (int)widest;
}

int
opnet_interfaces(int argc, char **argv)
{
	struct settings settings = {0};
	struct interface *list;
	int first;
	int err = options_parse(&program, argc, argv, &settings, &first);

	if (err == OP_OK && first < argc)
		err = options_complain(&program, "what is \"%s\"?", argv[first]);
	if (err != OP_OK)
		return options_status(err);
	int count = interfaces_list(&list);

	if (count < 0) {
		shell_say("cannot list the interfaces: %s", op_strerror(count));
		return EXIT_INTERNAL;
	}
	int width = widest_address(list, count);

	if (!settings.json)
		printf("%-10s %-*s  %-15s  %-15s  %s\n", "INTERFACE", width, "ADDRESS", "NETMASK",
		    "BROADCAST", "FLAGS");
	for (int i = 0; i < count; i++) {
		if (settings.json)
			print_json(&list[i]);
		else
			print_row(&list[i], width);
	}
	free(list);
	return 0;
}
