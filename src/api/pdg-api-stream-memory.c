#include "config.h"
#include "api/pdg-api-stream-memory.h"

typedef struct
{
  gpointer data;
  GDestroyNotify destroy;
} Content;

struct _PdgApiStreamMemory
{
  Content told;
  Content next;
  gboolean silent;
  guint at_earliest_ms;
  guint at_latest_ms;
};

static void
content_clear (Content *content)
{
  if (content->data != NULL)
    content->destroy (content->data);
  content->data = NULL;
}

PdgApiStreamMemory *
pdg_api_stream_memory_new (void)
{
  return g_atomic_rc_box_new0 (PdgApiStreamMemory);
}

PdgApiStreamMemory *
pdg_api_stream_memory_ref (PdgApiStreamMemory *memory)
{
  return g_atomic_rc_box_acquire (memory);
}

static void
memory_clear (gpointer data)
{
  PdgApiStreamMemory *memory = data;

  content_clear (&memory->told);
  content_clear (&memory->next);
}

void
pdg_api_stream_memory_unref (PdgApiStreamMemory *memory)
{
  g_atomic_rc_box_release_full (memory, memory_clear);
}

gpointer
pdg_api_stream_memory_get (PdgApiStreamMemory *memory)
{
  return memory->told.data;
}

void
pdg_api_stream_memory_put (PdgApiStreamMemory *memory, gpointer next, GDestroyNotify destroy)
{
  content_clear (&memory->next);
  memory->next = (Content) { next, destroy };
}

void
pdg_api_stream_memory_set_silent (PdgApiStreamMemory *memory)
{
  memory->silent = TRUE;
}

void
pdg_api_stream_memory_set_rhythm (PdgApiStreamMemory *memory, guint at_earliest_ms, guint at_latest_ms)
{
  memory->at_earliest_ms = at_earliest_ms;
  memory->at_latest_ms = at_latest_ms;
}

guint
pdg_api_stream_memory_get_at_earliest_ms (PdgApiStreamMemory *memory)
{
  return memory->at_earliest_ms;
}

guint
pdg_api_stream_memory_get_at_latest_ms (PdgApiStreamMemory *memory)
{
  return memory->at_latest_ms;
}

gboolean
pdg_api_stream_memory_end_run (PdgApiStreamMemory *memory, gboolean succeeded)
{
  gboolean send = !succeeded || !memory->silent;

  memory->silent = FALSE;
  if (succeeded && memory->next.data != NULL)
    {
      content_clear (&memory->told);
      memory->told = memory->next;
      memory->next.data = NULL;
    }
  content_clear (&memory->next);
  return send;
}
