#include "config.h"
#include "pdg-senders.h"

#include "base/pdg-id.h"
#include "pdg-system.h"

#include "db/pdg-db-tx.h"

#define N_SESSIONS 40
#define RETRY_USEC (20 * 1000)

typedef guint8 Key[16];

typedef struct
{
  PdgSenders *senders;
  GThread *thread;
  guint number;
  GArray *acknowledged; /* Key */
} Sender;

struct _PdgSenders
{
  PdgSendersOptions options;
  char *project;
  char *url, *twin_url;
  Sender *all;
  gint stopping, giving_up;
  gint n_broken, n_refused, n_acknowledged;
};

static GBytes *
make_batch (Sender *sender, GArray *keys, guint n)
{
  GString *body = g_string_new ("{\"events\":[");
  g_autoptr (GDateTime) now = g_date_time_new_now_utc ();
  g_autofree char *stamp = g_date_time_format (now, "%Y-%m-%dT%H:%M:%S");

  for (guint i = 0; i < n; i++)
    {
      char id[PDG_UUID_TEXT_BYTES];
      Key key;

      pdg_uuid_make_v7 (key);
      pdg_uuid_format (key, id);
      g_array_append_val (keys, key);
      g_string_append_printf (body,
                              "%s{\"event_id\":\"%s\",\"project_id\":\"%s\",\"session.id\":\"s%u-%d\",\"user.id\":\"u%u\","
                              "\"event.type\":\"%s\",\"event.timestamp\":\"%s.%03dZ\",\"page.path\":\"/page/%d\",\"metadata\":{\"n\":%u}}",
                              i > 0 ? "," : "", id, sender->senders->project, sender->number, g_random_int_range (0, N_SESSIONS),
                              sender->number, i % 3 == 0 ? "page.view" : i % 3 == 1 ? "ui.click" : "error", stamp,
                              g_random_int_range (0, 1000), g_random_int_range (0, 30), i);
    }
  g_string_append (body, "]}");
  return g_string_free_to_bytes (body);
}

static gboolean
send_to (PdgSenders *senders, const char *url, PdgHttpClient *client, GBytes *body)
{
  const char *headers[] = {
    "Content-Type", "application/json", senders->options.key != NULL ? "X-PG-API-Key" : NULL, senders->options.key, NULL,
  };
  gint64 until_usec = g_get_monotonic_time () + 300 * G_USEC_PER_SEC;

  for (;;)
    {
      g_autoptr (PdgHttpAnswer) answer = pdg_http_client_request (client, "POST", url, headers, body, NULL, NULL);
      guint status = answer != NULL ? pdg_http_answer_get_status (answer) : 0;

      if (status == 202)
        return TRUE;
      g_assert_true (status == 0 || status == 503 || status == 429 || status == 500);
      g_atomic_int_inc (status == 0 ? &senders->n_broken : &senders->n_refused);
      if (senders->options.careless && status == 0)
        return TRUE;
      if (g_atomic_int_get (&senders->giving_up))
        return FALSE;
      if (g_get_monotonic_time () > until_usec)
        g_error ("one request was refused for five minutes, last with status %u", status);
      g_usleep (RETRY_USEC);
    }
}

typedef struct
{
  PdgSenders *senders;
  GBytes *body;
} Twin;

static gpointer
twin_thread (gpointer data)
{
  Twin *twin = data;
  g_autoptr (GMainContext) context = g_main_context_new ();
  gboolean done;

  g_main_context_push_thread_default (context);
  {
    g_autoptr (PdgHttpClient) client = pdg_http_client_new (30000);

    done = send_to (twin->senders, twin->senders->twin_url, client, twin->body);
  }
  g_main_context_pop_thread_default (context);
  return GINT_TO_POINTER (done);
}

/* TRUE when it counts as delivered, by both collectors when there are two. */
static gboolean
send_batch (PdgSenders *senders, PdgHttpClient *client, GBytes *body)
{
  Twin twin = { senders, body };
  GThread *thread = senders->twin_url != NULL ? g_thread_new ("twin", twin_thread, &twin) : NULL;
  gboolean done = send_to (senders, senders->url, client, body);

  return (thread == NULL || GPOINTER_TO_INT (g_thread_join (thread))) && done;
}

static gpointer
sender_thread (gpointer data)
{
  Sender *sender = data;
  PdgSenders *senders = sender->senders;
  g_autoptr (GMainContext) context = g_main_context_new ();

  g_main_context_push_thread_default (context);
  {
    g_autoptr (PdgHttpClient) client = pdg_http_client_new (30000);

    while (!g_atomic_int_get (&senders->stopping))
      {
        g_autoptr (GArray) keys = g_array_new (FALSE, FALSE, sizeof (Key));
        g_autoptr (GBytes) body = make_batch (sender, keys, (guint) g_random_int_range (1, (gint32) senders->options.n_batch + 1));

        if (send_batch (senders, client, body))
          {
            g_array_append_vals (sender->acknowledged, keys->data, keys->len);
            g_atomic_int_add (&senders->n_acknowledged, (gint) keys->len);
          }
      }
  }
  g_main_context_pop_thread_default (context);
  return NULL;
}

PdgSenders *
pdg_senders_start (guint16 port, const PdgSendersOptions *options)
{
  PdgSenders *senders = g_new0 (PdgSenders, 1);

  senders->options = *options;
  senders->project = g_strdup (options->project != NULL ? options->project : "proj_demo");
  senders->url = g_strdup_printf ("http://127.0.0.1:%u/v1/events", port);
  if (options->twin_port != 0)
    senders->twin_url = g_strdup_printf ("http://127.0.0.1:%u/v1/events", options->twin_port);
  senders->all = g_new0 (Sender, options->n_threads);
  for (guint i = 0; i < options->n_threads; i++)
    {
      senders->all[i].senders = senders;
      senders->all[i].number = i;
      senders->all[i].acknowledged = g_array_new (FALSE, FALSE, sizeof (Key));
      senders->all[i].thread = g_thread_new ("sender", sender_thread, &senders->all[i]);
    }
  return senders;
}

guint
pdg_senders_get_n_broken (PdgSenders *senders)
{
  return (guint) g_atomic_int_get (&senders->n_broken);
}

guint
pdg_senders_get_n_refused (PdgSenders *senders)
{
  return (guint) g_atomic_int_get (&senders->n_refused);
}

guint
pdg_senders_get_n_acknowledged (PdgSenders *senders)
{
  return (guint) g_atomic_int_get (&senders->n_acknowledged);
}

void
pdg_senders_wait_for (PdgSenders *senders, guint n)
{
  gint64 deadline = g_get_monotonic_time () + PDG_SYSTEM_READY_USEC;
  guint target = pdg_senders_get_n_acknowledged (senders) + n;

  while (pdg_senders_get_n_acknowledged (senders) < target)
    {
      g_assert_cmpint (g_get_monotonic_time (), <, deadline);
      g_usleep (2000);
    }
}

void
pdg_senders_finish (PdgSenders *senders, gboolean give_up)
{
  g_atomic_int_set (&senders->giving_up, give_up);
  g_atomic_int_set (&senders->stopping, TRUE);
  for (guint i = 0; i < senders->options.n_threads; i++)
    g_clear_pointer (&senders->all[i].thread, g_thread_join);
}

guint
pdg_senders_count_lost (PdgSenders *senders, const char *uri)
{
  gint64 until_usec = g_get_monotonic_time () + 60 * G_USEC_PER_SEC;
  g_autoptr (GError) error = NULL;
  g_autoptr (PdgDbConn) conn = NULL;
  g_autoptr (PdgDbTx) tx = NULL;
  guint n_lost = 0;

  /* it may be recovering from the last kill */
  while ((conn = pdg_db_conn_open (uri, NULL, "system test", &error)) == NULL && g_get_monotonic_time () < until_usec)
    {
      g_clear_error (&error);
      g_usleep (20 * 1000);
    }
  g_assert_no_error (error);
  tx = pdg_db_tx_begin_maintenance (conn, &error);
  g_assert_no_error (error);
  for (guint i = 0; i < senders->options.n_threads; i++)
    {
      GArray *keys = senders->all[i].acknowledged;
      g_autoptr (PdgDbParams) params = pdg_db_params_new ();
      g_autoptr (PdgDbResult) result = NULL;

      if (keys->len == 0)
        continue;
      pdg_db_params_add_uuid_array (params, (const guint8 (*)[16]) (void *) keys->data, NULL, keys->len);
      result = pdg_db_tx_query (tx, "SELECT count(*) FROM unnest($1::uuid[]) sent (key) LEFT JOIN"
                                    " (SELECT event_key AS key, count(*) AS n FROM event GROUP BY 1) stored USING (key)"
                                    " WHERE stored.n IS DISTINCT FROM 1", params, &error);
      g_assert_no_error (error);
      n_lost += (guint) pdg_db_result_get_int8 (result, 0, 0);
    }
  return n_lost;
}

void
pdg_senders_assert_stored (PdgSenders *senders, const char *uri)
{
  g_assert_cmpuint (pdg_senders_get_n_acknowledged (senders), >, 0);
  g_assert_cmpuint (pdg_senders_count_lost (senders, uri), ==, 0);
  g_assert_cmpint (pdg_system_query (uri, "SELECT count(*) - count(DISTINCT event_key) FROM event"), ==, 0);
}

void
pdg_senders_free (PdgSenders *senders)
{
  if (senders == NULL)
    return;
  if (senders->options.n_threads > 0 && senders->all[0].thread != NULL)
    pdg_senders_finish (senders, TRUE);
  for (guint i = 0; i < senders->options.n_threads; i++)
    g_array_unref (senders->all[i].acknowledged);
  g_free (senders->all);
  g_free (senders->project);
  g_free (senders->url);
  g_free (senders->twin_url);
  g_free (senders);
}
