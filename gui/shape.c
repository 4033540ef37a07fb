/* SPDX-License-Identifier: ISC */
/*
 * Each outline is a function that gives the distance of a point from the edge, negative inside; the
 * unit square is -1 … 1, y down.  A pixel's opacity is its distance in pixels, so that edges are
 * smooth at every size.
 */
#include "gui/shape.h"

#include <math.h>
#include <stddef.h>
#include <string.h>

typedef double outline(double x, double y);

static double
disc_at(double x, double y, double cx, double cy, double r)
{
	return hypot(x - cx, y - cy) - r;
}

/* A vertical stroke with round ends. */
static double
stroke(double x, double y, double top, double bottom, double r)
{
	double cy = y < top ? top : y > bottom ? bottom : y;

	return disc_at(x, y, 0, cy, r);
}

static double
disc(double x, double y)
{
	return disc_at(x, y, 0, 0, 0.92);
}

static double
ring(double x, double y)
{
	return fabs(disc_at(x, y, 0, 0, 0.72)) - 0.2;
}

/* Sides from the apex at the top; the tips are cut round. */
static double
triangle(double x, double y)
{
	double side = fabs(x) * 0.8742 - (y + 0.98) * 0.4856;
	double base = y - 0.8;
	double tips = disc_at(x, y, 0, 0.22, 1.08);

	return fmax(fmax(side, base), tips);
}

static double
octagon(double x, double y)
{
	double ax = fabs(x), ay = fabs(y);

	return fmax(fmax(ax, ay), (ax + ay) * 0.70711) - 0.92;
}

static double
glyph_info(double x, double y)
{
	return fmin(disc_at(x, y, 0, -0.45, 0.15), stroke(x, y, -0.08, 0.46, 0.13));
}

static double
glyph_warning(double x, double y)
{
	return fmin(disc_at(x, y, 0, 0.53, 0.13), stroke(x, y, -0.32, 0.18, 0.12));
}

static double
glyph_critical(double x, double y)
{
	double u = (x + y) * 0.70711, v = (x - y) * 0.70711;

	return fmin(stroke(u, v, -0.5, 0.5, 0.13), stroke(v, u, -0.5, 0.5, 0.13));
}

/* A square of that half a side, its corners round. */
static double
square(double x, double y, double half)
{
	double corner = 0.3, u = fabs(x) - half + corner, v = fabs(y) - half + corner;

	return hypot(fmax(u, 0), fmax(v, 0)) + fmin(fmax(u, v), 0) - corner;
}

static double
box(double x, double y)
{
	return square(x, y, 0.92);
}

static double
inside_box(double x, double y)
{
	return square(x, y, 0.78);
}

static double
inside_disc(double x, double y)
{
	return disc_at(x, y, 0, 0, 0.78);
}

static double
dot(double x, double y)
{
	return disc_at(x, y, 0, 0, 0.36);
}

/* A short stroke down to the right and a long one up from there. */
static double
tick(double x, double y)
{
	double right = x + 0.14, down = y - 0.4;
	double u = (right + down) * 0.70711, v = (right - down) * 0.70711;

	return fmin(stroke(v, u, -0.5, 0, 0.13), stroke(u, v, 0, 0.96, 0.13));
}

static const struct sign {
	const char *name;
	outline *shape, *glyph;
} signs[] = {
    {"disc", disc, NULL},
    {"ring", ring, NULL},
    {"triangle", triangle, NULL},
    {"octagon", octagon, NULL},
    {"info", disc, glyph_info},
    {"warning", triangle, glyph_warning},
    {"critical", octagon, glyph_critical},
    {"box", box, inside_box},
    {"tick", box, tick},
    {"circle", disc, inside_disc},
    {"choice", disc, dot},
};

static const struct sign *
find(const char *name)
{
	for (size_t i = 0; i < sizeof signs / sizeof *signs; i++) {
		if (strcmp(signs[i].name, name) == 0)
			return &signs[i];
	}
	return NULL;
}

bool
shape_known(const char *name)
{
	return find(name) != NULL;
}

/* How much of a pixel is inside, 0 … 1. */
static double
cover(outline *edge, double x, double y, int size)
{
	double c = edge ? 0.5 - edge(x, y) * size / 2 : 0;

	return c < 0 ? 0 : c > 1 ? 1 : c;
}

static uint8_t
mix(uint32_t colour, uint32_t glyph, unsigned shift, double part)
{
	double under = (colour >> shift) & 0xff, over = (glyph >> shift) & 0xff;

	return (uint8_t)(under + (over - under) * part + 0.5);
}

bool
shape_draw(const char *name, int size, uint32_t colour, uint32_t glyph, uint8_t *rgba)
{
	const struct sign *sign = find(name);

	if (!sign)
		return false;
	for (int i = 0; i < size * size; i++, rgba += 4) {
		double x = (2.0 * (i % size) + 1) / size - 1;
		double y = (2.0 * (i / size) + 1) / size - 1;
		double part = cover(sign->glyph, x, y, size);

		rgba[0] = mix(colour, glyph, 16, part);
		rgba[1] = mix(colour, glyph, 8, part);
		rgba[2] = mix(colour, glyph, 0, part);
		rgba[3] = (uint8_t)(255 * cover(sign->shape, x, y, size) + 0.5);
	}
	return true;
}
