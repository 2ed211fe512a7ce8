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
#ifdef __GLIBC__
  mallopt (M_MMAP_THRESHOLD, REUSED_BYTES);
  mallopt (M_TRIM_THRESHOLD, REUSED_BYTES);
#endif
  if (g_getenv ("GSK_RENDERER") != NULL)
    return;
  if (has_gpu () && g_strcmp0 (g_getenv ("LIBGL_ALWAYS_SOFTWARE"), "1") != 0)
    return;
  /* GL in software costs 26-36 ms a frame, cairo 2-4 ms; looking for GL costs 70 ms of the start. */
  g_setenv ("GSK_RENDERER", "cairo", TRUE);
  if (gtk_get_minor_version () < 14)
    add_debug_word ("gl-disable");
}

void
pdg_process_keep_frame_memory (GdkSurface *surface, int width, int height)
{
#ifdef GDK_WINDOWING_X11
  static cairo_surface_t *kept; /* of the process: GTK makes its surfaces on the same display */
  static int kept_width, kept_height;
  cairo_surface_t *window;
  Display *display;
  XWindowAttributes attributes;

  if (!GDK_IS_X11_SURFACE (surface) || (width <= kept_width && height <= kept_height))
    return;
  display = gdk_x11_display_get_xdisplay (gdk_surface_get_display (surface));
  if (!XGetWindowAttributes (display, gdk_x11_surface_get_xid (surface), &attributes))
    return;
  kept_width = MAX (width, kept_width);
  kept_height = MAX (height, kept_height);
  window = cairo_xlib_surface_create (display, gdk_x11_surface_get_xid (surface), attributes.visual, kept_width, kept_height);
  if (kept != NULL)
    cairo_surface_destroy (kept);
  kept = cairo_surface_create_similar_image (window, CAIRO_FORMAT_RGB24, kept_width, kept_height);
  cairo_surface_destroy (window);
#endif
}
