#include "config.h"
#include "service/pdg-cookieless.h"

#include "base/pdg-id.h"
#include "db/pdg-db-tx.h"
#include "store/pdg-store-clients.h"
#include "store/pdg-store-consent.h"

#include <string.h>

/* The first half of the keyed hash (HMAC with SHA-256) of a text. @what keeps hashes of different things apart. */
static void
hash_with (GBytes *salt, const char *what, PdgSlice project, const char *text, gsize len, guint8 hash[16])
{
  gsize n_salt, n_digest = 32;
  const guint8 *key = g_bytes_get_data (salt, &n_salt);
  g_autoptr (GHmac) hmac = g_hmac_new (G_CHECKSUM_SHA256, key, n_salt);
  guint8 digest[32];

  g_hmac_update (hmac, (const guchar *) what, (gssize) strlen (what) + 1);
  g_hmac_update (hmac, (const guchar *) project.data, project.len);
  g_hmac_update (hmac, (const guchar *) "\n", 1);
  g_hmac_update (hmac, (const guchar *) text, (gssize) len);
  g_hmac_get_digest (hmac, digest, &n_digest);
  memcpy (hash, digest, 16);
}

/* The events that are counted, by project: a text's copy -> PdgDerivedSession of each. (transfer full) */
static GHashTable *
group_by_project (PdgEventBatch *batch)
{
  GHashTable *groups = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) g_array_unref);
  guint n;
  const PdgEvent *events = pdg_event_batch_get_events (batch, &n);

  for (guint i = 0; i < n; i++)
    if ((events[i].flags & PDG_EVENT_COUNTED) != 0)
      {
        g_autofree char *project = g_strndup (events[i].project.data, events[i].project.len);
        PdgDerivedSession session = { .event = i, .usec = events[i].timestamp_usec };
        GArray *sessions = g_hash_table_lookup (groups, project);

        if (sessions == NULL)
          {
            sessions = g_array_new (FALSE, FALSE, sizeof (PdgDerivedSession));
            g_hash_table_insert (groups, g_steal_pointer (&project), sessions);
          }
        g_array_append_val (sessions, session);
      }
  return groups;
}

static gboolean
derive (PdgDbTx *tx, GBytes *salt, const char *client, PdgEventBatch *batch, const char *project, GArray *sessions, GError **error)
{
  PdgDerivedSession *needs = (PdgDerivedSession *) (void *) sessions->data;

  for (guint i = 0; i < sessions->len; i++)
    hash_with (salt, "visitor", pdg_event_batch_get_event (batch, needs[i].event)->project, client, strlen (client), needs[i].key);
  return pdg_store_derive_sessions (tx, project, needs, sessions->len, error);
}

/* After the commit. A project that is not there has no sessions; the writer refuses its events. */
static void
fill (PdgEventBatch *batch, GBytes *salt, const PdgDerivedSession *need)
{
  PdgEvent *event = pdg_event_batch_get_event (batch, need->event);
  char uuid[PDG_UUID_TEXT_BYTES];
  g_autofree char *visitor = NULL, *session = NULL;

  hash_with (salt, "event", event->project, event->event_id.data, event->event_id.len, event->event_key);
  pdg_uuid_format (event->event_key, uuid);
  event->event_id = pdg_event_batch_store (batch, uuid);
  pdg_uuid_format (need->key, uuid);
  visitor = g_strconcat ("cookieless-", uuid, NULL);
  event->anonymous = pdg_event_batch_store (batch, visitor);
  if (need->began_usec == G_MININT64)
    return;
  session = pdg_derived_session_make_id (need->session_key, need->began_usec);
  event->session = pdg_event_batch_store (batch, session);
}

gboolean
pdg_cookieless_count (PdgDbConn *conn, PdgPrincipal *principal, const char *client, PdgEventBatch *batch, GError **error)
{
  g_autoptr (GHashTable) groups = group_by_project (batch);
  g_autoptr (PdgDbTx) tx = NULL;
  g_autoptr (GBytes) salt = NULL;
  GHashTableIter iter;
  gpointer project, sessions;

  if (g_hash_table_size (groups) == 0)
    return TRUE;
  tx = pdg_db_tx_begin (conn, principal, PDG_DB_TX_READ_WRITE, error);
  salt = tx != NULL ? pdg_store_get_cookieless_salt (tx, error) : NULL;
  if (salt == NULL)
    return FALSE;
  g_hash_table_iter_init (&iter, groups);
  while (g_hash_table_iter_next (&iter, &project, &sessions))
    if (!derive (tx, salt, client, batch, project, sessions, error))
      return FALSE;
  if (!pdg_db_tx_commit (tx, error))
    return FALSE;
  g_hash_table_iter_init (&iter, groups);
  while (g_hash_table_iter_next (&iter, NULL, &sessions))
    for (guint i = 0; i < ((GArray *) sessions)->len; i++)
      fill (batch, salt, &g_array_index ((GArray *) sessions, PdgDerivedSession, i));
  return TRUE;
}
