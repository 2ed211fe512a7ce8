#include "config.h"
#include "demo/pdg-demo.h"

#include "base/pdg-time.h"
#include "demo/pdg-demo-random.h"
#include "demo/pdg-demo-stream.h"

#define DEFAULT_DAYS 14
#define DEFAULT_SESSIONS 4000
#define DEFAULT_PROJECT "proj_demo"
#define DEFAULT_RATE 10.0
#define ID_SALT G_GUINT64_CONSTANT (0x6c61726465720001)
#define LIVE_ID_SALT G_GUINT64_CONSTANT (0x6c61726465720002)
#define MEAN_EVENTS_PER_SESSION 25.0 /* sets how fast live visitors come, so that they take their usual time */
#define MAX_BACKLOG_USEC (5 * PDG_USEC_PER_SEC)

struct _PdgDemo
{
  PdgDemoPlan *plan;
  PdgDemoStream *stream;
  gint64 end_usec;
  guint next_session;
  gboolean counted;
  guint64 n_events;
};

PdgDemo *
pdg_demo_new (const PdgDemoOptions *options)
{
  PdgDemo *demo = g_new0 (PdgDemo, 1);

  demo->end_usec = options->end_usec;
  demo->plan = pdg_demo_plan_new (options->seed, options->end_usec, options->n_days > 0 ? options->n_days : DEFAULT_DAYS,
                                  options->n_sessions > 0 ? options->n_sessions : DEFAULT_SESSIONS);
  demo->stream = pdg_demo_stream_new (pdg_demo_mix (options->seed + ID_SALT),
                                      options->project_id != NULL ? options->project_id : DEFAULT_PROJECT);
  return demo;
}

void
pdg_demo_free (PdgDemo *demo)
{
  if (demo == NULL)
    return;
  pdg_demo_stream_free (demo->stream);
  pdg_demo_plan_free (demo->plan);
  g_free (demo);
}

guint64
pdg_demo_get_n_events (PdgDemo *demo)
{
  g_autoptr (GArray) events = NULL;

  if (demo->counted)
    return demo->n_events;
  events = g_array_new (FALSE, FALSE, sizeof (PdgDemoEvent));
  for (guint i = 0; i < pdg_demo_plan_get_n_sessions (demo->plan); i++)
    {
      PdgDemoVisitor visitor;

      g_array_set_size (events, 0);
      pdg_demo_plan_get_visitor (demo->plan, i, &visitor);
      pdg_demo_session_run (&visitor, events);
      demo->n_events += pdg_demo_count_until (events, demo->end_usec);
    }
  demo->counted = TRUE;
  return demo->n_events;
}

const PdgDemoRelease *
pdg_demo_get_releases (const PdgDemo *demo, guint *n_releases)
{
  *n_releases = N_RELEASES;
  return pdg_demo_plan_get_releases (demo->plan);
}

/* Lets those sessions begin that do so before the next event. */
static void
start_sessions (PdgDemo *demo)
{
  while (demo->next_session < pdg_demo_plan_get_n_sessions (demo->plan)
         && pdg_demo_plan_get_start (demo->plan, demo->next_session) <= pdg_demo_stream_get_next_usec (demo->stream))
    {
      PdgDemoVisitor visitor;

      pdg_demo_plan_get_visitor (demo->plan, demo->next_session++, &visitor);
      pdg_demo_stream_add (demo->stream, &visitor, demo->end_usec);
    }
}

static GBytes *
close_body (GString *body, guint n)
{
  if (n == 0)
    {
      g_string_free (body, TRUE);
      return NULL;
    }
  g_string_append (body, "]}");
  return g_string_free_to_bytes (body);
}

GBytes *
pdg_demo_next_batch (PdgDemo *demo, guint max_events, guint *n_events)
{
  GString *body = g_string_new ("{\"events\":[");
  guint n = 0;

  for (max_events = MIN (max_events, PDG_DEMO_MAX_BATCH); n < max_events; n++)
    {
      start_sessions (demo);
      if (pdg_demo_stream_get_next_usec (demo->stream) == G_MAXINT64)
        break;
      if (n > 0)
        g_string_append_c (body, ',');
      pdg_demo_stream_write_next (demo->stream, body, -1);
    }
  *n_events = n;
  return close_body (body, n);
}

/* A live stream orders its sessions on a clock of their own, on which visitors come evenly; the n-th event of that order
 * becomes due at epoch + n / rate. So the rate is exact, and the pace of a session about that of a person. */
struct _PdgDemoLive
{
  PdgDemoStream *stream;
  guint64 seed;
  double rate;
  gint64 epoch_usec; /* moves ahead when the caller was away */
  guint64 n_given;
  guint64 n_sessions;
  gint64 next_start_usec;
  PdgDemoRandom random;
};

PdgDemoLive *
pdg_demo_live_new (const PdgDemoOptions *options)
{
  PdgDemoLive *live = g_new0 (PdgDemoLive, 1);

  live->seed = options->seed;
  live->rate = options->events_per_second > 0 ? options->events_per_second : DEFAULT_RATE;
  live->stream = pdg_demo_stream_new (pdg_demo_mix (options->seed + LIVE_ID_SALT),
                                      options->project_id != NULL ? options->project_id : DEFAULT_PROJECT);
  live->random = pdg_demo_random_make (options->seed, LIVE_ID_SALT, 0);
  return live;
}

void
pdg_demo_live_free (PdgDemoLive *live)
{
  if (live == NULL)
    return;
  pdg_demo_stream_free (live->stream);
  g_free (live);
}

static gint64
get_due_usec (const PdgDemoLive *live, guint64 index)
{
  return live->epoch_usec + (gint64) ((double) (index + 1) * (double) PDG_USEC_PER_SEC / live->rate);
}

/* Lets those visitors come who do so before the next event. */
static void
receive_visitors (PdgDemoLive *live)
{
  while (live->next_start_usec <= pdg_demo_stream_get_next_usec (live->stream))
    {
      double gap_s = -log (1.0 - pdg_demo_random_unit (&live->random)) * MEAN_EVENTS_PER_SESSION / live->rate;
      PdgDemoVisitor visitor;

      pdg_demo_visitor_init_live (&visitor, live->seed, live->n_sessions++, live->epoch_usec, live->next_start_usec);
      pdg_demo_stream_add (live->stream, &visitor, G_MAXINT64);
      live->next_start_usec += (gint64) (gap_s * (double) PDG_USEC_PER_SEC) + 1;
    }
}

GBytes *
pdg_demo_live_next (PdgDemoLive *live, gint64 now_usec, guint *n_events)
{
  GString *body;
  guint n = 0;

  *n_events = 0;
  if (live->epoch_usec == 0)
    live->epoch_usec = live->next_start_usec = now_usec;
  if (now_usec - get_due_usec (live, live->n_given) > MAX_BACKLOG_USEC)
    live->epoch_usec += now_usec - get_due_usec (live, live->n_given) - MAX_BACKLOG_USEC;
  if (get_due_usec (live, live->n_given) > now_usec)
    return NULL;
  body = g_string_new ("{\"events\":[");
  for (; n < PDG_DEMO_MAX_BATCH && get_due_usec (live, live->n_given) <= now_usec; n++)
    {
      receive_visitors (live);
      if (n > 0)
        g_string_append_c (body, ',');
      pdg_demo_stream_write_next (live->stream, body, get_due_usec (live, live->n_given));
      live->n_given++;
    }
  *n_events = n;
  return close_body (body, n);
}
