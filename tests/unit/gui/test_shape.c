/* SPDX-License-Identifier: ISC */
/* Signs at sizes from tiny to large: something inside, nothing in the corners, smooth edges. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>
#include "gui/shape.h"

static const char *const names[] = {"disc", "ring", "triangle", "octagon", "info", "warning",
    "critical", "box", "tick", "circle", "choice"};

static void
shape_unknown_is_refused(void **state)
{
	uint8_t pixel[4] = {1, 2, 3, 4};

	(void)state;
	assert_false(shape_known("star"));
	assert_false(shape_draw("star", 1, 0, 0, pixel));
	assert_int_equal(pixel[0], 1);
}

static void
check_sign(const char *name, int size)
{
	uint8_t *rgba = calloc((size_t)size * (size_t)size, 4);
	int opaque = 0, partly = 0;

	assert_non_null(rgba);
	assert_true(shape_draw(name, size, 0x123456, 0xffffff, rgba));
	for (int i = 0; i < size * size; i++) {
		opaque += rgba[4 * i + 3] == 255;
		partly += rgba[4 * i + 3] > 0 && rgba[4 * i + 3] < 255;
	}
	assert_int_equal(rgba[3], 0);
	assert_int_equal(rgba[4 * size * size - 1], 0);
	assert_in_range(opaque, size * size / 8, size * size * 9 / 10);
	assert_true(partly > size / 2);
	free(rgba);
}

static void
shape_every_size_is_filled_and_smooth(void **state)
{
	static const int sizes[] = {12, 16, 31, 44, 96, SHAPE_MAX_PIXELS};

	(void)state;
	for (size_t n = 0; n < sizeof names / sizeof *names; n++) {
		assert_true(shape_known(names[n]));
		for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
			check_sign(names[n], sizes[i]);
	}
}

static void
shape_critical_has_its_glyph_in_the_middle(void **state)
{
	uint8_t rgba[45 * 45 * 4];
	const uint8_t *middle = rgba + 4 * (45 * 22 + 22), *edge = rgba + 4 * (45 * 22 + 4);

	(void)state;
	assert_true(shape_draw("critical", 45, 0xc2261b, 0xffffff, rgba));
	assert_memory_equal(middle, "\xff\xff\xff\xff", 4);
	assert_memory_equal(edge, "\xc2\x26\x1b\xff", 4);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(shape_unknown_is_refused),
	    cmocka_unit_test(shape_every_size_is_filled_and_smooth),
	    cmocka_unit_test(shape_critical_has_its_glyph_in_the_middle),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
