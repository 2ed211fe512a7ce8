#include "config.h"
#include "service/pdg-ingest-private.h"

void
pdg_ingest_request_free (gpointer data)
{
  PdgIngestRequest *request = data;

  pdg_principal_unref (request->principal);
  pdg_event_batch_unref (request->batch);
  g_array_unref (request->issues);
  g_ptr_array_unref (request->texts);
  g_array_unref (request->conflicts);
  g_free (request);
}

void
pdg_ingest_request_reset (PdgIngestRequest *request)
{
  guint n_issues;
  const PdgEventIssue *issues = pdg_event_batch_get_issues (request->batch, &n_issues);

  g_array_set_size (request->issues, 0);
  if (n_issues > 0)
    g_array_append_vals (request->issues, issues, n_issues);
  g_ptr_array_set_size (request->texts, 0);
  g_array_set_size (request->conflicts, 0);
  request->n_duplicates = 0;
}

static int
compare_issues (gconstpointer a, gconstpointer b)
{
  const PdgEventIssue *x = a, *y = b;

  return (x->index > y->index) - (x->index < y->index);
}

void
pdg_ingest_request_sort_issues (PdgIngestRequest *request)
{
  g_array_sort (request->issues, compare_issues);
}

void
pdg_ingest_request_refuse (PdgIngestRequest *request, const PdgEvent *event, char *text)
{
  PdgEventIssue issue = { .index = event->index, .error = text };

  g_ptr_array_add (request->texts, text);
  g_array_append_val (request->issues, issue);
}

void
pdg_ingest_note_conflict (PdgIngestRequest *request, const PdgEvent *event)
{
  g_array_append_val (request->conflicts, event->index);
  pdg_ingest_request_refuse (request, event, g_strdup ("event_id: id_conflict: another event has this id, and the first is kept; "
                                                       "give each event an id of its own"));
}
