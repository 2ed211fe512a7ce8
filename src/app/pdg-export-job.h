#pragma once

#include "canvas/pdg-export.h"
#include "client/pdg-client.h"
#include "model/pdg-board.h"

G_BEGIN_DECLS

typedef enum
{
  PDG_EXPORT_FILE_PNG,
  PDG_EXPORT_FILE_SVG,
  PDG_EXPORT_FILE_PDF,
  PDG_EXPORT_FILE_JSON, /* of the board, not of the scene */
} PdgExportFile;

#define PDG_N_EXPORT_FILES (PDG_EXPORT_FILE_JSON + 1)

/* "png", "svg", "pdf", "json". */
const char *pdg_export_file_get_suffix (PdgExportFile file);

/* "Shop - 2026-11-22.png": what a file is called unless one says otherwise; nothing in it that a file system refuses.
 * (transfer full) */
char       *pdg_export_file_dup_name (PdgExportFile file, const char *project, gint64 now_usec);

/* One export: immutable while it runs. Its fields are borrowed until pdg_export_job_run_async() returns. A plain value. */
typedef struct
{
  PdgExportFile file;
  PdgScene *scene;
  PdgBoard *board;
  PdgTheme *theme;
  double scale;
  gboolean transparent;
  PdgEdgeTint edge_tint;
  double tint_reference;
  const char *title;
  const char *path;
  gboolean overwrite;  /* else a file that is there is kept, and the export fails with G_IO_ERROR_EXISTS */
} PdgExportRequest;

/* Where an export stands: 0 to 1, set by its thread, read by any. */
typedef struct
{
  gint permille;
} PdgExportProgress;

/* Draws on a thread of its own and writes beside @request->path; only the finished file takes that name, all at once. Pictures come
 * from @client. @progress lives until the callback. UI thread. */
void        pdg_export_job_run_async  (const PdgExportRequest *request, PdgClient *client, PdgExportProgress *progress, GCancellable *cancellable,
                                       GAsyncReadyCallback callback, gpointer user_data);

/* FALSE with PDG_EXPORT_ERROR or G_IO_ERROR. */
gboolean    pdg_export_job_run_finish (GAsyncResult *result, GError **error);

double      pdg_export_progress_get   (PdgExportProgress *progress);

G_END_DECLS
