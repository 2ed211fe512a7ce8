#include "config.h"
#include "model/pdg-client-needs.h"

#include "base/pdg-id.h"

#include <string.h>

static void
page_clear (gpointer data)
{
  PdgPageReport *page = data;

  g_free (page->left_path);
}

/* "derived-UUID", the UUID from the key and the first event's time. */
char *
pdg_derived_session_make_id (const guint8 key[16], gint64 began_usec)
{
  guint8 source[24], hash[16];
  char uuid[PDG_UUID_TEXT_BYTES];

  memcpy (source, key, 16);
  memcpy (source + 16, &began_usec, 8);
  pdg_hash128 (source, sizeof source, 0, hash);
  pdg_uuid_format (hash, uuid);
  return g_strconcat ("derived-", uuid, NULL);
}

PdgClientNeeds *
pdg_client_needs_new (void)
{
  PdgClientNeeds *needs = g_new (PdgClientNeeds, 1);

  needs->sessions = g_array_new (FALSE, FALSE, sizeof (PdgDerivedSession));
  needs->pages = g_array_new (FALSE, FALSE, sizeof (PdgPageReport));
  g_array_set_clear_func (needs->pages, page_clear);
  needs->replays = g_ptr_array_new_with_free_func ((GDestroyNotify) pdg_replay_chunk_free);
  return needs;
}

void
pdg_client_needs_free (PdgClientNeeds *needs)
{
  if (needs == NULL)
    return;
  g_array_unref (needs->sessions);
  g_array_unref (needs->pages);
  g_ptr_array_unref (needs->replays);
  g_free (needs);
}

gboolean
pdg_client_needs_is_empty (const PdgClientNeeds *needs)
{
  return needs->sessions->len == 0 && needs->pages->len == 0 && needs->replays->len == 0;
}

void
pdg_replay_chunk_free (PdgReplayChunk *chunk)
{
  if (chunk == NULL)
    return;
  g_free (chunk->session_id);
  g_free (chunk->window_id);
  g_clear_pointer (&chunk->bytes, g_bytes_unref);
  g_free (chunk);
}
