#include "config.h"
#include "store/pdg-store-seen.h"

#include "base/pdg-clock.h"

#define LOAD_SEEN "SELECT pg_current_snapshot()::text"

#define EPOCH (G_GINT64_CONSTANT (1) << 32)

PdgStoreSeen *
pdg_store_load_seen (PdgDbTx *tx, GError **error)
{
  gint64 at_usec = pdg_clock_now_usec ();
  g_autoptr (PdgDbResult) result = pdg_db_tx_query (tx, LOAD_SEEN, NULL, error);
  PdgStoreSeen *seen;

  if (result == NULL)
    return NULL;
  seen = g_new (PdgStoreSeen, 1);
  seen->snapshot = g_strdup (pdg_db_result_get_text (result, 0, 0));
  seen->at_usec = at_usec;
  return seen;
}

PdgStoreSeen *
pdg_store_seen_copy (const PdgStoreSeen *seen)
{
  PdgStoreSeen *copy = g_new (PdgStoreSeen, 1);

  *copy = (PdgStoreSeen) { g_strdup (seen->snapshot), seen->at_usec };
  return copy;
}

void
pdg_store_seen_free (PdgStoreSeen *seen)
{
  if (seen == NULL)
    return;
  g_free (seen->snapshot);
  g_free (seen);
}

/* "xmin:xmax:…": the oldest transaction that still ran, and the first that had not begun. */
static void
read_ends (const char *snapshot, gint64 *xmin, gint64 *xmax)
{
  char *end;

  *xmin = g_ascii_strtoll (snapshot, &end, 10);
  *xmax = *end == ':' ? g_ascii_strtoll (end + 1, NULL, 10) : 0;
}

/* A row has the low 32 bits of the number of its transaction, which is below the present one and less than 2^32 away. Most rows are
 * older than whatever @before was waiting for, and are done with by one comparison. */
gboolean
pdg_store_append_unseen (GString *sql, PdgDbParams *params, const char *alias, const PdgStoreSeen *before, const PdgStoreSeen *now)
{
  g_autofree char *whole = NULL;
  gint64 before_min, before_max, now_min, now_max;
  guint n = pdg_db_params_get_n (params);

  read_ends (before->snapshot, &before_min, &before_max);
  read_ends (now->snapshot, &now_min, &now_max);
  if (before_max > now_max)
    return FALSE;
  pdg_db_params_add_int8 (params, now_max % EPOCH);
  pdg_db_params_add_int8 (params, now_max - now_max % EPOCH);
  pdg_db_params_add_int8 (params, before_min);
  pdg_db_params_add_text (params, before->snapshot, -1);
  whole = g_strdup_printf ("($%u - CASE WHEN %s.xmin::text::int8 < $%u THEN 0 ELSE 4294967296 END + %s.xmin::text::int8)", n + 2, alias, n + 1,
                           alias);
  g_string_append_printf (sql, " AND %s >= $%u AND NOT pg_visible_in_snapshot(%s::text::xid8, $%u::text::pg_snapshot)", whole, n + 3, whole, n + 4);
  return TRUE;
}
