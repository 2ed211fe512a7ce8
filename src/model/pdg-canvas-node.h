#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Where people have put the screens of a project. Plain records; each owns its texts. */

#define PDG_CANVAS_MAX_COORDINATE 1e7

typedef struct
{
  gint32 screen_no;
  double x; /* of the card's top left, in the canvas's units */
  double y;
  gboolean is_pinned;
  gboolean is_locked; /* is pinned, too */
  gint32 revision;    /* counts its changes, from 1 */
  char *changed_by;   /* nullable */
  gint64 changed_usec;
} PdgCanvasNode;

/* All of a project's together. */
typedef struct
{
  gint32 project_no;
  gint64 revision; /* counts the changes of all */
} PdgCanvasRecord;

/* What somebody wants a screen's place to be. Owns nothing. */
typedef struct
{
  gint32 screen_no;
  double x;
  double y;
  gboolean is_pinned;
  gboolean is_locked;
  gint32 base_revision;   /* of the node as it was known; 0 = none was */
  gboolean keeps_newer;   /* leaves the node alone when it has another revision */
} PdgCanvasChange;

static inline void
pdg_canvas_node_free (PdgCanvasNode *node)
{
  g_free (node->changed_by);
  g_free (node);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PdgCanvasNode, pdg_canvas_node_free)

G_END_DECLS
