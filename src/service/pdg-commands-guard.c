#include "config.h"
#include "service/pdg-commands-guard.h"

#include "codec/pdg-event-json.h"
#include "service/pdg-commands-private.h"
#include "store/pdg-store-guard.h"

#include <string.h>

#define REDRIVE_TIMEOUT_SECONDS 60

static gboolean
check_keys (const char *const *keys, GError **error)
{
  guint n = g_strv_length ((char **) keys);

  if (n > PDG_REDACT_MAX_KEYS)
    {
      pdg_service_error_set (error, PDG_SERVICE_ERROR_INVALID, "keys", "keys: at most %d of them", PDG_REDACT_MAX_KEYS);
      return FALSE;
    }
  for (guint i = 0; i < n; i++)
    if (!pdg_redact_is_key (keys[i]))
      {
        g_autofree char *field = g_strdup_printf ("keys.%u", i);

        pdg_service_error_set (error, PDG_SERVICE_ERROR_INVALID, field, "keys: use names with a letter or digit, of at most %d bytes",
                               PDG_REDACT_MAX_KEY_BYTES);
        return FALSE;
      }
  return TRUE;
}

PdgProject *
pdg_commands_set_redaction (PdgDbConn *conn, PdgPrincipal *principal, const char *project_id, guint patterns, const char *const *keys,
                            GError **error)
{
  g_autoptr (PdgDbTx) tx = pdg_commands_begin (conn, principal, PDG_ROLE_ADMIN, error);
  g_autoptr (PdgProject) project = tx != NULL ? pdg_commands_find_project (tx, principal, project_id, "projectId", error) : NULL;
  guint version = 0;

  if (project == NULL || !check_keys (keys, error)
      || !pdg_store_set_rules (tx, project->project_no, patterns, keys, pdg_principal_get_label (principal), &version, error))
    return NULL;
  if (version == 0)
    {
      pdg_service_error_set (error, PDG_SERVICE_ERROR_CONFLICT, NULL,
                             "this project has had %d different sets of rules, which is all that events can tell apart; use one of them again",
                             PDG_REDACT_MAX_VERSION);
      return NULL;
    }
  return pdg_commands_commit (tx, principal, error, "set the redaction rules of the project %s to version %u", project_id, version)
           ? g_steal_pointer (&project)
           : NULL;
}

/* ---- Letters */

/* The letters that the input chooses. (transfer full) */
static GPtrArray *
load_letters (PdgDbTx *tx, gint32 project_no, const PdgRedriveInput *input, GError **error)
{
  g_autoptr (GPtrArray) lists = NULL;

  if (input->letter_nos != NULL)
    return pdg_store_load_letters (tx, project_no, input->letter_nos, input->n_letters, error);
  lists = pdg_store_list_letters (tx, &project_no, 1, input->reason, G_MAXINT64, PDG_REDRIVE_MAX, error);
  return lists != NULL ? g_ptr_array_ref (lists->pdata[0]) : NULL;
}

static gboolean
check_number (const PdgRedriveInput *input, GError **error)
{
  if (input->n_letters <= PDG_REDRIVE_MAX)
    return TRUE;
  pdg_service_error_set (error, PDG_SERVICE_ERROR_INVALID, "ids", "ids: at most %d at once", PDG_REDRIVE_MAX);
  return FALSE;
}

/* What the writer says of the batches, each with one letter. */
typedef struct
{
  gint ref_count;
  GMutex lock;
  GCond changed;
  guint n_pending;
  GArray *stored; /* gint64: letters whose events are stored, now or before */
  guint n_refused;
} Answers;

typedef struct
{
  Answers *answers;
  gint64 letter_no;
} Asked;

static void
answers_unref (Answers *answers)
{
  if (!g_atomic_int_dec_and_test (&answers->ref_count))
    return;
  g_array_unref (answers->stored);
  g_mutex_clear (&answers->lock);
  g_cond_clear (&answers->changed);
  g_free (answers);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Answers, answers_unref)

static Answers *
answers_new (void)
{
  Answers *answers = g_new0 (Answers, 1);

  answers->ref_count = 1;
  answers->stored = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_mutex_init (&answers->lock);
  g_cond_init (&answers->changed);
  return answers;
}

/* On the writer's thread. */
static void
answered_cb (const PdgIngestResult *result, const GError *error, gpointer user_data)
{
  g_autofree Asked *asked = user_data;
  g_autoptr (Answers) answers = asked->answers;

  g_mutex_lock (&answers->lock);
  if (result != NULL && result->n_accepted > 0)
    g_array_append_val (answers->stored, asked->letter_no);
  else
    answers->n_refused++;
  answers->n_pending--;
  g_cond_signal (&answers->changed);
  g_mutex_unlock (&answers->lock);
}

/* The letter as a request of its own. NULL when nothing of it was kept or it is no request. */
static PdgEventBatch *
read_letter (const PdgDeadLetter *letter, const PdgEventPolicies *policies)
{
  PdgEventJsonLimits limits = PDG_EVENT_JSON_LIMITS_DEFAULT;
  g_autoptr (GString) text = g_string_new ("{\"events\":[");
  g_autoptr (GBytes) body = NULL;
  PdgEventBatch *batch;
  gsize size;
  const char *raw = g_bytes_get_data (letter->raw, &size);

  if (size == 0)
    return NULL;
  limits.policies = policies;
  g_string_append_len (text, raw, (gssize) size);
  g_string_append (text, "]}");
  body = g_bytes_new (text->str, text->len);
  batch = pdg_event_json_parse (body, letter->received_usec, &limits, NULL);
  if (batch != NULL)
    {
      pdg_event_batch_set_letter (batch, letter->project_no, letter->letter_no);
      pdg_event_batch_set_source (batch, "redrive");
    }
  return batch;
}

/* Queues the letter; FALSE when it stays one. */
static gboolean
submit_letter (PdgIngest *ingest, PdgPrincipal *principal, const PdgDeadLetter *letter, const PdgEventPolicies *policies, Answers *answers,
               GError **error)
{
  g_autoptr (PdgEventBatch) batch = read_letter (letter, policies);
  Asked *asked;
  guint n_events = 0;

  if (batch != NULL)
    pdg_event_batch_get_events (batch, &n_events);
  if (n_events != 1 || pdg_event_batch_get_n_counted (batch) > 0) /* whose address is not known any more */
    return FALSE;
  asked = g_new (Asked, 1);
  *asked = (Asked) { answers, letter->letter_no };
  g_atomic_int_inc (&answers->ref_count);
  g_mutex_lock (&answers->lock);
  answers->n_pending++;
  g_mutex_unlock (&answers->lock);
  if (pdg_ingest_submit (ingest, principal, batch, answered_cb, asked, error))
    return TRUE;
  g_mutex_lock (&answers->lock);
  answers->n_pending--;
  g_mutex_unlock (&answers->lock);
  answers_unref (answers);
  g_free (asked);
  return FALSE;
}

/* FALSE when the writer did not answer in time. */
static gboolean
wait_for_answers (Answers *answers)
{
  gint64 deadline = g_get_monotonic_time () + REDRIVE_TIMEOUT_SECONDS * G_USEC_PER_SEC;
  gboolean in_time = TRUE;

  g_mutex_lock (&answers->lock);
  while (in_time && answers->n_pending > 0)
    in_time = g_cond_wait_until (&answers->changed, &answers->lock, deadline);
  g_mutex_unlock (&answers->lock);
  return in_time;
}

/* An event that was stored before was not stored again: its letter has not ended with it. */
static gboolean
take_stored (PdgDbConn *conn, PdgPrincipal *principal, gint32 project_no, Answers *answers, PdgRedriveResult *result, GError **error)
{
  g_autoptr (PdgDbTx) tx = NULL;
  gboolean ok = TRUE;

  g_mutex_lock (&answers->lock);
  result->n_stored = answers->stored->len;
  result->n_refused += answers->n_refused;
  if (answers->stored->len > 0)
    {
      tx = pdg_commands_begin (conn, principal, PDG_ROLE_EDITOR, error);
      ok = tx != NULL
           && pdg_store_take_letters (tx, project_no, (const gint64 *) (void *) answers->stored->data, answers->stored->len, NULL, error)
           && pdg_commands_commit (tx, principal, error, "stored the events of %u dead letters", answers->stored->len);
    }
  g_mutex_unlock (&answers->lock);
  return ok;
}

gboolean
pdg_commands_redrive_letters (PdgDbConn *conn, PdgPrincipal *principal, PdgIngest *ingest, const PdgEventPolicies *policies,
                              const PdgRedriveInput *input, PdgRedriveResult *result, GError **error)
{
  g_autoptr (PdgDbTx) tx = pdg_commands_begin (conn, principal, PDG_ROLE_EDITOR, error);
  g_autoptr (PdgProject) project = tx != NULL ? pdg_commands_find_project (tx, principal, input->project_id, "projectId", error) : NULL;
  g_autoptr (GPtrArray) letters = project != NULL && check_number (input, error) ? load_letters (tx, project->project_no, input, error) : NULL;
  g_autoptr (PdgPrincipal) sender = NULL;
  g_autoptr (Answers) answers = NULL;

  *result = (PdgRedriveResult) { 0 };
  if (letters == NULL)
    return FALSE;
  g_clear_pointer (&tx, pdg_db_tx_free);
  result->n_missing = input->letter_nos != NULL ? input->n_letters - letters->len : 0;
  answers = answers_new ();
  /* a letter may name only the project that it is of, as when it came */
  sender = pdg_principal_new (pdg_principal_get_org_uuid (principal), pdg_principal_get_org_no (principal), PDG_ROLE_INGEST, project->project_no,
                              "redrive");
  for (guint i = 0; i < letters->len; i++)
    {
      g_autoptr (GError) local = NULL;

      if (submit_letter (ingest, sender, letters->pdata[i], policies, answers, &local))
        continue;
      result->n_refused++;
    }
  if (!wait_for_answers (answers))
    {
      pdg_service_error_set (error, PDG_SERVICE_ERROR_CONFLICT, NULL, "the database is slow; what is not stored yet stays a dead letter: try again later");
      return FALSE;
    }
  return take_stored (conn, principal, project->project_no, answers, result, error);
}

gboolean
pdg_commands_drop_letters (PdgDbConn *conn, PdgPrincipal *principal, const PdgRedriveInput *input, gint64 *n_dropped, GError **error)
{
  g_autoptr (PdgDbTx) tx = pdg_commands_begin (conn, principal, PDG_ROLE_EDITOR, error);
  g_autoptr (PdgProject) project = tx != NULL ? pdg_commands_find_project (tx, principal, input->project_id, "projectId", error) : NULL;
  g_autoptr (GPtrArray) letters = project != NULL && check_number (input, error) ? load_letters (tx, project->project_no, input, error) : NULL;
  g_autofree gint64 *numbers = NULL;

  if (letters == NULL)
    return FALSE;
  numbers = g_new (gint64, letters->len + 1);
  for (guint i = 0; i < letters->len; i++)
    numbers[i] = ((const PdgDeadLetter *) letters->pdata[i])->letter_no;
  return pdg_store_take_letters (tx, project->project_no, numbers, letters->len, n_dropped, error)
         && pdg_commands_commit (tx, principal, error, "dropped %" G_GINT64_FORMAT " dead letters of the project %s", *n_dropped, input->project_id);
}
