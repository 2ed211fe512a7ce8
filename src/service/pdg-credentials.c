#include "config.h"
#include "service/pdg-credentials.h"

#include "base/pdg-clock.h"
#include "base/pdg-memo.h"
#include "db/pdg-db-tx.h"
#include "store/pdg-store-keys.h"

#include <string.h>

#define REMEMBER_SECONDS 5
#define MAX_REMEMBERED 4096

struct _PdgCredentials
{
  PdgMemo *memo; /* hexadecimal hash -> PdgPrincipal; none = it is bad */
  GMutex lock;      /* what follows */
  GHashTable *uses; /* number of a key -> gint64 *, its last use that is not noted yet */
  PdgDbPool *pool;
};

typedef struct
{
  guint8 hash[32];
  char *name;
  guint began;
} Question;

PdgCredentials *
pdg_credentials_new (PdgDbPool *pool)
{
  PdgCredentials *self = g_new0 (PdgCredentials, 1);

  self->memo = pdg_memo_new (REMEMBER_SECONDS, MAX_REMEMBERED, (PdgMemoRefFunc) pdg_principal_ref, (GDestroyNotify) pdg_principal_unref);
  g_mutex_init (&self->lock);
  self->uses = g_hash_table_new_full (NULL, NULL, NULL, g_free);
  self->pool = pdg_db_pool_ref (pool);
  return self;
}

void
pdg_credentials_free (PdgCredentials *self)
{
  if (self == NULL)
    return;
  pdg_db_pool_unref (self->pool);
  pdg_memo_free (self->memo);
  g_hash_table_unref (self->uses);
  g_mutex_clear (&self->lock);
  g_free (self);
}

void
pdg_credential_hash (const char *secret, guint8 hash[32])
{
  g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA256);
  gsize len = 32;

  g_checksum_update (checksum, (const guchar *) secret, (gssize) strlen (secret));
  g_checksum_get_digest (checksum, hash, &len);
}

static char *
hash_name (const char *secret)
{
  return g_compute_checksum_for_string (G_CHECKSUM_SHA256, secret, -1);
}

PdgCredentialVerdict
pdg_credentials_peek (PdgCredentials *self, const char *secret, PdgPrincipal **principal)
{
  g_autofree char *name = hash_name (secret);
  gpointer found;

  *principal = NULL;
  if (!pdg_memo_lookup (self->memo, name, &found))
    return PDG_CREDENTIAL_UNKNOWN;
  *principal = found;
  return found != NULL ? PDG_CREDENTIAL_GOOD : PDG_CREDENTIAL_BAD;
}

static void
question_free (gpointer data)
{
  Question *question = data;

  g_free (question->name);
  g_free (question);
}

static gpointer
resolve_job (PdgDbConn *conn, gpointer job_data, GCancellable *cancellable, GError **error)
{
  Question *question = job_data;
  g_autoptr (PdgDbTx) tx = pdg_db_tx_begin_maintenance (conn, error);

  return tx != NULL ? pdg_store_resolve_credential (tx, question->hash, error) : NULL;
}

static Question *
question_new (PdgCredentials *self, const char *secret)
{
  Question *question = g_new0 (Question, 1);

  question->began = pdg_memo_begin (self->memo);
  question->name = hash_name (secret);
  pdg_credential_hash (secret, question->hash);
  return question;
}

static void
remember (PdgCredentials *self, const Question *question, PdgPrincipal *principal)
{
  pdg_memo_remember (self->memo, question->began, question->name, principal);
  if (principal != NULL && pdg_principal_get_key_no (principal) != 0)
    {
      gint64 now_usec = pdg_clock_now_usec ();

      g_mutex_lock (&self->lock);
      g_hash_table_replace (self->uses, GINT_TO_POINTER (pdg_principal_get_key_no (principal)), g_memdup2 (&now_usec, sizeof now_usec));
      g_mutex_unlock (&self->lock);
    }
}

static void
resolved_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  PdgCredentials *self = g_object_get_data (G_OBJECT (task), "credentials");
  Question *question = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;
  PdgPrincipal *principal = pdg_db_pool_run_finish (self->pool, result, &error);

  if (error != NULL)
    {
      g_task_return_error (task, g_steal_pointer (&error));
      return;
    }
  remember (self, question, principal);
  g_task_return_pointer (task, principal, (GDestroyNotify) pdg_principal_unref);
}

void
pdg_credentials_resolve_async (PdgCredentials *self, const char *secret, GCancellable *cancellable, GAsyncReadyCallback callback,
                               gpointer user_data)
{
  GTask *task = g_task_new (NULL, cancellable, callback, user_data);
  PdgPrincipal *principal = NULL;
  PdgCredentialVerdict verdict = pdg_credentials_peek (self, secret, &principal);
  Question *question = question_new (self, secret);

  g_task_set_task_data (task, question, question_free);
  g_object_set_data (G_OBJECT (task), "credentials", self);
  if (verdict != PDG_CREDENTIAL_UNKNOWN)
    {
      g_task_return_pointer (task, principal, (GDestroyNotify) pdg_principal_unref);
      g_object_unref (task);
      return;
    }
  pdg_db_pool_run_async (self->pool, PDG_DB_PRIORITY_INTERACTIVE, resolve_job, question, NULL, (GDestroyNotify) pdg_principal_unref,
                         cancellable, resolved_cb, task);
}

PdgPrincipal *
pdg_credentials_resolve_here (PdgCredentials *self, const char *secret, GCancellable *cancellable, GError **error)
{
  g_autoptr (GError) local = NULL;
  PdgPrincipal *principal = NULL;
  Question *question;

  if (pdg_credentials_peek (self, secret, &principal) != PDG_CREDENTIAL_UNKNOWN)
    return principal;
  question = question_new (self, secret);
  principal = pdg_db_pool_run_here (self->pool, PDG_DB_PRIORITY_INTERACTIVE, resolve_job, question, cancellable, &local);
  if (local == NULL)
    remember (self, question, principal);
  else
    g_propagate_error (error, g_steal_pointer (&local));
  question_free (question);
  return principal;
}

PdgPrincipal *
pdg_credentials_resolve_finish (PdgCredentials *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

static gboolean
is_of_organisation (const char *name, gpointer principal, gpointer org_no)
{
  return principal != NULL && pdg_principal_get_org_no (principal) == *(gint32 *) org_no;
}

void
pdg_credentials_forget (PdgCredentials *self, gint32 org_no)
{
  pdg_memo_forget (self->memo, is_of_organisation, &org_no);
}

gboolean
pdg_credentials_note_uses (PdgCredentials *self, PdgDbConn *conn, GError **error)
{
  g_autoptr (GArray) key_nos = g_array_new (FALSE, FALSE, sizeof (gint32)), times = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_autoptr (PdgDbTx) tx = NULL;
  GHashTableIter iter;
  gpointer key, value;

  g_mutex_lock (&self->lock);
  g_hash_table_iter_init (&iter, self->uses);
  while (g_hash_table_iter_next (&iter, &key, &value))
    {
      gint32 key_no = GPOINTER_TO_INT (key);

      g_array_append_val (key_nos, key_no);
      g_array_append_vals (times, value, 1);
      g_hash_table_iter_remove (&iter);
    }
  g_mutex_unlock (&self->lock);
  if (key_nos->len == 0)
    return TRUE;
  tx = pdg_db_tx_begin_maintenance (conn, error);
  return tx != NULL
         && pdg_store_note_key_uses (tx, (const gint32 *) (void *) key_nos->data, (const gint64 *) (void *) times->data, key_nos->len, error)
         && pdg_db_tx_commit (tx, error);
}
