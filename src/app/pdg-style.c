#include "config.h"
#include "app/pdg-style.h"

#include <gtk/gtk.h>

#define RESOURCE_BASE "/org/productgraph/ProductGraph/"
#define PORTAL_NAME "org.freedesktop.portal.Desktop"
#define PORTAL_PATH "/org/freedesktop/portal/desktop"
#define PORTAL_SETTINGS "org.freedesktop.portal.Settings"
#define APPEARANCE_NAMESPACE "org.freedesktop.appearance"
#define SCHEME_KEY "color-scheme"
#define SCHEME_DARK 1

struct _PdgStyle
{
  GObject parent_instance;
  GdkDisplay *display;
  GtkSettings *settings;
  GtkCssProvider *provider; /* rules and the light colours */
  GtkCssProvider *dark_provider; /* the same names, dark; above it while dark */
  GDBusConnection *bus;
  GCancellable *cancellable;
  guint portal_signal;
  PdgTheme *theme;
  PdgAppearance appearance;
  gboolean system_dark;
  gboolean dark;
};

G_DEFINE_FINAL_TYPE (PdgStyle, pdg_style, G_TYPE_OBJECT)

enum
{
  PROP_APPEARANCE = 1,
  PROP_DARK,
  N_PROPS,
};

static GParamSpec *props[N_PROPS];

static void
update (PdgStyle *self, gboolean force)
{
  gboolean dark = self->appearance == PDG_APPEARANCE_SYSTEM ? self->system_dark : self->appearance == PDG_APPEARANCE_DARK;
  GtkStyleProvider *colors = GTK_STYLE_PROVIDER (self->dark_provider);

  if (dark == self->dark && !force)
    return;
  self->dark = dark;
  g_clear_pointer (&self->theme, pdg_theme_unref);
  self->theme = pdg_theme_new (dark ? PDG_THEME_DARK : PDG_THEME_LIGHT);
  if (dark)
    gtk_style_context_add_provider_for_display (self->display, colors, GTK_STYLE_PROVIDER_PRIORITY_APPLICATION + 1);
  else
    gtk_style_context_remove_provider_for_display (self->display, colors);
  g_object_set (self->settings, "gtk-application-prefer-dark-theme", dark, NULL);
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_DARK]);
}

/* ---- the system's preference ---- */

static void
take_scheme (PdgStyle *self, GVariant *value)
{
  g_autoptr (GVariant) inner = g_variant_ref (value);

  while (g_variant_is_of_type (inner, G_VARIANT_TYPE_VARIANT)) /* Read() of old portals wraps twice */
    {
      GVariant *next = g_variant_get_variant (inner);

      g_variant_unref (inner);
      inner = next;
    }
  if (!g_variant_is_of_type (inner, G_VARIANT_TYPE_UINT32))
    return;
  self->system_dark = g_variant_get_uint32 (inner) == SCHEME_DARK;
  update (self, FALSE);
}

static void
setting_changed_cb (GDBusConnection *bus, const char *sender, const char *path, const char *interface, const char *signal,
                    GVariant *parameters, gpointer user_data)
{
  g_autoptr (GVariant) value = NULL;
  const char *namespace;
  const char *key;

  if (!g_variant_is_of_type (parameters, G_VARIANT_TYPE ("(ssv)")))
    return;
  g_variant_get (parameters, "(&s&sv)", &namespace, &key, &value);
  if (g_str_equal (namespace, APPEARANCE_NAMESPACE) && g_str_equal (key, SCHEME_KEY))
    take_scheme (user_data, value);
}

static void
scheme_read_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (PdgStyle) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, &error);
  g_autoptr (GVariant) value = NULL;

  if (reply == NULL) /* no portal: the theme's word stands */
    {
      g_debug ("No settings portal: %s", error->message);
      return;
    }
  value = g_variant_get_child_value (reply, 0);
  take_scheme (self, value);
}

static void
bus_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (PdgStyle) self = user_data;
  GDBusConnection *bus = g_bus_get_finish (result, NULL);

  if (bus == NULL)
    return;
  self->bus = bus;
  self->portal_signal
      = g_dbus_connection_signal_subscribe (bus, PORTAL_NAME, PORTAL_SETTINGS, "SettingChanged", PORTAL_PATH, APPEARANCE_NAMESPACE,
                                            G_DBUS_SIGNAL_FLAGS_NONE, setting_changed_cb, self, NULL);
  g_dbus_connection_call (bus, PORTAL_NAME, PORTAL_PATH, PORTAL_SETTINGS, "Read",
                          g_variant_new ("(ss)", APPEARANCE_NAMESPACE, SCHEME_KEY), G_VARIANT_TYPE ("(v)"),
                          G_DBUS_CALL_FLAGS_NONE, 3000, self->cancellable, scheme_read_cb, g_object_ref (self));
}

static void
read_desktop_theme (PdgStyle *self)
{
  g_autofree char *name = NULL;
  gboolean prefer_dark;

  g_object_get (self->settings, "gtk-theme-name", &name, "gtk-application-prefer-dark-theme", &prefer_dark, NULL);
  self->system_dark = prefer_dark || (name != NULL && g_str_has_suffix (name, "-dark"));
}

/* ---- the object ---- */

static void
pdg_style_dispose (GObject *object)
{
  PdgStyle *self = PDG_STYLE (object);

  g_cancellable_cancel (self->cancellable);
  if (self->portal_signal != 0)
    g_dbus_connection_signal_unsubscribe (self->bus, self->portal_signal);
  self->portal_signal = 0;
  g_clear_object (&self->bus);
  g_clear_object (&self->display);
  G_OBJECT_CLASS (pdg_style_parent_class)->dispose (object);
}

static void
pdg_style_finalize (GObject *object)
{
  PdgStyle *self = PDG_STYLE (object);

  g_object_unref (self->cancellable);
  g_object_unref (self->provider);
  g_object_unref (self->dark_provider);
  g_clear_pointer (&self->theme, pdg_theme_unref);
  G_OBJECT_CLASS (pdg_style_parent_class)->finalize (object);
}

static void
pdg_style_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  PdgStyle *self = PDG_STYLE (object);

  switch (id)
    {
    case PROP_APPEARANCE:
      g_value_set_int (value, self->appearance);
      break;
    case PROP_DARK:
      g_value_set_boolean (value, self->dark);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
pdg_style_class_init (PdgStyleClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;

  object_class->dispose = pdg_style_dispose;
  object_class->finalize = pdg_style_finalize;
  object_class->get_property = pdg_style_get_property;
  props[PROP_APPEARANCE] = g_param_spec_int ("appearance", NULL, NULL, 0, PDG_N_APPEARANCES - 1, PDG_APPEARANCE_SYSTEM, flags);
  props[PROP_DARK] = g_param_spec_boolean ("dark", NULL, NULL, FALSE, flags);
  g_object_class_install_properties (object_class, N_PROPS, props);
}

static void
pdg_style_init (PdgStyle *self)
{
  self->cancellable = g_cancellable_new ();
  self->provider = gtk_css_provider_new ();
  self->dark_provider = gtk_css_provider_new ();
  gtk_css_provider_load_from_resource (self->provider, RESOURCE_BASE "style.css");
  gtk_css_provider_load_from_resource (self->dark_provider, RESOURCE_BASE "style-dark.css");
}

PdgStyle *
pdg_style_new (GdkDisplay *display)
{
  PdgStyle *self = g_object_new (PDG_TYPE_STYLE, NULL);

  self->display = g_object_ref (display);
  self->settings = gtk_settings_get_for_display (display);
  read_desktop_theme (self); /* before this app's own wish overwrites it */
  gtk_style_context_add_provider_for_display (display, GTK_STYLE_PROVIDER (self->provider),
                                              GTK_STYLE_PROVIDER_PRIORITY_APPLICATION);
  update (self, TRUE);
  g_bus_get (G_BUS_TYPE_SESSION, self->cancellable, bus_cb, g_object_ref (self));
  return self;
}

void
pdg_style_set_appearance (PdgStyle *self, PdgAppearance appearance)
{
  if (appearance == self->appearance)
    return;
  self->appearance = appearance;
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_APPEARANCE]);
  update (self, FALSE);
}

PdgTheme *
pdg_style_get_theme (PdgStyle *self)
{
  return self->theme;
}
