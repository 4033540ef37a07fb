/* SPDX-License-Identifier: ISC */
/*
 * Signs drawn from their outlines at any size: a shape with a glyph on it.  Pure.
 */
#ifndef OPDESK_GUI_SHAPE_H
#define OPDESK_GUI_SHAPE_H

#include <stdbool.h>
#include <stdint.h>

#define SHAPE_MAX_PIXELS 512

/* Is there a sign of that name?  disc ring triangle octagon; with a glyph: info warning critical;
 * what can be chosen, and is: box and tick, circle and choice. */
bool shape_known(const char *name);

/* Draw it into size × size pixels of red, green, blue, opacity; colours are 0xrrggbb.  false: no
 * such shape. */
bool shape_draw(const char *name, int size, uint32_t colour, uint32_t glyph, uint8_t *rgba);

#endif
