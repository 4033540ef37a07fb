/* SPDX-License-Identifier: ISC */
/*
 * What the tests of the publisher share: a run over subnet files given as text or by name.
 */
#ifndef OPDESK_TESTS_UNIT_PUBLISH_PUBLISH_H
#define OPDESK_TESTS_UNIT_PUBLISH_PUBLISH_H

#include "lib/err.h"
#include "lib/publish/brake.h"
#include "lib/publish/publish.h"
#include "lib/publish/serial.h"
#include "tests/unit/unit.h"

#define MAX_INPUTS 16

struct run {
	struct sdb_input in[MAX_INPUTS];
	size_t count;
	struct publish_options options;
	struct publish_result result;
};

static const char *const run_servers[] = {"ns1.pilots.example.org", "ns2.radar.pilots.example.org"};
static const char *const run_names[MAX_INPUTS] = {
    "Subnet_1.sdb", "Subnet_2.sdb", "Subnet_3.sdb", "Subnet_4.sdb"};

static struct netaddr run_resolvers[2];

static inline void
run_init(struct run *r)
{
	*r = (struct run){.count = 0};
	publish_options_default(&r->options);
	r->options.generators = (1u << publish_generator_count) - 1;
	r->options.name_servers = run_servers;
	r->options.name_server_count = 2;
	r->options.directory = "/published";
	r->options.serial_hint = 100;
	assert_int_equal(netaddr_parse("192.0.2.53", &run_resolvers[0]), OP_OK);
	assert_int_equal(netaddr_parse("2001:db8::53", &run_resolvers[1]), OP_OK);
	r->options.dhcp_name_servers = run_resolvers;
	r->options.dhcp_name_server_count = 2;
}

static inline void
run_add(struct run *r, const char *name, const void *bytes, size_t len)
{
	struct sdb_file *file = NULL;

	assert_true(r->count < MAX_INPUTS);
	assert_int_equal(sdb_file_parse(bytes, len, &file), OP_OK);
	r->in[r->count++] = (struct sdb_input){name, file};
}

static inline void
run_add_text(struct run *r, const char *text)
{
	run_add(r, run_names[r->count], text, strlen(text));
}

static inline void
run_go(struct run *r)
{
	assert_int_equal(publish_run(r->in, r->count, &r->options, NULL, 0, &r->result), OP_OK);
}

static inline void
run_fini(struct run *r)
{
	publish_result_fini(&r->result);
	for (size_t i = 0; i < r->count; i++)
		sdb_file_free((struct sdb_file *)r->in[i].file);
	r->count = 0;
}

/* Of one file of the result; NULL: not there. */
static inline const struct publish_file *
run_file(const struct run *r, const char *path)
{
	for (size_t i = 0; i < r->result.count; i++)
		if (strcmp(r->result.files[i].path, path) == 0)
			return &r->result.files[i];
	return NULL;
}

static inline bool
file_has(const struct publish_file *f, const char *text)
{
	return memmem(buf_bytes(&f->bytes), buf_len(&f->bytes), text, strlen(text)) != NULL;
}

static inline bool
run_has(const struct run *r, const char *path, const char *text)
{
	const struct publish_file *f = run_file(r, path);

	assert_non_null(f);
	return file_has(f, text);
}

static inline bool
run_has_anywhere(const struct run *r, const char *text)
{
	for (size_t i = 0; i < r->result.count; i++)
		if (file_has(&r->result.files[i], text))
			return true;
	return false;
}

static inline const struct publish_finding *
run_finding(const struct run *r, enum publish_code code)
{
	for (size_t i = 0; i < r->result.findings.count; i++)
		if (r->result.findings.list[i].code == code)
			return &r->result.findings.list[i];
	return NULL;
}

#endif
