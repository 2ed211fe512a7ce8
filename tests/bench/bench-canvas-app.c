#include "config.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "app/pdg-canvas-private.h"
#include "app/pdg-process.h"
#include "canvas-scene.h"
#include "pdg-fake-client.h"

/* The app's canvas in a window of its own, 1600 x 1000, over a made-up scene: bench-canvas-app NODES FOLDER [write]. It moves the camera
 * through every phase and says, a JSON object a line, when the first complete frame was there, its screenshots included, when a phase
 * begins, and what its frames cost. With "write" it only puts the scene and its screenshots into FOLDER, where it reads the screenshots
 * when the canvas asks for them, as a browser does. canvas/run.mjs runs it and measures around it. */

#define WIDTH 1600
#define HEIGHT 1000
#define PHASE_USEC (2 * G_USEC_PER_SEC)
#define SETTLE_USEC (700 * G_TIME_SPAN_MILLISECOND)

static const char *const phase_names[] = { "pan100", "zoom", "pan25", "fit" };

typedef struct
{
  GMainLoop *loop;
  PdgScene *scene;
  PdgCanvas *canvas;
  GtkWidget *window;
  guint phase;
  const char *folder;
  guint n_asked, n_loaded; /* screenshots */
  gboolean shown;    /* the first complete frame */
  gint64 settled_usec; /* 0: the next phase waits for its first picture */
  gint64 begin_usec;
  gint64 last_usec, last_frame_usec;
  guint n_missed;
  double cpu_before;
  GArray *cpu;       /* double, ms, each frame's */
  GArray *intervals; /* double, ms, from the begin of a frame to the next: what requestAnimationFrame() tells React Flow, too */
  double stale;
  double exact;
} Bench;

static double
cpu_ms (void)
{
  struct timespec now;

  clock_gettime (CLOCK_THREAD_CPUTIME_ID, &now);
  return (double) now.tv_sec * 1e3 + (double) now.tv_nsec / 1e6;
}

/* Since the process was started, to a hundredth of a second; below 0 where the system does not tell. */
static double
get_age_ms (void)
{
  g_autofree char *stat = NULL;
  g_auto (GStrv) fields = NULL;
  const char *name_end;
  struct timespec now;

  if (!g_file_get_contents ("/proc/self/stat", &stat, NULL, NULL) || (name_end = strrchr (stat, ')')) == NULL)
    return -1;
  fields = g_strsplit (name_end + 2, " ", 21);
  if (g_strv_length (fields) < 21)
    return -1;
  clock_gettime (CLOCK_BOOTTIME, &now);
  return (double) now.tv_sec * 1e3 + (double) now.tv_nsec / 1e6 - g_ascii_strtod (fields[19], NULL) * 1e3 / (double) sysconf (_SC_CLK_TCK);
}

static int
compare_doubles (gconstpointer a, gconstpointer b)
{
  double x = *(const double *) a, y = *(const double *) b;

  return (x > y) - (x < y);
}

static double
quantile (GArray *values, double q)
{
  if (values->len == 0)
    return 0;
  g_array_sort (values, compare_doubles);
  return g_array_index (values, double, MIN ((guint) (q * values->len), values->len - 1));
}

static void
print_phase (Bench *bench)
{
  printf ("{\"event\":\"end\",\"phase\":\"%s\",\"frames\":%u,\"missed\":%u,\"intervalP50\":%.2f,\"intervalP95\":%.2f,\"intervalP99\":%.2f,"
          "\"intervalMax\":%.2f,\"mainCpuP50\":%.3f,\"mainCpuP99\":%.3f,\"stale\":%.4f}\n",
          phase_names[bench->phase], bench->cpu->len, bench->n_missed, quantile (bench->intervals, 0.5), quantile (bench->intervals, 0.95),
          quantile (bench->intervals, 0.99), quantile (bench->intervals, 1), quantile (bench->cpu, 0.5), quantile (bench->cpu, 0.99),
          bench->stale / MAX (bench->stale + bench->exact, 1));
  fflush (stdout);
}

static void
begin_phase (Bench *bench, gint64 now_usec)
{
  g_array_set_size (bench->cpu, 0);
  g_array_set_size (bench->intervals, 0);
  bench->stale = bench->exact = 0;
  bench->begin_usec = now_usec;
  bench->last_usec = bench->last_frame_usec = 0;
  bench->n_missed = 0;
  printf ("{\"event\":\"begin\",\"phase\":\"%s\"}\n", phase_names[bench->phase]);
  fflush (stdout);
}

static void
show_at (Bench *bench, double t)
{
  PdgCamera camera = canvas_scene_get_camera (bench->scene, bench->phase, t, gtk_widget_get_width (GTK_WIDGET (bench->canvas)),
                                              gtk_widget_get_height (GTK_WIDGET (bench->canvas)));

  pdg_canvas_set_camera (bench->canvas, &camera);
}

static gboolean
tick_cb (GtkWidget *widget, GdkFrameClock *clock, gpointer user_data)
{
  Bench *bench = user_data;
  gint64 now_usec = gdk_frame_clock_get_frame_time (clock);

  if (!bench->shown)
    return G_SOURCE_CONTINUE;
  if (bench->begin_usec == 0)
    {
      show_at (bench, 0);
      if (bench->settled_usec == 0)
        bench->settled_usec = now_usec;
      if (now_usec - bench->settled_usec > SETTLE_USEC && pdg_compositor_is_exact (bench->canvas->compositor))
        begin_phase (bench, now_usec);
      return G_SOURCE_CONTINUE;
    }
  if (now_usec - bench->begin_usec < PHASE_USEC)
    {
      show_at (bench, (double) (now_usec - bench->begin_usec) / PHASE_USEC);
      return G_SOURCE_CONTINUE;
    }
  print_phase (bench);
  bench->begin_usec = bench->settled_usec = 0;
  if (++bench->phase < CANVAS_N_PHASES)
    return G_SOURCE_CONTINUE;
  g_main_loop_quit (bench->loop);
  return G_SOURCE_REMOVE;
}

static void
before_cb (GdkFrameClock *clock, Bench *bench)
{
  bench->cpu_before = cpu_ms ();
}

static void
after_cb (GdkFrameClock *clock, Bench *bench)
{
  PdgCompositorStats stats = pdg_compositor_get_stats (bench->canvas->compositor);
  gint64 now_usec = g_get_monotonic_time (), frame_usec = gdk_frame_clock_get_frame_time (clock);
  double spent = cpu_ms () - bench->cpu_before, interval = (double) (frame_usec - bench->last_frame_usec) / 1000;

  if (!bench->shown && bench->n_asked > 0 && bench->n_loaded == bench->n_asked && pdg_compositor_is_exact (bench->canvas->compositor))
    {
      bench->shown = TRUE;
      printf ("{\"event\":\"shown\",\"processMs\":%.0f}\n", get_age_ms ());
      fflush (stdout);
    }
  if (bench->begin_usec == 0)
    return;
  g_array_append_val (bench->cpu, spent);
  if (bench->last_usec != 0)
    {
      g_array_append_val (bench->intervals, interval);
      bench->n_missed += (guint) MAX (lround ((double) (now_usec - bench->last_usec) / 16667) - 1, 0);
    }
  bench->last_usec = now_usec;
  bench->last_frame_usec = frame_usec;
  bench->stale += (double) (stats.other + stats.overview);
  bench->exact += (double) (stats.exact + stats.direct + stats.scaled);
}

/* The scene with everything that React Flow needs to show the same. */
static int
write_scene (const PdgScene *scene, const char *folder)
{
  g_autofree char *path = g_build_filename (folder, "scene.json", NULL);
  g_autoptr (GString) text = g_string_new ("{\"nodes\":[");
  g_autoptr (GError) error = NULL;
  PdgRect bounds = pdg_scene_get_bounds (scene);

  for (guint i = 0; i < pdg_scene_get_n_cards (scene); i++)
    {
      PdgRect rect = pdg_scene_get_card_rect (scene, i);

      g_string_append_printf (text, "%s[%g,%g]", i > 0 ? "," : "", rect.x, rect.y);
    }
  g_string_append (text, "],\"edges\":[");
  for (guint i = 0; i < pdg_scene_get_n_edges (scene); i++)
    {
      const PdgSceneEdge *edge = pdg_scene_get_edge (scene, i);

      g_string_append_printf (text, "%s[%u,%u,%.1f]", i > 0 ? "," : "", edge->from, edge->to, edge->width);
    }
  g_string_append_printf (text, "],\"bounds\":[%g,%g,%g,%g]}", bounds.x, bounds.y, bounds.width, bounds.height);
  if (canvas_pictures_write (folder, &error))
    g_file_set_contents (path, text->str, (gssize) text->len, &error);
  if (error != NULL)
    g_printerr ("%s\n", error->message);
  return error == NULL ? 0 : 1;
}

static GBytes *
read_picture (const char *id, int min_width, gpointer user_data)
{
  Bench *bench = user_data;
  g_autofree char *path = canvas_pictures_dup_path (bench->folder, id);
  char *data;
  gsize len;

  bench->n_asked++;
  return g_file_get_contents (path, &data, &len, NULL) ? g_bytes_new_take (data, len) : NULL;
}

static void
loaded_cb (PdgPictureLoader *pictures, const char *id, Bench *bench)
{
  bench->n_loaded++;
}

static void
realize_cb (GtkWidget *widget, gpointer user_data)
{
  GdkFrameClock *clock = gtk_widget_get_frame_clock (widget);

  g_signal_connect (clock, "before-paint", G_CALLBACK (before_cb), user_data);
  g_signal_connect (clock, "after-paint", G_CALLBACK (after_cb), user_data);
}

int
main (int argc, char **argv)
{
  guint n_nodes = argc > 1 ? (guint) atoi (argv[1]) : 0;
  Bench bench = { .cpu = g_array_new (FALSE, FALSE, sizeof (double)), .intervals = g_array_new (FALSE, FALSE, sizeof (double)) };
  g_autoptr (PdgFakeClient) client = NULL;
  g_autoptr (PdgWorkspace) workspace = NULL;
  g_autoptr (PdgSceneModel) scenes = NULL;
  g_autoptr (PdgPictureLoader) pictures = NULL;
  g_autoptr (PdgStyle) style = NULL;

  if (n_nodes < 2 || argc < 3)
    return 2;
  bench.folder = argv[2];
  bench.scene = canvas_scene_new (n_nodes);
  if (argc > 3)
    return write_scene (bench.scene, bench.folder);
  pdg_process_prepare ();
  gtk_init ();
  client = pdg_fake_client_new ();
  workspace = pdg_workspace_new (PDG_CLIENT (client));
  scenes = pdg_scene_model_new (workspace);
  pictures = pdg_picture_loader_new (PDG_CLIENT (client));
  style = pdg_style_new (gdk_display_get_default ());
  pdg_fake_client_set_blob_func (client, read_picture, &bench);
  bench.loop = g_main_loop_new (NULL, FALSE);
  bench.window = gtk_window_new ();
  bench.canvas = g_object_new (PDG_TYPE_CANVAS, NULL);
  g_signal_connect (pictures, "loaded", G_CALLBACK (loaded_cb), &bench); /* before the canvas, which is told next */
  pdg_canvas_bind (bench.canvas, workspace, scenes, pictures, style);
  pdg_canvas_set_scene (bench.canvas, bench.scene);
  show_at (&bench, 0);
  g_signal_connect (bench.canvas, "realize", G_CALLBACK (realize_cb), &bench);
  gtk_widget_add_tick_callback (GTK_WIDGET (bench.canvas), tick_cb, &bench, NULL);
  gtk_window_set_child (GTK_WINDOW (bench.window), GTK_WIDGET (bench.canvas));
  gtk_window_set_decorated (GTK_WINDOW (bench.window), FALSE);
  gtk_widget_add_css_class (bench.window, "pdg");
  gtk_window_set_default_size (GTK_WINDOW (bench.window), WIDTH, HEIGHT);
  gtk_window_present (GTK_WINDOW (bench.window));
  g_main_loop_run (bench.loop);
  gtk_window_destroy (GTK_WINDOW (bench.window));
  pdg_workspace_close (workspace);
  pdg_scene_unref (bench.scene);
  g_main_loop_unref (bench.loop);
  g_array_unref (bench.cpu);
  g_array_unref (bench.intervals);
  return 0;
}
