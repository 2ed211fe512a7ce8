#include "config.h"
#include "service/event-writer.h"

#include "base/pdg-time.h"

GString *
body_new (void)
{
  return g_string_new ("{\"events\":[");
}

void
body_add (GString *body, const char *project, const char *id, const char *session, const char *type, gint64 ts_usec, const char *more_format, ...)
{
  char time[PDG_RFC3339_BYTES];
  va_list args;

  pdg_time_format_rfc3339 (ts_usec, time);
  g_string_append_printf (body, "%s{\"event_id\":\"%s\",\"project_id\":\"%s\",\"session.id\":\"%s\",\"event.type\":\"%s\",\"event.timestamp\":\"%s\"",
                          body->str[body->len - 1] == '}' ? "," : "", id, project, session, type, time);
  va_start (args, more_format);
  g_string_append_vprintf (body, more_format, args);
  va_end (args);
  g_string_append_c (body, '}');
}

char *
body_finish (GString *body)
{
  g_string_append (body, "]}");
  return g_string_free (body, FALSE);
}

char *
body_with_one (const char *project, const char *id, const char *session, gint64 ts_usec)
{
  GString *body = body_new ();

  body_add (body, project, id, session, "page.view", ts_usec, ",\"page.path\":\"/one\"");
  return body_finish (body);
}

WriterHold *
writer_hold_new (const char *owner_uri)
{
  WriterHold *hold = g_new0 (WriterHold, 1);
  g_autoptr (GError) error = NULL;

  hold->conn = fixture_open (owner_uri, NULL);
  hold->tx = pdg_db_tx_begin_maintenance (hold->conn, &error);
  g_assert_no_error (error);
  pdg_db_tx_exec_script (hold->tx, "LOCK TABLE event IN SHARE MODE", &error);
  g_assert_no_error (error);
  return hold;
}

void
writer_hold_free (WriterHold *hold)
{
  pdg_db_tx_free (hold->tx);
  pdg_db_conn_free (hold->conn);
  g_free (hold);
}
