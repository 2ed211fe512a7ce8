#include "config.h"
#include "app/pdg-comments-pane.h"

#include <glib/gi18n-lib.h>

#include "app/pdg-comments.h"
#include "app/pdg-format.h"
#include "app/pdg-json.h"
#include "base/pdg-clock.h"
#include "canvas/pdg-group.h"

#define FLOATING_CHARS 34

/* What the text that is being written is for. */
typedef enum
{
  WRITE_THREAD,
  WRITE_REPLY,
  WRITE_EDIT,
} Writing;

struct _PdgCommentsPane
{
  GtkWidget parent_instance;
  GtkDropDown *filter;
  GtkWidget *threads;
  GtkLabel *nothing;
  GtkWidget *composer;
  GtkLabel *what;
  GtkTextView *text;
  GtkWidget *send;
  GtkWidget *cancel;
  GtkLabel *failure;
  PdgWorkspace *workspace;
  PdgComments *comments;
  Writing writing;
  char *target_id; /* of the thread that is answered, or the comment that is changed */
  gboolean sending;

  /* On the canvas: these threads alone, or the place of one that is being written. */
  gboolean floating;
  GtkWidget *heading;
  char **thread_ids;
  PdgThreadPlace place;
  char *screen_id; /* of that place */
  char *to_id;
};

G_DEFINE_FINAL_TYPE (PdgCommentsPane, pdg_comments_pane, GTK_TYPE_WIDGET)

static guint done_signal;

static void update (PdgCommentsPane *self);

/* Where a new thread would be pinned: where it is being written, or what is selected, a screen or a path. FALSE when nowhere. */
static gboolean
get_place (PdgCommentsPane *self, PdgThreadPlace *place)
{
  PdgSelection *selection = pdg_workspace_get_selection (self->workspace);

  *place = (PdgThreadPlace) { 0 };
  if (self->floating)
    {
      *place = self->place;
      return self->thread_ids == NULL && (place->screen_id != NULL || place->has_point);
    }
  if (pdg_selection_get_edge (selection, &place->screen_id, &place->to_id))
    return !pdg_group_is_id (place->screen_id) && !pdg_group_is_id (place->to_id);
  place->screen_id = pdg_selection_get_n_screens (selection) == 1 ? pdg_selection_get_primary (selection) : NULL;
  return place->screen_id != NULL && !pdg_group_is_id (place->screen_id); /* a folded group is no screen */
}

/* The thread that is shown alone, and so is the one that is answered. */
static const char *
get_only_thread (PdgCommentsPane *self)
{
  return self->thread_ids != NULL && g_strv_length (self->thread_ids) == 1 ? self->thread_ids[0] : NULL;
}

/* ---- writing ---- */

static char *
dup_text (PdgCommentsPane *self)
{
  GtkTextBuffer *buffer = gtk_text_view_get_buffer (self->text);
  GtkTextIter start, end;

  gtk_text_buffer_get_bounds (buffer, &start, &end);
  return g_strstrip (gtk_text_buffer_get_text (buffer, &start, &end, FALSE));
}

static void
update_composer (PdgCommentsPane *self)
{
  g_autofree char *text = dup_text (self);
  PdgThreadPlace place;
  gboolean pinned = get_place (self, &place);

  gtk_widget_set_visible (self->composer, pinned || self->writing != WRITE_THREAD);
  gtk_label_set_text (self->what, self->writing == WRITE_REPLY   ? _ ("Reply")
                                  : self->writing == WRITE_EDIT  ? _ ("Change the comment")
                                  : place.to_id != NULL          ? _ ("Comment on this path")
                                  : place.screen_id != NULL      ? _ ("Comment on this screen")
                                                                 : _ ("Comment on this place"));
  gtk_widget_set_sensitive (self->send, *text != '\0' && !self->sending);
  gtk_widget_set_visible (self->cancel, self->floating ? self->writing != WRITE_REPLY || *text != '\0' : self->writing != WRITE_THREAD || *text != '\0');
}

static void
write_for (PdgCommentsPane *self, Writing writing, const char *target_id, const char *text)
{
  self->writing = writing;
  g_free (self->target_id);
  self->target_id = g_strdup (target_id);
  gtk_text_buffer_set_text (gtk_text_view_get_buffer (self->text), text, -1);
  gtk_widget_set_visible (GTK_WIDGET (self->failure), FALSE);
  update_composer (self);
}

/* Nothing is being written any more: what is written next. */
static void
write_nothing (PdgCommentsPane *self)
{
  const char *only = get_only_thread (self);

  write_for (self, only != NULL ? WRITE_REPLY : WRITE_THREAD, only, "");
}

static void
done_cb (const char *message, gpointer user_data)
{
  g_autoptr (PdgCommentsPane) self = user_data;

  self->sending = FALSE;
  if (self->comments == NULL)
    return;
  if (message == NULL)
    {
      gboolean was_new = self->writing == WRITE_THREAD;

      write_nothing (self);
      if (self->floating && was_new)
        g_signal_emit (self, done_signal, 0);
    }
  else
    {
      gtk_label_set_text (self->failure, message);
      gtk_widget_set_visible (GTK_WIDGET (self->failure), TRUE);
    }
  update_composer (self);
}

static void
send (PdgCommentsPane *self)
{
  g_autofree char *text = dup_text (self);
  PdgThreadPlace place;
  gboolean pinned = get_place (self, &place);

  if (*text == '\0' || self->sending || (self->writing == WRITE_THREAD && !pinned))
    return;
  self->sending = TRUE;
  if (self->writing == WRITE_REPLY)
    pdg_comments_reply (self->comments, self->target_id, text, done_cb, g_object_ref (self));
  else if (self->writing == WRITE_EDIT)
    pdg_comments_edit (self->comments, self->target_id, text, done_cb, g_object_ref (self));
  else
    pdg_comments_add_thread (self->comments, &place, text, done_cb, g_object_ref (self));
  update_composer (self);
}

static void
cancel (PdgCommentsPane *self)
{
  gboolean was_edit = self->writing == WRITE_EDIT;

  write_nothing (self);
  if (self->floating && !was_edit)
    g_signal_emit (self, done_signal, 0);
  else if (!self->floating)
    gtk_root_set_focus (gtk_widget_get_root (GTK_WIDGET (self)), NULL);
}

static gboolean
key_cb (PdgCommentsPane *self, guint keyval, guint keycode, GdkModifierType modifiers)
{
  if (keyval == GDK_KEY_Escape)
    cancel (self);
  else if ((keyval == GDK_KEY_Return || keyval == GDK_KEY_KP_Enter) && (modifiers & GDK_CONTROL_MASK))
    send (self);
  else
    return GDK_EVENT_PROPAGATE;
  return GDK_EVENT_STOP;
}

/* ---- threads ---- */

static GtkWidget *
new_label (const char *text, gboolean wraps, const char *const *css_classes)
{
  GtkWidget *label = gtk_label_new (text);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_wrap (GTK_LABEL (label), wraps);
  gtk_label_set_wrap_mode (GTK_LABEL (label), PANGO_WRAP_WORD_CHAR);
  gtk_label_set_ellipsize (GTK_LABEL (label), wraps ? PANGO_ELLIPSIZE_NONE : PANGO_ELLIPSIZE_END);
  gtk_widget_set_css_classes (label, (const char **) css_classes);
  return label;
}

static void
failed_cb (const char *message, gpointer user_data)
{
  g_autoptr (PdgCommentsPane) self = user_data;

  if (self->comments == NULL)
    return;
  gtk_label_set_text (self->failure, message != NULL ? message : "");
  gtk_widget_set_visible (GTK_WIDGET (self->failure), message != NULL);
}

static const char *
id_of (GtkWidget *button)
{
  return g_object_get_data (G_OBJECT (button), "pdg-id");
}

static void
reply_cb (PdgCommentsPane *self, GtkWidget *button)
{
  write_for (self, WRITE_REPLY, id_of (button), "");
  gtk_widget_grab_focus (GTK_WIDGET (self->text));
}

static void
edit_cb (PdgCommentsPane *self, GtkWidget *button)
{
  write_for (self, WRITE_EDIT, id_of (button), g_object_get_data (G_OBJECT (button), "pdg-body"));
  gtk_widget_grab_focus (GTK_WIDGET (self->text));
}

static void
delete_cb (PdgCommentsPane *self, GtkWidget *button)
{
  pdg_comments_delete (self->comments, id_of (button), failed_cb, g_object_ref (self));
}

static void
resolve_cb (PdgCommentsPane *self, GtkWidget *button)
{
  pdg_comments_resolve (self->comments, id_of (button), TRUE, failed_cb, g_object_ref (self));
}

static void
reopen_cb (PdgCommentsPane *self, GtkWidget *button)
{
  pdg_comments_resolve (self->comments, id_of (button), FALSE, failed_cb, g_object_ref (self));
}

static void
show_cb (PdgCommentsPane *self, GtkWidget *button)
{
  gtk_widget_activate_action (GTK_WIDGET (self), "canvas.open-thread", "s", id_of (button));
}

static GtkWidget *
new_link (PdgCommentsPane *self, const char *label, const char *id, GCallback callback)
{
  GtkWidget *button = gtk_button_new_with_label (label);

  gtk_widget_add_css_class (button, "link");
  gtk_widget_add_css_class (button, "small");
  gtk_widget_set_halign (button, GTK_ALIGN_START);
  g_object_set_data_full (G_OBJECT (button), "pdg-id", g_strdup (id), g_free);
  g_signal_connect_swapped (button, "clicked", callback, self);
  return button;
}

static GtkWidget *
new_comment (PdgCommentsPane *self, JsonObject *comment)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 2), *line = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 8);
  GtkWidget *author = new_label (pdg_json_get_string (comment, "author"), FALSE, (const char *const[]) { "strong", NULL });
  g_autofree char *age = pdg_format_age (pdg_json_get_time (comment, "createdAt"), pdg_clock_now_usec ());
  g_autofree char *when = pdg_json_get_string (comment, "editedAt") != NULL ? g_strdup_printf (_ ("%s, changed"), age) : g_strdup (age);
  GtkWidget *body = new_label (pdg_json_get_string (comment, "body"), TRUE, (const char *const[]) { NULL });

  gtk_widget_set_hexpand (author, TRUE);
  gtk_box_append (GTK_BOX (line), author);
  if (pdg_json_get_bool (comment, "isOwn"))
    {
      const char *id = pdg_json_get_string (comment, "id");
      GtkWidget *edit = new_link (self, _ ("Edit"), id, G_CALLBACK (edit_cb));

      g_object_set_data_full (G_OBJECT (edit), "pdg-body", g_strdup (pdg_json_get_string (comment, "body")), g_free);
      gtk_box_append (GTK_BOX (line), edit);
      gtk_box_append (GTK_BOX (line), new_link (self, _ ("Delete"), id, G_CALLBACK (delete_cb)));
    }
  gtk_box_append (GTK_BOX (line), new_label (when, FALSE, (const char *const[]) { "third", "small", "numeric", NULL }));
  if (self->floating)
    gtk_label_set_max_width_chars (GTK_LABEL (body), FLOATING_CHARS); /* so that the popover is as high as it wraps */
  else
    gtk_label_set_selectable (GTK_LABEL (body), TRUE);
  gtk_box_append (GTK_BOX (box), line);
  gtk_box_append (GTK_BOX (box), body);
  return box;
}

/* Where the thread is pinned, as a link to there: only where all threads are shown. */
static GtkWidget *
new_place (PdgCommentsPane *self, JsonObject *thread)
{
  JsonObject *screen = pdg_json_get_object (thread, "screen"), *to = pdg_json_get_object (thread, "toScreen");
  g_autofree char *name = to != NULL ? g_strdup_printf ("%s → %s", pdg_json_get_string (screen, "name"), pdg_json_get_string (to, "name"))
                                     : g_strdup (screen != NULL ? pdg_json_get_string (screen, "name") : _ ("A place on the canvas"));

  return new_link (self, name, pdg_json_get_string (thread, "id"), G_CALLBACK (show_cb));
}

static void
add_thread (PdgCommentsPane *self, JsonObject *thread, gboolean with_place)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 8), *line = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12);
  JsonArray *comments = pdg_json_get_array (thread, "newestComments");
  const char *id = pdg_json_get_string (thread, "id"), *by = pdg_json_get_string (thread, "resolvedBy");
  gboolean is_open = pdg_json_get_string (thread, "resolvedAt") == NULL;
  gint64 n_more = pdg_json_get_int (thread, "commentCount", 0) - pdg_json_get_length (comments);

  if (with_place)
    gtk_box_append (GTK_BOX (box), new_place (self, thread));
  if (n_more > 0)
    {
      g_autofree char *more = g_strdup_printf (ngettext ("%d older comment is not shown here", "%d older comments are not shown here", (gulong) n_more),
                                               (int) n_more);

      gtk_box_append (GTK_BOX (box), new_label (more, TRUE, (const char *const[]) { "third", "small", NULL }));
    }
  for (guint i = 0; i < pdg_json_get_length (comments); i++)
    gtk_box_append (GTK_BOX (box), new_comment (self, pdg_json_get_element (comments, i)));
  if (!is_open)
    {
      g_autofree char *note = g_strdup_printf (_ ("✓ Resolved by %s"), by != NULL ? by : "–");

      gtk_box_append (GTK_BOX (box), new_label (note, FALSE, (const char *const[]) { "good", "small", NULL }));
    }
  if (g_strcmp0 (get_only_thread (self), id) != 0)
    gtk_box_append (GTK_BOX (line), new_link (self, _ ("Reply"), id, G_CALLBACK (reply_cb)));
  gtk_box_append (GTK_BOX (line), is_open ? new_link (self, _ ("Resolve"), id, G_CALLBACK (resolve_cb))
                                          : new_link (self, _ ("Reopen"), id, G_CALLBACK (reopen_cb)));
  gtk_box_append (GTK_BOX (box), line);
  gtk_widget_add_css_class (box, "thread");
  if (pdg_json_get_int (thread, "unreadCount", 0) > 0)
    gtk_widget_add_css_class (box, "unread");
  gtk_box_append (GTK_BOX (self->threads), box);
}

/* Whether it is shown at the place where it is pinned, and so is read. */
static gboolean
is_wanted (PdgCommentsPane *self, JsonObject *thread, const PdgThreadPlace *place, gboolean pinned, gboolean *in_place)
{
  PdgCommentsFilter filter = (PdgCommentsFilter) gtk_drop_down_get_selected (self->filter);

  *in_place = self->floating || (pinned && filter != PDG_COMMENTS_SHOW_UNREAD);
  if (self->floating)
    return self->thread_ids != NULL && g_strv_contains ((const char *const *) self->thread_ids, pdg_json_get_string (thread, "id"));
  return pdg_comments_matches (thread, filter) && (!pinned || pdg_comments_is_pinned_to (thread, place->screen_id, place->to_id));
}

static void
update (PdgCommentsPane *self)
{
  PdgCommentsFilter filter = (PdgCommentsFilter) gtk_drop_down_get_selected (self->filter);
  JsonArray *threads = pdg_comments_get_threads (self->comments);
  PdgThreadPlace place;
  gboolean pinned = get_place (self, &place), any = FALSE, in_place;
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (self->threads)) != NULL)
    gtk_box_remove (GTK_BOX (self->threads), child);
  for (guint i = 0; i < pdg_json_get_length (threads); i++)
    {
      JsonObject *thread = pdg_json_get_element (threads, i);

      if (!is_wanted (self, thread, &place, pinned, &in_place))
        continue;
      add_thread (self, thread, !pinned && !self->floating);
      any = TRUE;
      if (in_place && gtk_widget_get_mapped (GTK_WIDGET (self)) && pdg_json_get_int (thread, "unreadCount", 0) > 0)
        pdg_comments_mark_read (self->comments, pdg_json_get_string (thread, "id"));
    }
  gtk_label_set_text (self->nothing, filter == PDG_COMMENTS_SHOW_UNREAD     ? _ ("Nothing new.")
                                     : filter == PDG_COMMENTS_SHOW_RESOLVED ? _ ("Nothing is resolved.")
                                     : pinned                               ? _ ("Nobody has said anything here.")
                                                                            : _ ("Select a screen or a path and press C to comment on it."));
  gtk_widget_set_visible (GTK_WIDGET (self->nothing), !any && !self->floating);
  update_composer (self);
  if (self->floating && self->thread_ids != NULL && !any) /* its last comment was removed */
    g_signal_emit (self, done_signal, 0);
}

/* Another thing is selected: what was being written about the one before is not about this one. */
static void
selection_cb (PdgCommentsPane *self)
{
  write_for (self, WRITE_THREAD, NULL, "");
  update (self);
}

/* ---- the widget ---- */

static void
pdg_comments_pane_dispose (GObject *object)
{
  PdgCommentsPane *self = PDG_COMMENTS_PANE (object);
  GtkWidget *child;

  if (self->comments != NULL)
    {
      g_signal_handlers_disconnect_by_data (self->comments, self);
      g_signal_handlers_disconnect_by_data (pdg_workspace_get_selection (self->workspace), self);
    }
  g_clear_object (&self->comments);
  g_clear_object (&self->workspace);
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self))) != NULL)
    gtk_widget_unparent (child);
  g_clear_pointer (&self->target_id, g_free);
  g_clear_pointer (&self->thread_ids, g_strfreev);
  g_clear_pointer (&self->screen_id, g_free);
  g_clear_pointer (&self->to_id, g_free);
  G_OBJECT_CLASS (pdg_comments_pane_parent_class)->dispose (object);
}

static void
pdg_comments_pane_class_init (PdgCommentsPaneClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = pdg_comments_pane_dispose;
  done_signal = g_signal_new ("done", PDG_TYPE_COMMENTS_PANE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  gtk_widget_class_set_layout_manager_type (GTK_WIDGET_CLASS (klass), GTK_TYPE_BOX_LAYOUT);
}

static GtkWidget *
make_composer (PdgCommentsPane *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6), *line = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 8);
  GtkEventController *keys = gtk_event_controller_key_new ();

  self->what = GTK_LABEL (new_label ("", FALSE, (const char *const[]) { "second", "small", NULL }));
  self->text = GTK_TEXT_VIEW (gtk_text_view_new ());
  gtk_text_view_set_wrap_mode (self->text, GTK_WRAP_WORD_CHAR);
  gtk_text_view_set_accepts_tab (self->text, FALSE);
  gtk_widget_set_size_request (GTK_WIDGET (self->text), -1, 56);
  gtk_widget_add_css_class (GTK_WIDGET (self->text), "compose");
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->text), GTK_ACCESSIBLE_PROPERTY_LABEL, _ ("Comment"), -1);
  gtk_event_controller_set_propagation_phase (keys, GTK_PHASE_CAPTURE);
  g_signal_connect_swapped (keys, "key-pressed", G_CALLBACK (key_cb), self);
  gtk_widget_add_controller (GTK_WIDGET (self->text), keys);
  g_signal_connect_swapped (gtk_text_view_get_buffer (self->text), "changed", G_CALLBACK (update_composer), self);
  self->send = gtk_button_new_with_label (_ ("Send"));
  gtk_widget_add_css_class (self->send, "primary");
  gtk_widget_set_tooltip_text (self->send, _ ("Send (Ctrl+Enter)"));
  g_signal_connect_swapped (self->send, "clicked", G_CALLBACK (send), self);
  self->cancel = gtk_button_new_with_label (_ ("Cancel"));
  gtk_widget_add_css_class (self->cancel, "flat");
  g_signal_connect_swapped (self->cancel, "clicked", G_CALLBACK (cancel), self);
  gtk_widget_set_halign (line, GTK_ALIGN_END);
  gtk_box_append (GTK_BOX (line), self->cancel);
  gtk_box_append (GTK_BOX (line), self->send);
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (self->what));
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (self->text));
  gtk_box_append (GTK_BOX (box), line);
  gtk_widget_set_margin_top (box, 8);
  return box;
}

static void
pdg_comments_pane_init (PdgCommentsPane *self)
{
  const char *const filters[] = { _ ("Open"), _ ("Unread"), _ ("Resolved"), NULL };
  GtkWidget *line = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 8);
  GtkWidget *heading = new_label (_ ("Comments"), FALSE, (const char *const[]) { "strong", NULL });
  GtkWidget *failure = new_label ("", TRUE, (const char *const[]) { "bad", "small", NULL });

  gtk_orientable_set_orientation (GTK_ORIENTABLE (gtk_widget_get_layout_manager (GTK_WIDGET (self))), GTK_ORIENTATION_VERTICAL);
  self->filter = GTK_DROP_DOWN (gtk_drop_down_new_from_strings (filters));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->filter), GTK_ACCESSIBLE_PROPERTY_LABEL, _ ("Which comments"), -1);
  gtk_widget_add_css_class (GTK_WIDGET (self->filter), "small");
  gtk_widget_set_hexpand (heading, TRUE);
  gtk_box_append (GTK_BOX (line), heading);
  gtk_box_append (GTK_BOX (line), GTK_WIDGET (self->filter));
  gtk_widget_add_css_class (line, "heading");
  self->heading = line;
  self->threads = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  self->nothing = GTK_LABEL (new_label ("", TRUE, (const char *const[]) { "second", NULL }));
  self->composer = make_composer (self);
  self->failure = GTK_LABEL (failure);
  gtk_widget_set_visible (failure, FALSE);
  gtk_widget_set_parent (line, GTK_WIDGET (self));
  gtk_widget_set_parent (self->threads, GTK_WIDGET (self));
  gtk_widget_set_parent (GTK_WIDGET (self->nothing), GTK_WIDGET (self));
  gtk_widget_set_parent (failure, GTK_WIDGET (self));
  gtk_widget_set_parent (self->composer, GTK_WIDGET (self));
}

void
pdg_comments_pane_bind (PdgCommentsPane *self, PdgWorkspace *workspace)
{
  g_return_if_fail (self->workspace == NULL);
  self->workspace = g_object_ref (workspace);
  self->comments = g_object_ref (pdg_comments_get (workspace));
  g_signal_connect_swapped (self->comments, "changed", G_CALLBACK (update), self);
  g_signal_connect_swapped (pdg_workspace_get_selection (workspace), "changed", G_CALLBACK (selection_cb), self);
  g_signal_connect_swapped (self->filter, "notify::selected", G_CALLBACK (update), self);
  g_signal_connect (self, "map", G_CALLBACK (update), NULL);
  update (self);
}

gboolean
pdg_comments_pane_begin (PdgCommentsPane *self)
{
  PdgThreadPlace place;

  return get_place (self, &place) && gtk_widget_grab_focus (GTK_WIDGET (self->text));
}

/* ---- on the canvas ---- */

void
pdg_comments_pane_bind_floating (PdgCommentsPane *self, PdgWorkspace *workspace)
{
  g_return_if_fail (self->workspace == NULL);
  self->floating = TRUE;
  self->workspace = g_object_ref (workspace);
  self->comments = g_object_ref (pdg_comments_get (workspace));
  gtk_widget_set_visible (self->heading, FALSE);
  g_signal_connect_swapped (self->comments, "changed", G_CALLBACK (update), self);
  g_signal_connect (self, "map", G_CALLBACK (update), NULL);
}

static void
show_floating (PdgCommentsPane *self, char **thread_ids, const PdgThreadPlace *place)
{
  g_strfreev (self->thread_ids);
  g_free (self->screen_id);
  g_free (self->to_id);
  self->thread_ids = thread_ids;
  self->place = *place;
  self->place.screen_id = self->screen_id = g_strdup (place->screen_id);
  self->place.to_id = self->to_id = g_strdup (place->to_id);
  write_nothing (self);
  update (self);
}

void
pdg_comments_pane_show_threads (PdgCommentsPane *self, const char *const *thread_ids)
{
  const PdgThreadPlace nowhere = { 0 };

  show_floating (self, g_strdupv ((char **) thread_ids), &nowhere);
}

void
pdg_comments_pane_write_at (PdgCommentsPane *self, const PdgThreadPlace *place)
{
  show_floating (self, NULL, place);
}

void
pdg_comments_pane_focus (PdgCommentsPane *self)
{
  if (gtk_widget_get_visible (self->composer))
    gtk_widget_grab_focus (GTK_WIDGET (self->text));
  else
    gtk_widget_child_focus (GTK_WIDGET (self), GTK_DIR_TAB_FORWARD);
}
