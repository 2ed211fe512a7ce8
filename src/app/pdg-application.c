#include "config.h"
#include "app/pdg-application.h"

#include <glib/gi18n-lib.h>
#include <locale.h>

#include "app/pdg-process.h"
#include "app/pdg-settings.h"
#include "app/pdg-style.h"
#include "app/pdg-window.h"

struct _PdgApplication
{
  GtkApplication parent_instance;
  PdgAppHooks hooks;
  PdgClient *client;
  PdgStyle *style;
  PdgSettings *settings;
  char *settings_path;
};

G_DEFINE_FINAL_TYPE (PdgApplication, pdg_application, GTK_TYPE_APPLICATION)

/* ---- actions ---- */

static void
quit_cb (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  GList *windows;

  /* By way of closing, so that sizes are remembered. */
  while ((windows = gtk_application_get_windows (user_data)) != NULL)
    gtk_window_destroy (windows->data);
}

static void
about_cb (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  GtkWidget *dialog = gtk_about_dialog_new ();

  g_object_set (dialog, "program-name", "ProductGraph", "version", PDG_VERSION, "logo-icon-name", PDG_APP_ID, "comments",
                _ ("See what the users of a product really do."), "copyright", "© 2026 ProductGraph", "license",
                _ ("All rights reserved."), "modal", TRUE, "transient-for", gtk_application_get_active_window (user_data), NULL);
  gtk_widget_add_css_class (dialog, "pdg");
  gtk_widget_add_css_class (dialog, "dialog");
  gtk_window_present (GTK_WINDOW (dialog));
}

static void
restart_cb (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  PdgApplication *self = user_data;

  self->hooks.restart (self->client, self->hooks.user_data);
}

static void
appearance_cb (GSimpleAction *action, GVariant *state, gpointer user_data)
{
  PdgApplication *self = user_data;

  self->settings->appearance = pdg_appearance_from_nick (g_variant_get_string (state, NULL));
  g_simple_action_set_state (action, g_variant_new_string (pdg_appearance_get_nick (self->settings->appearance)));
  pdg_style_set_appearance (self->style, self->settings->appearance);
}

static void
add_actions (PdgApplication *self)
{
  const GActionEntry entries[] = {
    { "quit", quit_cb },
    { "about", about_cb },
    { "restart", restart_cb },
    { "appearance", NULL, "s", "'system'", appearance_cb },
  };
  static const struct
  {
    const char *action;
    const char *accels[3];
  } accels[] = {
    { "app.quit", { "<Control>q" } },
    { "win.export", { "<Control><Shift>e" } },
    { "win.open-board", { "<Control>o" } },
    { "win.present", { "<Control><Alt>Return", "<Control><Alt>KP_Enter" } },
    { "win.find", { "<Control>f" } },
    { "win.funnel-of-selection", { "<Control><Shift>f" } },
    { "win.place::canvas", { "<Control>1" } },
    { "win.place::funnel", { "<Control>2" } },
    { "win.place::keys", { "<Control><Shift>k" } },
    { "win.rail", { "F9" } },
    { "win.refresh", { "F5", "<Control>r" } },
    { "win.show-help-overlay", { "<Control>question" } },
    { "canvas.zoom-100", { "<Control>0", "<Control>KP_0" } },
    { "canvas.zoom-in", { "<Control>plus", "<Control>equal" } },
    { "canvas.zoom-out", { "<Control>minus" } },
  };
  GAction *restart;

  g_action_map_add_action_entries (G_ACTION_MAP (self), entries, G_N_ELEMENTS (entries), self);
  restart = g_action_map_lookup_action (G_ACTION_MAP (self), "restart");
  g_simple_action_set_enabled (G_SIMPLE_ACTION (restart), self->hooks.restart != NULL);
  for (guint i = 0; i < G_N_ELEMENTS (accels); i++)
    gtk_application_set_accels_for_action (GTK_APPLICATION (self), accels[i].action, (const char *const *) accels[i].accels);
}

/* ---- life ---- */

static void
save_settings (PdgApplication *self)
{
  g_autoptr (GError) error = NULL;

  if (!pdg_settings_save (self->settings, self->settings_path, &error))
    g_warning ("The window's settings could not be saved: %s", error->message);
}

static void
pdg_application_startup (GApplication *application)
{
  PdgApplication *self = PDG_APPLICATION (application);

  G_APPLICATION_CLASS (pdg_application_parent_class)->startup (application);
  gtk_window_set_default_icon_name (PDG_APP_ID);
  self->settings = pdg_settings_load (self->settings_path);
  self->style = pdg_style_new (gdk_display_get_default ());
  add_actions (self);
  g_action_group_change_action_state (G_ACTION_GROUP (self), "appearance",
                                      g_variant_new_string (pdg_appearance_get_nick (self->settings->appearance)));
  self->client = self->hooks.start (self->hooks.user_data);
}

static void
pdg_application_activate (GApplication *application)
{
  PdgApplication *self = PDG_APPLICATION (application);
  GtkWindow *window = gtk_application_get_active_window (GTK_APPLICATION (self));

  if (window == NULL)
    window = GTK_WINDOW (pdg_window_new (GTK_APPLICATION (self), self->client, self->style, self->settings));
  gtk_window_present (window);
}

static void
pdg_application_window_removed (GtkApplication *application, GtkWindow *window)
{
  PdgApplication *self = PDG_APPLICATION (application);

  if (PDG_IS_WINDOW (window))
    {
      pdg_window_store_settings (PDG_WINDOW (window), self->settings);
      save_settings (self);
    }
  GTK_APPLICATION_CLASS (pdg_application_parent_class)->window_removed (application, window);
}

static void
pdg_application_shutdown (GApplication *application)
{
  PdgApplication *self = PDG_APPLICATION (application);

  if (self->client != NULL && self->hooks.stop != NULL)
    self->hooks.stop (self->client, self->hooks.user_data);
  g_clear_object (&self->client);
  g_clear_object (&self->style);
  g_clear_pointer (&self->settings, pdg_settings_free);
  G_APPLICATION_CLASS (pdg_application_parent_class)->shutdown (application);
}

static void
pdg_application_finalize (GObject *object)
{
  PdgApplication *self = PDG_APPLICATION (object);

  g_free (self->settings_path);
  G_OBJECT_CLASS (pdg_application_parent_class)->finalize (object);
}

static void
pdg_application_class_init (PdgApplicationClass *klass)
{
  GApplicationClass *application_class = G_APPLICATION_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = pdg_application_finalize;
  application_class->startup = pdg_application_startup;
  application_class->activate = pdg_application_activate;
  application_class->shutdown = pdg_application_shutdown;
  GTK_APPLICATION_CLASS (klass)->window_removed = pdg_application_window_removed;
}

static void
pdg_application_init (PdgApplication *self)
{
  self->settings_path = pdg_settings_dup_default_path ();
}

PdgApplication *
pdg_application_new (const PdgAppHooks *hooks)
{
  PdgApplication *self = g_object_new (PDG_TYPE_APPLICATION, "application-id", PDG_APP_ID, "resource-base-path",
                                       "/org/productgraph/ProductGraph", NULL);

  g_return_val_if_fail (hooks != NULL && hooks->start != NULL, self);
  self->hooks = *hooks;
  return self;
}

int
pdg_app_run (const PdgAppHooks *hooks, int argc, char **argv)
{
  g_autoptr (PdgApplication) application = NULL;

  pdg_process_prepare ();
  setlocale (LC_ALL, "");
  bindtextdomain (GETTEXT_PACKAGE, PDG_LOCALE_DIR);
  bind_textdomain_codeset (GETTEXT_PACKAGE, "UTF-8");
  g_set_application_name ("ProductGraph");
  application = pdg_application_new (hooks);
  return g_application_run (G_APPLICATION (application), argc, argv);
}
