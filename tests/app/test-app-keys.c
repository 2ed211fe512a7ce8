#include "config.h"

#include "app/pdg-keys.h"
#include "pdg-fake-client.h"

#include <string.h>

/* The list of keys and what is done with them, over a fake client. */

#define NOW (G_GINT64_CONSTANT (1795305600) * G_USEC_PER_SEC) /* 2026-11-22T00:00:00Z */
#define KEY(id, more) "{\"id\":\"" id "\",\"label\":\"web\",\"prefix\":\"pgk_abc" id "\",\"createdAt\":\"2026-11-21T22:00:00Z\"" more "}"
#define PAGE(nodes, next) "{\"data\":{\"project\":{\"keys\":{\"nodes\":[" nodes "],\"pageInfo\":{\"hasNextPage\":" next ",\"endCursor\":\"1\"}}}}}"

static void
wait_for (PdgKeys *keys, PdgKeysPhase phase)
{
  gint64 deadline = g_get_monotonic_time () + 10 * G_USEC_PER_SEC;

  while (pdg_keys_get_phase (keys) != phase)
    {
      g_assert_cmpint (g_get_monotonic_time (), <, deadline);
      g_main_context_iteration (NULL, TRUE);
    }
}

static void
test_phases (void)
{
  g_autoptr (PdgFakeClient) client = pdg_fake_client_new ();
  g_autoptr (PdgKeys) keys = pdg_keys_new (PDG_CLIENT (client));
  g_autoptr (PdgKey) first = NULL;

  pdg_fake_client_set_held (client, "Keys", TRUE);
  pdg_fake_client_set_answer (client, "Keys", PAGE ("", "false"));
  pdg_keys_load (keys, "proj");
  g_assert_cmpint (pdg_keys_get_phase (keys), ==, PDG_KEYS_LOADING);
  pdg_fake_client_set_held (client, "Keys", FALSE);
  pdg_fake_client_release (client, "Keys");
  wait_for (keys, PDG_KEYS_EMPTY);

  pdg_fake_client_set_answer (client, "Keys", "{\"data\":{\"project\":{\"keys\":null}},\"errors\":[{\"message\":\"this needs the role admin\"}]}");
  pdg_keys_load (keys, "proj");
  wait_for (keys, PDG_KEYS_ERROR);
  g_assert_cmpstr (pdg_keys_get_error_message (keys), ==, "this needs the role admin");

  pdg_fake_client_set_answer (client, "Keys", PAGE (KEY ("1", "") "," KEY ("2", ""), "false"));
  pdg_keys_load (keys, "proj");
  wait_for (keys, PDG_KEYS_READY);
  g_assert_null (pdg_keys_get_error_message (keys));
  g_assert_cmpuint (g_list_model_get_n_items (pdg_keys_get_model (keys)), ==, 2);
  first = g_list_model_get_item (pdg_keys_get_model (keys), 0);
  g_assert_cmpstr (pdg_key_get_id (first), ==, "2"); /* the newest */
  pdg_keys_close (keys);
}

static void
test_describe (void)
{
  static const struct
  {
    const char *more, *state, *text;
    PdgKeyState is;
  } cases[] = {
    { "", "Valid", "Made 2 h ago · not used yet · limit as the collector is set", PDG_KEY_VALID },
    { ",\"lastUsedAt\":\"2026-11-21T23:56:00Z\",\"eventsPerSecond\":1500", "Valid", "Made 2 h ago · used 4 min ago · up to 1,500 events a second",
      PDG_KEY_VALID },
    { ",\"eventsPerSecond\":0,\"endsAt\":\"2026-11-22T03:20:00Z\"", "Ends in 3 h 20 min",
      "Made 2 h ago · not used yet · any number of events", PDG_KEY_ENDING },
    { ",\"endsAt\":\"2026-11-21T23:00:00Z\"", "Ended 21 Nov 2026", NULL, PDG_KEY_ENDED },
    { ",\"endsAt\":\"2026-11-21T23:00:00Z\",\"revokedAt\":\"2026-11-21T22:30:00Z\"", "Revoked 21 Nov 2026", NULL, PDG_KEY_REVOKED },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *json = g_strconcat ("{\"id\":\"1\",\"label\":\"\",\"prefix\":\"pgk_abc\",\"createdAt\":\"2026-11-21T22:00:00Z\"",
                                           cases[i].more, "}", NULL);
      g_autoptr (JsonNode) node = json_from_string (json, NULL);
      g_autoptr (PdgKey) key = pdg_key_new (json_node_get_object (node));
      g_autofree char *state = pdg_key_describe_state (key, NOW), *text = pdg_key_describe (key, NOW), *prefix = pdg_key_dup_prefix (key);

      g_assert_cmpint (pdg_key_get_state (key, NOW), ==, cases[i].is);
      g_assert_cmpstr (state, ==, cases[i].state);
      if (cases[i].text != NULL)
        g_assert_cmpstr (text, ==, cases[i].text);
      g_assert_cmpstr (pdg_key_get_name (key), ==, "Key without a name");
      g_assert_cmpstr (prefix, ==, "pgk_abc…");
    }
}

typedef struct
{
  gboolean done, worked;
  char *secret;
  GError *error;
} Outcome;

static void
changed_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Outcome *outcome = user_data;

  outcome->worked = pdg_keys_change_finish (PDG_KEYS (source), result, &outcome->secret, &outcome->error);
  outcome->done = TRUE;
}

static Outcome
change (PdgKeys *keys, PdgKeyChange what, PdgKey *key, int number)
{
  Outcome outcome = { 0 };

  pdg_keys_change_async (keys, what, key, "web", number, changed_cb, &outcome);
  while (!outcome.done)
    g_main_context_iteration (NULL, TRUE);
  return outcome;
}

static void
test_changes (void)
{
  g_autoptr (PdgFakeClient) client = pdg_fake_client_new ();
  g_autoptr (PdgKeys) keys = pdg_keys_new (PDG_CLIENT (client));
  g_autoptr (PdgKey) key = NULL;
  Outcome outcome;

  pdg_fake_client_set_answer (client, "Keys", PAGE (KEY ("1", ",\"burstEvents\":7"), "false"));
  pdg_keys_load (keys, "proj");
  wait_for (keys, PDG_KEYS_READY);
  key = g_list_model_get_item (pdg_keys_get_model (keys), 0);

  pdg_fake_client_set_answer (client, "CreateKey", "{\"data\":{\"createApiKey\":{\"secret\":\"pgk_s\",\"key\":{\"id\":\"2\"},\"errors\":[]}}}");
  outcome = change (keys, PDG_KEY_CHANGE_CREATE, NULL, 0);
  g_assert_no_error (outcome.error);
  g_assert_cmpstr (outcome.secret, ==, "pgk_s");
  g_free (outcome.secret);

  pdg_fake_client_set_answer (client, "LimitKey", "{\"data\":{\"limitApiKey\":{\"key\":null,\"errors\":[{\"message\":\"no such key\"}]}}}");
  outcome = change (keys, PDG_KEY_CHANGE_LIMIT, key, 5);
  g_assert_error (outcome.error, PDG_CLIENT_ERROR, PDG_CLIENT_ERROR_REFUSED);
  g_assert_cmpstr (outcome.error->message, ==, "no such key");
  g_error_free (outcome.error);

  pdg_fake_client_set_answer (client, "RevokeKey", "{\"data\":{\"revokeApiKey\":{\"key\":{\"id\":\"1\"},\"errors\":[]}}}");
  outcome = change (keys, PDG_KEY_CHANGE_REVOKE, key, 0);
  g_assert_no_error (outcome.error);
  g_assert_true (outcome.worked);
  g_assert_null (outcome.secret);
  pdg_keys_close (keys);
}

int
main (int argc, char *argv[])
{
  g_setenv ("TZ", "UTC", TRUE);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/app/keys/phases", test_phases);
  g_test_add_func ("/app/keys/describe", test_describe);
  g_test_add_func ("/app/keys/changes", test_changes);
  return g_test_run ();
}
