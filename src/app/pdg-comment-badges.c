#include "config.h"
#include "app/pdg-comment-badges.h"

#include "app/pdg-comments.h"
#include "app/pdg-json.h"
#include "canvas/pdg-scene-badges.h"

void
pdg_comment_badges_draw (PdgWorkspace *workspace, const PdgScene *scene, cairo_t *cr, const PdgCamera *camera, int width, int height,
                         int scale_factor, const PdgTheme *theme)
{
  JsonArray *threads = pdg_comments_get_threads (pdg_comments_get (workspace));
  guint n = pdg_json_get_length (threads), n_badges = 0;
  g_autofree PdgSceneBadge *badges = g_new0 (PdgSceneBadge, n + 1);

  for (guint i = 0; i < n; i++)
    {
      JsonObject *thread = pdg_json_get_element (threads, i);

      if (!pdg_comments_matches (thread, PDG_COMMENTS_SHOW_OPEN))
        continue;
      badges[n_badges++] = (PdgSceneBadge) {
        .screen_id = pdg_json_get_string (pdg_json_get_object (thread, "screen"), "id"),
        .to_screen_id = pdg_json_get_string (pdg_json_get_object (thread, "toScreen"), "id"),
        .x = pdg_json_get_double (thread, "x", 0),
        .y = pdg_json_get_double (thread, "y", 0),
        .count = (guint) pdg_json_get_int (thread, "commentCount", 0),
        .unread = pdg_json_get_int (thread, "unreadCount", 0) > 0,
      };
    }
  pdg_scene_draw_badges (scene, cr, camera, width, height, scale_factor, theme, badges, n_badges);
}
