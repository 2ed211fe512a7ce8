#include "config.h"
#include "service/pdg-letters.h"

#include "codec/pdg-event-json.h"
#include "store/pdg-store-guard.h"

#include <string.h>

#define MAX_GATHERED_BYTES (32 * 1024 * 1024) /* of one flush */
#define MAX_GATHERED 20000

typedef struct
{
  PdgPrincipal *principal;
  PdgDeadLetter *letter;
} Gathered;

struct _PdgLetters
{
  gint64 max_letters;
  gint64 max_bytes;
  GMutex lock;
  GArray *gathered; /* Gathered */
  gsize n_bytes;
  guint64 n_lost; /* since the last time they were written */
  guint64 counts[PDG_N_LETTER_KINDS];
  guint64 n_all_lost;
};

static void
gathered_clear (gpointer data)
{
  Gathered *gathered = data;

  pdg_principal_unref (gathered->principal);
  pdg_dead_letter_free (gathered->letter);
}

static GArray *
new_gathered (void)
{
  GArray *gathered = g_array_new (FALSE, FALSE, sizeof (Gathered));

  g_array_set_clear_func (gathered, gathered_clear);
  return gathered;
}

PdgLetters *
pdg_letters_new (gint64 max_letters, gint64 max_bytes)
{
  PdgLetters *self = g_new0 (PdgLetters, 1);

  self->max_letters = max_letters;
  self->max_bytes = max_bytes;
  g_mutex_init (&self->lock);
  self->gathered = new_gathered ();
  return self;
}

void
pdg_letters_free (PdgLetters *self)
{
  if (self == NULL)
    return;
  g_array_unref (self->gathered);
  g_mutex_clear (&self->lock);
  g_free (self);
}

static PdgLetterKind
find_kind (const PdgDeadLetter *letter)
{
  if (strcmp (letter->reason, "id_conflict") == 0)
    return PDG_LETTER_ID_CONFLICT;
  if (letter->schema_version != 0)
    return PDG_LETTER_SCHEMA;
  if (strcmp (letter->reason, "required") == 0)
    return PDG_LETTER_REQUIRED;
  return strcmp (letter->field, "project_id") == 0 ? PDG_LETTER_PROJECT : PDG_LETTER_INVALID;
}

/* Under the lock. @raw: (transfer full). */
static void
gather (PdgLetters *self, const PdgIngestRequest *request, PdgSlice project, const char *field, gsize field_len, const char *reason, GBytes *raw)
{
  Gathered gathered = { pdg_principal_ref (request->principal), g_new0 (PdgDeadLetter, 1) };
  PdgDeadLetter *letter = gathered.letter;

  letter->raw = raw;
  letter->project_id = project.data != NULL ? g_strndup (project.data, project.len) : NULL;
  letter->source = g_strdup (pdg_event_batch_get_source (request->batch));
  letter->field = g_strndup (field, field_len);
  letter->reason = g_strdup (reason);
  letter->schema_version = pdg_event_batch_get_refused_by (request->batch, field);
  letter->received_usec = pdg_event_batch_get_received_usec (request->batch);
  letter->org_no = pdg_principal_get_org_no (request->principal);
  letter->project_no = pdg_principal_get_project_no (request->principal);
  self->counts[find_kind (letter)]++;
  if (self->gathered->len >= MAX_GATHERED || self->n_bytes + g_bytes_get_size (raw) > MAX_GATHERED_BYTES)
    {
      self->n_lost++;
      self->n_all_lost++;
      gathered_clear (&gathered);
      return;
    }
  self->n_bytes += g_bytes_get_size (raw);
  g_array_append_val (self->gathered, gathered);
}

static const PdgEvent *
find_event (PdgEventBatch *batch, guint32 index)
{
  guint n;
  const PdgEvent *events = pdg_event_batch_get_events (batch, &n);

  for (guint i = 0; i < n; i++)
    if (events[i].index == index)
      return &events[i];
  return NULL;
}

/* An event without redaction is not kept: only what it was refused for. */
static GBytes *
write_event (const PdgEvent *event)
{
  if ((guint) event->flags >> PDG_EVENT_REDACTION_SHIFT == 0)
    return g_bytes_new_static (NULL, 0);
  return pdg_event_json_write_event (event);
}

static gboolean
is_conflict (const PdgIngestRequest *request, guint32 index)
{
  for (guint i = 0; i < request->conflicts->len; i++)
    if (g_array_index (request->conflicts, guint32, i) == index)
      return TRUE;
  return FALSE;
}

void
pdg_letters_add_request (PdgLetters *self, const PdgIngestRequest *request)
{
  gint32 project_no;
  gint64 letter_no;

  if (request->issues->len == 0 || pdg_event_batch_get_letter (request->batch, &project_no, &letter_no))
    return;
  g_mutex_lock (&self->lock);
  for (guint i = 0; i < request->issues->len; i++)
    {
      const PdgEventIssue *issue = &g_array_index (request->issues, PdgEventIssue, i);
      const char *colon = strstr (issue->error, ": ");
      gsize field_len = colon != NULL ? (gsize) (colon - issue->error) : 0;
      const char *reason = is_conflict (request, issue->index) ? "id_conflict" : colon != NULL ? colon + 2 : issue->error;
      const PdgEvent *event = find_event (request->batch, issue->index);

      if (event != NULL)
        gather (self, request, event->project, issue->error, field_len, reason, write_event (event));
      else
        gather (self, request, issue->project, issue->error, field_len, reason, g_bytes_new (issue->raw.data, issue->raw.len));
    }
  g_mutex_unlock (&self->lock);
}

void
pdg_letters_get_counts (PdgLetters *self, guint64 counts[PDG_N_LETTER_KINDS], guint64 *n_lost)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  memcpy (counts, self->counts, sizeof self->counts);
  *n_lost = self->n_all_lost;
}

static int
compare_by_org (gconstpointer a, gconstpointer b)
{
  const Gathered *x = a, *y = b;

  return (x->letter->org_no > y->letter->org_no) - (x->letter->org_no < y->letter->org_no);
}

static gboolean
write_some (PdgLetters *self, const Gathered *gathered, guint n, PdgDbConn *conn, gboolean bypasses_rls, GError **error)
{
  g_autofree const PdgDeadLetter **letters = g_new (const PdgDeadLetter *, n);
  g_autoptr (PdgDbTx) tx = pdg_db_tx_begin_writer (conn, bypasses_rls ? NULL : gathered->principal, error);

  for (guint i = 0; i < n; i++)
    letters[i] = gathered[i].letter;
  return tx != NULL && pdg_store_add_letters (tx, letters, n, self->max_letters, self->max_bytes, error) && pdg_db_tx_commit (tx, error);
}

/* Takes what was gathered, so that the others go on gathering while it is written. */
static GArray *
take_gathered (PdgLetters *self, guint64 *n_lost)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);
  GArray *gathered = self->gathered;

  *n_lost = self->n_lost;
  self->gathered = new_gathered ();
  self->n_bytes = 0;
  self->n_lost = 0;
  return gathered;
}

void
pdg_letters_flush (PdgLetters *self, PdgDbConn *conn, gboolean bypasses_rls)
{
  guint64 n_lost;
  g_autoptr (GArray) taken = take_gathered (self, &n_lost);
  guint first = 0;

  g_array_sort (taken, compare_by_org);
  /* under row-level security a transaction is one organisation's */
  for (guint i = 1; i <= taken->len; i++)
    if (i == taken->len
        || (!bypasses_rls && g_array_index (taken, Gathered, i).letter->org_no != g_array_index (taken, Gathered, first).letter->org_no))
      {
        g_autoptr (GError) error = NULL;

        if (!write_some (self, &g_array_index (taken, Gathered, first), i - first, conn, bypasses_rls, &error))
          {
            g_warning ("%u dead letters are lost: %s", i - first, error->message);
            g_mutex_lock (&self->lock);
            self->n_all_lost += i - first;
            g_mutex_unlock (&self->lock);
          }
        first = i;
      }
  if (n_lost > 0)
    g_warning ("%" G_GUINT64_FORMAT " dead letters are lost: too many at once", n_lost);
}

gboolean
pdg_letters_settle (PdgDbTx *tx, const PdgIngestRequest *request, GError **error)
{
  gint32 project_no;
  gint64 letter_no;

  return !pdg_event_batch_get_letter (request->batch, &project_no, &letter_no)
         || pdg_store_take_letters (tx, project_no, &letter_no, 1, NULL, error);
}
