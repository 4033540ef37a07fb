/* SPDX-License-Identifier: ISC */
/*
 * Files of a store that are damaged, strange or missing: each is refused by name and stays as it
 * is.  Damage at random places, too: either it is noticed, or no question is missing.
 */
#include "tests/unit/mediachanged/world.h"

#include <dirent.h>
#include <fcntl.h>
#include <sqlite3.h>
#include <stdio.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "daemon/mediachanged/store.h"

#define QUESTIONS 60
#define PENDING 20
#define BYTES_MAX (1 << 20)

struct place {
	char dir[64];
	unsigned char bytes[BYTES_MAX]; /* of a good file */
	size_t len;
	size_t pending; /* loaded */
};

static const struct store_ops *const ops = &store_sqlite;
static uint64_t rng_state;

static size_t
below(size_t n)
{
	rng_state = rng_state * 6364136223846793005u + 1442695040888963407u;
	return (size_t)(rng_state >> 33) % n;
}

static const char *
path_of(const struct place *p, const char *suffix)
{
	static char path[128];

	snprintf(path, sizeof(path), "%s/alerts.db%s", p->dir, suffix);
	return path;
}

static size_t
read_file(const char *path, unsigned char *bytes)
{
	FILE *f = fopen(path, "rb");

	if (!f)
		return 0;
	size_t len = fread(bytes, 1, BYTES_MAX, f);

	fclose(f);
	return len;
}

static void
write_file(const char *path, const void *bytes, size_t len)
{
	FILE *f = fopen(path, "wb");

	assert_non_null(f);
	assert_int_equal(fwrite(bytes, 1, len, f), len);
	assert_int_equal(fclose(f), 0);
}

static void
empty(const struct place *p)
{
	static const char *const suffixes[] = {"", "-wal", "-shm", "-journal", "-new"};

	for (size_t i = 0; i < sizeof(suffixes) / sizeof(*suffixes); i++) {
		unlink(path_of(p, suffixes[i]));
		rmdir(path_of(p, suffixes[i]));
	}
}

static struct alert *
question(unsigned n)
{
	static char text[500];
	struct alert *a = alert_new();

	memset(text, 'a' + (int)n % 26, sizeof(text) - 1);
	memcpy(a->id, world_id(n), UUID_SIZE);
	a->seq = n;
	a->version = 1;
	a->attempt = 1;
	a->created_at = n;
	alert_set(&a->asker, "joe@local");
	alert_set(&a->from, "joe (local)");
	alert_set(&a->host, "alpha");
	alert_set(&a->text, text);
	alert_set(&a->kind, "okcancel");
	alert_set(&a->labels, "Ok\nCancel");
	alert_set(&a->severity, "warning");
	if (n % (QUESTIONS / PENDING) != 0) {
		a->state = ALERT_ANSWERED;
		a->closed_at = n;
		a->confirmed = true;
		alert_set(&a->answer, "Ok");
	}
	return a;
}

static void
fill(struct store *s)
{
	struct alert *current;

	assert_int_equal(ops->begin(s), 0);
	for (unsigned n = 1; n <= QUESTIONS; n++) {
		struct alert *a = question(n);

		assert_int_equal(ops->put(s, a, &current), 0);
		alert_free(a);
	}
	assert_int_equal(ops->commit(s), 0);
}

static int
set_up(void **state)
{
	struct place *p = calloc(1, sizeof(*p));
	struct store *s;
	char why[512];

	snprintf(p->dir, sizeof(p->dir), "/tmp/opdesk-damage.XXXXXX");
	if (!mkdtemp(p->dir) || ops->open(p->dir, false, &s, why, sizeof(why)))
		return -1;
	fill(s);
	ops->close(s);
	p->len = read_file(path_of(p, ""), p->bytes);
	empty(p);
	*state = p;
	return 0;
}

static int
tear_down(void **state)
{
	struct place *p = *state;

	empty(p);
	rmdir(p->dir);
	free(p);
	return 0;
}

static int
count(const struct alert *a, void *arg)
{
	struct place *p = arg;

	p->pending += a->state == ALERT_PENDING;
	return 0;
}

/* As the storer does at its start; how it ends. */
static int
start(struct place *p, char *why, size_t why_size)
{
	struct store *s;
	int err = ops->open(p->dir, false, &s, why, why_size);

	p->pending = 0;
	if (err)
		return err;
	if ((err = ops->load(s, 0, 1000, count, p)))
		snprintf(why, why_size, "%s", ops->why(s));
	ops->close(s);
	return err;
}

static void
assert_refused(struct place *p, const char *word)
{
	static unsigned char before[BYTES_MAX], after[BYTES_MAX];
	size_t len = read_file(path_of(p, ""), before);
	char why[512] = "";

	assert_int_not_equal(start(p, why, sizeof(why)), 0);
	if (!strstr(why, path_of(p, "")) || !strstr(why, word))
		fail_msg("%s: not %s in: %s", path_of(p, ""), word, why);
	assert_int_equal(read_file(path_of(p, ""), after), len);
	assert_memory_equal(before, after, len);
}

static void
damage_good_file_is_read_whole(void **state)
{
	struct place *p = *state;
	char why[512];

	write_file(path_of(p, ""), p->bytes, p->len);
	assert_int_equal(start(p, why, sizeof(why)), 0);
	assert_int_equal(p->pending, PENDING);
}

static void
damage_empty_file_is_refused(void **state)
{
	struct place *p = *state;

	write_file(path_of(p, ""), "", 0);
	assert_refused(p, "damaged: it is empty");
	assert_refused(p, "put back a copy");
}

static void
damage_strange_files_are_refused(void **state)
{
	struct place *p = *state;
	sqlite3 *db;

	static const char text[1000] = "A text, and no database";

	write_file(path_of(p, ""), text, sizeof(text));
	assert_refused(p, "not a database");
	unlink(path_of(p, ""));
	assert_int_equal(sqlite3_open(path_of(p, ""), &db), SQLITE_OK);
	sqlite3_exec(db, "CREATE TABLE guests (name TEXT)", NULL, NULL, NULL);
	sqlite3_close(db);
	assert_refused(p, "not a store of mediachanged");
	unlink(path_of(p, ""));
	mkdir(path_of(p, ""), 0700);
	assert_refused(p, "Is a directory");
}

static void
damage_link_that_leads_nowhere_is_no_new_store(void **state)
{
	struct place *p = *state;
	char why[512] = "";

	assert_int_equal(symlink("/nonexistent/alerts.db", path_of(p, "")), 0);
	assert_int_not_equal(start(p, why, sizeof(why)), 0);
	assert_non_null(strstr(why, "is its disk mounted?"));
}

static void
damage_log_without_its_file_is_kept(void **state)
{
	static unsigned char after[BYTES_MAX];
	struct place *p = *state;
	char why[512] = "";

	write_file(path_of(p, "-wal"), p->bytes, p->len);
	assert_int_not_equal(start(p, why, sizeof(why)), 0);
	assert_non_null(strstr(why, "alerts.db-wal"));
	assert_int_equal(read_file(path_of(p, "-wal"), after), p->len);
	assert_int_equal(access(path_of(p, ""), F_OK), -1);
}

/* Leave a file and its log as a storer that is killed does: one question a commit. */
static void
killed_storer(struct place *p, unsigned char *log, size_t *len)
{
	struct alert *current;
	struct store *s;
	char why[512];

	assert_int_equal(ops->open(p->dir, false, &s, why, sizeof(why)), 0);
	for (unsigned n = 1; n <= 9; n++) {
		struct alert *a = question(n * QUESTIONS / PENDING);

		assert_int_equal(ops->begin(s), 0);
		assert_int_equal(ops->put(s, a, &current), 0);
		assert_int_equal(ops->commit(s), 0);
		alert_free(a);
	}
	p->len = read_file(path_of(p, ""), p->bytes);
	*len = read_file(path_of(p, "-wal"), log);
	ops->close(s);
	empty(p);
}

static void
damage_of_the_log_is_refused_but_at_its_end(void **state)
{
	static unsigned char log[BYTES_MAX];
	struct place *p = *state;
	size_t len, refused = 0;

	killed_storer(p, log, &len);
	for (int round = 0; round < 60; round++) {
		size_t at = round == 0 ? len : round == 1 ? 5 : below(len);
		char why[512] = "";

		write_file(path_of(p, ""), p->bytes, p->len);
		log[at] ^= 0x40; /* behind the end: nothing */
		write_file(path_of(p, "-wal"), log, len);
		log[at] ^= 0x40;
		int err = start(p, why, sizeof(why));

		if (err)
			assert_non_null(strstr(why, "log, alerts.db-wal"));
		else if (p->pending < 7 || (round == 0 && p->pending < 9))
			fail_msg("byte %zu of %zu: %zu questions", at, len, p->pending);
		refused += err != 0;
		empty(p);
	}
	assert_true(refused > 30);
}

/* Append transaction n (from 1) of a log to another one. */
static void
append_transaction(
    const unsigned char *log, size_t len, size_t n, unsigned char *out, size_t *out_len)
{
	size_t size = 24u + ((size_t)log[10] << 8);

	for (size_t at = 32; at + size <= len && n > 0; at += size) {
		if (n == 1) {
			memcpy(out + *out_len, log + at, size);
			*out_len += size;
		}
		n -= (log[at + 4] | log[at + 5] | log[at + 6] | log[at + 7]) != 0;
	}
}

/* Commits that fail again and again, each shorter than the one before. */
static void
damage_is_not_what_failed_commits_have_left(void **state)
{
	static unsigned char log[BYTES_MAX], left[BYTES_MAX];
	static const size_t transactions[] = {1, 2, 5, 8, 6};
	struct place *p = *state;
	char why[512] = "";
	size_t len, left_len = 32;

	killed_storer(p, log, &len);
	memcpy(left, log, 32);
	for (size_t i = 0; i < sizeof(transactions) / sizeof(*transactions); i++)
		append_transaction(log, len, transactions[i], left, &left_len);
	write_file(path_of(p, ""), p->bytes, p->len);
	write_file(path_of(p, "-wal"), left, left_len);
	assert_int_equal(start(p, why, sizeof(why)), 0);
	assert_int_equal(p->pending, 2);
}

/* As a power cut may leave it. */
static void
damage_log_that_ends_early_is_no_damage(void **state)
{
	static unsigned char log[BYTES_MAX];
	struct place *p = *state;
	size_t len;

	killed_storer(p, log, &len);
	for (int round = 0; round < 10; round++) {
		char why[512] = "";

		write_file(path_of(p, ""), p->bytes, p->len);
		write_file(path_of(p, "-wal"), log, below(len));
		assert_int_equal(start(p, why, sizeof(why)), 0);
		empty(p);
	}
}

static void
damage_missing_table_or_strange_version_is_refused(void **state)
{
	static const char *const faults[][2] = {{"DROP TABLE life", "no such table: life"},
	    {"ALTER TABLE alert DROP COLUMN note", "no column named note"},
	    {"PRAGMA user_version = -5", "not a store"}, {"PRAGMA user_version = 99", "newer"},
	    {"PRAGMA ignore_check_constraints = ON; UPDATE alert SET closed_at = 0 WHERE seq = 1",
		"CHECK"},
	    {"UPDATE alert SET escalated = -7 WHERE seq = 3", "question 3 makes no sense"}};
	struct place *p = *state;
	sqlite3 *db;

	for (size_t i = 0; i < sizeof(faults) / sizeof(*faults); i++) {
		write_file(path_of(p, ""), p->bytes, p->len);
		assert_int_equal(sqlite3_open(path_of(p, ""), &db), SQLITE_OK);
		assert_int_equal(sqlite3_exec(db, faults[i][0], NULL, NULL, NULL), SQLITE_OK);
		sqlite3_close(db);
		assert_refused(p, faults[i][1]);
		empty(p);
	}
}

static void
damage_cut_file_is_refused_wherever_it_is_cut(void **state)
{
	struct place *p = *state;

	for (int round = 0; round < 30; round++) {
		size_t len = 1 + below(round % 3 ? p->len - 1 : 4096);

		write_file(path_of(p, ""), p->bytes, len);
		assert_refused(p, "damaged");
		empty(p);
	}
}

/* Pages have no check sums: a letter may be another one, but no question may be missing. */
static void
damage_at_random_places_loses_no_question_silently(void **state)
{
	static unsigned char bytes[BYTES_MAX];
	static const size_t lengths[] = {1, 16, 300, 4096};
	struct place *p = *state;
	int refused = 0;

	for (int round = 0; round < 150; round++) {
		size_t len = lengths[below(4)], at = below(p->len);
		char why[512] = "";

		memcpy(bytes, p->bytes, p->len);
		for (size_t i = at; i < at + len && i < p->len; i++)
			bytes[i] = round % 2 ? 0 : (unsigned char)below(256);
		write_file(path_of(p, ""), bytes, p->len);
		if (start(p, why, sizeof(why))) {
			assert_non_null(strstr(why, path_of(p, "")));
			refused++;
		} else if (p->pending != PENDING) {
			fail_msg("%zu bytes at %zu: %zu questions", len, at, p->pending);
		}
		empty(p);
	}
	/* 60, give or take 6 */
	assert_true(refused > 30);
}

int
main(void)
{
#define DAMAGE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const char *seed = getenv("OPDESK_TEST_SEED");
	const struct CMUnitTest tests[] = {
	    DAMAGE(damage_good_file_is_read_whole),
	    DAMAGE(damage_empty_file_is_refused),
	    DAMAGE(damage_strange_files_are_refused),
	    DAMAGE(damage_link_that_leads_nowhere_is_no_new_store),
	    DAMAGE(damage_log_without_its_file_is_kept),
	    DAMAGE(damage_of_the_log_is_refused_but_at_its_end),
	    DAMAGE(damage_is_not_what_failed_commits_have_left),
	    DAMAGE(damage_log_that_ends_early_is_no_damage),
	    DAMAGE(damage_missing_table_or_strange_version_is_refused),
	    DAMAGE(damage_cut_file_is_refused_wherever_it_is_cut),
	    DAMAGE(damage_at_random_places_loses_no_question_silently),
	};

	rng_state = seed ? strtoull(seed, NULL, 10) : (uint64_t)time(NULL);
	print_message("OPDESK_TEST_SEED=%llu\n", (unsigned long long)rng_state);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
