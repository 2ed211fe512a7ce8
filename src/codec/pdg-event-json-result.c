#include "config.h"
#include "codec/pdg-event-json.h"

#include "codec/pdg-json-text.h"

GBytes *
pdg_event_json_write_result (guint n_accepted, const PdgEventIssue *issues, guint n_issues, guint n_duplicates)
{
  GString *json = g_string_sized_new (64 + (gsize) n_issues * 64);

  g_string_append_printf (json, "{\"accepted\":%u,\"rejected\":%u,", n_accepted, n_issues);
  if (n_duplicates > 0)
    g_string_append_printf (json, "\"duplicates\":%u,", n_duplicates);
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
