#pragma once

#include <glib.h>

#include "app/pdg-time-range.h"

G_BEGIN_DECLS

typedef enum
{
  PDG_APPEARANCE_SYSTEM,
  PDG_APPEARANCE_LIGHT,
  PDG_APPEARANCE_DARK,
} PdgAppearance;

#define PDG_N_APPEARANCES (PDG_APPEARANCE_DARK + 1)

/* "system", "light", "dark"; an unknown word is system. */
const char   *pdg_appearance_get_nick (PdgAppearance appearance);
PdgAppearance pdg_appearance_from_nick (const char *nick);

/* What the app remembers between runs, in a key file of the user's. A plain value. */
typedef struct
{
  int width;
  int height;
  gboolean maximized;
  gboolean rail_visible;
  gboolean wheel_zooms;
  gboolean closeups;
  char *project_id; /* nullable */
  PdgTimeRange range;
  PdgAppearance appearance;
} PdgSettings;

/* Reads the file at @path; defaults for what is absent or senseless. (transfer full) */
PdgSettings *pdg_settings_load (const char *path);

/* Writes the file, its folder included; FALSE with a G_FILE_ERROR. */
gboolean     pdg_settings_save (const PdgSettings *settings, const char *path, GError **error);

void         pdg_settings_free (PdgSettings *settings);

/* Where the file lies by default. (transfer full) */
char        *pdg_settings_dup_default_path (void);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PdgSettings, pdg_settings_free)

G_END_DECLS
