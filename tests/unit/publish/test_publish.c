/* SPDX-License-Identifier: ISC */
/*
 * All outputs of the example subnets against the files in tests/data/publish/expected (made by
 * tests/interop/publish_tool and read by eye), determinism, serials in a run, failing allocations,
 * and 65,534 nodes.
 */
#include <dirent.h>

#include "tests/unit/publish/publish.h"

#define DATA OPDESK_SOURCE "/tests/data/publish/"

static char *
slurp(const char *path, size_t *len)
{
	FILE *f = fopen(path, "rb");
	char *bytes = malloc(1 << 20);

	if (!f)
		fail_msg("cannot read %s", path);
	*len = fread(bytes, 1, 1 << 20, f);
	fclose(f);
	return bytes;
}

static const char *const examples[] = {
    "Subnet_7.sdb", "Subnet_8.sdb", "Subnet_9.sdb", "Subnet_60.sdb", "Subnet_61.sdb"};

static void
add_example(struct run *r, const char *name)
{
	char path[512];
	size_t len;
	char *bytes;

	snprintf(path, sizeof(path), DATA "%s", name);
	bytes = slurp(path, &len);
	run_add(r, name, bytes, len);
	free(bytes);
}

static void
run_examples(struct run *r, bool backwards)
{
	run_init(r);
	for (size_t i = 0; i < UNIT_COUNT(examples); i++)
		add_example(r, examples[backwards ? UNIT_COUNT(examples) - 1 - i : i]);
	run_go(r);
}

static void
publish_examples_give_the_golden_files(void **state)
{
	struct run r;

	(void)state;
	run_examples(&r, false);
	assert_int_equal(r.result.count, 21);
	for (size_t i = 0; i < r.result.count; i++) {
		const struct publish_file *f = &r.result.files[i];
		char path[512];
		size_t len;
		char *expected;

		snprintf(path, sizeof(path), DATA "expected/%s", f->path);
		expected = slurp(path, &len);
		if (len != buf_len(&f->bytes) || memcmp(expected, buf_bytes(&f->bytes), len) != 0)
			fail_msg("%s is not as expected:\n%.*s", f->path, (int)buf_len(&f->bytes),
			    (const char *)buf_bytes(&f->bytes));
		free(expected);
	}
	run_fini(&r);
}

static void
publish_order_of_files_changes_nothing(void **state)
{
	struct run a, b;

	(void)state;
	run_examples(&a, false);
	run_examples(&b, true);
	assert_int_equal(a.result.count, b.result.count);
	for (size_t i = 0; i < a.result.count; i++) {
		assert_string_equal(a.result.files[i].path, b.result.files[i].path);
		assert_true(a.result.files[i].hash == b.result.files[i].hash);
	}
	run_fini(&a);
	run_fini(&b);
}

#define NET                                                    \
	"Title = t\nDomain = b.example\nBase_IP = 192.0.2.0\n" \
	"Subnet_Mask = 255.255.255.0\nGateway = 192.0.2.254\n__NODES__\n"

static void
publish_order_and_case_of_nodes_change_nothing(void **state)
{
	struct run a, b;

	(void)state;
	run_init(&a);
	run_init(&b);
	run_add_text(&a, NET "One:192.0.2.1:0200C0FFEE01:Www:Two:\ntwo:192.0.2.2::::\n");
	run_add_text(&b, NET "TWO:192.0.2.2::::\none:192.0.2.1:0200c0ffee01:www:two.B.example:\n");
	run_go(&a);
	run_go(&b);
	assert_int_equal(a.result.count, b.result.count);
	for (size_t i = 0; i < a.result.count; i++)
		assert_true(a.result.files[i].hash == b.result.files[i].hash);
	run_fini(&a);
	run_fini(&b);
}

/* What a caller keeps, from a result. */
static size_t
remember(const struct publish_result *r, struct publish_previous *out)
{
	for (size_t i = 0; i < r->count; i++)
		out[i] = (struct publish_previous){
		    r->files[i].path, r->files[i].hash, r->files[i].records, r->files[i].serial};
	return r->count;
}

static void
publish_serial_rises_with_changes_and_deletions_only(void **state)
{
	struct publish_previous before[64];
	struct run a, same, less;
	size_t n;

	(void)state;
	run_init(&a);
	run_add_text(&a, NET "one:192.0.2.1::::\ntwo:192.0.2.2::::\n");
	run_go(&a);
	n = remember(&a.result, before);
	run_init(&same);
	run_add_text(&same, NET "two:192.0.2.2::::\none:192.0.2.1::::\n");
	assert_int_equal(publish_run(same.in, 1, &same.options, before, n, &same.result), OP_OK);
	assert_int_equal(run_file(&same, "bind/zones/b.example")->serial, 100);
	assert_false(run_file(&same, "bind/zones/b.example")->changed);
	assert_false(run_file(&same, "hosts/hosts")->changed);
	run_init(&less);
	run_add_text(&less, NET "one:192.0.2.1::::\n");
	assert_int_equal(publish_run(less.in, 1, &less.options, before, n, &less.result), OP_OK);
	assert_int_equal(run_file(&less, "bind/zones/b.example")->serial, 101);
	assert_true(run_file(&less, "bind/zones/b.example")->changed);
	assert_true(run_has(&less, "bind/zones/b.example", ". 101 10800 "));
	assert_int_equal(run_file(&less, "bind/zones/2.0.192.in-addr.arpa")->serial, 101);
	run_fini(&a);
	run_fini(&same);
	run_fini(&less);
}

static void
publish_reverse_zones_fall_on_octets_and_nibbles(void **state)
{
	static const struct {
		const char *base, *mask;
		size_t zones;
		const char *first, *last;
	} nets[] = {
	    {"10.0.0.0", "8", 1, "10.in-addr.arpa", "10.in-addr.arpa"},
	    {"10.64.0.0", "10", 64, "100.10.in-addr.arpa", "99.10.in-addr.arpa"},
	    {"10.1.0.0", "16", 1, "1.10.in-addr.arpa", "1.10.in-addr.arpa"},
	    {"10.1.2.0", "23", 2, "2.1.10.in-addr.arpa", "3.1.10.in-addr.arpa"},
	    {"10.1.2.0", "24", 1, "2.1.10.in-addr.arpa", "2.1.10.in-addr.arpa"},
	    {"10.1.2.128", "25", 2, "128-25.2.1.10.in-addr.arpa", "2.1.10.in-addr.arpa"},
	    {"10.1.2.3", "32", 2, "2.1.10.in-addr.arpa", "3-32.2.1.10.in-addr.arpa"},
	    {"[2001:db8::]", "32", 1, "8.b.d.0.1.0.0.2.ip6.arpa", "8.b.d.0.1.0.0.2.ip6.arpa"},
	    {"[2001:db8::]", "31", 2, "8.b.d.0.1.0.0.2.ip6.arpa", "9.b.d.0.1.0.0.2.ip6.arpa"},
	    {"[::]", "1", 8, "0.ip6.arpa", "7.ip6.arpa"},
	};

	(void)state;
	for (size_t i = 0; i < UNIT_COUNT(nets); i++) {
		struct run r;
		char text[512], path[512];

		run_init(&r);
		r.options.generators = publish_generator_bit("bind");
		snprintf(text, sizeof(text),
		    "Title = t\nFormat = 2\nDomain = z.example\nBase_IP = %s\nSubnet_Mask = %s\n"
		    "__NODES__\n",
		    nets[i].base, nets[i].mask);
		run_add_text(&r, text);
		run_go(&r);
		assert_int_equal(r.result.count, nets[i].zones + 2); /* named.conf, forward */
		snprintf(path, sizeof(path), "bind/zones/%s", nets[i].first);
		assert_non_null(run_file(&r, path));
		snprintf(path, sizeof(path), "bind/zones/%s", nets[i].last);
		assert_non_null(run_file(&r, path));
		run_fini(&r);
	}
}

static void
publish_parent_of_others_is_not_served_when_told(void **state)
{
	struct run r;

	(void)state;
	run_init(&r);
	r.options.classless_parents = false;
	r.options.classless_separator = '-';
	add_example(&r, "Subnet_7.sdb");
	run_go(&r);
	assert_null(run_file(&r, "bind/zones/2.0.192.in-addr.arpa"));
	assert_string_equal(run_file(&r, "bind/zones/32-27.2.0.192.in-addr.arpa")->zone,
	    "32-27.2.0.192.in-addr.arpa");
	run_fini(&r);
}

static void
publish_options_that_cannot_be_written_are_refused(void **state)
{
	static const char *const none[] = {"ns1"}, *const bad[] = {"ns1.x y"};
	struct publish_result out = {.count = 7};
	struct publish_options o;
	struct run r;

	(void)state;
	run_init(&r);
	o = r.options;
	assert_null(publish_options_fault(&o));
#define REFUSED(change)                                                            \
	o = r.options;                                                             \
	change;                                                                    \
	assert_non_null(publish_options_fault(&o));                                \
	assert_int_equal(publish_run(r.in, 0, &o, NULL, 0, &out), OP_BAD_REQUEST); \
	assert_int_equal(out.count, 7)
	REFUSED(o.name_server_count = 0);
	REFUSED(o.name_servers = none);
	REFUSED(o.name_servers = bad);
	REFUSED(o.hostmaster = "no at");
	REFUSED(o.hostmaster = "a;b@example.org");
	REFUSED(o.directory = "relative");
	REFUSED(o.directory = "/quote\"; };");
	REFUSED(o.directory = "/line\nfeed");
	REFUSED(o.ttl_s = 0);
	REFUSED(o.lease_s = UINT32_MAX);
	REFUSED(o.classless_separator = '.');
	o = r.options;
	o.hostmaster = "dns.admin@Example.org";
	r.options = o;
	add_example(&r, "Subnet_9.sdb");
	run_go(&r);
	assert_true(
	    run_has(&r, "bind/zones/radar.pilots.example.org", " dns\\.admin.example.org. "));
	run_fini(&r);
}

static void
publish_once(void *arg)
{
	struct run *r = arg;
	struct publish_result out = {.count = 7};
	int err = publish_run(r->in, r->count, &r->options, NULL, 0, &out);

	assert_true(err == OP_OK || err == OP_NO_MEMORY);
	if (err)
		assert_int_equal(out.count, 7);
	else
		publish_result_fini(&out);
}

static void
publish_any_failed_allocation_is_an_error_and_leaks_nothing(void **state)
{
	struct run r;

	(void)state;
	run_init(&r);
	add_example(&r, "Subnet_7.sdb");
	add_example(&r, "Subnet_60.sdb");
	run_add_text(&r, "Title = broken\nDomain = x\n__NODES__\nbad_:1:2:3:4:5\n");
	run_add_text(&r, NET "bad_:192.0.2.1:x:_:_:\n");
	failing_malloc_each(publish_once, &r);
	run_fini(&r);
}

struct patience {
	size_t asked, ends_at; /* at that question; 0: never */
};

static bool
impatient(void *arg)
{
	struct patience *p = arg;

	return ++p->asked == p->ends_at;
}

/* Every place where a run asks can end it. */
static void
publish_a_run_that_is_given_up_ends_and_leaks_nothing(void **state)
{
	const unsigned count = 2 * PUBLISH_STEP;
	struct patience p = {0, 0};
	struct run r;
	char *text = malloc((size_t)count * 96 + 512);
	int at = snprintf(text, 512, NET);

	(void)state;
	for (unsigned i = 0; i < count; i++)
		at +=
		    snprintf(text + at, 96, "n%u:192.0.2.%u:0200c0ff%04x:::\n", i, i % 250 + 1, i);
	run_init(&r);
	run_add_text(&r, text);
	free(text);
	r.options.given_up = impatient;
	r.options.given_up_arg = &p;
	for (size_t questions = SIZE_MAX, i = 0; i <= questions; i++) {
		struct publish_result out = {.count = 7};

		p = (struct patience){0, i};
		int err = publish_run(r.in, r.count, &r.options, NULL, 0, &out);

		if (i == 0) {
			assert_int_equal(err, OP_OK);
			questions = p.asked;
			assert_true(questions > publish_generator_count + 2);
			publish_result_fini(&out);
			continue;
		}
		assert_int_equal(err, OP_CANCELLED);
		assert_int_equal(p.asked, i);
		assert_int_equal(out.count, 7);
	}
	run_fini(&r);
}

static double
cpu_s(void)
{
	return (double)clock() / CLOCKS_PER_SEC;
}

static double
time_nodes(unsigned count, bool shared)
{
	struct run r;
	char *text = malloc((size_t)count * 96 + 512);
	double began;
	int at;

	run_init(&r);
	at = snprintf(text, 512,
	    "Title = big\nFormat = 2\nDomain = b.example\nBase_IP = 10.4.0.0\nSubnet_Mask = 14\n"
	    "Shared = 10.4.0.1\n__NODES__\n");
	for (unsigned i = count; i-- > 0;) { /* the worst order */
		unsigned a = shared ? 1 : i + 1;

		at += snprintf(text + at, 96, "n%u:10.%u.%u.%u:02%010x:a%u:n1:room %u\n", i,
		    4 + (a >> 16), (a >> 8) & 255, a & 255, i, i, i);
	}
	run_add(&r, "Subnet_1.sdb", text, (size_t)at);
	began = cpu_s();
	run_go(&r);
	began = cpu_s() - began;
	assert_int_equal(run_file(&r, "hosts/hosts")->records, count);
	run_fini(&r);
	free(text);
	return began;
}

/* Half of the aliases are bad, and all stand in one line; then a twin of it in the other family. */
static void
publish_node_with_20000_aliases_takes_a_moment(void **state)
{
	static const char *const heads[] = {
	    "Title = t\nFormat = 2\nDomain = b.example\nBase_IP = 10.0.0.0\nSubnet_Mask = 24\n"
	    "__NODES__\na:10.0.0.1::",
	    "Title = t\nFormat = 2\nDomain = b.example\nBase_IP = [2001:db8::]\nSubnet_Mask = 64\n"
	    "__NODES__\na:[2001:db8::1]::"};
	char *text = malloc(400000);
	double began;
	struct run r;

	(void)state;
	run_init(&r);
	for (size_t i = 0; i < 2; i++) {
		int at = snprintf(text, 400000, "%s", heads[i]);

		for (unsigned j = 0; j < 20000; j++)
			at += snprintf(text + at, 32, "%sn%u%s", j ? "," : "", j, j % 2 ? "_" : "");
		at += snprintf(text + at, 8, "::\n");
		run_add(&r, i ? "Subnet_2.sdb" : "Subnet_1.sdb", text, (size_t)at);
	}
	began = cpu_s();
	run_go(&r);
	printf("20000 aliases in each of two lines: %.3f s\n", cpu_s() - began);
	assert_true(cpu_s() - began < 10);
	assert_int_equal(run_file(&r, "bind/zones/b.example")->records, 10000 + 2);
	run_fini(&r);
	free(text);
}

static void
publish_65534_nodes_take_near_linear_time(void **state)
{
	double small = time_nodes(16384, false), large = time_nodes(65534, false);
	double shared = time_nodes(65534, true);

	(void)state;
	printf("16384 nodes %.3f s, 65534 nodes %.3f s, all at one address %.3f s\n", small, large,
	    shared);
	assert_true(large < small * 12 + 0.5);
	assert_true(shared < large * 4 + 0.5);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(publish_examples_give_the_golden_files),
	    cmocka_unit_test(publish_order_of_files_changes_nothing),
	    cmocka_unit_test(publish_order_and_case_of_nodes_change_nothing),
	    cmocka_unit_test(publish_serial_rises_with_changes_and_deletions_only),
	    cmocka_unit_test(publish_reverse_zones_fall_on_octets_and_nibbles),
	    cmocka_unit_test(publish_parent_of_others_is_not_served_when_told),
	    cmocka_unit_test(publish_options_that_cannot_be_written_are_refused),
	    cmocka_unit_test(publish_any_failed_allocation_is_an_error_and_leaks_nothing),
	    cmocka_unit_test(publish_a_run_that_is_given_up_ends_and_leaks_nothing),
	    cmocka_unit_test(publish_node_with_20000_aliases_takes_a_moment),
	    cmocka_unit_test(publish_65534_nodes_take_near_linear_time),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
