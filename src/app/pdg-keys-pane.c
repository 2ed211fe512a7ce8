#include "config.h"
#include "app/pdg-keys-pane.h"

#include <glib/gi18n-lib.h>

#include "app/pdg-key-window.h"
#include "app/pdg-keys.h"
#include "base/pdg-clock.h"

#define SKELETON_MS 150

struct _PdgKeysPane
{
  GtkWidget parent_instance;
  GtkLabel *title_label;
  GtkStack *stack;
  GtkListBox *list;
  GtkLabel *error_label;
  GtkWidget *new_button;
  GtkWidget *retry_button;

  PdgWorkspace *workspace;
  PdgKeys *keys;
  GtkSizeGroup *states; /* columns of the rows */
  GtkSizeGroup *buttons;
  guint skeleton_source;
};

G_DEFINE_FINAL_TYPE (PdgKeysPane, pdg_keys_pane, GTK_TYPE_WIDGET)

static void
open_window (PdgKeysPane *self, PdgKeyChange change, PdgKey *key)
{
  gtk_window_present (pdg_key_window_new (GTK_WINDOW (gtk_widget_get_root (GTK_WIDGET (self))), self->keys, change, key));
}

static void
new_cb (PdgKeysPane *self)
{
  open_window (self, PDG_KEY_CHANGE_CREATE, NULL);
}

/* ---- a row ---- */

static GtkWidget *
new_label (const char *text, const char *css_class)
{
  GtkWidget *label = gtk_label_new (text);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
  gtk_widget_add_css_class (label, css_class);
  return label;
}

static void
button_cb (GtkWidget *button, gpointer user_data)
{
  PdgKeysPane *self = PDG_KEYS_PANE (gtk_widget_get_ancestor (button, PDG_TYPE_KEYS_PANE));

  open_window (self, (PdgKeyChange) GPOINTER_TO_INT (user_data), g_object_get_data (G_OBJECT (button), "key"));
}

/* @says: what a screen reader says, before the key's name. */
static GtkWidget *
new_button (PdgKey *key, PdgKeyChange change, const char *text, const char *says)
{
  GtkWidget *button = gtk_button_new_with_label (text);
  g_autofree char *prefix = pdg_key_dup_prefix (key), *label = g_strdup_printf ("%s %s, %s", says, pdg_key_get_name (key), prefix);

  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  gtk_widget_add_css_class (button, "flat");
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, label, -1);
  g_object_set_data_full (G_OBJECT (button), "key", g_object_ref (key), g_object_unref);
  g_signal_connect (button, "clicked", G_CALLBACK (button_cb), GINT_TO_POINTER (change));
  return button;
}

/* A key that is over has none, but their column. */
static GtkWidget *
new_buttons (PdgKey *key, PdgKeyState state)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 4), *left = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 0);

  gtk_widget_set_hexpand (left, TRUE);
  gtk_widget_set_hexpand (box, FALSE); /* not as its child */
  gtk_box_append (GTK_BOX (box), left);
  if (state == PDG_KEY_ENDED || state == PDG_KEY_REVOKED)
    return box;
  if (state == PDG_KEY_VALID)
    gtk_box_append (GTK_BOX (box), new_button (key, PDG_KEY_CHANGE_ROTATE, _ ("Rotate…"), _ ("Rotate the key")));
  gtk_box_append (GTK_BOX (box), new_button (key, PDG_KEY_CHANGE_LIMIT, _ ("Limit…"), _ ("Limit the key")));
  gtk_box_append (GTK_BOX (box), new_button (key, PDG_KEY_CHANGE_REVOKE, _ ("Revoke…"), _ ("Revoke the key")));
  return box;
}

static GtkWidget *
new_state (PdgKeyState state, const char *text)
{
  static const char *const classes[] = { "good", "warn", "third", "third" };
  static const char *const icons[] = { "pdg-check-symbolic", "pdg-warning-symbolic", "pdg-minus-symbolic", "pdg-close-symbolic" };
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 4);
  GtkWidget *image = gtk_image_new_from_icon_name (icons[state]);

  gtk_image_set_pixel_size (GTK_IMAGE (image), 12);
  gtk_accessible_update_property (GTK_ACCESSIBLE (image), GTK_ACCESSIBLE_PROPERTY_LABEL, "", -1);
  gtk_widget_add_css_class (box, "key-state");
  gtk_widget_add_css_class (box, classes[state]);
  gtk_box_append (GTK_BOX (box), image);
  gtk_box_append (GTK_BOX (box), new_label (text, "small"));
  gtk_widget_set_valign (box, GTK_ALIGN_CENTER);
  return box;
}

static GtkWidget *
create_row_cb (gpointer item, gpointer user_data)
{
  PdgKey *key = item;
  gint64 now_usec = pdg_clock_now_usec ();
  PdgKeyState state = pdg_key_get_state (key, now_usec);
  g_autofree char *prefix = pdg_key_dup_prefix (key), *detail = pdg_key_describe (key, now_usec), *says = pdg_key_describe_state (key, now_usec);
  g_autofree char *label = g_strdup_printf ("%s, %s, %s", pdg_key_get_name (key), prefix, says);
  GtkWidget *row = gtk_list_box_row_new (), *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12);
  GtkWidget *texts = gtk_box_new (GTK_ORIENTATION_VERTICAL, 2), *names = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 8);
  GtkWidget *detail_label = new_label (detail, "second"), *state_box = new_state (state, says), *buttons = new_buttons (key, state);
  PdgKeysPane *self = user_data;

  gtk_box_append (GTK_BOX (names), new_label (pdg_key_get_name (key), "strong"));
  gtk_box_append (GTK_BOX (names), new_label (prefix, "mono"));
  gtk_widget_add_css_class (gtk_widget_get_last_child (names), "second");
  gtk_widget_add_css_class (detail_label, "small");
  gtk_label_set_wrap (GTK_LABEL (detail_label), TRUE);
  gtk_label_set_lines (GTK_LABEL (detail_label), 2);
  gtk_widget_set_tooltip_text (detail_label, detail);
  gtk_box_append (GTK_BOX (texts), names);
  gtk_box_append (GTK_BOX (texts), detail_label);
  gtk_widget_set_hexpand (texts, TRUE);
  gtk_widget_set_valign (texts, GTK_ALIGN_CENTER);
  gtk_box_append (GTK_BOX (box), texts);
  gtk_size_group_add_widget (self->states, state_box);
  gtk_size_group_add_widget (self->buttons, buttons);
  gtk_box_append (GTK_BOX (box), state_box);
  gtk_box_append (GTK_BOX (box), buttons);
  gtk_widget_add_css_class (box, "key");
  if (state == PDG_KEY_ENDED || state == PDG_KEY_REVOKED)
    gtk_widget_add_css_class (box, "over");
  gtk_list_box_row_set_child (GTK_LIST_BOX_ROW (row), box);
  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (row), FALSE);
  gtk_widget_set_focusable (row, FALSE); /* its buttons are */
  gtk_accessible_update_property (GTK_ACCESSIBLE (row), GTK_ACCESSIBLE_PROPERTY_LABEL, label, -1);
  return row;
}

/* ---- states ---- */

static gboolean
skeleton_cb (gpointer user_data)
{
  PdgKeysPane *self = user_data;

  self->skeleton_source = 0;
  gtk_stack_set_visible_child_name (self->stack, "loading");
  return G_SOURCE_REMOVE;
}

/* Rows that are made anew take the keyboard with them. */
static void
keep_focus (PdgKeysPane *self)
{
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));

  GtkWidget *focus = root != NULL ? gtk_root_get_focus (root) : NULL;

  if (root != NULL && gtk_widget_get_mapped (GTK_WIDGET (self)) && (focus == NULL || !gtk_widget_get_mapped (focus)))
    gtk_widget_grab_focus (self->new_button);
}

static void
phase_cb (PdgKeysPane *self)
{
  PdgKeysPhase phase = pdg_keys_get_phase (self->keys);

  g_clear_handle_id (&self->skeleton_source, g_source_remove);
  if (phase == PDG_KEYS_LOADING)
    {
      gtk_stack_set_visible_child_name (self->stack, "nothing");
      self->skeleton_source = g_timeout_add (SKELETON_MS, skeleton_cb, self);
      return;
    }
  if (phase == PDG_KEYS_ERROR)
    gtk_label_set_text (self->error_label, pdg_keys_get_error_message (self->keys));
  gtk_stack_set_visible_child_name (self->stack, phase == PDG_KEYS_READY ? "list" : phase == PDG_KEYS_EMPTY ? "empty" : "error");
  keep_focus (self);
}

static void
load (PdgKeysPane *self)
{
  PdgProject *project = pdg_workspace_get_project (self->workspace);

  if (gtk_widget_get_mapped (GTK_WIDGET (self)))
    pdg_keys_load (self->keys, project != NULL ? pdg_project_get_id (project) : NULL);
}

static void
project_cb (PdgKeysPane *self)
{
  PdgProject *project = pdg_workspace_get_project (self->workspace);
  g_autofree char *title = project != NULL ? g_strdup_printf (_ ("Keys of %s"), pdg_project_get_name (project)) : g_strdup (_ ("Keys"));

  gtk_label_set_text (self->title_label, title);
  load (self);
}

static void
pdg_keys_pane_map (GtkWidget *widget)
{
  PdgKeysPane *self = PDG_KEYS_PANE (widget);

  GTK_WIDGET_CLASS (pdg_keys_pane_parent_class)->map (widget);
  if (self->workspace != NULL)
    load (self);
}

/* ---- the widget ---- */

void
pdg_keys_pane_close (PdgKeysPane *self)
{
  g_clear_handle_id (&self->skeleton_source, g_source_remove);
  if (self->workspace != NULL)
    {
      g_signal_handlers_disconnect_by_data (self->workspace, self);
      g_signal_handlers_disconnect_by_data (self->keys, self);
      pdg_keys_close (self->keys);
    }
  g_clear_object (&self->workspace);
}

static void
pdg_keys_pane_dispose (GObject *object)
{
  PdgKeysPane *self = PDG_KEYS_PANE (object);
  GtkWidget *child;

  pdg_keys_pane_close (self);
  g_clear_object (&self->keys);
  g_clear_object (&self->states);
  g_clear_object (&self->buttons);
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self))) != NULL)
    gtk_widget_unparent (child);
  G_OBJECT_CLASS (pdg_keys_pane_parent_class)->dispose (object);
}

#define BIND(name) gtk_widget_class_bind_template_child (widget_class, PdgKeysPane, name)

static void
pdg_keys_pane_class_init (PdgKeysPaneClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = pdg_keys_pane_dispose;
  widget_class->map = pdg_keys_pane_map;
  gtk_widget_class_set_template_from_resource (widget_class, "/org/productgraph/ProductGraph/pdg-keys-pane.ui");
  BIND (title_label);
  BIND (stack);
  BIND (list);
  BIND (error_label);
  BIND (new_button);
  BIND (retry_button);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "win.place", "s", "canvas");
}

static void
pdg_keys_pane_init (PdgKeysPane *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  self->states = gtk_size_group_new (GTK_SIZE_GROUP_HORIZONTAL);
  self->buttons = gtk_size_group_new (GTK_SIZE_GROUP_HORIZONTAL);
  g_signal_connect_swapped (self->new_button, "clicked", G_CALLBACK (new_cb), self);
  g_signal_connect_swapped (self->retry_button, "clicked", G_CALLBACK (load), self);
}

void
pdg_keys_pane_focus (PdgKeysPane *self)
{
  gtk_widget_grab_focus (self->new_button);
}

void
pdg_keys_pane_bind (PdgKeysPane *self, PdgWorkspace *workspace)
{
  self->workspace = g_object_ref (workspace);
  self->keys = pdg_keys_new (pdg_workspace_get_client (workspace));
  gtk_list_box_bind_model (self->list, pdg_keys_get_model (self->keys), create_row_cb, self, NULL);
  g_signal_connect_swapped (workspace, "notify::project", G_CALLBACK (project_cb), self);
  g_signal_connect_swapped (self->keys, "notify::phase", G_CALLBACK (phase_cb), self);
  project_cb (self);
}
