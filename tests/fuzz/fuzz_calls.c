/* SPDX-License-Identifier: ISC */
/*
 * The calls of ipadmd that only look, driven by the table of methods: any params that pass the
 * check of a worker are answered with one whole object or an error, and nothing on disk changes.
 * Input: a byte that chooses the method, then the params as MessagePack.  The directory holds some
 * files of each type and a history.
 */
#include "tests/fuzz/fuzz.h"

#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "daemon/ipadmd/clerk.h"
#include "daemon/ipadmd/drafts.h"
#include "lib/err.h"
#include "lib/method.h"
#include "lib/mp.h"

static struct clerk clerk;
static struct ipadm_settings settings;
static struct file_settings other;
static char home[] = "/tmp/fuzz-calls.XXXXXX", aliases[64], subnets[64];

static const char subnet[] = "Title = T\nDomain = example.org\nBase_IP = 192.0.2.0\n"
			     "Subnet_Mask = 255.255.255.0\n__NODES__\ntug:192.0.2.9::::\n";

static int
remove_one(const char *path, const struct stat *st, int kind, struct FTW *at)
{
	(void)st;
	(void)kind;
	(void)at;
	return remove(path);
}

static void
clean_up(void)
{
	nftw(home, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

static void
write_text(const char *path, const char *text)
{
	FILE *f = fopen(path, "we");

	FUZZ_CHECK(f && fputs(text, f) >= 0 && fclose(f) == 0);
}

/* One commit of both files. */
static void
make_history(void)
{
	struct buf bytes;
	struct history_blob blobs[] = {{"Subnet_2.sdb", &bytes}, {"aliases", &bytes}};
	struct history_entry e = {
	    .files = blobs, .count = 2, .author = "lena", .who = "lena@local", .message = "begun"};
	char commit[COMMIT_TEXT];

	buf_init(&bytes);
	FUZZ_CHECK(buf_append(&bytes, subnet, strlen(subnet)) == OP_OK);
	FUZZ_CHECK(history_write(clerk.history, &e, commit) == OP_OK);
	FUZZ_CHECK(history_move(clerk.history, commit) == OP_OK);
	buf_fini(&bytes);
}

static void
set_up(void)
{
	char path[100], why[200];

	FUZZ_CHECK(mkdtemp(home));
	snprintf(subnets, sizeof(subnets), "%s/subnets", home);
	snprintf(aliases, sizeof(aliases), "%s/aliases", home);
	settings.lock_ms = 600000;
	settings.max_file = 1 << 20;
	other = (struct file_settings){
	    .name = (char[]){"aliases"}, .path = aliases, .type = (char[]){"text"}};
	settings.files = (struct section_list){&other, 1};
	clerk = (struct clerk){.settings = &settings, .state = home, .file = ""};
	FUZZ_CHECK(catalog_open(&clerk.catalog, subnets, &settings, why, sizeof(why)) == OP_OK);
	tree_init(&clerk.tree, &clerk.catalog, settings.max_file, 1000);
	snprintf(path, sizeof(path), "%s/locks", home);
	FUZZ_CHECK(locks_open(&clerk.locks, path, true) == OP_OK);
	snprintf(path, sizeof(path), "%s/history.git", home);
	FUZZ_CHECK(history_open(path, true, &clerk.history, why, sizeof(why)) == OP_OK);
	clerk.drafts_fd = drafts_open(open(home, O_RDONLY | O_DIRECTORY | O_CLOEXEC));
	snprintf(path, sizeof(path), "%s/Subnet_2.sdb", subnets);
	write_text(path, subnet);
	write_text(aliases, "root: lena\n");
	make_history();
	snprintf(clerk.caller.who, sizeof(clerk.caller.who), "lena@local");
	atexit(clean_up);
}

/* The n-th method that the reader serves. */
static const struct method *
choose(uint8_t n)
{
	const struct method *found = NULL, *m;
	size_t count = 0;

	for (int round = 0; round < 2; round++) {
		size_t at = count ? n % count : 0;

		count = 0;
		for (size_t i = 0; (m = method_at(i)) != NULL; i++) {
			if (!clerk_find((struct mp_text){m->name, strlen(m->name)}, false))
				continue;
			if (round && count == at)
				found = m;
			count++;
		}
	}
	return found;
}

static void
run(const struct method *m, const msgpack_object *params)
{
	size_t used;
	int err;

	buf_clear(&clerk.result);
	buf_clear(&clerk.data);
	mp_out_init(&clerk.o, &clerk.result);
	clerk.file = "";
	clerk.why[0] = '\0';
	err = clerk_find((struct mp_text){m->name, strlen(m->name)}, false)->run(&clerk, params);
	if (err)
		return;
	FUZZ_CHECK(clerk.o.err == OP_OK);
	FUZZ_CHECK(mp_scan(buf_bytes(&clerk.result), buf_len(&clerk.result), &used) == OP_OK);
	FUZZ_CHECK(used == buf_len(&clerk.result));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct mp_doc doc;
	char why[200];

	if (!clerk.history)
		set_up();
	if (size < 1)
		return 0;
	const struct method *m = choose(data[0]);

	if (mp_parse(&doc, data + 1, size - 1))
		return 0;
	if (method_check(m, &doc.root, why, sizeof(why)) == OP_OK)
		run(m, &doc.root);
	mp_fini(&doc);
	return 0;
}
