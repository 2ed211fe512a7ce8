#include "config.h"
#include "model/pdg-event.h"

#include "base/pdg-arena.h"

#include <string.h>

/* What is unescaped or kept as JSON is less than the request; a small block stays within malloc's cache of its thread. */
#define BLOCK_BYTES_MIN 1000
#define BLOCK_BYTES_MAX (16 * 1024)

struct _PdgEventBatch
{
  GBytes *memory;
  PdgArena *arena;
  GArray *events;
  GArray *issues;
  gint64 received_usec;
  const char *source;
  GArray *findings;       /* (nullable) PdgEventFinding */
  GHashTable *refused_by; /* (nullable) an issue's text -> version */
  guint n_withheld;
  guint n_redacted;
  gint64 letter_no; /* 0 = none */
  gint32 letter_project_no;
};

static void
issue_clear (gpointer data)
{
  PdgEventIssue *issue = data;

  g_free (issue->error);
}

PdgEventBatch *
pdg_event_batch_new (GBytes *memory, gint64 received_usec)
{
  PdgEventBatch *batch = g_atomic_rc_box_new0 (PdgEventBatch);
  gsize memory_bytes = memory != NULL ? g_bytes_get_size (memory) : 0;

  batch->memory = memory != NULL ? g_bytes_ref (memory) : NULL;
  batch->arena = pdg_arena_new (CLAMP (memory_bytes, BLOCK_BYTES_MIN, BLOCK_BYTES_MAX));
  batch->events = g_array_new (FALSE, TRUE, sizeof (PdgEvent));
  batch->issues = g_array_new (FALSE, FALSE, sizeof (PdgEventIssue));
  g_array_set_clear_func (batch->issues, issue_clear);
  batch->received_usec = received_usec;
  batch->source = "events";
  return batch;
}

PdgEventBatch *
pdg_event_batch_ref (PdgEventBatch *batch)
{
  return g_atomic_rc_box_acquire (batch);
}

static void
batch_clear (gpointer data)
{
  PdgEventBatch *batch = data;

  g_clear_pointer (&batch->memory, g_bytes_unref);
  pdg_arena_free (batch->arena);
  g_array_unref (batch->events);
  g_array_unref (batch->issues);
  g_clear_pointer (&batch->findings, g_array_unref);
  g_clear_pointer (&batch->refused_by, g_hash_table_unref);
}

void
pdg_event_batch_unref (PdgEventBatch *batch)
{
  if (batch != NULL)
    g_atomic_rc_box_release_full (batch, batch_clear);
}

char *
pdg_event_batch_alloc (PdgEventBatch *batch, gsize size)
{
  return pdg_arena_alloc (batch->arena, size);
}

PdgSlice
pdg_event_batch_store (PdgEventBatch *batch, const char *text)
{
  gsize len = strlen (text);
  char *copy = pdg_event_batch_alloc (batch, len);

  memcpy (copy, text, len);
  return (PdgSlice) { copy, (guint32) len };
}

PdgEvent *
pdg_event_batch_add (PdgEventBatch *batch)
{
  PdgEvent *event;

  g_array_set_size (batch->events, batch->events->len + 1);
  event = &g_array_index (batch->events, PdgEvent, batch->events->len - 1);
  event->sequence = PDG_SEQUENCE_NONE;
  return event;
}

PdgEvent *
pdg_event_batch_get_event (PdgEventBatch *batch, guint place)
{
  g_return_val_if_fail (place < batch->events->len, NULL);
  return &g_array_index (batch->events, PdgEvent, place);
}

void
pdg_event_batch_drop_last (PdgEventBatch *batch)
{
  g_return_if_fail (batch->events->len > 0);
  g_array_set_size (batch->events, batch->events->len - 1);
}

void
pdg_event_batch_take_issue (PdgEventBatch *batch, guint32 index, char *error)
{
  pdg_event_batch_take_refused (batch, index, error, (PdgSlice) { NULL, 0 }, (PdgSlice) { NULL, 0 });
}

void
pdg_event_batch_take_refused (PdgEventBatch *batch, guint32 index, char *error, PdgSlice project, PdgSlice raw)
{
  PdgEventIssue issue = { index, error, project, raw };

  g_array_append_val (batch->issues, issue);
}

void
pdg_event_batch_set_refused_by (PdgEventBatch *batch, gint32 schema_version)
{
  if (batch->refused_by == NULL)
    batch->refused_by = g_hash_table_new (NULL, NULL);
  g_hash_table_insert (batch->refused_by, g_array_index (batch->issues, PdgEventIssue, batch->issues->len - 1).error,
                       GINT_TO_POINTER (schema_version));
}

gint32
pdg_event_batch_get_refused_by (const PdgEventBatch *batch, const char *error)
{
  return batch->refused_by != NULL ? GPOINTER_TO_INT (g_hash_table_lookup (batch->refused_by, error)) : 0;
}

guint
pdg_event_batch_get_n_refused_by_schemas (const PdgEventBatch *batch)
{
  return batch->refused_by != NULL ? g_hash_table_size (batch->refused_by) : 0;
}

void
pdg_event_batch_add_redacted (PdgEventBatch *batch)
{
  batch->n_redacted++;
}

guint
pdg_event_batch_get_n_redacted (const PdgEventBatch *batch)
{
  return batch->n_redacted;
}

void
pdg_event_batch_add_finding (PdgEventBatch *batch, const PdgEventFinding *finding)
{
  if (batch->findings == NULL)
    batch->findings = g_array_new (FALSE, FALSE, sizeof (PdgEventFinding));
  g_array_append_val (batch->findings, *finding);
}

const PdgEventFinding *
pdg_event_batch_get_findings (const PdgEventBatch *batch, guint *n_findings)
{
  *n_findings = batch->findings != NULL ? batch->findings->len : 0;
  return batch->findings != NULL ? (const PdgEventFinding *) (void *) batch->findings->data : NULL;
}

void
pdg_event_batch_add_withheld (PdgEventBatch *batch)
{
  batch->n_withheld++;
}

guint
pdg_event_batch_get_n_withheld (const PdgEventBatch *batch)
{
  return batch->n_withheld;
}

guint
pdg_event_batch_get_n_counted (const PdgEventBatch *batch)
{
  guint n = 0;

  for (guint i = 0; i < batch->events->len; i++)
    n += (g_array_index (batch->events, PdgEvent, i).flags & PDG_EVENT_COUNTED) != 0;
  return n;
}

void
pdg_event_batch_set_source (PdgEventBatch *batch, const char *source)
{
  batch->source = source;
}

const char *
pdg_event_batch_get_source (const PdgEventBatch *batch)
{
  return batch->source;
}

void
pdg_event_batch_set_letter (PdgEventBatch *batch, gint32 project_no, gint64 letter_no)
{
  batch->letter_project_no = project_no;
  batch->letter_no = letter_no;
}

gboolean
pdg_event_batch_get_letter (const PdgEventBatch *batch, gint32 *project_no, gint64 *letter_no)
{
  *project_no = batch->letter_project_no;
  *letter_no = batch->letter_no;
  return batch->letter_no != 0;
}

const PdgEvent *
pdg_event_batch_get_events (const PdgEventBatch *batch, guint *n_events)
{
  *n_events = batch->events->len;
  return (const PdgEvent *) (void *) batch->events->data;
}

const PdgEventIssue *
pdg_event_batch_get_issues (const PdgEventBatch *batch, guint *n_issues)
{
  *n_issues = batch->issues->len;
  return (const PdgEventIssue *) (void *) batch->issues->data;
}

gint64
pdg_event_batch_get_received_usec (const PdgEventBatch *batch)
{
  return batch->received_usec;
}
