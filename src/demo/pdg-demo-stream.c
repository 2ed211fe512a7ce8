#include "config.h"
#include "demo/pdg-demo-stream.h"

typedef struct
{
  PdgDemoVisitor visitor;
  PdgDemoConstants constants;
  GArray *events;
  guint next;
} Session;

struct _PdgDemoStream
{
  guint64 id_seed;
  char *project_json;
  GPtrArray *heap; /* of Session, the one with the earliest next event at 0 */
};

static void
session_free (gpointer data)
{
  Session *session = data;

  pdg_demo_constants_clear (&session->constants);
  g_array_unref (session->events);
  g_free (session);
}

static const PdgDemoEvent *
session_peek (const Session *session)
{
  return &g_array_index (session->events, PdgDemoEvent, session->next);
}

static gboolean
is_before (const Session *a, const Session *b)
{
  gint64 left = session_peek (a)->at_usec, right = session_peek (b)->at_usec;

  return left != right ? left < right : a->visitor.number < b->visitor.number;
}

static void
swap (GPtrArray *heap, guint a, guint b)
{
  gpointer kept = heap->pdata[a];

  heap->pdata[a] = heap->pdata[b];
  heap->pdata[b] = kept;
}

static void
sift_up (GPtrArray *heap, guint at)
{
  while (at > 0 && is_before (heap->pdata[at], heap->pdata[(at - 1) / 2]))
    {
      swap (heap, at, (at - 1) / 2);
      at = (at - 1) / 2;
    }
}

static void
sift_down (GPtrArray *heap)
{
  guint at = 0;

  for (;;)
    {
      guint least = at;

      for (guint child = at * 2 + 1; child <= at * 2 + 2 && child < heap->len; child++)
        if (is_before (heap->pdata[child], heap->pdata[least]))
          least = child;
      if (least == at)
        return;
      swap (heap, at, least);
      at = least;
    }
}

PdgDemoStream *
pdg_demo_stream_new (guint64 id_seed, const char *project_id)
{
  PdgDemoStream *stream = g_new0 (PdgDemoStream, 1);

  stream->id_seed = id_seed;
  stream->project_json = pdg_demo_quote_json (project_id);
  stream->heap = g_ptr_array_new_with_free_func (session_free);
  return stream;
}

void
pdg_demo_stream_free (PdgDemoStream *stream)
{
  g_ptr_array_unref (stream->heap);
  g_free (stream->project_json);
  g_free (stream);
}

guint
pdg_demo_count_until (const GArray *events, gint64 cut_usec)
{
  guint n = events->len;

  while (n > 0 && g_array_index (events, PdgDemoEvent, n - 1).at_usec > cut_usec)
    n--;
  return n;
}

void
pdg_demo_stream_add (PdgDemoStream *stream, const PdgDemoVisitor *visitor, gint64 cut_usec)
{
  Session *session = g_new0 (Session, 1);

  session->visitor = *visitor;
  session->events = g_array_new (FALSE, FALSE, sizeof (PdgDemoEvent));
  pdg_demo_session_run (visitor, session->events);
  g_array_set_size (session->events, pdg_demo_count_until (session->events, cut_usec));
  if (session->events->len == 0)
    {
      session_free (session);
      return;
    }
  pdg_demo_constants_init (&session->constants, visitor, stream->project_json);
  g_ptr_array_add (stream->heap, session);
  sift_up (stream->heap, stream->heap->len - 1);
}

gint64
pdg_demo_stream_get_next_usec (const PdgDemoStream *stream)
{
  return stream->heap->len == 0 ? G_MAXINT64 : session_peek (stream->heap->pdata[0])->at_usec;
}

void
pdg_demo_stream_write_next (PdgDemoStream *stream, GString *out, gint64 at_usec)
{
  Session *session = stream->heap->pdata[0];
  const PdgDemoEvent *event = session_peek (session);

  pdg_demo_write_event (out, stream->id_seed, &session->visitor, &session->constants, event,
                        at_usec < 0 ? event->at_usec : at_usec);
  if (++session->next == session->events->len)
    {
      swap (stream->heap, 0, stream->heap->len - 1);
      g_ptr_array_set_size (stream->heap, (int) stream->heap->len - 1);
    }
  sift_down (stream->heap);
}
