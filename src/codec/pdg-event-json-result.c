#include "config.h"
#include "codec/pdg-event-json.h"

#include "base/pdg-time.h"
#include "codec/pdg-json-text.h"

GBytes *
pdg_event_json_write_result (guint n_accepted, const PdgEventIssue *issues, guint n_issues, PdgEventJsonParts parts)
{
  const struct
  {
    const char *name;
    guint n;
  } members[] = { { "duplicates", parts.n_duplicates }, { "withheld", parts.n_withheld }, { "counted", parts.n_counted } };
  GString *json = g_string_sized_new (64 + (gsize) n_issues * 64);

  g_string_append_printf (json, "{\"accepted\":%u,\"rejected\":%u,", n_accepted, n_issues);
  for (gsize i = 0; i < G_N_ELEMENTS (members); i++)
    if (members[i].n > 0)
      g_string_append_printf (json, "\"%s\":%u,", members[i].name, members[i].n);
  g_string_append (json, "\"errors\":[");
  for (guint i = 0; i < n_issues; i++)
    {
      g_string_append_printf (json, "%s{\"index\":%u,\"error\":", i > 0 ? "," : "", issues[i].index);
      pdg_json_append_string (json, issues[i].error);
      g_string_append_c (json, '}');
    }
  g_string_append (json, "]}");
  return g_string_free_to_bytes (json);
}

static void
append_text (GString *json, const char *key, PdgSlice slice)
{
  g_autofree char *text = slice.data != NULL ? g_strndup (slice.data, slice.len) : NULL;

  if (text == NULL)
    return;
  g_string_append_printf (json, "%s\"%s\":", json->len > 1 ? "," : "", key);
  pdg_json_append_string (json, text);
}

GBytes *
pdg_event_json_write_event (const PdgEvent *event)
{
  const struct
  {
    const char *key;
    PdgSlice slice;
  } texts[] = {
    { "event_id", event->event_id }, { "project_id", event->project }, { "session.id", event->session }, { "event.type", event->type },
    { "event.name", event->name }, { "user.id", event->user }, { "anonymous.id", event->anonymous }, { "page.path", event->page_path },
    { "page.title", event->page_title }, { "ui.component.name", event->component }, { "ui.component.path", event->component_path },
    { "gen_ai.journey.id", event->journey }, { "gen_ai.journey.step.id", event->step }, { "app.version", event->release },
  };
  GString *json = g_string_new ("{");
  char time[PDG_RFC3339_BYTES];

  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    append_text (json, texts[i].key, texts[i].slice);
  /* a time that was put right is in the data as it came */
  if ((event->flags & PDG_EVENT_CLAMPED) == 0)
    {
      pdg_time_format_rfc3339 (event->timestamp_usec, time);
      g_string_append_printf (json, ",\"event.timestamp\":\"%s\"", time);
    }
  if (event->sequence != PDG_SEQUENCE_NONE)
    g_string_append_printf (json, ",\"event.sequence\":%d", event->sequence);
  if (event->data.len > 2)
    {
      g_string_append_c (json, ',');
      g_string_append_len (json, event->data.data + 1, (gssize) event->data.len - 2);
    }
  g_string_append_c (json, '}');
  return g_string_free_to_bytes (json);
}
