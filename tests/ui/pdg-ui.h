#pragma once

#include <atspi/atspi.h>

#include "pdg-system.h"

G_BEGIN_DECLS

/* The real app, seen through the accessibility tree and driven by a pointer and a keyboard. What does not come in time
 * ends the test program with the tree as it was. Names are globs. */

#define PDG_UI_WAIT_USEC (20 * PDG_SYSTEM_SECONDS)

/* A widget in the accessibility tree, and what it can be asked to do: libatspi has no autoptr for its types. */
typedef AtspiAccessible PdgUiNode;
typedef AtspiAction PdgUiAction;
typedef AtspiComponent PdgUiComponent;
typedef AtspiEditableText PdgUiEditableText;
typedef AtspiText PdgUiText;
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PdgUiNode, g_object_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PdgUiAction, g_object_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PdgUiComponent, g_object_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PdgUiEditableText, g_object_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PdgUiText, g_object_unref)

/* A running app, its folders and its port. */
typedef struct _PdgUi PdgUi;

/* How to start; all may be zero. A plain value. */
typedef struct
{
  const char *data_dir;           /* nullable: a new one */
  const char *config_dir;         /* nullable: a new one */
  const char *const *environment; /* nullable: as for pdg_program_start () */
  gboolean dark;                  /* what the desktop asks for, when config_dir is new */
} PdgUiOptions;

/* Where a widget is, in the window's coordinates. */
typedef struct
{
  int x, y, width, height;
} PdgUiRect;

/* pdg_system_init () and g_test_init () for a program that runs inside with-display. */
void             pdg_ui_init (int *argc, char ***argv);

/* Starts the app and waits for its window and its server. @options: nullable. (transfer full) */
PdgUi           *pdg_ui_start (const PdgUiOptions *options);

/* Waits for the app's end, which must be a clean one: code 0, no warning said, no PostgreSQL left. */
void             pdg_ui_wait_end (PdgUi *ui);

/* Stops it with SIGTERM, as pdg_ui_wait_end (), and frees; only frees when it has ended. */
void             pdg_ui_stop (PdgUi *ui);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PdgUi, pdg_ui_stop)

PdgProgram      *pdg_ui_get_program (PdgUi *ui);
guint16          pdg_ui_get_port (PdgUi *ui);
const char      *pdg_ui_get_data_dir (PdgUi *ui);
const char      *pdg_ui_get_config_dir (PdgUi *ui);

/* The widget that can be seen with that role (nullable: any; "button": whatever a button is called here) and name that is there now.
 * (transfer full) (nullable) */
PdgUiNode *pdg_ui_lookup (PdgUi *ui, const char *role, const char *name);

/* Waits for it. (transfer full) */
PdgUiNode *pdg_ui_find (PdgUi *ui, const char *role, const char *name);

/* The same, also one that is covered, or in another window's popup. (transfer full) */
PdgUiNode       *pdg_ui_find_any (PdgUi *ui, const char *role, const char *name);

/* Waits until there is one, or none. */
void             pdg_ui_expect (PdgUi *ui, const char *role, const char *name);
void             pdg_ui_expect_gone (PdgUi *ui, const char *role, const char *name);

/* Waits for it in @outer, shown or not: quick, since nothing else is asked for. */
void             pdg_ui_expect_inside (PdgUi *ui, PdgUiNode *outer, const char *role, const char *name);

/* Waits until that widget has this name: for what is soon over. */
void             pdg_ui_expect_name (PdgUi *ui, PdgUiNode *node, const char *name);

/* How many there are now. */
guint            pdg_ui_count (PdgUi *ui, const char *role, const char *name);

/* The name or text of the widget that is waited for. (transfer full) */
char            *pdg_ui_dup_name (PdgUi *ui, const char *role, const char *name);
char            *pdg_ui_dup_text (PdgUi *ui, const char *role, const char *name);

/* What stands beside @label in the side panel, or NULL. (transfer full) (nullable) */
char            *pdg_ui_dup_figure (PdgUi *ui, const char *label);

/* Waits until that figure is @value. */
void             pdg_ui_expect_figure (PdgUi *ui, const char *label, const char *value);

/* Presses a button by its accessible action; sets an entry's text. */
void             pdg_ui_press (PdgUi *ui, const char *name);
void             pdg_ui_type_into (PdgUi *ui, const char *name, const char *text);

/* Where the widget that is waited for is; it must have stood still. */
PdgUiRect        pdg_ui_get_rect (PdgUi *ui, const char *role, const char *name);

/* xdotool with these words, in this display. */
void             pdg_ui_xdotool (PdgUi *ui, const char *word, ...) G_GNUC_NULL_TERMINATED;

/* The pointer to that place of the window; a click there. */
void             pdg_ui_move (PdgUi *ui, int x, int y);
void             pdg_ui_click_at (PdgUi *ui, int x, int y);

/* Keys as xdotool names them: "shift+1". */
void             pdg_ui_key (PdgUi *ui, const char *key);

/* An action of the window or the application, "win.refresh", over the session bus. @parameter: nullable. */
void             pdg_ui_activate (PdgUi *ui, const char *action, const char *parameter);

/* Waits until X shows no window of that title. GTK 4.8 does not bear questions about the tree of a window that closes. */
void             pdg_ui_expect_window_gone (PdgUi *ui, const char *title);

/* The window's size; another one. */
PdgUiRect        pdg_ui_get_window (PdgUi *ui);
void             pdg_ui_resize (PdgUi *ui, int width, int height);

/* The colour at a place of the screen, 0xRRGGBB. */
guint32          pdg_ui_get_pixel (int x, int y);

/* Waits until @check is true. @what says what it waits for. */
typedef gboolean (*PdgUiCheck) (PdgUi *ui, gpointer user_data);
void             pdg_ui_wait (PdgUi *ui, const char *what, PdgUiCheck check, gpointer user_data);

/* Runs `productgraphd demo --sessions N` on a new data folder. (transfer full) */
char            *pdg_ui_make_demo_dir (int n_sessions);

/* The app over a demo shop of so many sessions, of which the canvas shows the cards. (transfer full) */
PdgUi           *pdg_ui_start_demo (int n_sessions);

G_END_DECLS
