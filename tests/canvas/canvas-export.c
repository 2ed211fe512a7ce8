/* Writes a made-up graph to a file, to be looked at and timed:
 * canvas-export OUT.png|svg|pdf SCREENS light|dark SCALE [pictures] [transparent] [tint] */

#include "canvas/pdg-export.h"
#include "graph-fixture.h"
#include "picture-fixture.h"

#include <stdlib.h>
#include <string.h>

static PdgImage *
picture_cb (const char *snapshot_id, gpointer user_data)
{
  g_autoptr (GBytes) png = picture_fixture_new_png (1280, 800, g_str_hash (snapshot_id) % 7);

  return pdg_image_store_decode (png, NULL);
}

int
main (int argc, char **argv)
{
  PdgExportOptions options = PDG_EXPORT_OPTIONS_INIT;
  PdgExportHooks hooks = { NULL, NULL, NULL };
  g_autoptr (GError) error = NULL;

  if (argc < 5)
    return 2;

  g_autoptr (PdgTheme) theme = pdg_theme_new (strcmp (argv[3], "dark") == 0 ? PDG_THEME_DARK : PDG_THEME_LIGHT);
  g_autoptr (PdgJourneyGraph) graph = graph_fixture_new ((guint) atoi (argv[2]), 7, TRUE);
  g_autoptr (PdgLayout) layout = pdg_layout_new (graph, NULL);
  g_autoptr (PdgScene) scene = pdg_scene_new (graph, layout);
  g_autoptr (GFile) file = g_file_new_for_commandline_arg (argv[1]);
  g_autoptr (GFileOutputStream) stream = g_file_replace (file, NULL, FALSE, G_FILE_CREATE_NONE, NULL, &error);

  if (stream == NULL)
    g_error ("%s", error->message);
  options.format = g_str_has_suffix (argv[1], ".svg") ? PDG_EXPORT_SVG : g_str_has_suffix (argv[1], ".pdf") ? PDG_EXPORT_PDF : PDG_EXPORT_PNG;
  options.scale = g_ascii_strtod (argv[4], NULL);
  options.title = "A shop";
  for (int i = 5; i < argc; i++)
    {
      if (strcmp (argv[i], "pictures") == 0)
        hooks.picture = picture_cb;
      options.transparent |= strcmp (argv[i], "transparent") == 0;
      if (strcmp (argv[i], "tint") == 0)
        {
          options.edge_tint = PDG_EDGE_TINT_CONVERSION;
          options.tint_reference = 0.3;
        }
    }
  if (!pdg_export_write (scene, theme, &options, &hooks, G_OUTPUT_STREAM (stream), NULL, &error)
      || !g_output_stream_close (G_OUTPUT_STREAM (stream), NULL, &error))
    {
      g_printerr ("%s\n", error->message);
      return 1;
    }
  return 0;
}
