/* SPDX-License-Identifier: ISC */
/* Edits touch their own lines only: examples, then random ones against a plain list of strings. */
#include "lib/sdb/header.h"
#include "tests/unit/sdb/sdb.h"

static void
header_value_changes_alone(void **state)
{
	struct sdb_file *f = file_of("Title = x\nDomain\t=  a.b \t\nGateway =\n__NODES__\n");

	(void)state;
	assert_int_equal(sdb_edit_header(f, SDB_TEXT("Domain"), SDB_TEXT("c.d")), OP_OK);
	assert_int_equal(sdb_edit_header(f, SDB_TEXT("Gateway"), SDB_TEXT("192.0.2.1")), OP_OK);
	assert_written(f, "Title = x\nDomain\t=  c.d \t\nGateway = 192.0.2.1\n__NODES__\n");
	assert_int_equal(sdb_edit_header(f, SDB_TEXT("Gateway"), SDB_TEXT("")), OP_OK);
	assert_written(f, "Title = x\nDomain\t=  c.d \t\nGateway = \n__NODES__\n");
	sdb_file_free(f);
}

static void
header_new_key_goes_to_its_place(void **state)
{
	struct sdb_file *f = file_of("Domain = a.b\r\n# end\r\n__NODES__\r\n");

	(void)state;
	assert_int_equal(sdb_edit_header(f, SDB_TEXT("Title"), SDB_TEXT("x")), OP_OK);
	assert_int_equal(sdb_edit_header(f, SDB_TEXT("Format"), SDB_TEXT("2")), OP_OK);
	assert_int_equal(sdb_edit_header(f, SDB_TEXT("Colour"), SDB_TEXT("red = blue")), OP_OK);
	assert_int_equal(sdb_file_format(f), 2);
	assert_written(f, "Title = x\r\nFormat = 2\r\nDomain = a.b\r\nColour = red = blue\r\n"
			  "# end\r\n__NODES__\r\n");
	assert_int_equal(sdb_edit_drop_header(f, SDB_TEXT("Format")), OP_OK);
	assert_int_equal(sdb_edit_drop_header(f, SDB_TEXT("Format")), OP_NOT_FOUND);
	assert_int_equal(sdb_file_format(f), 1);
	sdb_file_free(f);
}

static void
header_that_would_not_read_back_is_refused(void **state)
{
	struct sdb_file *f = file_of(EXAMPLE);
	static const char *const bad[][2] = {{"", "x"}, {"#c", "x"}, {"a=b", "x"}, {" a", "x"},
	    {"Title", "two\nlines"}, {"Title", " blank"}, {"Title", "cr\r"}, {"a\nb", "x"}};

	(void)state;
	for (size_t i = 0; i < UNIT_COUNT(bad); i++)
		assert_int_equal(sdb_edit_header(f, sdb_text_of(bad[i][0]), sdb_text_of(bad[i][1])),
		    OP_BAD_REQUEST);
	assert_written(f, EXAMPLE);
	sdb_file_free(f);
}

static void
format_change_reads_nodes_anew(void **state)
{
	struct sdb_file *f = file_of("Title = x\n__NODES__\na:[::7]::::c\n");

	(void)state;
	assert_int_equal(node_of(f, "a")->address.family, 0);
	assert_int_equal(sdb_edit_header(f, SDB_TEXT("Format"), SDB_TEXT("2")), OP_OK);
	assert_int_equal(node_of(f, "a")->address.family, 6);
	assert_text(sdb_node_field(node_of(f, "a"), SDB_REMARK), "c");
	sdb_file_free(f);
}

static void
node_is_added_behind_the_last(void **state)
{
	struct sdb_file *f = file_of(EXAMPLE "# the end\n");
	struct sdb_node n = make_node("buoy", "192.0.2.35", "a: b");
	const struct sdb_line *line = NULL;

	(void)state;
	assert_int_equal(sdb_edit_add(f, &n, NULL, &line), OP_OK);
	assert_ptr_equal(line, node_of(f, "buoy"));
	assert_int_equal(line->address.bytes[3], 35);
	assert_int_equal(sdb_file_nodes(f), 3);
	assert_written(f, EXAMPLE "buoy:192.0.2.35::::a: b\n# the end\n");
	sdb_file_free(f);
}

static void
node_is_added_to_a_file_without_marker(void **state)
{
	struct sdb_file *f = file_of("Title = x");
	struct sdb_node n = make_node("a", "192.0.2.1", "");

	(void)state;
	assert_int_equal(sdb_edit_add(f, &n, NULL, NULL), OP_OK);
	assert_written(f, "Title = x\n__NODES__\na:192.0.2.1::::");
	sdb_file_free(f);
}

static void
node_that_would_not_read_back_is_refused(void **state)
{
	struct sdb_file *f = file_of(EXAMPLE);
	const char *const bad[][3] = {{"a:b", "192.0.2.40", ""}, {"#a", "192.0.2.40", ""},
	    {"a", "[2001:db8::1]", ""}, {"a", "192.0.2.40", "two\nlines"},
	    {"a", "192.0.2.40", "\r"}};

	(void)state;
	for (size_t i = 0; i < UNIT_COUNT(bad); i++) {
		struct sdb_node n = make_node(bad[i][0], bad[i][1], bad[i][2]);

		assert_int_equal(sdb_edit_add(f, &n, NULL, NULL), OP_BAD_REQUEST);
		assert_int_equal(sdb_edit_change(f, node_of(f, "lamp"), &n), OP_BAD_REQUEST);
	}
	assert_written(f, EXAMPLE);
	sdb_file_free(f);
}

static void
node_change_touches_its_line_only(void **state)
{
	struct sdb_file *f = file_of(EXAMPLE);
	const struct sdb_line *lamp = node_of(f, "lamp");
	struct sdb_node n;

	(void)state;
	sdb_node_read(lamp, &n);
	assert_int_equal(sdb_edit_change(f, lamp, &n), OP_OK);
	assert_written(f, EXAMPLE);
	n.field[SDB_ADDRESS] = SDB_TEXT("192.0.2.36");
	assert_int_equal(sdb_edit_change(f, lamp, &n), OP_OK);
	assert_ptr_equal(lamp, node_of(f, "lamp"));
	assert_int_equal(lamp->address.bytes[3], 36);
	assert_written(f,
	    EXAMPLE_HEADER "__NODES__\n"
			   "tug1:192.0.2.33:0200c0ffee01:ferry:mail.Example.Org:bridge console\n"
			   "lamp:192.0.2.36:0200c0ffee02:::no alias, no mail\n");
	sdb_file_free(f);
}

static void
node_short_line_is_left_alone_until_changed(void **state)
{
	struct sdb_file *f = file_of("__NODES__\na:192.0.2.1\n");
	struct sdb_node n = make_node("a", "192.0.2.1", "");

	(void)state;
	assert_int_equal(sdb_edit_change(f, node_of(f, "a"), &n), OP_OK);
	assert_written(f, "__NODES__\na:192.0.2.1\n");
	n.field[SDB_REMARK] = SDB_TEXT("c");
	assert_int_equal(sdb_edit_change(f, node_of(f, "a"), &n), OP_OK);
	assert_written(f, "__NODES__\na:192.0.2.1::::c\n");
	sdb_file_free(f);
}

static void
newline_missing_at_the_end_stays_missing(void **state)
{
	struct sdb_file *f = file_of("__NODES__\r\na:1");
	struct sdb_node n = make_node("b", "2", "");

	(void)state;
	assert_int_equal(sdb_edit_add(f, &n, NULL, NULL), OP_OK);
	assert_written(f, "__NODES__\r\na:1\r\nb:2::::");
	assert_int_equal(sdb_edit_move(f, node_of(f, "a"), NULL), OP_OK);
	assert_written(f, "__NODES__\r\nb:2::::\r\na:1");
	sdb_edit_remove(f, node_of(f, "a"));
	assert_written(f, "__NODES__\r\nb:2::::\r\n");
	sdb_file_free(f);
}

static void
marker_removed_makes_header_of_nodes(void **state)
{
	struct sdb_file *f = file_of(EXAMPLE);

	(void)state;
	sdb_edit_remove(f, sdb_file_line(f, 6));
	assert_int_equal(sdb_file_nodes(f), 0);
	sdb_file_free(f);
}

static void
any_line_can_be_replaced_inserted_moved(void **state)
{
	struct sdb_file *f = file_of("b\n__NODES__\n");

	(void)state;
	assert_int_equal(sdb_edit_text(f, sdb_file_first(f), SDB_TEXT("Title = x")), OP_OK);
	assert_int_equal(sdb_file_first(f)->kind, SDB_HEADER);
	assert_int_equal(sdb_edit_insert(f, sdb_file_line(f, 2), SDB_TEXT("# c")), OP_OK);
	assert_int_equal(sdb_edit_insert(f, NULL, SDB_TEXT("a:1")), OP_OK);
	assert_int_equal(sdb_edit_insert(f, NULL, SDB_TEXT("a\n1")), OP_BAD_REQUEST);
	assert_int_equal(sdb_edit_to_front(f, sdb_file_line(f, 2)), OP_OK);
	assert_written(f, "# c\nTitle = x\n__NODES__\na:1\n");
	assert_int_equal(sdb_file_nodes(f), 1);
	assert_int_equal(sdb_edit_text(f, node_of(f, "a"), SDB_TEXT("b:192.0.2.1")), OP_OK);
	assert_int_equal(node_of(f, "b")->address.family, 4);
	assert_int_equal(sdb_edit_text(f, node_of(f, "b"), SDB_TEXT("# b")), OP_OK);
	assert_int_equal(sdb_file_nodes(f), 0);
	sdb_file_free(f);
}

static void
any_line_emptied_at_the_end_gets_its_newline(void **state)
{
	struct sdb_file *f = file_of("a\r\nb");

	(void)state;
	assert_int_equal(sdb_edit_text(f, sdb_file_last(f), SDB_TEXT("")), OP_OK);
	assert_written(f, "a\r\n\r\n");
	sdb_file_free(f);
}

/* "\r" before the newline that an addition brings must not become part of it. */
static void
stray_cr_at_the_end_stays(void **state)
{
	struct sdb_file *f = file_of("__NODES__\na:1::::c\r"), *again;
	struct sdb_node n = make_node("b", "2", "");
	char *text;

	(void)state;
	assert_int_equal(sdb_edit_add(f, &n, NULL, NULL), OP_OK);
	text = written(f);
	assert_string_equal(text, "__NODES__\na:1::::c\r\r\nb:2::::");
	again = file_of(text);
	assert_text(sdb_node_field(node_of(again, "a"), SDB_REMARK), "c\r");
	sdb_file_free(again);
	free(text);
	sdb_file_free(f);
}

/* --- random edits against a list of strings --- */

#define MAX_LINES 64

struct model {
	char line[MAX_LINES][80];
	size_t count;
	bool unended; /* the last line has no newline */
	const char *eol;
};

static void
model_put(struct model *m, size_t at, const char *text)
{
	memmove(m->line[at + 1], m->line[at], (m->count - at) * sizeof(m->line[0]));
	snprintf(m->line[at], sizeof(m->line[at]), "%s", text);
	m->count++;
}

static void
model_drop(struct model *m, size_t at)
{
	m->unended = m->unended && at != m->count - 1;
	m->count--;
	memmove(m->line[at], m->line[at + 1], (m->count - at) * sizeof(m->line[0]));
}

static void
model_text(const struct model *m, char *dst, size_t size)
{
	size_t n = 0;

	dst[0] = '\0';
	for (size_t i = 0; i < m->count; i++)
		n += (size_t)snprintf(dst + n, size - n, "%s%s", m->line[i],
		    i + 1 == m->count && m->unended ? "" : m->eol);
}

static bool
model_is_node(const struct model *m, size_t i)
{
	return i > 2 && m->line[i][0] != '#' && m->line[i][0];
}

static size_t
model_pick_node(const struct model *m)
{
	size_t i = unit_random((uint32_t)m->count);

	for (size_t n = 0; n < m->count; n++, i = (i + 1) % m->count)
		if (model_is_node(m, i))
			return i;
	return 0;
}

static size_t
model_last_node(const struct model *m)
{
	size_t i = m->count - 1;

	while (i > 2 && !model_is_node(m, i))
		i--;
	return i;
}

static struct sdb_node
random_node(char text[80])
{
	static char name[16], address[32];

	snprintf(name, sizeof(name), "n%u", unit_random(100));
	snprintf(address, sizeof(address), "10.0.0.%u", unit_random(300));
	snprintf(text, 80, "%s:%s::::r", name, address);
	return make_node(name, address, "r");
}

static void
random_add(struct sdb_file *f, struct model *m)
{
	size_t after = 2 + unit_random((uint32_t)m->count - 2);
	bool at_end = unit_random(2);
	char text[80];
	struct sdb_node n = random_node(text);

	if (m->count > MAX_LINES - 2)
		return;
	assert_int_equal(
	    sdb_edit_add(f, &n, at_end ? NULL : sdb_file_line(f, after + 1), NULL), OP_OK);
	model_put(m, (at_end ? model_last_node(m) : after) + 1, text);
}

static void
random_change(struct sdb_file *f, struct model *m)
{
	size_t i = model_pick_node(m);
	char text[80];
	struct sdb_node n = random_node(text);

	if (i == 0)
		return;
	assert_int_equal(sdb_edit_change(f, sdb_file_line(f, i + 1), &n), OP_OK);
	snprintf(m->line[i], sizeof(m->line[i]), "%s", text);
}

static void
random_remove(struct sdb_file *f, struct model *m)
{
	size_t i = model_pick_node(m);

	if (i == 0)
		return;
	sdb_edit_remove(f, sdb_file_line(f, i + 1));
	model_drop(m, i);
}

static void
random_move(struct sdb_file *f, struct model *m)
{
	size_t i = model_pick_node(m), after = 2 + unit_random((uint32_t)m->count - 2);
	char text[80];

	if (i == 0)
		return;
	assert_int_equal(
	    sdb_edit_move(f, sdb_file_line(f, i + 1), sdb_file_line(f, after + 1)), OP_OK);
	if (after == i || after == i - 1)
		return;
	snprintf(text, sizeof(text), "%s", m->line[i]);
	model_drop(m, i);
	model_put(m, after < i ? after + 1 : after, text);
}

static void
random_header(struct sdb_file *f, struct model *m)
{
	char title[40];

	snprintf(title, sizeof(title), "t%u", unit_random(1000));
	assert_int_equal(sdb_edit_header(f, SDB_TEXT("Title"), sdb_text_of(title)), OP_OK);
	snprintf(m->line[0], sizeof(m->line[0]), "Title =%s", title);
}

static void
random_edits(struct model *m)
{
	static void (*const edits[])(struct sdb_file *, struct model *) = {
	    random_add, random_add, random_change, random_remove, random_move, random_header};
	char expected[MAX_LINES * 82];
	struct sdb_file *f, *again;
	size_t nodes = 0;

	model_text(m, expected, sizeof(expected));
	f = file_of(expected);
	for (int i = 0; i < 60; i++) {
		edits[unit_random(UNIT_COUNT(edits))](f, m);
		model_text(m, expected, sizeof(expected));
		assert_written(f, expected);
	}
	again = file_of(expected);
	for (size_t i = 0; i < m->count; i++)
		nodes += model_is_node(m, i);
	assert_int_equal(sdb_file_nodes(f), nodes);
	assert_int_equal(sdb_file_nodes(again), nodes);
	assert_int_equal(sdb_file_lines(f), m->count);
	sdb_file_free(again);
	sdb_file_free(f);
}

static void
random_edits_agree_with_a_list_of_strings(void **state)
{
	static const char *const lines[] = {"Title =x", "Other\t= y", "__NODES__", "# first",
	    "a:10.0.0.1:::", "", "b:10.0.0.2::::c:d", "# last"};

	(void)state;
	unit_random_start(__func__);
	for (int i = 0; i < 300; i++) {
		struct model m = {.eol = unit_random(2) ? "\n" : "\r\n", .unended = unit_random(2)};

		for (size_t j = 0; j < UNIT_COUNT(lines) - unit_random(2); j++)
			model_put(&m, m.count, lines[j]);
		random_edits(&m);
	}
}

/* --- no memory --- */

static int
edit_step(struct sdb_file *f, int step)
{
	struct sdb_node n = make_node("new", "192.0.2.40", "c");

	switch (step) {
	case 0:
		return sdb_edit_header(f, SDB_TEXT("Title"), SDB_TEXT("y"));
	case 1:
		return sdb_edit_header(f, SDB_TEXT("Colour"), SDB_TEXT("red"));
	case 2:
		return sdb_edit_add(f, &n, NULL, NULL);
	case 3:
		return sdb_edit_change(f, sdb_file_last(f), &n);
	case 4:
		return sdb_edit_text(f, sdb_file_first(f), SDB_TEXT("Title = z"));
	default:
		return sdb_edit_insert(f, NULL, SDB_TEXT("# end"));
	}
}

static void
edit_one(void *arg)
{
	struct sdb_file *f = NULL;
	int err;

	if (sdb_file_parse(EXAMPLE, sizeof(EXAMPLE) - 1, &f) != OP_OK)
		return;
	err = edit_step(f, *(int *)arg);
	assert_true(err == OP_OK || err == OP_NO_MEMORY);
	if (err)
		assert_written(f, EXAMPLE); /* the one failure is behind us */
	sdb_file_free(f);
}

static void
edits_without_memory_change_nothing(void **state)
{
	(void)state;
	for (int step = 0; step < 6; step++) {
		for (long n = 1, hit = 1; hit; n++) {
			failing_malloc_at(n);
			edit_one(&step);
			hit = failing_malloc_hit();
		}
		failing_malloc_at(0);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(header_value_changes_alone),
	    cmocka_unit_test(header_new_key_goes_to_its_place),
	    cmocka_unit_test(header_that_would_not_read_back_is_refused),
	    cmocka_unit_test(format_change_reads_nodes_anew),
	    cmocka_unit_test(node_is_added_behind_the_last),
	    cmocka_unit_test(node_is_added_to_a_file_without_marker),
	    cmocka_unit_test(node_that_would_not_read_back_is_refused),
	    cmocka_unit_test(node_change_touches_its_line_only),
	    cmocka_unit_test(node_short_line_is_left_alone_until_changed),
	    cmocka_unit_test(newline_missing_at_the_end_stays_missing),
	    cmocka_unit_test(marker_removed_makes_header_of_nodes),
	    cmocka_unit_test(any_line_can_be_replaced_inserted_moved),
	    cmocka_unit_test(any_line_emptied_at_the_end_gets_its_newline),
	    cmocka_unit_test(stray_cr_at_the_end_stays),
	    cmocka_unit_test(random_edits_agree_with_a_list_of_strings),
	    cmocka_unit_test(edits_without_memory_change_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
