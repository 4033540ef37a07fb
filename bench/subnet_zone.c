/* SPDX-License-Identifier: ISC */
/*
 * Read a subnet file, check it, generate its zones and write them: subnet_zone FILE FOLDER.  With
 * FOLDER alone, and a number of nodes, it makes such a file: subnet_zone --make NODES FILE.
 */
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench/common.h"
#include "lib/err.h"
#include "lib/publish/publish.h"

static void
make(int nodes, const char *path)
{
	FILE *f = fopen(path, "we");

	if (!f)
		err(1, "%s", path);
	fprintf(f, "Title = Bench\nDomain = bench.example\nBase_IP = 10.0.0.0\n"
		   "Subnet_Mask = 255.254.0.0\nGateway = 10.0.0.1\n__NODES__\n");
	for (int i = 0; i < nodes; i++) {
		int at = i + 2;

		fprintf(f, "host%d:10.%d.%d.%d:02000%07x:alias%d:host1:node %d of the bench\n", i,
		    at >> 16, at >> 8 & 255, at & 255, i, i, i);
	}
	if (fclose(f))
		err(1, "%s", path);
}

static struct sdb_file *
read_file(const char *path)
{
	FILE *f = fopen(path, "re");
	struct sdb_file *file;
	char *bytes = malloc(SDB_MAX_BYTES);

	if (!f || !bytes)
		err(1, "%s", path);
	size_t len = fread(bytes, 1, SDB_MAX_BYTES, f);

	fclose(f);
	if (sdb_file_parse(bytes, len, &file))
		errx(1, "%s: not parsed", path);
	free(bytes);
	return file;
}

static void
write_zone(const char *folder, const struct publish_file *f)
{
	char path[4096];

	snprintf(path, sizeof(path), "%s/%s", folder, f->zone);
	FILE *to = fopen(path, "we");

	if (!to || fwrite(buf_bytes(&f->bytes), 1, buf_len(&f->bytes), to) != buf_len(&f->bytes) ||
	    fclose(to))
		err(1, "%s", path);
}

int
main(int argc, char **argv)
{
	static const char *const servers[] = {"ns.example"};
	struct publish_options options;
	struct publish_result result;

	if (argc == 4 && strcmp(argv[1], "--make") == 0) {
		make(bench_count(argv[2]), argv[3]);
		return 0;
	}
	if (argc != 3)
		errx(64, "usage: subnet_zone FILE FOLDER");
	publish_options_default(&options);
	options.generators = publish_generator_bit("bind");
	options.name_servers = servers;
	options.name_server_count = 1;
	options.directory = argv[2];
	struct sdb_input in = {"Subnet_1.sdb", read_file(argv[1])};

	if (publish_run(&in, 1, &options, NULL, 0, &result))
		errx(1, "not generated");
	if (result.model.errors)
		errx(1, "%zu errors", result.model.errors);
	for (size_t i = 0; i < result.count; i++)
		if (result.files[i].zone)
			write_zone(argv[2], &result.files[i]);
	return 0;
}
