/* SPDX-License-Identifier: ISC */
/*
 * The files in memory against the files on disk: over thousands of edits by foreign hands, most of
 * them made so that no time or size tells of them, a tree that reads what its stamps do not prove
 * is the same as one that reads everything.
 */
#include "tests/unit/unit.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "daemon/ipadmd/judge.h"
#include "daemon/ipadmd/tree.h"
#include "lib/clock.h"
#include "lib/err.h"

#define FILES 10
#define STEPS 1500
#define REST_MS 30 /* more than any tick */

static const struct ipadm_settings settings;

struct world {
	char directory[40];
	int fd;
	struct catalog catalog;
	struct tree tree;
};

static int
set_up(void **state)
{
	struct world *w = calloc(1, sizeof(*w));
	char why[200];

	snprintf(w->directory, sizeof(w->directory), "/tmp/test-tree.XXXXXX");
	assert_non_null(mkdtemp(w->directory));
	assert_int_equal(
	    catalog_open(&w->catalog, w->directory, &settings, why, sizeof(why)), OP_OK);
	w->fd = w->catalog.subnets_fd;
	tree_init(&w->tree, &w->catalog, 1 << 20, 3600 * 1000);
	w->tree.rest_ms = REST_MS;
	*state = w;
	return 0;
}

static int
tear_down(void **state)
{
	struct world *w = *state;

	for (int i = 0; i < FILES; i++) {
		char name[40];

		snprintf(name, sizeof(name), "Subnet_%d.sdb", i);
		unlinkat(w->fd, name, 0);
	}
	tree_fini(&w->tree);
	rmdir(w->directory);
	close(w->fd);
	free(w->catalog.others);
	free(w);
	return 0;
}

/* --- foreign hands --- */

static void
write_file(const struct world *w, const char *name, const char *text)
{
	int fd = openat(w->fd, name, O_WRONLY | O_CREAT | O_TRUNC, 0644);

	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
	close(fd);
}

/* All of one size; addresses and names meet. */
static void
make_text(char text[400], int number)
{
	int n = snprintf(text, 400,
	    "Title = x\nDomain = d%u.example\nBase_IP = 10.0.%d.0\nSubnet_Mask = 255.255.255.0\n"
	    "__NODES__\n",
	    unit_random(3), number);

	for (int i = 0; i < 3; i++)
		n += snprintf(text + n, 400 - (size_t)n, "h%u:10.0.%u.%u::a%u:h%u:\n",
		    unit_random(10), unit_random(4) ? (unsigned)number : unit_random(FILES),
		    10 + unit_random(10), unit_random(10), unit_random(10));
}

/* In place, the same size, the time set back: only ctime knows. */
static void
edit_secretly(const struct world *w, const char *name, const char *text)
{
	int fd = openat(w->fd, name, O_WRONLY | O_NOFOLLOW);
	struct stat st;

	if (fd == -1)
		return;
	fstat(fd, &st);
	assert_int_equal(pwrite(fd, text, strlen(text), 0), strlen(text));
	assert_int_equal(futimens(fd, (struct timespec[]){st.st_atim, st.st_mtim}), 0);
	close(fd);
}

/* Another file of the same time and size in its place. */
static void
rename_over(const struct world *w, const char *name, const char *text)
{
	struct stat st;
	bool there = fstatat(w->fd, name, &st, AT_SYMLINK_NOFOLLOW) == 0;

	write_file(w, "other", text);
	if (there)
		utimensat(w->fd, "other", (struct timespec[]){st.st_atim, st.st_mtim}, 0);
	assert_int_equal(renameat(w->fd, "other", w->fd, name), 0);
}

static void
swap(const struct world *w, const char *a)
{
	char b[40];

	snprintf(b, sizeof(b), "Subnet_%u.sdb", unit_random(FILES));
	renameat2(w->fd, a, w->fd, b, RENAME_EXCHANGE); /* either may be missing */
}

static void
meddle(const struct world *w)
{
	int number = (int)unit_random(FILES);
	char name[40], text[400];

	snprintf(name, sizeof(name), "Subnet_%d.sdb", number);
	make_text(text, number);
	switch (unit_random(9)) {
	case 0:
		unlinkat(w->fd, name, 0);
		break;
	case 1:
		unlinkat(w->fd, name, 0);
		assert_int_equal(symlinkat("other.sdb", w->fd, name), 0);
		break;
	case 2:
	case 3:
		rename_over(w, name, text);
		break;
	case 4:
		swap(w, name);
		break;
	case 5:
		unlinkat(w->fd, name, 0);
		write_file(w, name, text);
		break;
	default:
		edit_secretly(w, name, text);
	}
}

/* --- the comparison --- */

static void
assert_tallies(struct world *w)
{
	struct sdb_tally tallies[FILES] = {0};
	struct sdb_findings l = {.tallies = tallies};
	size_t count, at = 0;
	struct sdb_input *in = tree_inputs(&w->tree, NULL, NULL, 0, &count);

	assert_int_equal(tree_tally(&w->tree), OP_OK);
	assert_int_equal(sdb_check(in, count, &l), OP_OK);
	for (size_t i = 0; i < w->tree.count; i++)
		if (w->tree.files[i].file)
			assert_memory_equal(
			    &w->tree.files[i].tally, &tallies[at++], sizeof(tallies[0]));
	assert_int_equal(at, count);
	sdb_findings_fini(&l);
	free(in);
}

static void
assert_as_on_disk(struct world *w)
{
	struct tree all;

	tree_init(&all, &w->catalog, 1 << 20, 0);
	assert_int_equal(tree_refresh(&all), OP_OK);
	assert_int_equal(w->tree.count, all.count);
	for (size_t i = 0; i < all.count; i++) {
		const struct tree_file *a = &w->tree.files[i], *b = &all.files[i];

		assert_string_equal(a->place.name, b->place.name);
		assert_int_equal(a->err, b->err);
		assert_string_equal(a->version, b->version);
		assert_int_equal(buf_len(&a->bytes), buf_len(&b->bytes));
		if (buf_len(&a->bytes))
			assert_memory_equal(
			    buf_bytes(&a->bytes), buf_bytes(&b->bytes), buf_len(&a->bytes));
		assert_true(!a->file == !b->file);
		assert_int_equal(a->use.used, b->use.used);
	}
	tree_fini(&all);
}

/* Errors that a change brings, among those that it is said to concern, or among all. */
static size_t
new_errors(const struct tree *t, const bool *only, const struct sdb_input *replace)
{
	struct sdb_findings before, after;
	size_t n_before, n_after, count = 0;
	struct sdb_input *old = tree_inputs(t, only, NULL, 0, &n_before);
	struct sdb_input *new = tree_inputs(t, only, replace, 1, &n_after);

	sdb_findings_init(&before, SDB_MAX_FINDINGS);
	sdb_findings_init(&after, SDB_MAX_FINDINGS);
	assert_int_equal(sdb_check(old, n_before, &before), OP_OK);
	assert_int_equal(sdb_check(new, n_after, &after), OP_OK);
	free(judge_new_errors(
	    &(struct judged){old, &before}, &(struct judged){new, &after}, &count));
	sdb_findings_fini(&before);
	sdb_findings_fini(&after);
	free(old);
	free(new);
	return count;
}

static void
assert_judged_alike(struct world *w)
{
	int number = (int)unit_random(FILES);
	struct sdb_file *file = NULL;
	char name[40], text[400];
	bool *only;

	snprintf(name, sizeof(name), "Subnet_%d.sdb", number);
	make_text(text, number);
	if (unit_random(5)) /* else it is to go */
		assert_int_equal(sdb_file_parse(text, strlen(text), &file), OP_OK);
	const struct sdb_input replace = {name, file};

	assert_int_equal(tree_concerned(&w->tree, &replace, 1, &only), OP_OK);
	assert_int_equal(
	    new_errors(&w->tree, only, &replace), new_errors(&w->tree, NULL, &replace));
	free(only);
	sdb_file_free(file);
}

static void
tree_random_foreign_edits_are_all_seen(void **state)
{
	struct world *w = *state;

	unit_random_start(__func__);
	for (int step = 0; step < STEPS; step++) {
		for (uint32_t n = unit_random(3); n > 0; n--)
			meddle(w);
		assert_int_equal(tree_refresh(&w->tree), OP_OK);
		assert_as_on_disk(w);
		if (unit_random(2))
			assert_tallies(w);
		if (unit_random(2))
			assert_judged_alike(w);
	}
	assert_tallies(w);
}

/* --- what is read, and what is not --- */

/* Refresh until the file has been at rest long enough for its stamp to count. */
static struct tree_file *
settle(struct world *w, const char *name)
{
	const int64_t until = clock_boot_ms() + 10000;
	struct tree_file *f;

	do {
		assert_int_equal(tree_refresh(&w->tree), OP_OK);
		f = tree_find(&w->tree, name);
		assert_non_null(f);
		assert_true(clock_boot_ms() < until);
	} while (!f->stamp.counts);
	return f;
}

/* The memory is made wrong: whoever reads the file again sees it. */
static void
falsify(struct tree_file *f)
{
	f->bytes.data[f->bytes.off] ^= 1;
}

static bool
is_false(const struct world *w)
{
	return buf_bytes(&tree_find(&w->tree, "Subnet_1.sdb")->bytes)[0] != 'T';
}

static void
tree_file_at_rest_is_not_read_again_until_distrusted(void **state)
{
	struct world *w = *state;

	write_file(w, "Subnet_1.sdb", "Title = x\n");
	if (!w->catalog.subnets_have_stamps)
		skip(); /* /tmp is of no kind that is believed */
	falsify(settle(w, "Subnet_1.sdb"));
	assert_int_equal(tree_refresh(&w->tree), OP_OK);
	assert_true(is_false(w));
	tree_distrust(&w->tree);
	assert_int_equal(tree_refresh(&w->tree), OP_OK);
	assert_false(is_false(w));

	falsify(settle(w, "Subnet_1.sdb"));
	w->tree.read_ms -= w->tree.trust_ms; /* an hour later */
	assert_int_equal(tree_refresh(&w->tree), OP_OK);
	assert_false(is_false(w));

	falsify(settle(w, "Subnet_1.sdb"));
	tree_find(&w->tree, "Subnet_1.sdb")->place.has_stamps = false;
	w->catalog.subnets_have_stamps = false; /* a file system that is not believed */
	assert_int_equal(tree_refresh(&w->tree), OP_OK);
	assert_false(is_false(w));
}

/* Of the same moment, the same size, the same time: what was read a moment ago is read again. */
static void
tree_secret_edit_in_the_same_moment_is_seen(void **state)
{
	struct world *w = *state;

	for (int i = 0; i < 200; i++) {
		char text[] = "Title = x\n";

		text[8] = (char)('a' + i % 26);
		write_file(w, "Subnet_1.sdb", "Title = x\n");
		assert_int_equal(tree_refresh(&w->tree), OP_OK);
		edit_secretly(w, "Subnet_1.sdb", text);
		assert_int_equal(tree_refresh(&w->tree), OP_OK);
		assert_memory_equal(
		    buf_bytes(&tree_find(&w->tree, "Subnet_1.sdb")->bytes), text, sizeof(text) - 1);
	}
}

static void
tree_no_memory_for_a_tally_is_made_up_later(void **state)
{
	struct world *w = *state;
	int err = OP_NO_MEMORY;

	for (int n = 1; err && n < 200; n++) {
		char text[400];

		make_text(text, n % FILES);
		write_file(w, "Subnet_1.sdb", text);
		write_file(w, "Subnet_2.sdb", text);
		failing_malloc_at(n);
		err = tree_refresh(&w->tree);
		if (!err)
			err = tree_tally(&w->tree);
		failing_malloc_at(0);
		if (err != OP_SYSTEM) /* opendir(3) */
			assert_true(err == OP_OK || err == OP_NO_MEMORY);
		assert_int_equal(tree_refresh(&w->tree), OP_OK);
		assert_tallies(w);
	}
}

static void
stamp_proves_only_what_was_at_rest(void **state)
{
	static const struct timespec now = {1000, 0};
	struct stat st = {.st_mode = S_IFREG | 0644, .st_size = 5, .st_ino = 7};
	const struct stamp none = {0};

	(void)state;
	st.st_ctim = (struct timespec){998, 1000000}; /* 1,999 ms before */
	struct stamp s = stamp_of(&st, now, STAMP_REST_MS);
	assert_false(stamp_proves(&s, &st));
	st.st_ctim = (struct timespec){1003, 0}; /* the clock was set back */
	s = stamp_of(&st, now, STAMP_REST_MS);
	assert_false(stamp_proves(&s, &st));
	st.st_ctim = (struct timespec){998, 0};
	s = stamp_of(&st, now, STAMP_REST_MS);
	assert_true(stamp_proves(&s, &st));
	assert_false(stamp_proves(&none, &(struct stat){.st_mode = S_IFREG}));

	struct stat others[] = {st, st, st, st, st, st};

	others[0].st_ctim.tv_nsec++;
	others[1].st_mtim.tv_nsec++;
	others[2].st_size++;
	others[3].st_ino++;
	others[4].st_dev++;
	others[5].st_mode = S_IFLNK | 0777;
	for (size_t i = 0; i < UNIT_COUNT(others); i++)
		assert_false(stamp_proves(&s, &others[i]));
}

#define TREE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(stamp_proves_only_what_was_at_rest),
	    TREE(tree_random_foreign_edits_are_all_seen),
	    TREE(tree_file_at_rest_is_not_read_again_until_distrusted),
	    TREE(tree_secret_edit_in_the_same_moment_is_seen),
	    TREE(tree_no_memory_for_a_tally_is_made_up_later),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
