/* SPDX-License-Identifier: ISC */
/* localtime: asks a localtimed for the time in each of the zones, five seconds at most for each. */
#include <getopt.h>
#include <stdio.h>
#include <string.h>
#include "examples/localtime/zone.h"
#include "lib/err.h"
#include "lib/ev/local.h"

#define ANSWER_MS 5000

static int
ask(struct local *l, const char *zone)
{
	char text[5 * ZONE_NAME_MAX + 1];
	size_t len = 0;
	int err = local_send(l, zone, strlen(zone), NULL);

	if (err == OP_OK)
		err = local_wait(l, ANSWER_MS)
			  ? local_receive(l, text, sizeof(text) - 1, &len, NULL)
			  : OP_TIMEOUT;
	if (err) {
		fprintf(stderr, "localtime: %s: %s\n", zone,
		    err == OP_TIMEOUT ? "no answer in 5 seconds" : op_strerror(err));
		return 1;
	}
	text[len] = '\0';
	printf("%s\n", text);
	return 0;
}

int
main(int argc, char **argv)
{
	const char *path = "/tmp/localtime";
	struct local l;
	char why[300];
	int option, status = 0;

	while ((option = getopt(argc, argv, "s:h")) != -1) {
		if (option != 's') {
			fprintf(option == 'h' ? stdout : stderr,
			    "usage: localtime [-s PATH] [ZONE]...\n\nPrint the time in each zone, "
			    "such as "
			    "Europe/Zurich; without one, of the host.\n");
			return option == 'h' ? 0 : 64;
		}
		path = optarg;
	}
	if (local_open_client(&l, path, why, sizeof(why)) != OP_OK) {
		fprintf(stderr, "localtime: %s: %s; is localtimed running?\n", path, why);
		return 1;
	}
	if (optind == argc)
		status = ask(&l, " ");
	for (int i = optind; i < argc && status == 0; i++)
		status = ask(&l, argv[i]);
	local_close(&l);
	return status;
}
