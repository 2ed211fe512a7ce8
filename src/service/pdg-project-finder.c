#include "config.h"
#include "service/pdg-project-finder.h"

#include "base/pdg-memo.h"
#include "db/pdg-db-tx.h"
#include "store/pdg-store-numbers.h"

#include <string.h>

#define REMEMBER_SECONDS 5
#define MAX_REMEMBERED 4096
#define MAX_ID_BYTES 64

struct _PdgProjectFinder
{
  PdgMemo *memo; /* "ORG PROJECT NAME" -> GRefString: the id */
  PdgDbPool *pool;
};

typedef struct
{
  PdgProjectFinder *finder;
  PdgPrincipal *principal;
  char *name;
  char *key;
  guint began;
} Question;

static void
question_free (gpointer data)
{
  Question *question = data;

  pdg_principal_unref (question->principal);
  g_free (question->name);
  g_free (question->key);
  g_free (question);
}

static gpointer
ref_text (gpointer text)
{
  return g_ref_string_acquire (text);
}

PdgProjectFinder *
pdg_project_finder_new (PdgDbPool *pool)
{
  PdgProjectFinder *self = g_new0 (PdgProjectFinder, 1);

  self->memo = pdg_memo_new (REMEMBER_SECONDS, MAX_REMEMBERED, ref_text, (GDestroyNotify) g_ref_string_release);
  self->pool = pdg_db_pool_ref (pool);
  return self;
}

void
pdg_project_finder_free (PdgProjectFinder *self)
{
  if (self == NULL)
    return;
  pdg_db_pool_unref (self->pool);
  pdg_memo_free (self->memo);
  g_free (self);
}

static gboolean
recall (PdgProjectFinder *self, const char *key, char **id)
{
  gpointer text;

  if (!pdg_memo_lookup (self->memo, key, &text))
    return FALSE;
  *id = g_strdup (text);
  if (text != NULL)
    g_ref_string_release (text);
  return TRUE;
}

static void
remember (const Question *question, const char *id)
{
  char *text = id != NULL ? g_ref_string_new (id) : NULL;

  pdg_memo_remember (question->finder->memo, question->began, question->key, text);
  if (text != NULL)
    g_ref_string_release (text);
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
  remember (question, id);
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
  question->began = pdg_memo_begin (self->memo);
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
