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

gint64
writer_hold_count (void)
{
  return fixture_owner_int ("SELECT count(*) FROM pg_locks JOIN pg_stat_activity USING (pid) WHERE NOT granted AND application_name = 'productgraph writer'");
}

void
writer_make_both (PdgIngest *ingest, const Tenant *tenant, gint64 now_usec)
{
  WriterHold *hold = writer_hold_new (pdg_test_cluster_get_owner_uri ());
  g_autofree char *first = body_with_one (tenant->project->id, "both", "both", now_usec), *second = NULL;
  g_auto (Verdict) a = { 0 }, b = { 0 };
  GString *out = body_new ();

  g_assert_true (fixture_submit (ingest, tenant->admin, first, &a));
  fixture_wait (writer_hold_count () == 1);
  for (guint i = 0; i < 100; i++) /* as many as go beside a small flush */
    {
      g_autofree char *id = g_strdup_printf ("both-%u", i);

      body_add (out, tenant->project->id, id, "both", "custom", now_usec, "%s", "");
    }
  second = body_finish (out);
  g_assert_true (fixture_submit (ingest, tenant->admin, second, &b));
  fixture_wait (writer_hold_count () == 2);
  writer_hold_free (hold);
  fixture_wait (g_atomic_int_get (&a.answered) && g_atomic_int_get (&b.answered));
  assert_stored (a, 1, 0, 0);
  assert_stored (b, 100, 0, 0);
}
