#include "config.h"
#include "app/pdg-key-window.h"

#include <glib/gi18n-lib.h>

#define FEEDBACK_MS 2000
#define MAX_RATE 1000000

struct _PdgKeyWindow
{
  GtkWindow parent_instance;
  GtkStack *stack;
  GtkLabel *intro_label;
  GtkEntry *entry;
  GtkDropDown *overlap_dropdown;
  GtkLabel *error_label;
  GtkWidget *done_button;
  GtkLabel *secret_title;
  GtkLabel *secret_label;
  GtkWidget *copy_button;
  GtkImage *copy_image;
  GtkLabel *copy_label;
  GtkWidget *close_button;

  PdgKeys *keys;
  PdgKey *key;
  PdgKeyChange change;
  guint feedback_source;
  gboolean busy;
};

G_DEFINE_FINAL_TYPE (PdgKeyWindow, pdg_key_window, GTK_TYPE_WINDOW)

/* How long a key that is rotated stays good. */
static const struct
{
  int seconds;
  const char *label;
} overlaps[] = {
  { 0, N_("Not at all: it ends now") },
  { 60 * 60, N_("One hour") },
  { 24 * 60 * 60, N_("One day") },
  { 7 * 24 * 60 * 60, N_("One week") },
  { 30 * 24 * 60 * 60, N_("30 days") },
};
#define USUAL_OVERLAP 2

/* What the entry says: -1 when it is empty, -2 when it is no such number. */
static int
read_rate (PdgKeyWindow *self)
{
  g_autofree char *text = g_strstrip (g_strdup (gtk_editable_get_text (GTK_EDITABLE (self->entry))));
  guint64 number = 0;

  if (*text == '\0')
    return -1;
  return g_ascii_string_to_unsigned (text, 10, 0, MAX_RATE, &number, NULL) ? (int) number : -2;
}

static void
show_error (PdgKeyWindow *self, const char *message)
{
  gtk_label_set_text (self->error_label, message != NULL ? message : "");
  gtk_widget_set_visible (GTK_WIDGET (self->error_label), message != NULL);
}

static void
update (PdgKeyWindow *self)
{
  gboolean is_number = self->change != PDG_KEY_CHANGE_LIMIT || read_rate (self) > -2;

  if (!is_number)
    show_error (self, _ ("Use a whole number up to 1000000, or nothing."));
  else if (!self->busy)
    show_error (self, NULL);
  gtk_widget_set_sensitive (self->done_button, is_number && !self->busy);
}

/* ---- the secret ---- */

static void
show_copied (PdgKeyWindow *self, gboolean copied)
{
  const char *text = copied ? _ ("Copied") : _ ("Copy the key");

  gtk_image_set_from_icon_name (self->copy_image, copied ? "pdg-check-symbolic" : "pdg-copy-symbolic");
  gtk_label_set_text (self->copy_label, text);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->copy_button), GTK_ACCESSIBLE_PROPERTY_LABEL, text, -1);
}

static gboolean
feedback_over_cb (gpointer user_data)
{
  PdgKeyWindow *self = user_data;

  self->feedback_source = 0;
  show_copied (self, FALSE);
  return G_SOURCE_REMOVE;
}

static void
copy_cb (PdgKeyWindow *self)
{
  gdk_clipboard_set_text (gtk_widget_get_clipboard (GTK_WIDGET (self)), gtk_label_get_text (self->secret_label));
  show_copied (self, TRUE);
  g_clear_handle_id (&self->feedback_source, g_source_remove);
  self->feedback_source = g_timeout_add (FEEDBACK_MS, feedback_over_cb, self);
}

static void
show_secret (PdgKeyWindow *self, const char *secret)
{
  gtk_label_set_text (self->secret_label, secret);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->secret_label), GTK_ACCESSIBLE_PROPERTY_LABEL, secret, -1);
  gtk_label_set_text (self->secret_title, self->change == PDG_KEY_CHANGE_ROTATE ? _ ("Give this to your product in place of the old key.")
                                                                                : _ ("Give this to your product."));
  gtk_window_set_title (GTK_WINDOW (self), _ ("The new key"));
  gtk_stack_set_visible_child_name (self->stack, "secret");
  gtk_window_set_default_widget (GTK_WINDOW (self), self->copy_button);
  gtk_label_select_region (self->secret_label, 0, 0);
  gtk_widget_grab_focus (self->copy_button);
}

/* ---- the change ---- */

static void
changed_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (PdgKeyWindow) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autofree char *secret = NULL;

  self->busy = FALSE;
  if (!pdg_keys_change_finish (PDG_KEYS (source), result, &secret, &error))
    {
      update (self);
      show_error (self, error->message);
    }
  else if (secret != NULL)
    show_secret (self, secret);
  else
    gtk_window_destroy (GTK_WINDOW (self));
}

static void
done_cb (PdgKeyWindow *self)
{
  g_autofree char *text = g_strstrip (g_strdup (gtk_editable_get_text (GTK_EDITABLE (self->entry))));
  guint overlap = gtk_drop_down_get_selected (self->overlap_dropdown);
  int number = self->change == PDG_KEY_CHANGE_LIMIT ? read_rate (self) : overlap < G_N_ELEMENTS (overlaps) ? overlaps[overlap].seconds : 0;

  if (self->busy || !gtk_widget_get_sensitive (self->done_button))
    return;
  self->busy = TRUE;
  update (self);
  pdg_keys_change_async (self->keys, self->change, self->key, text, number, changed_cb, g_object_ref (self));
}

/* ---- what is asked ---- */

static void
ask (PdgKeyWindow *self, const char *title, const char *intro, const char *done)
{
  gtk_window_set_title (GTK_WINDOW (self), title);
  gtk_label_set_text (self->intro_label, intro);
  gtk_button_set_label (GTK_BUTTON (self->done_button), done);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->done_button), GTK_ACCESSIBLE_PROPERTY_LABEL, done, -1);
}

static void
ask_text (PdgKeyWindow *self, const char *name, const char *hint, const char *text)
{
  gtk_widget_set_visible (GTK_WIDGET (self->entry), TRUE);
  gtk_entry_set_placeholder_text (self->entry, hint);
  gtk_editable_set_text (GTK_EDITABLE (self->entry), text);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->entry), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
  gtk_window_set_focus (GTK_WINDOW (self), GTK_WIDGET (self->entry));
}

static void
ask_rotate (PdgKeyWindow *self, const char *name)
{
  GtkStringList *labels = gtk_string_list_new (NULL);
  g_autofree char *intro = g_strdup_printf (_ ("A new key is made in place of %s, with the same limit. Both are good for a while, so that your product "
                                               "can change over. The old key stays good for:"),
                                            name);

  for (gsize i = 0; i < G_N_ELEMENTS (overlaps); i++)
    gtk_string_list_append (labels, _ (overlaps[i].label));
  ask (self, _ ("Rotate the key"), intro, _ ("Rotate"));
  gtk_drop_down_set_model (self->overlap_dropdown, G_LIST_MODEL (labels));
  gtk_drop_down_set_selected (self->overlap_dropdown, USUAL_OVERLAP);
  gtk_widget_set_visible (GTK_WIDGET (self->overlap_dropdown), TRUE);
  gtk_window_set_focus (GTK_WINDOW (self), GTK_WIDGET (self->overlap_dropdown));
  g_object_unref (labels);
}

static void
ask_limit (PdgKeyWindow *self, const char *name)
{
  int rate = pdg_key_get_events_per_second (self->key);
  g_autofree char *number = rate >= 0 ? g_strdup_printf ("%d", rate) : g_strdup ("");
  g_autofree char *intro = g_strdup_printf (_ ("How many events a second %s may send. More are put off with 429, and a product sends them again later. "
                                               "0 is any number; nothing is what the collector is set to."),
                                            name);

  ask (self, _ ("Limit the key"), intro, _ ("Limit"));
  ask_text (self, _ ("Events a second"), _ ("Events a second"), number);
  gtk_entry_set_input_purpose (self->entry, GTK_INPUT_PURPOSE_DIGITS);
}

static void
ask_revoke (PdgKeyWindow *self, const char *name)
{
  g_autofree char *intro = g_strdup_printf (_ ("%s ends at once and for good: whatever still sends with it is refused. What it has sent stays."), name);

  ask (self, _ ("Revoke the key"), intro, _ ("Revoke"));
  gtk_widget_remove_css_class (self->done_button, "primary");
  gtk_widget_add_css_class (self->done_button, "danger");
}

static void
pdg_key_window_dispose (GObject *object)
{
  PdgKeyWindow *self = PDG_KEY_WINDOW (object);

  g_clear_handle_id (&self->feedback_source, g_source_remove);
  g_clear_object (&self->keys);
  g_clear_object (&self->key);
  G_OBJECT_CLASS (pdg_key_window_parent_class)->dispose (object);
}

#define BIND(name) gtk_widget_class_bind_template_child (widget_class, PdgKeyWindow, name)

static void
pdg_key_window_class_init (PdgKeyWindowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = pdg_key_window_dispose;
  gtk_widget_class_set_template_from_resource (widget_class, "/org/productgraph/ProductGraph/pdg-key-window.ui");
  BIND (stack);
  BIND (intro_label);
  BIND (entry);
  BIND (overlap_dropdown);
  BIND (error_label);
  BIND (done_button);
  BIND (secret_title);
  BIND (secret_label);
  BIND (copy_button);
  BIND (copy_image);
  BIND (copy_label);
  BIND (close_button);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "window.close", NULL);
}

static void
pdg_key_window_init (PdgKeyWindow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  g_signal_connect_swapped (self->entry, "changed", G_CALLBACK (update), self);
  g_signal_connect_swapped (self->done_button, "clicked", G_CALLBACK (done_cb), self);
  g_signal_connect_swapped (self->copy_button, "clicked", G_CALLBACK (copy_cb), self);
}

GtkWindow *
pdg_key_window_new (GtkWindow *parent, PdgKeys *keys, PdgKeyChange change, PdgKey *key)
{
  PdgKeyWindow *self = g_object_new (PDG_TYPE_KEY_WINDOW, "transient-for", parent, NULL);
  g_autofree char *prefix = key != NULL ? pdg_key_dup_prefix (key) : NULL;
  g_autofree char *name = key != NULL ? g_strdup_printf ("“%s” (%s)", pdg_key_get_name (key), prefix) : NULL;

  self->keys = g_object_ref (keys);
  self->change = change;
  g_set_object (&self->key, key);
  if (change == PDG_KEY_CHANGE_ROTATE)
    ask_rotate (self, name);
  else if (change == PDG_KEY_CHANGE_LIMIT)
    ask_limit (self, name);
  else if (change == PDG_KEY_CHANGE_REVOKE)
    ask_revoke (self, name);
  else
    {
      ask (self, _ ("New key"), _ ("Say what the key is for, so that you can tell it apart later. Its limit can be set when it is made."), _ ("Create"));
      ask_text (self, _ ("What the key is for"), _ ("Such as “Web shop” or “Mobile app”"), "");
    }
  update (self);
  return GTK_WINDOW (self);
}
