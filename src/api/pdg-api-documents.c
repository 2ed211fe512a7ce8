#include "config.h"
#include "api/pdg-api-documents.h"

#include "base/pdg-id.h"

#include <gio/gio.h>
#include <string.h>

#define MAX_TEXT_BYTES (8 * 1024 * 1024) /* of all that are kept; what is made of a text is some ten times as large */

/* A text and its fingerprint, whose seed nobody outside knows: no client can make many texts fall into one place of the table. */
typedef struct
{
  const char *text;
  gsize len;
  union
  {
    guint8 bytes[16];
    guint place;
  } print;
} Text;

typedef struct
{
  Text key; /* first: the table by text holds it */
  char hash[PDG_API_HASH_LEN + 1];
  PdgGqlChecked *checked;
  GList link; /* of @recent */
  char text[];
} Entry;

struct _PdgApiDocuments
{
  guint max;
  GHashTable *allowed; /* hash -> PdgGqlChecked; not changed once threads use it */
  guint64 seed;
  GMutex lock;         /* what follows */
  GHashTable *by_hash; /* Entry by its hash */
  GHashTable *by_text; /* Entry by its key */
  GQueue recent;       /* Entry, the last used first */
  gsize text_bytes;
  PdgApiDocumentStats stats;
};

static guint
text_hash (gconstpointer key)
{
  return ((const Text *) key)->print.place;
}

static gboolean
text_equal (gconstpointer a, gconstpointer b)
{
  const Text *x = a, *y = b;

  return x->len == y->len && memcmp (x->print.bytes, y->print.bytes, sizeof x->print.bytes) == 0 && memcmp (x->text, y->text, x->len) == 0;
}

static Text
make_key (const PdgApiDocuments *documents, const char *text, gsize len)
{
  Text key = { .text = text, .len = len };

  pdg_hash128 (text, len, documents->seed, key.print.bytes);
  return key;
}

PdgApiDocuments *
pdg_api_documents_new (guint max)
{
  PdgApiDocuments *documents = g_new0 (PdgApiDocuments, 1);

  documents->max = max;
  documents->allowed = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) pdg_gql_checked_unref);
  documents->seed = (guint64) g_random_int () << 32 | g_random_int ();
  documents->by_hash = g_hash_table_new (g_str_hash, g_str_equal);
  documents->by_text = g_hash_table_new (text_hash, text_equal);
  g_queue_init (&documents->recent);
  g_mutex_init (&documents->lock);
  return documents;
}

static void
drop_oldest (PdgApiDocuments *documents)
{
  Entry *entry = g_queue_peek_tail (&documents->recent);

  g_queue_unlink (&documents->recent, &entry->link);
  g_hash_table_remove (documents->by_hash, entry->hash);
  g_hash_table_remove (documents->by_text, &entry->key);
  documents->text_bytes -= entry->key.len;
  pdg_gql_checked_unref (entry->checked);
  g_free (entry);
}

void
pdg_api_documents_free (PdgApiDocuments *documents)
{
  if (documents == NULL)
    return;
  while (documents->recent.length > 0)
    drop_oldest (documents);
  g_hash_table_unref (documents->by_hash);
  g_hash_table_unref (documents->by_text);
  g_hash_table_unref (documents->allowed);
  g_mutex_clear (&documents->lock);
  g_free (documents);
}

static gboolean
load_file (PdgApiDocuments *documents, const char *path, PdgGqlSchema *schema, const PdgGqlLimits *limits, GError **error)
{
  g_autofree char *text = NULL;
  g_autoptr (GBytes) refused = NULL;
  gsize len;
  PdgGqlRefusal refusal;
  PdgGqlRequest request = { .limits = limits, .suggest = TRUE };
  PdgGqlChecked *checked;

  if (!g_file_get_contents (path, &text, &len, error))
    return FALSE;
  request.query = text;
  request.query_len = (gssize) len;
  checked = pdg_gql_check (schema, &request, &refusal, &refused);
  if (checked == NULL)
    {
      g_set_error (error, G_FILE_ERROR, G_FILE_ERROR_INVAL, "%s: %.*s", path, (int) g_bytes_get_size (refused),
                   (const char *) g_bytes_get_data (refused, NULL));
      return FALSE;
    }
  g_hash_table_replace (documents->allowed, g_compute_checksum_for_data (G_CHECKSUM_SHA256, (const guint8 *) text, len), checked);
  return TRUE;
}

gboolean
pdg_api_documents_load (PdgApiDocuments *documents, const char *path, PdgGqlSchema *schema, const PdgGqlLimits *limits, GError **error)
{
  g_autoptr (GDir) folder = g_dir_open (path, 0, error);
  const char *name;

  if (folder == NULL)
    return FALSE;
  while ((name = g_dir_read_name (folder)) != NULL)
    {
      g_autofree char *file = g_build_filename (path, name, NULL);

      if (g_str_has_suffix (name, ".graphql") && !load_file (documents, file, schema, limits, error))
        return FALSE;
    }
  return TRUE;
}

gboolean
pdg_api_documents_allows (PdgApiDocuments *documents, const char *hash)
{
  return g_hash_table_contains (documents->allowed, hash);
}

gboolean
pdg_api_documents_keeps (PdgApiDocuments *documents)
{
  return documents->max > 0;
}

/* Under the lock. */
static PdgGqlChecked *
use (PdgApiDocuments *documents, Entry *entry)
{
  g_queue_unlink (&documents->recent, &entry->link);
  g_queue_push_head_link (&documents->recent, &entry->link);
  documents->stats.hits++;
  return pdg_gql_checked_ref (entry->checked);
}

PdgGqlChecked *
pdg_api_documents_lookup (PdgApiDocuments *documents, const char *hash)
{
  PdgGqlChecked *found = g_hash_table_lookup (documents->allowed, hash);
  Entry *entry;

  g_mutex_lock (&documents->lock);
  entry = found == NULL ? g_hash_table_lookup (documents->by_hash, hash) : NULL;
  if (entry != NULL)
    found = use (documents, entry);
  else if (found != NULL)
    {
      pdg_gql_checked_ref (found);
      documents->stats.hits++;
    }
  else
    documents->stats.misses++;
  g_mutex_unlock (&documents->lock);
  return found;
}

PdgGqlChecked *
pdg_api_documents_lookup_text (PdgApiDocuments *documents, const char *text, gsize len)
{
  Text key = make_key (documents, text, len);
  PdgGqlChecked *found;
  Entry *entry;

  g_mutex_lock (&documents->lock);
  entry = g_hash_table_lookup (documents->by_text, &key);
  found = entry != NULL ? use (documents, entry) : NULL;
  g_mutex_unlock (&documents->lock);
  return found;
}

void
pdg_api_documents_insert (PdgApiDocuments *documents, const char *hash, const char *text, gsize len, PdgGqlChecked *checked)
{
  Entry *entry;

  if (documents->max == 0 || len > MAX_TEXT_BYTES)
    return;
  g_mutex_lock (&documents->lock);
  if (!g_hash_table_contains (documents->by_hash, hash))
    {
      entry = g_malloc0 (sizeof *entry + len);
      memcpy (entry->text, text, len);
      entry->key = make_key (documents, entry->text, len);
      g_strlcpy (entry->hash, hash, sizeof entry->hash);
      entry->checked = pdg_gql_checked_ref (checked);
      entry->link.data = entry;
      g_queue_push_head_link (&documents->recent, &entry->link);
      g_hash_table_insert (documents->by_hash, entry->hash, entry);
      g_hash_table_add (documents->by_text, &entry->key);
      documents->text_bytes += len;
      while (documents->recent.length > documents->max || documents->text_bytes > MAX_TEXT_BYTES)
        drop_oldest (documents);
    }
  g_mutex_unlock (&documents->lock);
}

void
pdg_api_documents_get_stats (PdgApiDocuments *documents, PdgApiDocumentStats *stats)
{
  g_mutex_lock (&documents->lock);
  *stats = documents->stats;
  stats->n_cached = documents->recent.length;
  g_mutex_unlock (&documents->lock);
}
