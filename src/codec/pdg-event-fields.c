#include "config.h"
#include "codec/pdg-event-fields.h"

#include "model/pdg-event.h"

#include <string.h>

#define MAX_SAFE_INTEGER G_GINT64_CONSTANT (9007199254740991) /* what a double, so a JavaScript client, counts to */

#define FIELD(name, kind, ...) { name, "\"" name "\":", sizeof (name) - 1, PDG_FIELD_##kind, __VA_ARGS__ }
#define TEXT(name, slice, limit) FIELD (name, TEXT, G_STRUCT_OFFSET (PdgEvent, slice), FALSE, limit)
#define REQUIRED_TEXT(name, slice, limit) FIELD (name, TEXT, G_STRUCT_OFFSET (PdgEvent, slice), TRUE, limit)
#define STRING(name) FIELD (name, STRING, 0, FALSE, 0)
#define INTEGER(name, limit) FIELD (name, INTEGER, 0, FALSE, limit)
#define NUMBER(name) FIELD (name, NUMBER, 0, FALSE, 0)
#define ANY(name) FIELD (name, ANY, 0, FALSE, 0)

/* The limits are those of what goes into the dictionary, an index or a column of its own; the rest is bounded by the
 * event's size. */
const PdgEventField pdg_event_fields[PDG_EVENT_N_FIELDS] = {
  [PDG_FIELD_AT_EVENT_ID] = REQUIRED_TEXT ("event_id", event_id, 512),
  [PDG_FIELD_AT_PROJECT_ID] = REQUIRED_TEXT ("project_id", project, 64),
  [PDG_FIELD_AT_SESSION_ID] = REQUIRED_TEXT ("session.id", session, 256),
  [PDG_FIELD_AT_TYPE] = REQUIRED_TEXT ("event.type", type, 64),
  [PDG_FIELD_AT_TIMESTAMP] = FIELD ("event.timestamp", TIME, 0, TRUE, 0),
  [PDG_FIELD_AT_SEQUENCE] = FIELD ("event.sequence", ORDER, 0, FALSE, G_MAXINT32),
  [PDG_FIELD_AT_PAGE_PATH] = TEXT ("page.path", page_path, 2048),
  [PDG_FIELD_AT_PAGE_URL] = STRING ("page.url"),
  [PDG_FIELD_AT_STATUS_CODE] = INTEGER ("api.status_code", G_MAXINT32),
  [PDG_FIELD_AT_METADATA] = FIELD ("metadata", OBJECT, 0, FALSE, 0),
  [PDG_FIELD_AT_CONSENT] = FIELD ("consent.state", CONSENT, 0, FALSE, 0),
  [PDG_FIELD_AT_RELEASE] = TEXT ("app.version", release, 128),
  [PDG_FIELD_AT_TYPE_VERSION] = INTEGER ("event.version", G_MAXINT32),
  TEXT ("user.id", user, 256),
  TEXT ("anonymous.id", anonymous, 256),
  STRING ("org.id"),
  TEXT ("event.name", name, 256),
  TEXT ("page.title", page_title, 1024),
  STRING ("page.referrer"),
  TEXT ("ui.component.name", component, 256),
  TEXT ("ui.component.path", component_path, 1024),
  STRING ("ui.component.type"),
  STRING ("ui.action"),
  STRING ("ui.element"),
  STRING ("ui.element.text"),
  STRING ("ui.viewport"),
  NUMBER ("ui.scroll.position"),
  STRING ("ui.state.key"),
  ANY ("ui.state.before"),
  ANY ("ui.state.after"),
  STRING ("ui.state.change_type"),
  TEXT ("gen_ai.journey.id", journey, 256),
  TEXT ("gen_ai.journey.step.id", step, 256),
  STRING ("gen_ai.journey.step.name"),
  STRING ("gen_ai.journey.conversion.status"),
  STRING ("api.method"),
  STRING ("api.path"),
  INTEGER ("api.duration_ms", MAX_SAFE_INTEGER),
  STRING ("error.type"),
  STRING ("error.message"),
  STRING ("error.stack"),
  STRING ("error.component"),
  NUMBER ("performance.lcp_ms"),
  NUMBER ("performance.fid_ms"),
  NUMBER ("performance.inp_ms"),
  NUMBER ("performance.cls"),
  NUMBER ("performance.ttfb_ms"),
  STRING ("snapshot.url"),
  STRING ("snapshot.id"),
  STRING ("snapshot.viewport"),
  STRING ("app.name"),
  STRING ("app.environment"),
  INTEGER ("duration_ms", MAX_SAFE_INTEGER),
};

G_STATIC_ASSERT (PDG_EVENT_N_FIELDS <= 64);

#define N_SLOTS 256
#define MIN_NAME 4

static const char alias[] = "product_id";

guint64 pdg_event_fields_required;
guint64 pdg_event_fields_data;
guint64 pdg_event_fields_text;

/* Who, what and which: text that is told apart, not read. A person's own address as user.id is what the product calls him. */
static const char *const identifiers[] = { "event_id", "project_id", "session.id", "event.type", "user.id", "anonymous.id", "org.id",
                                           "gen_ai.journey.id", "gen_ai.journey.step.id", "app.version", NULL };

/* A name by its first and last eight bytes, which for most names is all of it. */
typedef struct
{
  guint64 first;
  guint64 last;
  const char *name;
  guint32 len; /* 0 = a free slot */
  int field;
} Slot;

static Slot slots[N_SLOTS]; /* probed linearly */

/* The first and the last eight bytes of a name, or four when it is shorter than eight; they overlap in short names. */
static inline void
get_words (const char *name, gsize len, guint64 *first, guint64 *last)
{
  *first = 0;
  *last = 0;
  if (len >= 8)
    {
      memcpy (first, name, 8);
      memcpy (last, name + len - 8, 8);
    }
  else
    {
      memcpy (first, name, 4);
      memcpy (last, name + len - 4, 4);
    }
}

static inline guint
hash_words (guint64 first, guint64 last, gsize len)
{
  return (guint) (((first ^ (last << 23 | last >> 41) ^ len) * G_GUINT64_CONSTANT (0x9E3779B97F4A7C15)) >> 56);
}

static void
slot_insert (const char *name, gsize len, guint field)
{
  guint64 first, last;
  guint slot;

  get_words (name, len, &first, &last);
  slot = hash_words (first, last, len);
  while (slots[slot].len != 0)
    slot = (slot + 1) % N_SLOTS;
  slots[slot] = (Slot) { first, last, name, (guint32) len, (int) field };
}

void
pdg_event_fields_ensure (void)
{
  static gsize done;

  if (!g_once_init_enter (&done))
    return;
  for (guint i = 0; i < PDG_EVENT_N_FIELDS; i++)
    {
      const PdgEventField *field = &pdg_event_fields[i];

      slot_insert (field->name, field->name_len, i);
      if (field->required)
        pdg_event_fields_required |= G_GUINT64_CONSTANT (1) << i;
      if (field->kind == PDG_FIELD_STRING || field->kind == PDG_FIELD_INTEGER || field->kind == PDG_FIELD_NUMBER
          || field->kind == PDG_FIELD_ANY || field->kind == PDG_FIELD_CONSENT)
        pdg_event_fields_data |= G_GUINT64_CONSTANT (1) << i;
      if ((field->kind == PDG_FIELD_TEXT || field->kind == PDG_FIELD_STRING || field->kind == PDG_FIELD_ANY || field->kind == PDG_FIELD_OBJECT)
          && !g_strv_contains (identifiers, field->name))
        pdg_event_fields_text |= G_GUINT64_CONSTANT (1) << i;
    }
  slot_insert (alias, sizeof alias - 1, PDG_FIELD_AT_PROJECT_ID);
  g_once_init_leave (&done, 1);
}

int
pdg_event_fields_lookup (const char *name, gsize len)
{
  guint64 first, last;

  if (len < MIN_NAME)
    return -1;
  get_words (name, len, &first, &last);
  for (guint i = hash_words (first, last, len); slots[i].len != 0; i = (i + 1) % N_SLOTS)
    {
      const Slot *slot = &slots[i];

      if (slot->first == first && slot->last == last && slot->len == len
          && (len <= 16 || memcmp (slot->name + 8, name + 8, len - 16) == 0))
        return slot->field;
    }
  return -1;
}
