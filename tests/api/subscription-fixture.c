#include "config.h"
#include "api/subscription-fixture.h"

#include "base/pdg-id.h"
#include "db/pdg-db-listener.h"

#include <string.h>

ApiFixture *fixture;
static PdgDbListener *listener; /* as the runtime has it */
PdgDbConn *owner;
static PdgHub *other_hub; /* of another process */
PdgIngest *other_ingest;

static void
notified_cb (const char *payload, gpointer user_data)
{
  pdg_hub_publish_notification (fixture->hub, payload);
}

static void
heard_cb (GBytes *response, gpointer user_data)
{
  Ear *ear = user_data;
  gsize len;
  const char *text = g_bytes_get_data (response, &len);
  g_autofree char *copy = g_strndup (text, len);
  g_autoptr (GError) error = NULL;
  JsonNode *node = json_from_string (copy, &error);
  gint64 now = g_get_monotonic_time ();

  g_assert_no_error (error);
  g_ptr_array_add (ear->messages, node);
  g_array_append_val (ear->times, now);
}

void
ear_free (Ear *ear)
{
  pdg_api_unsubscribe (fixture->api, ear->id);
  g_ptr_array_unref (ear->messages);
  g_array_unref (ear->times);
  g_free (ear);
}

Ear *
listen_to (const char *field_format, ...)
{
  Ear *ear = g_new0 (Ear, 1);
  g_autofree char *field = NULL, *document = NULL;
  va_list args;

  va_start (args, field_format);
  field = g_strdup_vprintf (field_format, args);
  va_end (args);
  document = g_strdup_printf ("subscription{%s}", field);
  ear->messages = g_ptr_array_new_with_free_func ((GDestroyNotify) json_node_unref);
  ear->times = g_array_new (FALSE, FALSE, sizeof (gint64));
  ear->id = pdg_api_subscribe (fixture->api, fixture->a->admin, document, NULL, heard_cb, ear, NULL);
  fixture_wait (ear->messages->len > 0);
  return ear;
}

JsonNode *
last_message (const Ear *ear)
{
  return ear->messages->pdata[ear->messages->len - 1];
}

PdgProject *
make_project (const char *id)
{
  g_autoptr (GError) error = NULL;
  PdgProject *project = pdg_commands_create_project (owner, fixture->a->admin, id, id, &error);

  g_assert_no_error (error);
  return project;
}

void
store_view (PdgIngest *ingest, const char *project, const char *id, const char *session, const char *path, gint64 ts_usec)
{
  GString *body = body_new ();
  g_autofree char *text = NULL;
  g_auto (Verdict) verdict = { 0 };

  body_add (body, project, id, session, "page.view", ts_usec, ",\"page.path\":\"%s\"", path);
  text = body_finish (body);
  fixture_store (ingest, fixture->a->admin, text, &verdict);
  assert_stored (verdict, 1, 0, 0);
}

void
subscription_fixture_init (void)
{
  fixture = api_fixture_new ();
  owner = fixture_open (pdg_test_cluster_get_owner_uri (), NULL);
  other_hub = pdg_hub_new ();
  other_ingest = fixture_ingest_new (pdg_test_cluster_get_writer_uri (), NULL, other_hub, 10000, 5000);
  listener = pdg_db_listener_new (pdg_test_cluster_get_server_uri (), pdg_hub_get_channel (), NULL, notified_cb, NULL, NULL);
  fixture_wait (pdg_db_listener_is_connected (listener));
}

int
subscription_fixture_run (void)
{
  int status = g_test_run ();

  pdg_db_listener_free (listener);
  pdg_ingest_free (other_ingest);
  pdg_hub_unref (other_hub);
  pdg_db_conn_free (owner);
  api_fixture_free (fixture);
  return status;
}
