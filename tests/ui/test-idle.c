#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "app/pdg-application.h"
#include "app/pdg-canvas.h"
#include "app/pdg-process.h"
#include "desktop/pdg-backend.h"
#include "pdg-system.h"

/* The whole app, its window and its server in this process, with the demo's project open, animations and blinking cursors as people have
 * them: while nobody does anything, no frame is drawn in any window and the process hardly runs, with live traffic held and with it on.
 * The test only waits: in each span there is one timeout of its own. */

#define IDLE_MS 10000
/* The goal is 0.2 % of a core. What a process costs that hardly runs is what waking it costs, which differs tenfold from machine to machine
 * and hour to hour; so it is how often it wakes that decides: a second a few times to ask for live traffic and to look after connections. */
#define MAX_WAKES (IDLE_MS / 1000 * 15)
#define MAX_CPU_MS (IDLE_MS * 0.01)
#define REST_MS 3000                 /* without a frame, before a span begins */
#define DEADLINE_USEC (90 * G_USEC_PER_SEC)

/* How long a thread ran, and how often it was given a core. */
typedef struct
{
  guint64 ns;
  guint64 n;
} Ran;

typedef struct
{
  PdgBackend *backend;
  GtkWidget *canvas;     /* found when the window is there */
  guint n_frames;        /* of all windows */
  guint n_frames_before;
  gint64 deadline_usec;
  double cpu_before;
  GHashTable *threads;   /* id -> Ran, at the begin of the span */
  guint64 n_wakes; /* of all threads in the span */
  guint n_spans;
} Idle;

static gboolean wait_cb (gpointer user_data);

/* ---- what runs ---- */

/* Of all threads, those that have ended, too. */
static double
get_process_cpu_ms (void)
{
  struct timespec now;

  clock_gettime (CLOCK_PROCESS_CPUTIME_ID, &now);
  return (double) now.tv_sec * 1e3 + (double) now.tv_nsec / 1e6;
}

static void
thread_foreach (void (*func) (const char *id, const Ran *ran, Idle *idle), Idle *idle)
{
  g_autoptr (GDir) dir = g_dir_open ("/proc/self/task", 0, NULL);
  const char *id;

  while (dir != NULL && (id = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_strdup_printf ("/proc/self/task/%s/schedstat", id), *text = NULL;
      unsigned long long ns, n;

      if (g_file_get_contents (path, &text, NULL, NULL) && sscanf (text, "%llu %*u %llu", &ns, &n) == 2)
        func (id, &(Ran) { ns, n }, idle);
    }
}

static void
note_thread (const char *id, const Ran *ran, Idle *idle)
{
  g_hash_table_insert (idle->threads, g_strdup (id), g_memdup2 (ran, sizeof *ran));
}

/* Who it was, when it was too much. */
static void
tell_thread (const char *id, const Ran *ran, Idle *idle)
{
  const Ran none = { 0 }, *before = g_hash_table_lookup (idle->threads, id), *since = before != NULL ? before : &none;
  double ms = (double) (ran->ns - since->ns) / 1e6;
  g_autofree char *path = g_strdup_printf ("/proc/self/task/%s/comm", id), *name = NULL;

  idle->n_wakes += ran->n - since->n;
  if (ms >= 0.5 && g_file_get_contents (path, &name, NULL, NULL))
    g_test_message ("  %.1f ms, %u times: thread %s", ms, (guint) (ran->n - since->n), g_strchomp (name));
}

/* ---- the windows ---- */

static void
frame_cb (Idle *idle)
{
  idle->n_frames++;
}

static GtkWidget *
find_canvas (GtkWidget *widget)
{
  GtkWidget *found = PDG_IS_CANVAS (widget) ? widget : NULL;

  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL && found == NULL; child = gtk_widget_get_next_sibling (child))
    found = find_canvas (child);
  return found;
}

/* Every window's clock is followed once; TRUE when the canvas shows the project. */
static gboolean
follow_windows (Idle *idle)
{
  g_autoptr (GList) windows = gtk_window_list_toplevels ();

  for (GList *link = windows; link != NULL; link = link->next)
    {
      GtkWidget *window = link->data;
      GdkFrameClock *clock = gtk_widget_get_realized (window) ? gtk_widget_get_frame_clock (window) : NULL;

      if (clock != NULL && !g_object_get_data (G_OBJECT (clock), "followed"))
        {
          g_object_set_data (G_OBJECT (clock), "followed", idle);
          g_signal_connect_swapped (clock, "before-paint", G_CALLBACK (frame_cb), idle);
        }
      if (idle->canvas == NULL)
        idle->canvas = find_canvas (window);
    }
  return idle->canvas != NULL && pdg_canvas_get_scene (PDG_CANVAS (idle->canvas)) != NULL
         && pdg_scene_get_n_cards (pdg_canvas_get_scene (PDG_CANVAS (idle->canvas))) > 3
         && pdg_traffic_feed_get_as_of (pdg_canvas_get_feed (PDG_CANVAS (idle->canvas))) != 0;
}

/* ---- the spans ---- */

static gboolean
judge_cb (gpointer user_data)
{
  Idle *idle = user_data;
  double spent = get_process_cpu_ms () - idle->cpu_before;
  gboolean paused = pdg_traffic_feed_get_paused (pdg_canvas_get_feed (PDG_CANVAS (idle->canvas)));

  g_test_message ("live %s: %u frames and %.2f ms of CPU in %d s, %.3f %% of a core", paused ? "held" : "on without traffic",
                  idle->n_frames - idle->n_frames_before, spent, IDLE_MS / 1000, 100 * spent / IDLE_MS);
  idle->n_wakes = 0;
  thread_foreach (tell_thread, idle);
  g_test_message ("its threads woke %u times, of %u", (guint) idle->n_wakes, MAX_WAKES);
  g_assert_cmpuint (idle->n_frames, ==, idle->n_frames_before);
  g_assert_cmpuint (idle->n_wakes, <, MAX_WAKES);
  g_assert_cmpfloat (spent, <, MAX_CPU_MS);
  g_assert_cmpint (paused, ==, idle->n_spans == 1);
  if (++idle->n_spans == 2)
    {
      g_action_group_activate_action (G_ACTION_GROUP (g_application_get_default ()), "quit", NULL);
      return G_SOURCE_REMOVE;
    }
  g_assert_true (gtk_widget_activate_action (idle->canvas, "canvas.pause-live", NULL));
  idle->n_frames = idle->n_frames_before = 0;
  idle->deadline_usec = g_get_monotonic_time () + DEADLINE_USEC;
  g_timeout_add (REST_MS, wait_cb, idle);
  return G_SOURCE_REMOVE;
}

/* Moves the camera, sees that this is drawn and counted, and begins a span when there was no frame since the last call. */
static gboolean
wait_cb (gpointer user_data)
{
  Idle *idle = user_data;
  gboolean ready = follow_windows (idle), resting = idle->n_frames > 0 && idle->n_frames == idle->n_frames_before;

  idle->n_frames_before = idle->n_frames;
  g_assert_cmpint (g_get_monotonic_time (), <, idle->deadline_usec);
  if (ready && idle->n_frames == 0)
    pdg_canvas_zoom_by (PDG_CANVAS (idle->canvas), 0.11);
  if (!ready || !resting)
    return G_SOURCE_CONTINUE;
  g_hash_table_remove_all (idle->threads);
  thread_foreach (note_thread, idle);
  idle->cpu_before = get_process_cpu_ms ();
  g_timeout_add (IDLE_MS, judge_cb, idle);
  return G_SOURCE_REMOVE;
}

static PdgClient *
start_cb (gpointer user_data)
{
  Idle *idle = user_data;

  g_object_set (gtk_settings_get_default (), "gtk-enable-animations", TRUE, "gtk-cursor-blink", TRUE, NULL);
  idle->deadline_usec = g_get_monotonic_time () + DEADLINE_USEC;
  g_timeout_add (REST_MS, wait_cb, idle);
  return pdg_backend_start (idle->backend);
}

static void
stop_cb (PdgClient *client, gpointer user_data)
{
  pdg_backend_stop (((Idle *) user_data)->backend);
}

static void
test_idle (void)
{
  g_autofree char *dir = pdg_system_make_dir (), *port = g_strdup_printf ("%u", pdg_system_find_port ());
  g_autofree char *dir_variable = g_strdup_printf ("PRODUCTGRAPH_DATA_DIR=%s", dir), *said = NULL;
  const char *arguments[] = { "demo", "--sessions", "300", NULL }, *environment[] = { dir_variable, NULL };
  char *argv[] = { (char *) "productgraph", NULL };
  g_autoptr (GError) error = NULL;
  g_autoptr (PdgConfig) config = NULL;
  g_autoptr (PdgBackend) backend = NULL;
  Idle idle = { .threads = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free) };
  PdgAppHooks hooks = { start_cb, NULL, stop_cb, &idle };

  g_assert_cmpint (pdg_system_run (arguments, environment, &said, NULL), ==, 0);
  g_setenv ("PRODUCTGRAPH_DATA_DIR", dir, TRUE);
  g_setenv ("PORT", port, TRUE);
  config = pdg_config_load (NULL, &error);
  g_assert_no_error (error);
  idle.backend = backend = pdg_backend_new (config);
  g_assert_cmpint (pdg_app_run (&hooks, 1, argv), ==, 0);
  g_assert_cmpuint (idle.n_spans, ==, 2);
  g_hash_table_unref (idle.threads);
}

int
main (int argc, char *argv[])
{
  g_autofree char *display = g_strdup (g_getenv ("DISPLAY"));

  pdg_system_init (&argc, &argv);
  g_setenv ("DISPLAY", display, TRUE);
  g_test_add_func ("/ui/idle/nothing-runs", test_idle);
  return g_test_run ();
}
