#include "config.h"
#include "service/pdg-queries-signs.h"

#include "analytics/pdg-sign-groups.h"
#include "codec/pdg-json-leaves.h"
#include "service/pdg-queries-private.h"
#include "store/pdg-store-screen-signs.h"

#include <string.h>

#define N_PICTURES 10
#define MAX_LEAVES 1000
#define MAX_VALUE_BYTES 500

/* The groups of every screen. (transfer full) */
static GPtrArray *
make_groups (guint n)
{
  GPtrArray *groups = g_ptr_array_new_with_free_func ((GDestroyNotify) pdg_sign_groups_free);

  for (guint i = 0; i < n; i++)
    g_ptr_array_add (groups, pdg_sign_groups_new ());
  return groups;
}

static GPtrArray *
list_groups (GPtrArray *groups, GPtrArray *(*list) (PdgSignGroups *groups, guint limit), guint limit)
{
  GPtrArray *lists = g_ptr_array_new_with_free_func ((GDestroyNotify) g_ptr_array_unref);

  for (guint i = 0; i < groups->len; i++)
    g_ptr_array_add (lists, list (groups->pdata[i], limit));
  return lists;
}

static double
read_number (const char *text)
{
  char *end = NULL;
  double number = text != NULL ? g_ascii_strtod (text, &end) : -1;

  return text != NULL && end != text && *end == '\0' ? number : -1;
}

static void
add_call (guint place, gint32 session_no, gint64 usec, const char *const texts[PDG_STORE_SIGN_TEXTS], gpointer user_data)
{
  double status = read_number (texts[2]);

  pdg_sign_groups_add_call (((GPtrArray *) user_data)->pdata[place], texts[0], texts[1], status >= 0 && status < 1000 ? (int) status : -1,
                            read_number (texts[3]), usec);
}

static void
add_error (guint place, gint32 session_no, gint64 usec, const char *const texts[PDG_STORE_SIGN_TEXTS], gpointer user_data)
{
  pdg_sign_groups_add_error (((GPtrArray *) user_data)->pdata[place], texts[0], texts[1], texts[2], session_no, usec);
}

static void
add_state (guint place, gint32 session_no, gint64 usec, const char *const texts[PDG_STORE_SIGN_TEXTS], gpointer user_data)
{
  pdg_sign_groups_add_state (((GPtrArray *) user_data)->pdata[place], texts[0], texts[1], usec);
}

GPtrArray *
pdg_queries_list_screen_calls (PdgQueries *queries, const gint32 *project_nos, const gint32 *screen_nos, guint n, gint64 from_usec,
                               gint64 to_usec, guint limit, GError **error)
{
  g_autoptr (GPtrArray) groups = make_groups (n);

  if (!pdg_store_each_screen_sign (queries->tx, project_nos, screen_nos, n, PDG_STORE_SIGN_CALL, from_usec, to_usec, add_call, groups, error))
    return NULL;
  return list_groups (groups, pdg_sign_groups_list_calls, limit);
}

GPtrArray *
pdg_queries_list_screen_errors (PdgQueries *queries, const gint32 *project_nos, const gint32 *screen_nos, guint n, gint64 from_usec,
                                gint64 to_usec, guint limit, GError **error)
{
  g_autoptr (GPtrArray) groups = make_groups (n);

  if (!pdg_store_each_screen_sign (queries->tx, project_nos, screen_nos, n, PDG_STORE_SIGN_ERROR, from_usec, to_usec, add_error, groups, error))
    return NULL;
  return list_groups (groups, pdg_sign_groups_list_errors, limit);
}

typedef struct
{
  PdgSignGroups *groups;
  gint64 taken_usec;
} Leaves;

static void
add_leaf (const char *path, const char *value, gpointer user_data)
{
  Leaves *leaves = user_data;

  pdg_sign_groups_add_state (leaves->groups, path, value, leaves->taken_usec);
}

/* The states that the newest pictures came with. */
static gboolean
add_pictures (PdgQueries *queries, GPtrArray *groups, const gint32 *project_nos, const gint32 *screen_nos, gint64 from_usec, gint64 to_usec,
              GError **error)
{
  const PdgStoreSnapshotFilter filter = { from_usec, to_usec, G_MAXINT64, G_MAXINT64, N_PICTURES };
  g_autoptr (GPtrArray) lists = pdg_store_list_snapshots (queries->tx, project_nos, screen_nos, groups->len, &filter, error);
  g_autoptr (GArray) numbers = g_array_new (FALSE, FALSE, sizeof (gint64)), places = g_array_new (FALSE, FALSE, sizeof (Leaves));
  g_autoptr (GPtrArray) texts = NULL;

  if (lists == NULL)
    return FALSE;
  for (guint i = 0; i < lists->len; i++)
    for (guint k = 0; k < ((GPtrArray *) lists->pdata[i])->len; k++)
      {
        const PdgSnapshot *snapshot = ((GPtrArray *) lists->pdata[i])->pdata[k];
        Leaves leaves = { groups->pdata[i], snapshot->taken_usec };

        g_array_append_val (numbers, snapshot->snapshot_no);
        g_array_append_val (places, leaves);
      }
  if (numbers->len == 0)
    return TRUE;
  texts = pdg_store_load_snapshot_texts (queries->tx, (const gint64 *) (const void *) numbers->data, numbers->len, PDG_STORE_SNAPSHOT_STATE, error);
  if (texts == NULL)
    return FALSE;
  for (guint i = 0; i < texts->len; i++)
    if (texts->pdata[i] != NULL)
      pdg_json_each_leaf (texts->pdata[i], strlen (texts->pdata[i]), MAX_LEAVES, MAX_VALUE_BYTES, add_leaf, &g_array_index (places, Leaves, i));
  return TRUE;
}

GPtrArray *
pdg_queries_list_screen_states (PdgQueries *queries, const gint32 *project_nos, const gint32 *screen_nos, guint n, gint64 from_usec,
                                gint64 to_usec, guint limit, GError **error)
{
  g_autoptr (GPtrArray) groups = make_groups (n);

  if (!pdg_store_each_screen_sign (queries->tx, project_nos, screen_nos, n, PDG_STORE_SIGN_STATE, from_usec, to_usec, add_state, groups, error)
      || !add_pictures (queries, groups, project_nos, screen_nos, from_usec, to_usec, error))
    return NULL;
  return list_groups (groups, pdg_sign_groups_list_states, limit);
}
