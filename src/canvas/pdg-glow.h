#pragma once

#include "canvas/pdg-theme.h"

#include <cairo.h>

G_BEGIN_DECLS

/* Soft light on an RGB24 or ARGB32 picture, in device pixels whatever its device scale: what moves is drawn anew in each frame, and
 * cairo needs ten times as long for the same. The caller flushes the picture before and marks it dirty after. Any thread, while nobody else
 * uses it. */

/* A disc with a rim around it and light that fades over @reach; lengths in device pixels. A plain value. */
typedef struct
{
  double radius;
  double rim;
  double reach;
  const PdgRgba *color;
  const PdgRgba *rim_color;
} PdgGlowDot;

void pdg_glow_dot (cairo_surface_t *target, double x, double y, const PdgGlowDot *dot, double alpha);

/* Light around a rectangle with corners of @radius that fades over @reach; nothing within it. */
void pdg_glow_ring (cairo_surface_t *target, double x, double y, double width, double height, double radius, double reach,
                    const PdgRgba *color, double alpha);

G_END_DECLS
