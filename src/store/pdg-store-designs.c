#include "config.h"
#include "store/pdg-store-designs.h"

#include "store/pdg-store-lists.h"

#include <string.h>

#define OWN "(SELECT current_org_id())"
#define COLUMNS "j.project_id, j.journey_no, j.id, j.name, j.kind, j.created_at, j.updated_at "
#define OF_EACH_PROJECT "FROM unnest($1::int4[]) WITH ORDINALITY u (project_id, place) CROSS JOIN LATERAL (SELECT * FROM journey j "
#define LIST                                                                                                             \
  "SELECT u.place, " COLUMNS OF_EACH_PROJECT "WHERE j.org_id = " OWN " AND j.project_id = u.project_id "                 \
  "AND ($2::text IS NULL OR j.kind = $2) AND ($3::text IS NULL OR (lower(j.name), j.journey_no) > (lower($3), $4)) "     \
  "ORDER BY lower(j.name), j.journey_no LIMIT $5) j ORDER BY u.place, lower(j.name), j.journey_no"
#define LOOKUP                                                                                                           \
  "SELECT u.place, " COLUMNS OF_EACH_PROJECT "WHERE j.org_id = " OWN " AND j.project_id = u.project_id "                 \
  "AND j.id = $2 COLLATE \"C\" AND ($3::text IS NULL OR j.kind = $3) ORDER BY j.kind LIMIT 1) j"
#define LOCK                                                                                                             \
  "SELECT 0::int8, " COLUMNS "FROM journey j WHERE j.org_id = " OWN " AND j.project_id = $1 AND j.id = $2 COLLATE \"C\" " \
  "ORDER BY j.kind LIMIT 1 FOR UPDATE"
#define STEPS                                                                                                            \
  "SELECT u.place, s.id, coalesce(s.name, s.id), sc.path, j.project_id, s.screen_no, s.place, s.is_optional "            \
  "FROM unnest($1::int4[]) WITH ORDINALITY u (journey_no, place) JOIN journey j ON j.org_id = " OWN                      \
  " AND j.journey_no = u.journey_no JOIN journey_step s ON s.org_id = j.org_id AND s.journey_no = j.journey_no "         \
  "LEFT JOIN screen sc ON sc.project_id = j.project_id AND sc.screen_no = s.screen_no ORDER BY u.place, s.place, s.id"
#define LINKS                                                                                                            \
  "SELECT u.place, t.from_step, t.to_step, t.kind = 'forbidden' FROM unnest($1::int4[]) WITH ORDINALITY u (journey_no, place) " \
  "JOIN journey_transition t ON t.org_id = " OWN " AND t.journey_no = u.journey_no ORDER BY u.place, t.from_step, t.to_step"
#define CREATE                                                                                                           \
  "INSERT INTO journey AS j (org_id, project_id, id, name, kind) VALUES (current_org_id(), $1, $2, $3, 'designed') "     \
  "RETURNING 0::int8, " COLUMNS
#define UPDATE                                                                                                           \
  "UPDATE journey j SET name = coalesce($2, j.name), "                                                                   \
  "updated_at = greatest(clock_timestamp(), j.updated_at + interval '1 microsecond') "                                   \
  "WHERE j.org_id = " OWN " AND j.journey_no = $1 RETURNING 0::int8, " COLUMNS
#define DELETE_STEPS "DELETE FROM journey_step WHERE org_id = " OWN " AND journey_no = $1"
#define INSERT_STEPS                                                                                                     \
  "INSERT INTO journey_step (org_id, journey_no, id, name, place, screen_no, is_optional) SELECT current_org_id(), $1, u.* " \
  "FROM unnest($2::text[], $3::text[], $4::int4[], $5::int4[], $6::boolean[]) u"
#define INSERT_LINKS                                                                                                     \
  "INSERT INTO journey_transition (org_id, journey_no, from_step, to_step, kind) SELECT current_org_id(), $1, u.* "      \
  "FROM unnest($2::text[], $3::text[], $4::text[]) u"
#define DELETE "DELETE FROM journey WHERE org_id = " OWN " AND journey_no = $1"

static gpointer
read_journey (const PdgDbResult *result, guint row)
{
  PdgJourney *journey = g_new0 (PdgJourney, 1);

  journey->project_no = pdg_db_result_get_int4 (result, row, 1);
  journey->journey_no = pdg_db_result_get_int4 (result, row, 2);
  journey->id = g_strdup (pdg_db_result_get_text (result, row, 3));
  journey->name = g_strdup (pdg_db_result_get_text (result, row, 4));
  journey->kind = strcmp (pdg_db_result_get_text (result, row, 5), "designed") == 0 ? PDG_JOURNEY_DESIGNED : PDG_JOURNEY_OBSERVED;
  journey->created_usec = pdg_db_result_get_usec (result, row, 6);
  journey->updated_usec = pdg_db_result_get_usec (result, row, 7);
  return journey;
}

static void
add_kind (PdgDbParams *params, const PdgJourneyKind *kind)
{
  pdg_db_params_add_text (params, kind != NULL ? pdg_journey_kind_to_string (*kind) : NULL, -1);
}

GPtrArray *
pdg_store_list_journeys (PdgDbTx *tx, const gint32 *project_nos, guint n, const PdgStoreJourneyFilter *filter, GError **error)
{
  g_autoptr (PdgDbParams) params = pdg_db_params_new ();

  pdg_db_params_add_int4_array (params, project_nos, NULL, n);
  add_kind (params, filter->kind);
  pdg_db_params_add_text (params, filter->after_name, -1);
  pdg_db_params_add_int4 (params, filter->after_no);
  pdg_db_params_add_int4 (params, (gint32) filter->limit);
  return pdg_store_query_lists (tx, LIST, params, n, read_journey, (GDestroyNotify) pdg_journey_free, error);
}

GPtrArray *
pdg_store_lookup_journeys (PdgDbTx *tx, const gint32 *project_nos, guint n, const char *id, const PdgJourneyKind *kind, GError **error)
{
  g_autoptr (PdgDbParams) params = pdg_db_params_new ();

  pdg_db_params_add_int4_array (params, project_nos, NULL, n);
  pdg_db_params_add_text (params, id, -1);
  add_kind (params, kind);
  return pdg_store_query_each_one (tx, LOOKUP, params, n, read_journey, (GDestroyNotify) pdg_journey_free, error);
}

static gpointer
read_step (const PdgDbResult *result, guint row)
{
  PdgJourneyStep *step = g_new0 (PdgJourneyStep, 1);

  step->id = g_strdup (pdg_db_result_get_text (result, row, 1));
  step->name = g_strdup (pdg_db_result_get_text (result, row, 2));
  step->screen_path = g_strdup (pdg_db_result_get_text (result, row, 3));
  step->project_no = pdg_db_result_get_int4 (result, row, 4);
  step->screen_no = pdg_db_result_get_int4 (result, row, 5);
  step->place = pdg_db_result_get_int4 (result, row, 6);
  step->is_optional = pdg_db_result_get_bool (result, row, 7);
  return step;
}

GPtrArray *
pdg_store_list_journey_steps (PdgDbTx *tx, const gint32 *journey_nos, guint n, GError **error)
{
  g_autoptr (PdgDbParams) params = pdg_db_params_new ();

  pdg_db_params_add_int4_array (params, journey_nos, NULL, n);
  return pdg_store_query_lists (tx, STEPS, params, n, read_step, (GDestroyNotify) pdg_journey_step_free, error);
}

static gpointer
read_link (const PdgDbResult *result, guint row)
{
  PdgJourneyLink *link = g_new0 (PdgJourneyLink, 1);

  link->from = g_strdup (pdg_db_result_get_text (result, row, 1));
  link->to = g_strdup (pdg_db_result_get_text (result, row, 2));
  link->is_forbidden = pdg_db_result_get_bool (result, row, 3);
  return link;
}

GPtrArray *
pdg_store_list_journey_links (PdgDbTx *tx, const gint32 *journey_nos, guint n, GError **error)
{
  g_autoptr (PdgDbParams) params = pdg_db_params_new ();

  pdg_db_params_add_int4_array (params, journey_nos, NULL, n);
  return pdg_store_query_lists (tx, LINKS, params, n, read_link, (GDestroyNotify) pdg_journey_link_free, error);
}

static PdgJourney *
query_journey (PdgDbTx *tx, const char *sql, PdgDbParams *params, GError **error)
{
  g_autoptr (PdgDbResult) result = pdg_db_tx_query (tx, sql, params, error);

  return result != NULL && pdg_db_result_get_n_rows (result) == 1 ? read_journey (result, 0) : NULL;
}

PdgJourney *
pdg_store_create_journey (PdgDbTx *tx, gint32 project_no, const char *id, const char *name, GError **error)
{
  g_autoptr (PdgDbParams) params = pdg_db_params_new ();

  pdg_db_params_add_int4 (params, project_no);
  pdg_db_params_add_text (params, id, -1);
  pdg_db_params_add_text (params, name, -1);
  return query_journey (tx, CREATE, params, error);
}

PdgJourney *
pdg_store_lock_journey (PdgDbTx *tx, gint32 project_no, const char *id, GError **error)
{
  g_autoptr (PdgDbParams) params = pdg_db_params_new ();

  pdg_db_params_add_int4 (params, project_no);
  pdg_db_params_add_text (params, id, -1);
  return query_journey (tx, LOCK, params, error);
}

PdgJourney *
pdg_store_update_journey (PdgDbTx *tx, gint32 journey_no, const char *name, GError **error)
{
  g_autoptr (PdgDbParams) params = pdg_db_params_new ();

  pdg_db_params_add_int4 (params, journey_no);
  pdg_db_params_add_text (params, name, -1);
  return query_journey (tx, UPDATE, params, error);
}

static gboolean
insert_steps (PdgDbTx *tx, gint32 journey_no, GPtrArray *steps, GError **error)
{
  g_autoptr (PdgDbParams) params = pdg_db_params_new ();
  guint n = steps->len;
  g_autofree const char **ids = g_new (const char *, n + 1), **names = g_new (const char *, n + 1);
  g_autofree gint32 *places = g_new (gint32, n + 1), *screens = g_new (gint32, n + 1);
  g_autofree guint8 *no_screen = g_new (guint8, n + 1), *optional = g_new (guint8, n + 1);

  for (guint i = 0; i < n; i++)
    {
      const PdgJourneyStep *step = steps->pdata[i];

      ids[i] = step->id;
      names[i] = step->name;
      places[i] = (gint32) i + 1;
      screens[i] = step->screen_no;
      no_screen[i] = step->screen_no == 0;
      optional[i] = step->is_optional != FALSE;
    }
  pdg_db_params_add_int4 (params, journey_no);
  pdg_db_params_add_text_array (params, ids, NULL, n);
  pdg_db_params_add_text_array (params, names, NULL, n);
  pdg_db_params_add_int4_array (params, places, NULL, n);
  pdg_db_params_add_int4_array (params, screens, no_screen, n);
  pdg_db_params_add_bool_array (params, optional, NULL, n);
  return pdg_db_tx_exec (tx, INSERT_STEPS, params, error);
}

static gboolean
insert_links (PdgDbTx *tx, gint32 journey_no, GPtrArray *links, GError **error)
{
  g_autoptr (PdgDbParams) params = pdg_db_params_new ();
  guint n = links->len;
  g_autofree const char **from = g_new (const char *, n + 1), **to = g_new (const char *, n + 1), **kinds = g_new (const char *, n + 1);

  for (guint i = 0; i < n; i++)
    {
      const PdgJourneyLink *link = links->pdata[i];

      from[i] = link->from;
      to[i] = link->to;
      kinds[i] = link->is_forbidden ? "forbidden" : "expected";
    }
  pdg_db_params_add_int4 (params, journey_no);
  pdg_db_params_add_text_array (params, from, NULL, n);
  pdg_db_params_add_text_array (params, to, NULL, n);
  pdg_db_params_add_text_array (params, kinds, NULL, n);
  return pdg_db_tx_exec (tx, INSERT_LINKS, params, error);
}

static gboolean
exec_for (PdgDbTx *tx, const char *sql, gint32 journey_no, GError **error)
{
  g_autoptr (PdgDbParams) params = pdg_db_params_new ();

  pdg_db_params_add_int4 (params, journey_no);
  return pdg_db_tx_exec (tx, sql, params, error);
}

gboolean
pdg_store_replace_journey_steps (PdgDbTx *tx, gint32 journey_no, GPtrArray *steps, GPtrArray *links, GError **error)
{
  return exec_for (tx, DELETE_STEPS, journey_no, error) && insert_steps (tx, journey_no, steps, error)
         && insert_links (tx, journey_no, links, error);
}

gboolean
pdg_store_delete_journey (PdgDbTx *tx, gint32 journey_no, GError **error)
{
  return exec_for (tx, DELETE, journey_no, error);
}
