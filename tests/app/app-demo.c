#include "config.h"

#include <stdlib.h>

#include "app/pdg-application.h"
#include "pdg-fake-client.h"
#include "pdg-fake-shop.h"

/* The window over a fake client, to be looked at and driven by hand or by xdotool:
 * app-demo [shop|live|empty|range|loading|error|starting|failed|away] */

#define EMPTY_PROJECT                                                                                                       \
  "{\"data\":{\"project\":{\"id\":\"proj_demo\",\"newestEventAt\":%s,\"live\":{\"eventsPerMinute\":0,\"activeSessions\":0," \
  "\"asOf\":\"2026-11-22T10:00:00Z\"},\"journeyGraph\":{\"asOf\":\"2026-11-22T10:00:00Z\",\"sessionCount\":0,\"eventCount\":0,"\
  "\"screens\":[],\"transitions\":[]}}}}"

typedef struct
{
  const char *scenario;
  PdgFakeShop *shop;
  PdgFakeClient *client;
  guint progress;
} Demo;

static gboolean
live_cb (gpointer user_data)
{
  Demo *demo = user_data;

  pdg_fake_shop_play (demo->shop, 25);
  pdg_fake_client_emit (demo->client, "Changed", "{\"data\":{\"projectChanged\":{\"sequence\":1}}}");
  return G_SOURCE_CONTINUE;
}

static gboolean
progress_cb (gpointer user_data)
{
  Demo *demo = user_data;
  g_autofree char *message = NULL;

  demo->progress += 4;
  message = g_strdup_printf ("{\"data\":{\"demoProgress\":{\"projectId\":\"proj_shop\",\"done\":%u,\"total\":48000,\"running\":%s,"
                             "\"error\":null}}}",
                             demo->progress * 480, demo->progress < 100 ? "true" : "false");
  if (demo->progress >= 100)
    {
      pdg_fake_shop_play (demo->shop, 4000);
      pdg_fake_shop_attach (demo->shop, demo->client);
    }
  pdg_fake_client_emit (demo->client, "Demo", message);
  return demo->progress < 100 ? G_SOURCE_CONTINUE : G_SOURCE_REMOVE;
}

static char *
answer_load_demo (JsonNode *variables, gpointer user_data)
{
  Demo *demo = user_data;

  demo->progress = 0;
  g_timeout_add (150, progress_cb, demo);
  return g_strdup ("{\"data\":{\"loadDemo\":{\"projectId\":\"proj_shop\",\"done\":0,\"total\":48000,\"running\":true,\"error\":null}}}");
}

static gboolean
away_cb (gpointer user_data)
{
  Demo *demo = user_data;

  pdg_client_set_state (PDG_CLIENT (demo->client), PDG_CLIENT_AWAY, "the database does not answer.");
  return G_SOURCE_REMOVE;
}

static gboolean
connected_cb (gpointer user_data)
{
  Demo *demo = user_data;

  pdg_client_set_state (PDG_CLIENT (demo->client), PDG_CLIENT_CONNECTED, NULL);
  return G_SOURCE_REMOVE;
}

static void
set_scenario (Demo *demo)
{
  const char *scenario = demo->scenario;
  g_autofree char *empty = g_strdup_printf (EMPTY_PROJECT, g_str_equal (scenario, "range") ? "\"2024-01-15T10:30:00Z\"" : "null");

  pdg_fake_shop_attach (demo->shop, demo->client);
  pdg_fake_client_set_answer_func (demo->client, "LoadDemo", answer_load_demo, demo);
  pdg_fake_client_set_answer (demo->client, "CreateProject",
                              "{\"data\":{\"createProject\":{\"project\":null,\"errors\":[{\"message\":\"There is a project of this name already.\"}]}}}");
  if (g_str_equal (scenario, "empty") || g_str_equal (scenario, "range"))
    {
      pdg_fake_client_set_answer (demo->client, "Graph", empty);
      pdg_fake_client_set_answer (demo->client, "Live", empty);
    }
  else
    pdg_fake_shop_play (demo->shop, 4000);
  if (g_str_equal (scenario, "loading"))
    pdg_fake_client_set_held (demo->client, "Graph", TRUE);
  if (g_str_equal (scenario, "error"))
    pdg_fake_client_set_answer (demo->client, "Graph", NULL);
  if (g_str_equal (scenario, "live"))
    g_timeout_add (400, live_cb, demo);
  if (g_str_equal (scenario, "away"))
    g_timeout_add (1500, away_cb, demo);
  if (g_str_equal (scenario, "failed"))
    pdg_client_set_state (PDG_CLIENT (demo->client), PDG_CLIENT_FAILED,
                          "PostgreSQL 15 or later is not installed. Install the package postgresql, or name a server in DATABASE_URL.");
  else if (g_str_equal (scenario, "starting"))
    pdg_client_set_state (PDG_CLIENT (demo->client), PDG_CLIENT_STARTING, "Preparing the database…");
  else
    g_timeout_add (50, connected_cb, demo);
}

static PdgClient *
start (gpointer user_data)
{
  Demo *demo = user_data;

  demo->client = pdg_fake_client_new ();
  set_scenario (demo);
  return PDG_CLIENT (g_object_ref (demo->client));
}

static void
restart (PdgClient *client, gpointer user_data)
{
  pdg_client_set_state (client, PDG_CLIENT_CONNECTED, NULL);
}

int
main (int argc, char **argv)
{
  Demo demo = { .scenario = argc > 1 ? argv[1] : "shop", .shop = pdg_fake_shop_new () };
  const PdgAppHooks hooks = { start, restart, NULL, &demo };
  int status = pdg_app_run (&hooks, 1, argv);

  g_clear_object (&demo.client);
  pdg_fake_shop_free (demo.shop);
  return status;
}
