#include "config.h"
#include "service/pdg-project-finder.h"

#include "db/pdg-db-tx.h"
#include "store/pdg-store-numbers.h"

#include <string.h>

#define REMEMBER_USEC (5 * G_USEC_PER_SEC)
#define MAX_REMEMBERED 4096
#define MAX_ID_BYTES 64

typedef struct
{
  char *id; /* NULL = none */
  gint64 until_usec;
} Entry;

struct _PdgProjectFinder
{
  GMutex lock;
  GHashTable *entries; /* "ORG PROJECT NAME" -> Entry */
  PdgDbPool *pool;
};

typedef struct
{
  PdgProjectFinder *finder;
  PdgPrincipal *principal;
  char *name;
  char *key;
} Question;

static void
entry_free (gpointer data)
{
  Entry *entry = data;

  g_free (entry->id);
  g_free (entry);
}

static void
question_free (gpointer data)
{
  Question *question = data;

  pdg_principal_unref (question->principal);
  g_free (question->name);
  g_free (question->key);
  g_free (question);
}

PdgProjectFinder *
pdg_project_finder_new (PdgDbPool *pool)
{
  PdgProjectFinder *self = g_new0 (PdgProjectFinder, 1);

  g_mutex_init (&self->lock);
  self->entries = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, entry_free);
  self->pool = pdg_db_pool_ref (pool);
  return self;
}

void
pdg_project_finder_free (PdgProjectFinder *self)
{
  if (self == NULL)
    return;
  pdg_db_pool_unref (self->pool);
  g_hash_table_unref (self->entries);
  g_mutex_clear (&self->lock);
  g_free (self);
}

static gboolean
recall (PdgProjectFinder *self, const char *key, char **id)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);
  Entry *entry = g_hash_table_lookup (self->entries, key);

  if (entry == NULL || entry->until_usec < g_get_monotonic_time ())
    return FALSE;
  *id = g_strdup (entry->id);
  return TRUE;
}

static void
remember (PdgProjectFinder *self, const char *key, const char *id)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);
  Entry *entry = g_new (Entry, 1);

  entry->id = g_strdup (id);
  entry->until_usec = g_get_monotonic_time () + REMEMBER_USEC;
  if (g_hash_table_size (self->entries) >= MAX_REMEMBERED)
    g_hash_table_remove_all (self->entries);
  g_hash_table_replace (self->entries, g_strdup (key), entry);
}

static gpointer
find_job (PdgDbConn *conn, gpointer job_data, GCancellable *cancellable, GError **error)
{
  Question *question = job_data;
  g_autoptr (PdgDbTx) tx = pdg_db_tx_begin (conn, question->principal, PDG_DB_TX_READ_ONLY, error);

  return tx != NULL ? pdg_store_dup_project_id (tx, pdg_principal_get_project_no (question->principal), question->name, error) : NULL;
}

static void
found_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  Question *question = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;
  g_autofree char *id = pdg_db_pool_run_finish (question->finder->pool, result, &error);

  if (error != NULL)
    {
      g_task_return_error (task, g_steal_pointer (&error));
      return;
    }
  remember (question->finder, question->key, id);
  g_task_return_pointer (task, g_steal_pointer (&id), g_free);
}

void
pdg_project_finder_find_async (PdgProjectFinder *self, PdgPrincipal *principal, const char *name, GCancellable *cancellable,
                               GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, user_data);
  gint32 project_no = pdg_principal_get_project_no (principal);
  Question *question = g_new0 (Question, 1);
  char *id = NULL;

  question->finder = self;
  question->principal = pdg_principal_ref (principal);
  question->name = g_strdup (project_no == 0 && name != NULL && strlen (name) <= MAX_ID_BYTES ? name : "");
  question->key = g_strdup_printf ("%d %d %s", pdg_principal_get_org_no (principal), project_no, question->name);
  g_task_set_task_data (task, question, question_free);
  if (recall (self, question->key, &id) || (project_no == 0 && *question->name == '\0'))
    g_task_return_pointer (task, id, g_free);
  else
    pdg_db_pool_run_async (self->pool, PDG_DB_PRIORITY_INTERACTIVE, find_job, question, NULL, g_free, cancellable, found_cb,
                           g_steal_pointer (&task));
}

char *
pdg_project_finder_find_finish (PdgProjectFinder *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}
