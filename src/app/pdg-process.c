#include "config.h"
#include "app/pdg-process.h"

#include <gtk/gtk.h>
#include <malloc.h>
#include <string.h>

#ifdef GDK_WINDOWING_X11
#include <cairo-xlib.h>
#include <gdk/x11/gdkx.h>
#endif

/* Frames of a 4K window are 32 MB: reuse their memory, don't map it anew and fault in each page. */
#define REUSED_BYTES (32 * 1024 * 1024)

/* Frames that may be on their way to a late X server at once. */
#define FRAMES_AHEAD 4

static gboolean
has_gpu (void)
{
  g_autoptr (GDir) dir = g_dir_open ("/dev/dri", 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    if (g_str_has_prefix (name, "renderD"))
      return TRUE;
  return FALSE;
}

static void
add_debug_word (const char *word)
{
  const char *words = g_getenv ("GDK_DEBUG");
  g_autofree char *joined = words != NULL && *words != '\0' ? g_strconcat (words, ",", word, NULL) : g_strdup (word);

  g_setenv ("GDK_DEBUG", joined, TRUE);
}

void
pdg_process_prepare (void)
{
  const char *renderer = g_getenv ("GSK_RENDERER");

#ifdef __GLIBC__
  mallopt (M_MMAP_THRESHOLD, REUSED_BYTES);
  mallopt (M_TRIM_THRESHOLD, REUSED_BYTES);
#endif
  if (renderer != NULL ? strcmp (renderer, "cairo") != 0 : has_gpu () && g_strcmp0 (g_getenv ("LIBGL_ALWAYS_SOFTWARE"), "1") != 0)
    return;
  /* GL in software costs 26-36 ms a frame, cairo 2-4 ms; looking for GL costs 70 ms of the start. */
  g_setenv ("GSK_RENDERER", "cairo", TRUE);
  if (gtk_get_minor_version () < 14)
    add_debug_word ("gl-disable");
}

#ifdef GDK_WINDOWING_X11
/* Of the process, since GTK makes its surfaces on the same display. Cairo takes frames from a pool of shared memory, which goes when
 * nothing of it is in use: the first is kept. The others are only touched once, so that the first frame that the server is late with
 * finds its pages there. */
static struct
{
  cairo_surface_t *surfaces[1 + FRAMES_AHEAD];
  cairo_surface_t *window; /* what they are like, while they are made */
  int width;
  int height;
  guint n;
  guint source;
} frame_memory;

static cairo_surface_t *
make_frame_memory (void)
{
  return cairo_surface_create_similar_image (frame_memory.window, CAIRO_FORMAT_RGB24, frame_memory.width, frame_memory.height);
}

static void
drop_frame_memory (guint n_kept)
{
  for (guint i = n_kept; i < frame_memory.n; i++)
    cairo_surface_destroy (frame_memory.surfaces[i]);
  frame_memory.n = MIN (frame_memory.n, n_kept);
}

/* One frame's memory a turn: some milliseconds. */
static gboolean
touch_frame_memory_cb (gpointer data)
{
  cairo_surface_t *surface = make_frame_memory ();
  guchar *pixels = cairo_image_surface_get_data (surface);

  if (pixels != NULL)
    memset (pixels, 0, (gsize) cairo_image_surface_get_stride (surface) * (gsize) frame_memory.height);
  frame_memory.surfaces[frame_memory.n++] = surface;
  if (frame_memory.n < G_N_ELEMENTS (frame_memory.surfaces))
    return G_SOURCE_CONTINUE;
  drop_frame_memory (1);
  g_clear_pointer (&frame_memory.window, cairo_surface_destroy);
  frame_memory.source = 0;
  return G_SOURCE_REMOVE;
}
#endif

void
pdg_process_keep_frame_memory (GdkSurface *surface, int width, int height)
{
#ifdef GDK_WINDOWING_X11
  Display *display;
  XWindowAttributes attributes;

  if (!GDK_IS_X11_SURFACE (surface) || (width <= frame_memory.width && height <= frame_memory.height))
    return;
  display = gdk_x11_display_get_xdisplay (gdk_surface_get_display (surface));
  if (!XGetWindowAttributes (display, gdk_x11_surface_get_xid (surface), &attributes))
    return;
  frame_memory.width = MAX (width, frame_memory.width);
  frame_memory.height = MAX (height, frame_memory.height);
  drop_frame_memory (0);
  g_clear_pointer (&frame_memory.window, cairo_surface_destroy);
  /* on the root window, since this one may be gone when the others are made */
  frame_memory.window = cairo_xlib_surface_create (display, DefaultRootWindow (display), attributes.visual, frame_memory.width,
                                                   frame_memory.height);
  frame_memory.surfaces[frame_memory.n++] = make_frame_memory ();
  if (frame_memory.source == 0)
    frame_memory.source = g_idle_add_full (G_PRIORITY_LOW, touch_frame_memory_cb, NULL, NULL);
#endif
}
