#pragma once

#include "codec/pdg-multipart.h"

G_BEGIN_DECLS

/* What a picture of a screen comes with (docs/wire.md, POST /v1/snapshots). Texts are owned; NULL = not said. */
typedef struct
{
  GBytes *image;
  char *media_type; /* that the part claims */
  char *project;
  char *session;
  char *screen_path; /* normalised */
  char *journey;
  char *step;
  char *component_tree; /* JSON text, as the next */
  char *state;
  gint64 taken_usec;
  double device_scale; /* 0 = not said */
  gint32 viewport_width; /* logical pixels; 0 = not said */
  gint32 viewport_height;
} PdgSnapshotForm;

/* Reads the parts of a form whose @body they point into. Its picture is not looked at. @now_usec: for one that does not say when it was
 * taken. NULL with a message that names the part. Errors: PDG_CODEC_ERROR. Any thread. (transfer full) */
PdgSnapshotForm *pdg_snapshot_form_read (const GArray *parts, GBytes *body, gint64 now_usec, GError **error);
void             pdg_snapshot_form_free (PdgSnapshotForm *form);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PdgSnapshotForm, pdg_snapshot_form_free)

G_END_DECLS
