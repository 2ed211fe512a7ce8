#pragma once

#include <gtk/gtk.h>

#include "app/pdg-style.h"

G_BEGIN_DECLS

#define PDG_TYPE_SKELETON (pdg_skeleton_get_type ())
G_DECLARE_FINAL_TYPE (PdgSkeleton, pdg_skeleton, PDG, SKELETON, GtkWidget)

/* The shape of a canvas that is still loading: cards and paths without content. */
void pdg_skeleton_bind (PdgSkeleton *self, PdgStyle *style);

G_END_DECLS
