#pragma once

#include "codec/pdg-redact.h"
#include "model/pdg-guard.h"
#include "service/pdg-queries.h"

G_BEGIN_DECLS

/* The rules that each project uses; the built-in ones where it has made none. (transfer full) (element-type PdgRedactionRecord) */
GPtrArray *pdg_queries_load_redaction (PdgQueries *queries, const gint32 *project_nos, guint n, GError **error);

/* What a rule would take out at one key. Texts are masked. */
typedef struct
{
  char *path;
  PdgRedactRule rule;
  gint64 hits;
  GPtrArray *examples; /* a few, NULL-terminated */
} PdgDryRunKey;

typedef struct
{
  gint64 events;   /* looked at */
  gint64 affected; /* of them */
  gint64 hits[PDG_REDACT_N_RULES];
  GPtrArray *keys; /* PdgDryRunKey, most hits first */
  gboolean limited; /* there were more events than were looked at */
} PdgDryRun;

#define PDG_DRY_RUN_MAX_EVENTS 100000

void       pdg_dry_run_free (PdgDryRun *run);

/* Applies rules to stored events, newest first, and changes nothing. (transfer full) */
PdgDryRun *pdg_queries_dry_run (PdgQueries *queries, gint32 project_no, const PdgRedactRules *rules, gint64 from_usec, gint64 to_usec, GError **error);

/* As the functions of pdg-store-guard.h. Need the role editor, as letters hold what was sent. */
GPtrArray *pdg_queries_list_letters (PdgQueries *queries, const gint32 *project_nos, guint n, const char *reason, gint64 before, guint limit,
                                     GError **error);
GPtrArray *pdg_queries_list_letter_reasons (PdgQueries *queries, const gint32 *project_nos, guint n, GError **error);
gint64    *pdg_queries_load_dropped_letters (PdgQueries *queries, const gint32 *project_nos, guint n, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PdgDryRun, pdg_dry_run_free)

G_END_DECLS
