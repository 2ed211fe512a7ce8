#pragma once

#include "canvas/pdg-export.h"

G_BEGIN_DECLS

/* One export under way. */
typedef struct
{
  const PdgScene *scene;
  const PdgTheme *theme;
  const PdgExportOptions *options;
  const PdgExportHooks *hooks;
  GOutputStream *stream;
  GCancellable *cancellable;  /* (nullable) */
  PdgRect area;               /* world units, whole */
  PdgSceneStyle style;
} PdgExport;

void      pdg_export_tell (const PdgExport *export, double done);

/* The picture of a card, cut to what @width_px needs; NULL when it has none. (transfer full) (nullable) */
PdgImage *pdg_export_load (const PdgExport *export, guint32 card, int width_px);

gboolean  pdg_export_write_png (PdgExport *export, GError **error);
gboolean  pdg_export_write_vector (PdgExport *export, GError **error);

G_END_DECLS
