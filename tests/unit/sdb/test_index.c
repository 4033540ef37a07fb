/* SPDX-License-Identifier: ISC */
/*
 * The index against a check of all files: over thousands of changes of files that are full of
 * faults and share what they can, what is checked by its help is found exactly as it would be
 * otherwise, and nothing that it leaves alone changes.
 */
#include "lib/sdb/index.h"

#include "lib/sdb/check.h"
#include "tests/unit/sdb/sdb.h"

#define PLACES 14
#define STEPS 1000

/* --- random files: few names, so that most of them meet --- */

static const char *
one_of(const char *const *list, size_t n)
{
	return list[unit_random((uint32_t)n)];
}
#define ONE_OF(...) \
	one_of((const char *const[]){__VA_ARGS__}, UNIT_COUNT(((const char *const[]){__VA_ARGS__})))

static const char *
host_name(void)
{
	return ONE_OF("", "a", "b", "B", "c", "d", "mail", "mail.", "x_y", "e", "f", "g", "h", "i",
	    "j", "k", "l", "a.one.example", "mail.two.example", "q.other.example", "x.four.example",
	    "y.five.example", "z.six.example.");
}

static void
put_address(struct buf *b)
{
	uint32_t n = unit_random(20);

	if (n == 0)
		return;
	if (n == 1)
		buf_printf(b, "[2001:db8::%x]", unit_random(6));
	else if (n == 2)
		buf_printf(b, "nonsense");
	else
		buf_printf(b, "10.0.%u.%u", unit_random(12), unit_random(40));
}

static void
put_node(struct buf *b)
{
	buf_printf(b, "%s:", host_name());
	put_address(b);
	if (unit_random(3) == 0)
		buf_printf(b, ":02:00:00:00:00:0%u", unit_random(8));
	else
		buf_printf(b, unit_random(2) ? ":0200000000%02u" : ":", unit_random(90));
	buf_printf(b, ":%s", unit_random(3) ? "" : host_name());
	if (unit_random(4) == 0)
		buf_printf(b, ",%s", host_name());
	buf_printf(b, ":%s", unit_random(3) ? "" : host_name());
	buf_printf(b, "%s\n", unit_random(8) ? ":" : ":x\x7f");
}

static void
put_header(struct buf *b)
{
	bool six = unit_random(5) == 0;

	if (unit_random(12))
		buf_printf(b, "Title = x\n");
	if (six || unit_random(3) == 0)
		buf_printf(b, "Format = 2\n");
	if (unit_random(10))
		buf_printf(b, "Domain = %s\n",
		    ONE_OF("one.example", "two.example", "ONE.example.", "three", "",
			"four.example", "five.example", "SIX.example"));
	if (six)
		buf_printf(
		    b, "Base_IP = [2001:db8::]\nSubnet_Mask = %s\n", ONE_OF("64", "120", "32"));
	else
		buf_printf(b, "Base_IP = 10.0.%u.0\nSubnet_Mask = %s\n", unit_random(12),
		    ONE_OF(
			"255.255.255.0", "255.255.255.0", "255.255.254.0", "255.0.0.0", "1.2.3.4"));
	if (unit_random(2)) {
		buf_printf(b, "Gateway = ");
		put_address(b);
		buf_printf(b, "\n");
	}
	if (unit_random(4) == 0)
		buf_printf(b, "Shared = 10.0.%u.%u\n", unit_random(12), unit_random(40));
	if (unit_random(20))
		buf_printf(b, "__NODES__\n");
}

static struct sdb_file *
random_file(void)
{
	struct sdb_file *f;
	struct buf b;

	buf_init(&b);
	put_header(&b);
	for (uint32_t n = unit_random(7); n > 0; n--)
		put_node(&b);
	f = file_of_bytes(buf_bytes(&b), buf_len(&b));
	buf_fini(&b);
	return f;
}

/* Most edits touch a line: one is exchanged, added, or goes. */
static struct sdb_file *
edited(const struct sdb_file *from)
{
	size_t at = unit_random((uint32_t)sdb_file_lines(from) + 1), i = 0;
	struct sdb_file *f;
	struct buf b;

	buf_init(&b);
	for (const struct sdb_line *line = sdb_file_first(from); line; line = line->next, i++) {
		uint32_t what = i == at ? 1 + unit_random(3) : 0;

		if (what == 1 || what == 2)
			put_node(&b);
		if (what == 0 || what == 2)
			buf_printf(&b, "%.*s\n", (int)line->len, line->text);
	}
	f = file_of_bytes(buf_bytes(&b), buf_len(&b));
	buf_fini(&b);
	return f;
}

/* --- the directory --- */

static const char *const names[PLACES] = {"Subnet_0.sdb", "Subnet_1.sdb", "Subnet_2.sdb",
    "Subnet_3.sdb", "Subnet_4.sdb", "Subnet_5.sdb", "Subnet_6.sdb", "Subnet_7.sdb", "Subnet_8.sdb",
    "Subnet_9.sdb", "Subnet_10.sdb", "Subnet_11.sdb", "Subnet_12.sdb", "Subnet_13.sdb"};

struct world {
	struct sdb_index *index;
	struct sdb_file *file[PLACES];
	uint32_t id[PLACES];
	char *found[PLACES]; /* what is known of each: all its findings as text */
};

/* Where the places of the inputs of a check are. */
struct view {
	struct sdb_input in[PLACES];
	int place[PLACES];
	size_t count;
};

static void
look(struct view *v, const struct world *w, const bool *set, const int *changed,
    struct sdb_file *const *next, size_t n)
{
	v->count = 0;
	for (int i = 0; i < PLACES; i++) {
		const struct sdb_file *f = w->file[i];
		bool in = f && (!set || set[w->id[i]]);

		for (size_t j = 0; j < n; j++)
			if (changed[j] == i) {
				f = next[j];
				in = f != NULL;
			}
		if (!in)
			continue;
		v->in[v->count] = (struct sdb_input){names[i], f};
		v->place[v->count++] = i;
	}
}

static void
describe(struct buf *b, const struct view *v, const struct sdb_finding *f)
{
	buf_printf(b, "%u:%u %s %s", f->line, f->column, sdb_code_name(f->code), f->message);
	if (f->other_line)
		buf_printf(b, " (%s:%u)", v->in[f->other_file].name, f->other_line);
	if (f->fix.kind)
		buf_printf(b, " fix %d %u %s", (int)f->fix.kind, f->fix.line,
		    f->fix.text ? f->fix.text : "");
	buf_printf(b, "\n");
}

/* All findings of each place; owned strings, NULL where no file is. */
static void
check(const struct view *v, char *out[PLACES])
{
	struct buf b[PLACES] = {0};
	struct sdb_tally tallies[PLACES] = {0}, counted[PLACES] = {0};
	struct sdb_findings l;

	sdb_findings_init(&l, SDB_MAX_FINDINGS);
	l.tallies = tallies;
	assert_int_equal(sdb_check(v->in, v->count, &l), OP_OK);
	for (size_t i = 0; i < l.count; i++) {
		const struct sdb_finding *f = &l.list[i];

		describe(&b[f->file], v, f);
		++*(sdb_code_severity(f->code) == SDB_ERROR ? &counted[f->file].errors
							    : &counted[f->file].warnings);
	}
	for (int i = 0; i < PLACES; i++)
		out[i] = NULL;
	for (size_t i = 0; i < v->count; i++) {
		assert_memory_equal(&tallies[i], &counted[i], sizeof(counted[i]));
		buf_append(&b[i], "", 1);
		out[v->place[i]] = (char *)b[i].data;
	}
	sdb_findings_fini(&l);
}

static void
forget(char *found[PLACES])
{
	for (int i = 0; i < PLACES; i++)
		free(found[i]);
}

static bool
same(const char *a, const char *b)
{
	return (!a && !b) || (a && b && strcmp(a, b) == 0);
}

/* --- the promises --- */

/* After a change: stale files are checked with what they need, the others stay as they were. */
static void
compare_stale(struct world *w)
{
	bool *stale = calloc(sdb_index_ids(w->index) + 1, 1),
	     *set = calloc(sdb_index_ids(w->index) + 1, 1);
	char *few[PLACES], *all[PLACES];
	struct view v;

	sdb_index_stale(w->index, stale);
	sdb_index_stale(w->index, set);
	assert_int_equal(sdb_index_needed(w->index, NULL, 0, set), OP_OK);
	look(&v, w, set, NULL, NULL, 0);
	check(&v, few);
	look(&v, w, NULL, NULL, NULL, 0);
	check(&v, all);
	for (int i = 0; i < PLACES; i++) {
		bool renew = !w->file[i] || !w->found[i] || stale[w->id[i]];

		if (renew) {
			free(w->found[i]);
			w->found[i] = few[i];
			few[i] = NULL;
		}
		if (!same(w->found[i], all[i]))
			fail_msg("%s: stale %d: found\n%sbut all say\n%s", names[i], renew,
			    w->found[i] ? w->found[i] : "nothing\n", all[i] ? all[i] : "nothing\n");
	}
	sdb_index_settle(w->index);
	forget(few);
	forget(all);
	free(stale);
	free(set);
}

/* Before a change: what is affected is found as it will be and as it was; nothing else changes. */
static void
compare_thought_of(struct world *w, const int *changed, struct sdb_file *const *next, size_t n)
{
	bool *affected = calloc(sdb_index_ids(w->index) + 1, 1),
	     *set = calloc(sdb_index_ids(w->index) + 1, 1);
	char *before[PLACES], *after[PLACES], *few_before[PLACES], *few_after[PLACES];
	struct sdb_exchange e[PLACES];
	struct view v;

	for (size_t i = 0; i < n; i++)
		e[i] = (struct sdb_exchange){
		    w->file[changed[i]] ? w->id[changed[i]] : SDB_NO_ID, next[i]};
	assert_int_equal(sdb_index_affected(w->index, e, n, affected), OP_OK);
	memcpy(set, affected, sdb_index_ids(w->index));
	assert_int_equal(sdb_index_needed(w->index, e, n, set), OP_OK);
	look(&v, w, NULL, NULL, NULL, 0);
	check(&v, before);
	look(&v, w, NULL, changed, next, n);
	check(&v, after);
	look(&v, w, set, NULL, NULL, 0);
	check(&v, few_before);
	look(&v, w, set, changed, next, n);
	check(&v, few_after);
	for (int i = 0; i < PLACES; i++) {
		bool is_changed = false;

		for (size_t j = 0; j < n; j++)
			is_changed = is_changed || changed[j] == i;
		if (w->file[i] && affected[w->id[i]])
			assert_string_equal(few_before[i], before[i]);
		if (is_changed ? after[i] != NULL : w->file[i] && affected[w->id[i]])
			assert_string_equal(few_after[i], after[i]);
		if (w->file[i] && !affected[w->id[i]])
			assert_string_equal(before[i], after[i]);
	}
	forget(before);
	forget(after);
	forget(few_before);
	forget(few_after);
	free(affected);
	free(set);
}

/* Some places, each once, and what is to come there. */
static size_t
think_of(const struct world *w, int changed[PLACES], struct sdb_file *next[PLACES])
{
	size_t n = unit_random(6) ? 1 : 1 + unit_random(4), used = 0;

	for (size_t i = 0; i < n; i++) {
		int place = (int)unit_random(PLACES);
		bool twice = false;

		for (size_t j = 0; j < used; j++)
			twice = twice || changed[j] == place;
		if (twice)
			continue;
		changed[used] = place;
		if (w->file[place] && unit_random(8) == 0)
			next[used] = NULL;
		else if (w->file[place] && unit_random(8))
			next[used] = edited(w->file[place]);
		else
			next[used] = random_file();
		used++;
	}
	return used;
}

static void
index_random_changes_find_what_a_check_of_all_finds(void **state)
{
	struct world w = {.index = sdb_index_new()};
	struct sdb_file *next[PLACES];
	int changed[PLACES];

	(void)state;
	unit_random_start(__func__);
	for (int i = 0; i < PLACES; i++)
		w.id[i] = SDB_NO_ID;
	for (int step = 0; step < STEPS; step++) {
		size_t n = think_of(&w, changed, next);

		compare_thought_of(&w, changed, next, n);
		for (size_t i = 0; i < n; i++) {
			int at = changed[i];

			assert_int_equal(sdb_index_replace(w.index, &w.id[at], next[i]), OP_OK);
			sdb_file_free(w.file[at]);
			w.file[at] = next[i];
		}
		if (unit_random(3))
			compare_stale(&w);
	}
	compare_stale(&w);
	for (int i = 0; i < PLACES; i++)
		sdb_file_free(w.file[i]);
	forget(w.found);
	sdb_index_free(w.index);
}

/* --- what is left alone --- */

static struct sdb_file *
subnet(int number, const char *nodes)
{
	char text[600];

	snprintf(text, sizeof(text),
	    "Title = x\nDomain = one.example\nBase_IP = 10.0.%d.0\nSubnet_Mask = 255.255.255.0\n"
	    "Gateway = 10.0.%d.1\n__NODES__\nh%d:10.0.%d.9:0200000000%02x::mail:\n%s",
	    number, number, number, number, number, nodes);
	return file_of(text);
}

static size_t
count(const struct sdb_index *x, const bool *set)
{
	size_t n = 0;

	for (size_t i = 0; i < sdb_index_ids(x); i++)
		n += set[i];
	return n;
}

static size_t
needed(const struct sdb_index *x, uint32_t id, const struct sdb_file *next, size_t *affected)
{
	const struct sdb_exchange e = {id, next};
	bool set[32] = {0};

	assert_int_equal(sdb_index_affected(x, &e, 1, set), OP_OK);
	*affected = count(x, set);
	assert_int_equal(sdb_index_needed(x, &e, 1, set), OP_OK);
	return count(x, set);
}

/* All have one domain and one mail exchanger, which is in the first. */
static void
index_change_that_concerns_few_needs_few(void **state)
{
	struct sdb_index *x = sdb_index_new();
	struct sdb_file *f[20], *next;
	uint32_t id[20];
	size_t affected;

	(void)state;
	for (int i = 0; i < 20; i++) {
		f[i] = subnet(i, i ? "" : "mail:10.0.0.2::::\n");
		id[i] = SDB_NO_ID;
		assert_int_equal(sdb_index_replace(x, &id[i], f[i]), OP_OK);
	}
	next = subnet(7, "new:10.0.7.7::::\n");
	assert_int_equal(needed(x, id[7], next, &affected), 2); /* and the exchanger's */
	assert_int_equal(affected, 1);
	sdb_file_free(next);
	next = subnet(7, "new:10.0.8.9::::\n"); /* an address of another */
	assert_int_equal(needed(x, id[7], next, &affected), 3);
	assert_int_equal(affected, 2);
	sdb_file_free(next);
	next = subnet(0, "mail:10.0.0.3::::\n"); /* it moves: nobody minds */
	assert_in_range(needed(x, id[0], next, &affected), 1, 2);
	assert_int_equal(affected, 1);
	sdb_file_free(next);
	next = subnet(0, ""); /* it goes: everybody minds */
	assert_int_equal(needed(x, id[0], next, &affected), 20);
	assert_int_equal(affected, 20);
	sdb_file_free(next);
	for (int i = 0; i < 20; i++)
		sdb_file_free(f[i]);
	sdb_index_free(x);
}

static void
index_no_memory_is_said(void **state)
{
	struct sdb_file *f = subnet(1, "a:10.0.1.3::b,c:mail:\n"),
			*other = subnet(2, "b:10.0.1.3::::\n");
	int err = OP_NO_MEMORY, n = 1;

	(void)state;
	for (; err && n < 100; n++) {
		struct sdb_index *x = sdb_index_new();
		uint32_t a = SDB_NO_ID, b = SDB_NO_ID;

		failing_malloc_at(n);
		err = sdb_index_replace(x, &a, f);
		if (!err)
			err = sdb_index_replace(x, &b, other);
		if (!err)
			err = sdb_index_replace(x, &a, other);
		failing_malloc_at(0);
		assert_true(err == OP_OK || err == OP_NO_MEMORY);
		sdb_index_free(x);
	}
	assert_int_equal(err, OP_OK);
	assert_true(n > 3);
	sdb_file_free(f);
	sdb_file_free(other);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(index_random_changes_find_what_a_check_of_all_finds),
	    cmocka_unit_test(index_change_that_concerns_few_needs_few),
	    cmocka_unit_test(index_no_memory_is_said),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
