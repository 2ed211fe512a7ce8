#pragma once

#include "db/pdg-db-tx.h"

G_BEGIN_DECLS

/* A term never changes and its number is never given again: so each is read once a connection and organisation, and remembered there. */

typedef struct
{
  gint64 place; /* of its project and number */
  gint32 org_no;
  gint32 screen_no; /* 0 = none */
  const char *type;
  const char *name; /* nullable, as all that follow */
  const char *component;
  const char *component_path;
  const char *journey;
  const char *step;
  const char *screen_path;
} PdgStoreTerm;

/* The terms of @n events that this transaction was shown, by the numbers of their projects and terms. At most one statement, and none when
 * all are known. What @terms gets lives until the next call for this connection: copy the texts. FALSE with an error (PDG_DB_ERROR). */
gboolean pdg_store_load_terms (PdgDbTx *tx, const gint32 *project_nos, const gint32 *term_nos, guint n, const PdgStoreTerm **terms,
                               GError **error);

G_END_DECLS
