#include "config.h"
#include "store/pdg-store-flush.h"

#include "db/pdg-db-error.h"

#include <stdlib.h>
#include <string.h>

#define HOLD_PROJECTS "SELECT hold_projects($1, $2)"
#define APPLY_SESSIONS                                                                                                    \
  "SELECT apply_sessions($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20)"
#define NAME_SCREENS "SELECT name_screens($1, $2, $3, $4)"
#define NOTIFY "SELECT pg_notify('" PDG_STORE_CHANNEL "', $1)"

/* PostgreSQL 17 gave it one more parameter, which has a default */
#define MAY_FLUSH_LOG                                                                                                     \
  "SELECT coalesce(bool_and(has_function_privilege(oid, 'EXECUTE')), FALSE) FROM pg_proc "                                 \
  "WHERE proname = 'pg_logical_emit_message' AND pronamespace = 'pg_catalog'::regnamespace"
/* a message in the log makes a transaction that has nothing to write one that does, so that its commit goes to the disk */
#define FLUSH_LOG "SELECT pg_logical_emit_message(TRUE, 'productgraph', '')"

#define MAX_PAYLOAD_BYTES 7900 /* of the 8,000 that NOTIFY takes */
#define PAIR_BYTES 24          /* of two numbers, a space and a comma */

/* Columns of structures as parameters: the value of a member of each. In numbers 0, in times G_MAXINT64 may stand for null. */
static void
add_int4s (PdgDbParams *params, const void *first, gsize stride, guint n, gboolean has_null)
{
  g_autofree gint32 *values = g_new (gint32, n);
  g_autofree guint8 *nulls = g_new0 (guint8, n);

  for (guint i = 0; i < n; i++)
    {
      memcpy (&values[i], (const char *) first + i * stride, sizeof (gint32));
      nulls[i] = has_null && values[i] == 0;
    }
  pdg_db_params_add_int4_array (params, values, nulls, n);
}

static void
add_times (PdgDbParams *params, const void *first, gsize stride, guint n)
{
  g_autofree gint64 *values = g_new (gint64, n);
  g_autofree guint8 *nulls = g_new0 (guint8, n);

  for (guint i = 0; i < n; i++)
    {
      memcpy (&values[i], (const char *) first + i * stride, sizeof (gint64));
      nulls[i] = values[i] == G_MAXINT64;
    }
  pdg_db_params_add_timestamptz_array (params, values, nulls, n);
}

/* The projects of the deltas, and for each delta the place of its own among them, from 1; they are sorted by project. */
static void
add_projects (PdgDbParams *params, const PdgSessionDelta *d, guint n)
{
  g_autoptr (GArray) touched = g_array_new (FALSE, FALSE, sizeof (gint32));
  g_autofree gint32 *places = g_new (gint32, n);

  for (guint i = 0; i < n; i++)
    {
      if (i == 0 || d[i].project_no != d[i - 1].project_no)
        g_array_append_val (touched, d[i].project_no);
      places[i] = (gint32) touched->len;
    }
  pdg_db_params_add_int4_array (params, (const gint32 *) (void *) touched->data, NULL, touched->len);
  pdg_db_params_add_int4_array (params, places, NULL, n);
}

static PdgDbParams *
session_params (const PdgSessionDelta *d, guint n, gint64 received_usec)
{
  PdgDbParams *params = pdg_db_params_new ();
  g_autofree gint16 *kinds = g_new (gint16, n);

  for (guint i = 0; i < n; i++)
    kinds[i] = d[i].actor_kind;
  add_projects (params, d, n);
  add_int4s (params, &d[0].session_no, sizeof *d, n, FALSE);
  add_int4s (params, &d[0].events, sizeof *d, n, FALSE);
  add_int4s (params, &d[0].page_views, sizeof *d, n, FALSE);
  add_int4s (params, &d[0].errors, sizeof *d, n, FALSE);
  add_times (params, &d[0].start_usec, sizeof *d, n);
  add_times (params, &d[0].end_usec, sizeof *d, n);
  add_int4s (params, &d[0].entry_screen_no, sizeof *d, n, TRUE);
  add_times (params, &d[0].entry_usec, sizeof *d, n);
  add_int4s (params, &d[0].entry_seq, sizeof *d, n, FALSE);
  add_int4s (params, &d[0].exit_screen_no, sizeof *d, n, TRUE);
  add_times (params, &d[0].exit_usec, sizeof *d, n);
  add_int4s (params, &d[0].exit_seq, sizeof *d, n, FALSE);
  add_int4s (params, &d[0].release_no, sizeof *d, n, TRUE);
  add_times (params, &d[0].release_usec, sizeof *d, n);
  add_int4s (params, &d[0].actor_no, sizeof *d, n, FALSE);
  pdg_db_params_add_int2_array (params, kinds, NULL, n);
  add_times (params, &d[0].actor_usec, sizeof *d, n);
  pdg_db_params_add_timestamptz (params, received_usec);
  return params;
}

static PdgDbParams *
hold_params (const PdgTouchedProject *projects, guint n)
{
  PdgDbParams *params = pdg_db_params_new ();

  add_int4s (params, &projects[0].project_no, sizeof *projects, n, FALSE);
  add_int4s (params, &projects[0].epoch, sizeof *projects, n, FALSE);
  return params;
}

static PdgDbParams *
title_params (const PdgScreenTitle *titles, guint n)
{
  PdgDbParams *params = pdg_db_params_new ();
  g_autofree const char **texts = g_new (const char *, n);
  g_autofree gssize *lens = g_new (gssize, n);

  for (guint i = 0; i < n; i++)
    {
      texts[i] = titles[i].title.data;
      lens[i] = titles[i].title.len;
    }
  add_int4s (params, &titles[0].project_no, sizeof *titles, n, FALSE);
  add_int4s (params, &titles[0].screen_no, sizeof *titles, n, FALSE);
  pdg_db_params_add_text_array (params, texts, lens, n);
  add_times (params, &titles[0].usec, sizeof *titles, n);
  return params;
}

/* The first of @n projects that are told in one message; *n_told is how many. */
static PdgDbParams *
notify_params (const PdgTouchedProject *projects, guint n, const char *origin, guint *n_told)
{
  PdgDbParams *params = pdg_db_params_new ();
  g_autoptr (GString) payload = g_string_new (NULL);
  guint i;

  for (i = 0; i < n && payload->len + PAIR_BYTES + strlen (origin) < MAX_PAYLOAD_BYTES; i++)
    g_string_append_printf (payload, "%s%d %d", i > 0 ? "," : "", projects[i].org_no, projects[i].project_no);
  g_string_append_printf (payload, " %s", origin);
  pdg_db_params_add_text (params, payload->str, (gssize) payload->len);
  *n_told = i;
  return params;
}

gboolean
pdg_store_finish_flush (PdgDbTx *tx, const PdgFlushEnd *end, gboolean commit, GError **error)
{
  g_autoptr (GArray) statements = pdg_db_batch_new ();
  guint n_told = 0;

  if (end->durable_later)
    pdg_db_batch_add (statements, PDG_DB_COMMIT_LATER, NULL);
  if (end->n_projects > 0)
    pdg_db_batch_add (statements, HOLD_PROJECTS, hold_params (end->projects, end->n_projects));
  if (end->n_deltas > 0)
    pdg_db_batch_add (statements, APPLY_SESSIONS, session_params (end->deltas, end->n_deltas, end->received_usec));
  if (end->n_titles > 0)
    pdg_db_batch_add (statements, NAME_SCREENS, title_params (end->titles, end->n_titles));
  for (guint i = 0; i < end->n_projects; i += n_told)
    pdg_db_batch_add (statements, NOTIFY, notify_params (end->projects + i, end->n_projects - i, end->origin, &n_told));
  return pdg_db_tx_query_all (tx, (const PdgDbStatement *) (void *) statements->data, statements->len, commit, NULL, error);
}

/* Of sessions that are not there, apply_sessions () proposes rows without an id: a single one is refused by its trigger, two of them by
 * the unique key before that. */
gboolean
pdg_store_is_refused_number (const GError *error)
{
  return strcmp (pdg_db_error_get_sqlstate (error), "23503") == 0
         || g_strcmp0 (pdg_db_error_get_constraint (error), "session_project_id_id_key") == 0;
}

gboolean
pdg_store_may_flush_log (PdgDbTx *tx, gboolean *may, GError **error)
{
  g_autoptr (PdgDbResult) result = pdg_db_tx_query (tx, MAY_FLUSH_LOG, NULL, error);

  if (result == NULL)
    return FALSE;
  *may = pdg_db_result_get_bool (result, 0, 0);
  return TRUE;
}

gboolean
pdg_store_flush_log (PdgDbTx *tx, GError **error)
{
  const PdgDbStatement statement = { FLUSH_LOG, NULL };

  return pdg_db_tx_query_all (tx, &statement, 1, TRUE, NULL, error);
}

/* "ORG PROJECT,ORG PROJECT ORIGIN" */
gboolean
pdg_store_parse_notification (const char *payload, const char *own_origin, GArray *projects)
{
  const char *p = payload;
  char *end;

  for (;;)
    {
      PdgTouchedProject project = { 0 };

      project.org_no = (gint32) strtol (p, &end, 10);
      if (end == p || *end != ' ')
        return FALSE;
      p = end + 1;
      project.project_no = (gint32) strtol (p, &end, 10);
      if (end == p || (*end != '\0' && *end != ' ' && *end != ','))
        return FALSE;
      g_array_append_val (projects, project);
      if (*end != ',')
        return *end == '\0' || strcmp (end + 1, own_origin) != 0;
      p = end + 1;
    }
}
