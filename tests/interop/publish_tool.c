/* SPDX-License-Identifier: ISC */
/*
 * For the tests of the publisher: generate every output of some subnet files into a folder.
 *   publish_tool OUT DIRECTORY HINT NAME-SERVERS FILE…
 * DIRECTORY is what the outputs say about where they are; NAME-SERVERS are parted by commas.  What
 * was published before is kept in OUT/state and read from there.  Standard output: one line a
 * finding, then one a file: path, zone or "-", serial, records, changed.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "lib/err.h"
#include "lib/publish/brake.h"
#include "lib/publish/publish.h"

#define MAX_FILES 2000
#define PATH_BYTES 1024

static void
die(const char *what, const char *of)
{
	fprintf(stderr, "publish_tool: %s: %s: %s\n", of, what, strerror(errno));
	exit(1);
}

static struct sdb_file *
read_file(const char *path)
{
	FILE *f = fopen(path, "rb");
	struct sdb_file *file = NULL;
	char *bytes = malloc(SDB_MAX_BYTES);
	size_t len;

	if (!f || !bytes)
		die("cannot read", path);
	len = fread(bytes, 1, SDB_MAX_BYTES, f);
	fclose(f);
	if (sdb_file_parse(bytes, len, &file) != OP_OK)
		die("cannot parse", path);
	free(bytes);
	return file;
}

static void
write_file(const char *out, const struct publish_file *f)
{
	char path[PATH_BYTES];
	FILE *to;

	snprintf(path, sizeof(path), "%s/%s", out, f->path);
	for (char *s = path + strlen(out) + 1; (s = strchr(s, '/')); *s++ = '/') {
		*s = '\0';
		if (mkdir(path, 0777) && errno != EEXIST)
			die("cannot make", path);
	}
	to = fopen(path, "wb");
	if (!to || fwrite(buf_bytes(&f->bytes), 1, buf_len(&f->bytes), to) != buf_len(&f->bytes) ||
	    fclose(to))
		die("cannot write", path);
}

static size_t
read_state(const char *out, struct publish_previous *previous)
{
	char state[PATH_BYTES], path[PATH_BYTES];
	unsigned long long hash;
	size_t count = 0;
	FILE *f;

	snprintf(state, sizeof(state), "%s/state", out);
	f = fopen(state, "r");
	while (f && count < MAX_FILES &&
	       fscanf(f, "%1023s %llu %zu %u", path, &hash, &previous[count].records,
		   &previous[count].serial) == 4) {
		previous[count].hash = hash;
		previous[count++].path = strdup(path);
	}
	if (f)
		fclose(f);
	return count;
}

static void
write_state(const char *out, const struct publish_result *r)
{
	char state[PATH_BYTES];
	FILE *f;

	snprintf(state, sizeof(state), "%s/state", out);
	f = fopen(state, "w");
	if (!f)
		die("cannot write", state);
	for (size_t i = 0; i < r->count; i++)
		fprintf(f, "%s %llu %zu %u\n", r->files[i].path,
		    (unsigned long long)r->files[i].hash, r->files[i].records, r->files[i].serial);
	fclose(f);
}

static void
print(const struct publish_result *r, const struct sdb_input *in)
{
	for (size_t i = 0; i < r->model.count; i++) {
		const struct sdb_finding *f = &r->model.list[i];

		printf("model %s:%u:%u: %s: %s\n", in[f->file].name, f->line, f->column,
		    sdb_code_name(f->code), f->message);
	}
	for (size_t i = 0; i < r->findings.count; i++) {
		const struct publish_finding *f = &r->findings.list[i];

		printf("publish %s:%u:%u: %s: %s\n",
		    f->file == UINT32_MAX ? "options" : in[f->file].name, f->line, f->column,
		    publish_code_name(f->code), f->message);
	}
	for (size_t i = 0; i < r->count; i++) {
		const struct publish_file *f = &r->files[i];

		printf("%s %s %u %zu %d\n", f->path, f->zone ? f->zone : "-", f->serial, f->records,
		    f->changed);
	}
}

static void
read_options(struct publish_options *o, char **argv, const char **servers)
{
	static struct netaddr resolvers[2];

	publish_options_default(o);
	o->generators = (1u << publish_generator_count) - 1;
	o->directory = argv[2];
	o->serial_hint = (uint32_t)strtoul(argv[3], NULL, 10);
	o->name_servers = servers;
	for (char *s = strtok(argv[4], ","); s && o->name_server_count < 8; s = strtok(NULL, ","))
		servers[o->name_server_count++] = s;
	netaddr_parse("192.0.2.53", &resolvers[0]);
	netaddr_parse("2001:db8::53", &resolvers[1]);
	o->dhcp_name_servers = resolvers;
	o->dhcp_name_server_count = 2;
}

int
main(int argc, char **argv)
{
	static struct publish_previous previous[MAX_FILES];
	static struct sdb_input in[MAX_FILES];
	const char *servers[8];
	struct publish_options options;
	struct publish_result r;
	struct publish_brake brake;
	size_t count = argc > 5 ? (size_t)argc - 5 : 0, old;

	if (count == 0 || count > MAX_FILES)
		return 64;
	read_options(&options, argv, servers);
	for (size_t i = 0; i < count; i++) {
		const char *slash = strrchr(argv[i + 5], '/');

		in[i].name = slash ? slash + 1 : argv[i + 5];
		in[i].file = read_file(argv[i + 5]);
	}
	old = read_state(argv[1], previous);
	if (publish_run(in, count, &options, previous, old, &r) != OP_OK)
		return 1;
	print(&r, in);
	if (publish_brake(previous, old, r.files, r.count, PUBLISH_BRAKE_PERCENT, &brake))
		printf(
		    "brake %s %zu %zu\n", brake.path ? brake.path : "-", brake.before, brake.after);
	for (size_t i = 0; i < r.count; i++)
		write_file(argv[1], &r.files[i]);
	write_state(argv[1], &r);
	publish_result_fini(&r);
	for (size_t i = 0; i < count; i++)
		sdb_file_free((struct sdb_file *)in[i].file);
	for (size_t i = 0; i < old; i++)
		free((char *)previous[i].path);
	return 0;
}
