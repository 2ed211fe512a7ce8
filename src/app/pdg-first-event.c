#include "config.h"
#include "app/pdg-first-event.h"

#include "base/pdg-time.h"

char *
pdg_first_event_new_command (const char *events_url, const char *project_id, gint64 now_usec)
{
  char timestamp[PDG_RFC3339_BYTES];

  pdg_time_format_rfc3339 (now_usec - now_usec % PDG_USEC_PER_SEC, timestamp);
  return g_strdup_printf ("curl -X POST %s \\\n"
                          "  -H \"Content-Type: application/json\" \\\n"
                          "  -d '{\n"
                          "    \"events\": [{\n"
                          "      \"event_id\": \"evt_001\",\n"
                          "      \"project_id\": \"%s\",\n"
                          "      \"session.id\": \"sess_001\",\n"
                          "      \"event.type\": \"page.view\",\n"
                          "      \"event.timestamp\": \"%s\",\n"
                          "      \"page.path\": \"/checkout\",\n"
                          "      \"page.title\": \"Checkout\"\n"
                          "    }]\n"
                          "  }'",
                          events_url, project_id, timestamp);
}
