#include "config.h"
#include "canvas/pdg-export.h"

#include "canvas/pdg-export-private.h"

#include <math.h>

/* World units around everything: entry and exit shares hang out of the outermost cards. */
#define MARGIN 72.0

G_DEFINE_QUARK (pdg-export-error-quark, pdg_export_error)

static PdgRect
get_area (const PdgScene *scene)
{
  PdgRect bounds = pdg_scene_get_bounds (scene);
  PdgRect area = pdg_rect_expand (&bounds, MARGIN);
  double right = ceil (area.x + area.width), bottom = ceil (area.y + area.height);

  area.x = floor (area.x);
  area.y = floor (area.y);
  area.width = right - area.x;
  area.height = bottom - area.y;
  return area;
}

gboolean
pdg_export_get_size (const PdgScene *scene, double scale, int *width, int *height, double *fitting_scale, GError **error)
{
  PdgRect area = get_area (scene);
  double longest = MAX (area.width, area.height);
  double fitting = PDG_EXPORT_MAX_PIXELS / longest;

  fitting = fitting >= 1 ? floor (fitting) : floor (fitting * 100) / 100;
  if (fitting_scale != NULL)
    *fitting_scale = fitting;
  if (pdg_scene_get_n_cards (scene) == 0)
    {
      g_set_error_literal (error, PDG_EXPORT_ERROR, PDG_EXPORT_ERROR_EMPTY, "There is nothing to export");
      return FALSE;
    }
  if (ceil (longest * scale) > PDG_EXPORT_MAX_PIXELS || scale < PDG_CAMERA_MIN_ZOOM)
    {
      if (fitting < PDG_CAMERA_MIN_ZOOM)
        g_set_error_literal (error, PDG_EXPORT_ERROR, PDG_EXPORT_ERROR_TOO_LARGE,
                             "This is too large for a picture at any scale: export a selection, or as SVG or PDF");
      else
        g_set_error (error, PDG_EXPORT_ERROR, PDG_EXPORT_ERROR_TOO_LARGE,
                     "At %g× this is %.0f × %.0f pixels, and a picture has at most %d each way: %g× would do, or a selection, or SVG or PDF",
                     scale, ceil (area.width * scale), ceil (area.height * scale), PDG_EXPORT_MAX_PIXELS, fitting);
      return FALSE;
    }
  *width = (int) ceil (area.width * scale);
  *height = (int) ceil (area.height * scale);
  return TRUE;
}

void
pdg_export_tell (const PdgExport *export, double done)
{
  if (export->hooks != NULL && export->hooks->progress != NULL)
    export->hooks->progress (done, export->hooks->user_data);
}

PdgImage *
pdg_export_load (const PdgExport *export, guint32 card, int width_px)
{
  const char *id = pdg_scene_get_screen (export->scene, card)->snapshot_id;
  g_autoptr (PdgImage) image = NULL;

  if (id == NULL || export->hooks == NULL || export->hooks->picture == NULL)
    return NULL;
  image = export->hooks->picture (id, export->hooks->user_data);
  return image != NULL ? pdg_image_dup_smaller (image, width_px) : NULL;
}

gboolean
pdg_export_write (const PdgScene *scene, const PdgTheme *theme, const PdgExportOptions *options, const PdgExportHooks *hooks,
                  GOutputStream *stream, GCancellable *cancellable, GError **error)
{
  PdgExport export = { scene, theme, options, hooks, stream, cancellable, get_area (scene), PDG_SCENE_STYLE_INIT };

  export.style.no_dots = TRUE;
  export.style.no_requests = TRUE;
  export.style.no_ground = options->transparent;
  export.style.edge_tint = options->edge_tint;
  export.style.tint_reference = options->tint_reference;
  if (options->format == PDG_EXPORT_PNG)
    return pdg_export_write_png (&export, error);
  if (pdg_scene_get_n_cards (scene) == 0)
    {
      g_set_error_literal (error, PDG_EXPORT_ERROR, PDG_EXPORT_ERROR_EMPTY, "There is nothing to export");
      return FALSE;
    }
  return pdg_export_write_vector (&export, error);
}
