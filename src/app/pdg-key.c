#include "config.h"
#include "app/pdg-key.h"

#include <glib/gi18n-lib.h>

#include "app/pdg-format.h"
#include "app/pdg-json.h"

struct _PdgKey
{
  GObject parent_instance;
  char *id;
  char *label;
  char *prefix;
  gint64 created_usec;
  gint64 used_usec;    /* 0 = never, as the next two */
  gint64 ends_usec;
  gint64 revoked_usec;
  int events_per_second;
  int burst_events;
};

G_DEFINE_FINAL_TYPE (PdgKey, pdg_key, G_TYPE_OBJECT)

static void
pdg_key_finalize (GObject *object)
{
  PdgKey *self = PDG_KEY (object);

  g_free (self->id);
  g_free (self->label);
  g_free (self->prefix);
  G_OBJECT_CLASS (pdg_key_parent_class)->finalize (object);
}

static void
pdg_key_class_init (PdgKeyClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = pdg_key_finalize;
}

static void
pdg_key_init (PdgKey *self)
{
}

static char *
dup_text (JsonObject *node, const char *member)
{
  const char *text = pdg_json_get_string (node, member);

  return g_strdup (text != NULL ? text : "");
}

PdgKey *
pdg_key_new (JsonObject *node)
{
  PdgKey *self = g_object_new (PDG_TYPE_KEY, NULL);

  self->id = dup_text (node, "id");
  self->label = dup_text (node, "label");
  self->prefix = dup_text (node, "prefix");
  self->created_usec = pdg_json_get_time (node, "createdAt");
  self->used_usec = pdg_json_get_time (node, "lastUsedAt");
  self->ends_usec = pdg_json_get_time (node, "endsAt");
  self->revoked_usec = pdg_json_get_time (node, "revokedAt");
  self->events_per_second = (int) pdg_json_get_int (node, "eventsPerSecond", -1);
  self->burst_events = (int) pdg_json_get_int (node, "burstEvents", 0);
  return self;
}

const char *
pdg_key_get_id (PdgKey *self)
{
  return self->id;
}

int
pdg_key_get_events_per_second (PdgKey *self)
{
  return self->events_per_second;
}

int
pdg_key_get_burst_events (PdgKey *self)
{
  return self->burst_events;
}

const char *
pdg_key_get_name (PdgKey *self)
{
  return *self->label != '\0' ? self->label : _ ("Key without a name");
}

char *
pdg_key_dup_prefix (PdgKey *self)
{
  return g_strconcat (self->prefix, "…", NULL);
}

PdgKeyState
pdg_key_get_state (PdgKey *self, gint64 now_usec)
{
  if (self->revoked_usec != 0)
    return PDG_KEY_REVOKED;
  if (self->ends_usec == 0)
    return PDG_KEY_VALID;
  return self->ends_usec > now_usec ? PDG_KEY_ENDING : PDG_KEY_ENDED;
}

char *
pdg_key_describe_state (PdgKey *self, gint64 now_usec)
{
  g_autofree char *time = NULL;

  switch (pdg_key_get_state (self, now_usec))
    {
    case PDG_KEY_VALID:
      return g_strdup (_ ("Valid"));
    case PDG_KEY_ENDING:
      time = pdg_format_duration_ms ((double) (self->ends_usec - now_usec) / 1000.0);
      return g_strdup_printf (_ ("Ends in %s"), time);
    case PDG_KEY_ENDED:
      time = pdg_format_date (self->ends_usec);
      return g_strdup_printf (_ ("Ended %s"), time);
    case PDG_KEY_REVOKED:
    default:
      time = pdg_format_date (self->revoked_usec);
      return g_strdup_printf (_ ("Revoked %s"), time);
    }
}

char *
pdg_key_describe (PdgKey *self, gint64 now_usec)
{
  g_autofree char *made = pdg_format_age (self->created_usec, now_usec);
  g_autofree char *used = self->used_usec != 0 ? pdg_format_age (self->used_usec, now_usec) : NULL;
  g_autofree char *count = pdg_format_count ((guint64) MAX (self->events_per_second, 0));
  g_autofree char *limit = self->events_per_second > 0    ? g_strdup_printf (_ ("up to %s events a second"), count)
                           : self->events_per_second == 0 ? g_strdup (_ ("any number of events"))
                                                          : g_strdup (_ ("limit as the collector is set"));
  g_autofree char *use = used != NULL ? g_strdup_printf (_ ("used %s"), used) : g_strdup (_ ("not used yet"));

  /* Translators: of a key: when it was made, when it was used last, how much it may send */
  return g_strdup_printf (_ ("Made %s · %s · %s"), made, use, limit);
}
