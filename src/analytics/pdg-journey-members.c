#include "config.h"
#include "analytics/pdg-journey-members.h"

struct _PdgJourneyMembers
{
  GHashTable *cells; /* key -> GArray of gint32 */
};

/* Screens have numbers from 1, so that a transition differs from what else is counted at a screen. */
static gint64
make_key (PdgJourneyCell cell)
{
  gint32 second = cell.kind == PDG_JOURNEY_CELL_TRANSITION ? cell.to_screen_no : -(gint32) cell.kind;

  return cell.kind == PDG_JOURNEY_CELL_GRAPH ? 0 : (gint64) cell.screen_no << 32 | (guint32) second;
}

PdgJourneyMembers *
pdg_journey_members_new (void)
{
  PdgJourneyMembers *members = g_new (PdgJourneyMembers, 1);

  members->cells = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, (GDestroyNotify) g_array_unref);
  return members;
}

void
pdg_journey_members_free (PdgJourneyMembers *members)
{
  if (members == NULL)
    return;
  g_hash_table_unref (members->cells);
  g_free (members);
}

void
pdg_journey_members_add (PdgJourneyMembers *members, PdgJourneyCell cell, gint32 session_no)
{
  gint64 key = make_key (cell);
  GArray *sessions = g_hash_table_lookup (members->cells, &key);

  if (sessions == NULL)
    {
      sessions = g_array_new (FALSE, FALSE, sizeof (gint32));
      g_hash_table_insert (members->cells, g_memdup2 (&key, sizeof key), sessions);
    }
  if (sessions->len == 0 || g_array_index (sessions, gint32, sessions->len - 1) != session_no)
    g_array_append_val (sessions, session_no);
}

const gint32 *
pdg_journey_members_get (const PdgJourneyMembers *members, PdgJourneyCell cell, guint *n)
{
  gint64 key = make_key (cell);
  GArray *sessions = g_hash_table_lookup (members->cells, &key);

  *n = sessions != NULL ? sessions->len : 0;
  return sessions != NULL ? (const gint32 *) (void *) sessions->data : NULL;
}
