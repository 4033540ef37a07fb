/* SPDX-License-Identifier: ISC */
/*
 * The table of generators and one run of them.
 */
#include "lib/publish/publish.h"

#include <stdlib.h>
#include <string.h>

#include "lib/publish/put.h"
#include "lib/publish/set.h"

const struct publish_generator publish_generators[] = {
    {"bind", "zones, forward and reverse, and a named.conf", publish_bind},
    {"dhcpd", "subnets and hosts for ISC dhcpd (IPv4)", publish_dhcpd},
    {"kea", "subnet4 and subnet6 for Kea", publish_kea},
    {"dnsmasq", "options, a hosts file and a file of DHCP hosts", publish_dnsmasq},
    {"hosts", "an /etc/hosts", publish_hosts},
};
const size_t publish_generator_count = sizeof(publish_generators) / sizeof(publish_generators[0]);

unsigned
publish_generator_bit(const char *name)
{
	for (size_t i = 0; i < publish_generator_count; i++)
		if (strcmp(publish_generators[i].name, name) == 0)
			return 1u << i;
	return 0;
}

/* --- files --- */

static char *
join(const char *folder, const char *name)
{
	size_t len = strlen(folder), rest = strlen(name) + 1;
	char *path = malloc(len + rest);

	if (path) {
		memcpy(path, folder, len);
		memcpy(path + len, name, rest);
	}
	return path;
}

struct publish_file *
publish_add_file(
    struct publish_result *r, enum publish_kind kind, const char *folder, const char *name)
{
	struct publish_file f = {.kind = kind};

	if ((r->count & (r->count - 1)) == 0) { /* full at each power of two */
		size_t cap = r->count ? r->count * 2 : 1;
		struct publish_file *files = reallocarray(r->files, cap, sizeof(*files));

		if (!files)
			return NULL;
		r->files = files;
	}
	f.path = join(folder, name);
	if (!f.path)
		return NULL;
	buf_init(&f.bytes);
	r->files[r->count] = f;
	return &r->files[r->count++];
}

static int
compare_previous(const void *key, const void *entry)
{
	return strcmp(key, ((const struct publish_previous *)entry)->path);
}

const struct publish_previous *
publish_before(const struct publish_set *s, const char *path)
{
	if (s->previous_count == 0)
		return NULL;
	return bsearch(
	    path, s->previous, s->previous_count, sizeof(*s->previous), compare_previous);
}

static int
compare_files(const void *a, const void *b)
{
	return strcmp(
	    ((const struct publish_file *)a)->path, ((const struct publish_file *)b)->path);
}

/* Zones have done it: their serial is left out of the hash. */
static void
finish_file(const struct publish_set *s, struct publish_file *f)
{
	const struct publish_previous *old = publish_before(s, f->path);

	if (f->kind == PUBLISH_ZONE)
		return;
	f->hash = sdb_hash_bytes(SDB_HASH_START, buf_bytes(&f->bytes), buf_len(&f->bytes), false);
	f->changed = !old || old->hash != f->hash;
}

void
publish_result_fini(struct publish_result *r)
{
	for (size_t i = 0; i < r->count; i++) {
		free(r->files[i].path);
		free(r->files[i].zone);
		buf_fini(&r->files[i].bytes);
	}
	free(r->files);
	sdb_findings_fini(&r->model);
	publish_findings_fini(&r->findings);
	*r = (struct publish_result){0};
}

/* --- a run --- */

int
publish_go_on(const struct publish_set *s)
{
	const struct publish_options *o = s->options;

	return o->given_up && o->given_up(o->given_up_arg) ? OP_CANCELLED : OP_OK;
}

void
publish_step(const struct publish_set *s, struct publish_put *p, size_t i)
{
	if (!p->err && i % PUBLISH_STEP == PUBLISH_STEP - 1)
		p->err = publish_go_on(s);
}

static int
generate(const struct publish_set *s, struct publish_result *r)
{
	for (size_t i = 0; i < publish_generator_count; i++) {
		int err = publish_go_on(s);

		if (!err && s->options->generators & (1u << i))
			err = publish_generators[i].make(s, r);
		if (err)
			return err;
	}
	for (size_t i = 0; i < r->count; i++)
		finish_file(s, &r->files[i]);
	if (r->count)
		qsort(r->files, r->count, sizeof(*r->files), compare_files);
	publish_findings_sort(&r->findings);
	return OP_OK;
}

int
publish_run(const struct sdb_input *in, size_t n, const struct publish_options *options,
    const struct publish_previous *previous, size_t previous_count, struct publish_result *out)
{
	struct publish_result r = {0};
	struct publish_set s = {.in = in,
	    .options = options,
	    .previous = previous,
	    .previous_count = previous_count,
	    .result = &r};
	int err;

	if (publish_options_fault(options))
		return OP_BAD_REQUEST;
	sdb_findings_init(&r.model, SIZE_MAX);
	err = sdb_check(in, n, &r.model);
	if (!err)
		err = publish_go_on(&s);
	if (!err)
		err = publish_set_fill(&s, n);
	if (!err)
		err = generate(&s, &r);
	publish_set_fini(&s);
	if (err)
		publish_result_fini(&r);
	else
		*out = r;
	return err;
}
