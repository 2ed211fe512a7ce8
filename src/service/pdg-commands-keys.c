#include "config.h"
#include "service/pdg-commands.h"

#include "base/pdg-clock.h"
#include "service/pdg-commands-private.h"
#include "store/pdg-store-keys.h"

#include <string.h>

#define MAX_OVERLAP_SECONDS (90 * 24 * 60 * 60)
#define MAX_RATE 1000000
#define MAX_BURST 100000000
#define MAX_ORIGINS 100
#define MAX_ORIGIN_LEN 300

static void
set_no_key (const char *project_id, GError **error)
{
  if (error == NULL || *error == NULL)
    pdg_service_error_set (error, PDG_SERVICE_ERROR_NOT_FOUND, "id", "project \"%s\" has no such valid key", project_id);
}

PdgApiKey *
pdg_commands_rotate_api_key (PdgDbConn *conn, PdgPrincipal *principal, const char *project_id, gint32 key_no, gint64 overlap_seconds, GError **error)
{
  g_autoptr (PdgDbTx) tx = pdg_commands_begin (conn, principal, PDG_ROLE_ADMIN, error);
  g_autoptr (PdgProject) project = tx != NULL ? pdg_commands_find_project (tx, principal, project_id, "projectId", error) : NULL;
  g_autoptr (PdgApiKey) old = NULL, made = NULL, limited = NULL;
  g_autoptr (GError) local = NULL;
  char shown[PDG_COMMANDS_SHOWN_LEN + 1];
  guint8 hash[32];
  g_autofree char *secret = NULL;

  if (project == NULL)
    return NULL;
  if (overlap_seconds < 0 || overlap_seconds > MAX_OVERLAP_SECONDS)
    {
      pdg_service_error_set (error, PDG_SERVICE_ERROR_INVALID, "overlapSeconds", "overlapSeconds: use 0 to %d", MAX_OVERLAP_SECONDS);
      return NULL;
    }
  old = pdg_store_end_api_key (tx, project->project_no, key_no, pdg_clock_now_usec () + overlap_seconds * G_USEC_PER_SEC, &local);
  if (old == NULL)
    {
      set_no_key (project_id, &local);
      g_propagate_error (error, g_steal_pointer (&local));
      return NULL;
    }
  secret = pdg_commands_make_secret ("pgk_", hash, shown);
  made = pdg_store_create_api_key (tx, project->project_no, hash, shown, old->label, error);
  limited = made != NULL ? pdg_store_limit_api_key (tx, project->project_no, made->key_no, old->events_per_second, old->burst_events, error) : NULL;
  if (limited == NULL
      || !pdg_commands_commit (tx, principal, error, "put the ingest key %s in place of %s of the project %s", shown, old->prefix, project_id))
    return NULL;
  limited->secret = g_steal_pointer (&secret);
  return g_steal_pointer (&limited);
}

PdgApiKey *
pdg_commands_limit_api_key (PdgDbConn *conn, PdgPrincipal *principal, const char *project_id, gint32 key_no, int events_per_second,
                            int burst_events, GError **error)
{
  g_autoptr (PdgDbTx) tx = pdg_commands_begin (conn, principal, PDG_ROLE_ADMIN, error);
  g_autoptr (PdgProject) project = tx != NULL ? pdg_commands_find_project (tx, principal, project_id, "projectId", error) : NULL;
  g_autoptr (PdgApiKey) key = NULL;
  g_autoptr (GError) local = NULL;

  if (project == NULL)
    return NULL;
  if (events_per_second < -1 || events_per_second > MAX_RATE)
    {
      pdg_service_error_set (error, PDG_SERVICE_ERROR_INVALID, "eventsPerSecond", "eventsPerSecond: use 0 to %d", MAX_RATE);
      return NULL;
    }
  if (burst_events < 0 || burst_events > MAX_BURST)
    {
      pdg_service_error_set (error, PDG_SERVICE_ERROR_INVALID, "burstEvents", "burstEvents: use 1 to %d", MAX_BURST);
      return NULL;
    }
  key = pdg_store_limit_api_key (tx, project->project_no, key_no, events_per_second, burst_events, &local);
  if (key == NULL)
    {
      set_no_key (project_id, &local);
      g_propagate_error (error, g_steal_pointer (&local));
      return NULL;
    }
  return pdg_commands_commit (tx, principal, error, "limited the ingest key %s of the project %s", key->prefix, project_id) ? g_steal_pointer (&key) : NULL;
}

/* A scheme, "://" and an authority, of which the first label may be "*"; or "*" alone. */
static gboolean
is_origin (const char *text)
{
  const char *authority = strstr (text, "://");

  if (g_str_equal (text, "*"))
    return TRUE;
  if (authority == NULL || authority == text || strlen (text) > MAX_ORIGIN_LEN)
    return FALSE;
  authority += 3;
  if (g_str_has_prefix (authority, "*."))
    authority += 2;
  return *authority != '\0' && strspn (text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+-.:/[]_*") == strlen (text)
         && strpbrk (authority, "/*") == NULL;
}

gboolean
pdg_commands_set_origins (PdgDbConn *conn, PdgPrincipal *principal, const char *project_id, const char *const *origins, GError **error)
{
  g_autoptr (PdgDbTx) tx = pdg_commands_begin (conn, principal, PDG_ROLE_ADMIN, error);
  g_autoptr (PdgProject) project = tx != NULL ? pdg_commands_find_project (tx, principal, project_id, "projectId", error) : NULL;

  if (project == NULL)
    return FALSE;
  if (origins != NULL && g_strv_length ((char **) origins) > MAX_ORIGINS)
    {
      pdg_service_error_set (error, PDG_SERVICE_ERROR_INVALID, "origins", "origins: use %d at most", MAX_ORIGINS);
      return FALSE;
    }
  for (guint i = 0; origins != NULL && origins[i] != NULL; i++)
    if (!is_origin (origins[i]))
      {
        pdg_service_error_set (error, PDG_SERVICE_ERROR_INVALID, "origins", "origins: \"%s\" is none; use https://shop.example, https://*.shop.example or *",
                               origins[i]);
        return FALSE;
      }
  return pdg_store_set_origins (tx, project->project_no, origins, error)
         && pdg_commands_commit (tx, principal, error, "set the origins of the project %s", project_id);
}
