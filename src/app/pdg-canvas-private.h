#pragma once

#include "app/pdg-canvas.h"

#include "app/pdg-traffic-feed.h"
#include "canvas/pdg-compositor.h"

G_BEGIN_DECLS

typedef enum
{
  PDG_CANVAS_DRAG_NONE,
  PDG_CANVAS_DRAG_PAN,
  PDG_CANVAS_DRAG_MARQUEE,
  PDG_CANVAS_DRAG_CARDS,
} PdgCanvasDrag;

/* The comments above the scene, in pdg-canvas-pins.c. */
typedef struct _PdgCanvasPins PdgCanvasPins;

/* Where the pointer was lately. */
#define PDG_CANVAS_TRAIL 16
typedef struct
{
  double x, y;
  gint64 usec;
} PdgCanvasTrail;

/* Cards that the pointer holds, in pdg-canvas-drag.c. */
typedef struct _PdgCanvasCards PdgCanvasCards;

struct _PdgCanvas
{
  GtkWidget parent_instance;

  PdgWorkspace *workspace;
  PdgSelection *selection;
  PdgSceneModel *scenes;
  PdgArrangement *arrangement;
  PdgPictureLoader *pictures;
  PdgStyle *style;
  GSimpleActionGroup *actions;
  PdgTrafficFeed *feed;

  /* Drawing: two pictures in turn, since the frame before still holds the other. */
  PdgScene *scene; /* never NULL after bind: an empty one when there is nothing */
  cairo_surface_t *frames[2];
  cairo_surface_t *shown[2]; /* the same pixels, for GSK: cairo copies a picture that is drawn on while somebody holds it */
  guint frame;
  guint64 n_frames;
  PdgCompositor *compositor;
  guint wake_source; /* draws once more: the zoom has rested */
  char **selected_ids;

  int width, height; /* at the last allocation */

  gboolean conversion; /* edges tell it by colour and glyph */
  double usual_share;

  /* Camera and motion. */
  PdgCamera camera;
  PdgCamera kept_view;
  gboolean has_kept_view;
  PdgCamera flight_from;
  PdgCamera flight_to;
  gint64 flight_start_usec; /* 0 = no flight */
  double glide_x, glide_y;  /* logical pixels a second, after a kinetic scroll */
  gint64 glide_usec;
  PdgScene *move_to;        /* where cards are moving to; NULL = nowhere */
  PdgScene *move_from;
  gint64 move_start_usec;
  guint tick;
  gboolean touched;         /* the user moved the camera: it is not fitted any more */
  gboolean placed;          /* the camera shows this scene on purpose */

  /* Input. */
  PdgCanvasDrag drag;
  double drag_x, drag_y;    /* where it began, or was last */
  PdgRect marquee;          /* logical pixels */
  double pointer_x, pointer_y;
  PdgCamera pinch_camera;   /* where it began */
  double pinch_x, pinch_y;
  double wheel_goal;        /* the zoom that was asked for, before it is drawn to 100 % */
  double wheel_from;
  gint64 wheel_start_usec;  /* 0 = not on the way */
  gboolean wheel_zooms;     /* without a key, too */
  PdgCanvasTrail trail[PDG_CANVAS_TRAIL];
  guint n_trail;
  PdgHitKind hovered_kind;
  guint hovered_index;
  gboolean over_pin;
  PdgCanvasPins *pins;      /* NULL before bind */
  PdgCanvasCards *cards;    /* from the first movement until the scene shows them where they were dropped */
  gboolean press_kept;      /* the press did not change the selection, since it may begin a drag */
  gboolean by_hand;         /* the next scene shows what the user has moved: no animation */
  GtkWidget *menu;
  GMenu *steps;             /* undo and redo, by their names */
  gboolean hand_tool;
  gboolean space_held;

  /* Walking along edges: where Alt+Left or Alt+Right began. */
  char *walk_from;
  int walk_direction;
  guint walk_index;

  /* Screens as widgets, for screen readers and the focus. */
  GPtrArray *nodes;
  guint nodes_serial;
  guint settle_source;

  /* Screens that open in place, in pdg-canvas-closeup.c. */
  GPtrArray *closeups;
  gboolean shows_closeups;

  /* Groups. */
  GtkWidget *title_button;  /* on the title that has, or had, the keyboard focus */
  char *title_id;           /* its group */
  char *reveal_id;          /* the screen to be shown as soon as its group is open */
};

/* pdg-canvas.c */
void     pdg_canvas_emit_camera_changed (PdgCanvas *self);
int      pdg_canvas_get_selected_card (PdgCanvas *self); /* -1 */
void     pdg_canvas_select_card (PdgCanvas *self, int card);

/* pdg-canvas-motion.c */
void     pdg_canvas_set_camera (PdgCanvas *self, const PdgCamera *camera);   /* by the user: ends flights */
void     pdg_canvas_fly_to (PdgCanvas *self, const PdgCamera *camera);
void     pdg_canvas_fly_to_rect (PdgCanvas *self, const PdgRect *world, double max_zoom);
void     pdg_canvas_fit (PdgCanvas *self, gboolean animated);
PdgCamera pdg_canvas_get_camera_for (PdgCanvas *self, const PdgRect *world, double max_zoom); /* that shows it all */
void     pdg_canvas_glide (PdgCanvas *self, double x, double y);
void     pdg_canvas_reveal_card (PdgCanvas *self, int card, gboolean centre);
void     pdg_canvas_end_flight (PdgCanvas *self);
void     pdg_canvas_stop (PdgCanvas *self); /* all motion of the camera, where it is */
void     pdg_canvas_set_scene (PdgCanvas *self, PdgScene *scene);
void     pdg_canvas_move_to (PdgCanvas *self, PdgScene *scene); /* its cards move there */
void     pdg_canvas_end_move (PdgCanvas *self);
gboolean pdg_canvas_is_animated (PdgCanvas *self);
gint64   pdg_canvas_start_ticking (PdgCanvas *self); /* the time of the frame that the motion begins with */

/* pdg-canvas-live.c */
void     pdg_canvas_init_live (PdgCanvas *self);
void     pdg_canvas_clear_live (PdgCanvas *self);
void     pdg_canvas_style_live (PdgCanvas *self, PdgSceneStyle *style);
gboolean pdg_canvas_tick_live (PdgCanvas *self); /* TRUE while something moves */
void     pdg_canvas_pause_live (GSimpleAction *action, GVariant *state, gpointer user_data);

/* pdg-canvas-wheel.c */
void     pdg_canvas_zoom_by_wheel (PdgCanvas *self, double octaves, gboolean eased); /* at the pointer */
gboolean pdg_canvas_tick_wheel (PdgCanvas *self, gint64 now_usec);
void     pdg_canvas_begin_pinch (PdgCanvas *self, double x, double y);
void     pdg_canvas_pinch (PdgCanvas *self, double x, double y, double scale);
void     pdg_canvas_begin_trail (PdgCanvas *self);
void     pdg_canvas_add_to_trail (PdgCanvas *self, double x, double y);
void     pdg_canvas_throw (PdgCanvas *self); /* as fast as the pointer let it go */

/* pdg-canvas-pins.c */
void     pdg_canvas_init_pins (PdgCanvas *self);
void     pdg_canvas_clear_pins (PdgCanvas *self);
void     pdg_canvas_draw_pins (PdgCanvas *self, cairo_t *cr, int scale, PdgTheme *theme);
void     pdg_canvas_present_pins (PdgCanvas *self);
gboolean pdg_canvas_has_pin_at (PdgCanvas *self, double x, double y);
gboolean pdg_canvas_press_pin (PdgCanvas *self, double x, double y); /* TRUE: a pin was opened or set */
gboolean pdg_canvas_key_for_pin (PdgCanvas *self, guint keyval);
gboolean pdg_canvas_is_comment_tool (PdgCanvas *self);
void     pdg_canvas_set_comment_tool (PdgCanvas *self, gboolean on);
void     pdg_canvas_open_thread (PdgCanvas *self, const char *thread_id);
gboolean pdg_canvas_get_pin_rect (PdgCanvas *self, const char *thread_id, PdgRect *rect); /* logical pixels */
/* The @index-th that is in sight; FALSE behind the last one. @label: (transfer full) */
gboolean pdg_canvas_describe_pin (PdgCanvas *self, guint index, const char **thread_id, char **label);

/* pdg-canvas-closeup.c */
void     pdg_canvas_init_closeups (PdgCanvas *self);
void     pdg_canvas_clear_closeups (PdgCanvas *self);
void     pdg_canvas_sync_closeups (PdgCanvas *self); /* after the camera rests */
void     pdg_canvas_draw_closeups (PdgCanvas *self, cairo_t *cr, int scale, PdgTheme *theme);
char    *pdg_canvas_describe_closeup (PdgCanvas *self, const char *screen_id); /* the first of what it tells; (transfer full) (nullable) */

/* pdg-canvas-drag.c: the cards of the selection under the pointer */
gboolean pdg_canvas_begin_cards (PdgCanvas *self, double x, double y); /* FALSE when none of them may be moved */
void     pdg_canvas_drag_cards (PdgCanvas *self, double x, double y, gboolean no_snap);
void     pdg_canvas_drop_cards (PdgCanvas *self);
void     pdg_canvas_clear_cards (PdgCanvas *self);
gboolean pdg_canvas_tick_cards (PdgCanvas *self, gint64 now_usec);
void     pdg_canvas_draw_cards (PdgCanvas *self, cairo_t *cr, int scale, PdgTheme *theme);

/* pdg-canvas-arrange.c: what is done to the selection */
PdgPlace pdg_canvas_get_place (PdgCanvas *self, guint card);
gboolean pdg_canvas_nudge (PdgCanvas *self, double dx, double dy); /* FALSE when nothing is selected */
void     pdg_canvas_init_arranging (PdgCanvas *self);
void     pdg_canvas_update_arranging (PdgCanvas *self);

/* pdg-canvas-groups.c */
void     pdg_canvas_init_groups (PdgCanvas *self);
void     pdg_canvas_clear_groups (PdgCanvas *self);
void     pdg_canvas_update_groups (PdgCanvas *self);
void     pdg_canvas_style_groups (PdgCanvas *self, PdgSceneStyle *style);
void     pdg_canvas_allocate_title (PdgCanvas *self);
int      pdg_canvas_hit_title (PdgCanvas *self, double x, double y, gboolean *on_chevron); /* -1 */
gboolean pdg_canvas_press_title (PdgCanvas *self, double x, double y, int n_press);        /* FALSE when there is none */
gboolean pdg_canvas_press_title_key (PdgCanvas *self, guint keyval, GdkModifierType state);
gboolean pdg_canvas_open_group_of (PdgCanvas *self, const char *screen_id); /* TRUE when it was folded: it is revealed when it is open */
void     pdg_canvas_reveal_waiting (PdgCanvas *self);
void     pdg_canvas_add_change (PdgCanvas *self, PdgEdit *edit, const char *id, const PdgPlace *before, const PdgPlace *after);

/* pdg-canvas-menu.c */
void     pdg_canvas_init_menu (PdgCanvas *self);
void     pdg_canvas_update_steps (PdgCanvas *self);

/* pdg-canvas-input.c */
PdgHitKind pdg_canvas_hit_test (PdgCanvas *self, double x, double y, guint *index);
void     pdg_canvas_init_input (PdgCanvas *self);
void     pdg_canvas_update_hover (PdgCanvas *self);
void     pdg_canvas_update_cursor (PdgCanvas *self);

/* pdg-canvas-actions.c */
void     pdg_canvas_class_init_keys (GtkWidgetClass *klass);
void     pdg_canvas_init_actions (PdgCanvas *self);
gboolean pdg_canvas_step_focus (PdgCanvas *self, int step); /* FALSE at the end of the order */
void     pdg_canvas_zoom_to_selected (PdgCanvas *self);

/* pdg-canvas-nodes.c */
void     pdg_canvas_init_nodes (PdgCanvas *self);
void     pdg_canvas_clear_nodes (PdgCanvas *self);
void     pdg_canvas_queue_nodes (PdgCanvas *self);   /* after the camera rests */
void     pdg_canvas_allocate_nodes (PdgCanvas *self);
void     pdg_canvas_focus_card (PdgCanvas *self, int card);
int      pdg_canvas_get_focused_card (PdgCanvas *self); /* -1 */

G_END_DECLS
