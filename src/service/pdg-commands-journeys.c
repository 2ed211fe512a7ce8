#include "config.h"
#include "service/pdg-commands-journeys.h"

#include "db/pdg-db-error.h"
#include "model/pdg-event.h"
#include "model/pdg-screen-path.h"
#include "service/pdg-commands-private.h"
#include "store/pdg-store-designs.h"
#include "store/pdg-store-numbers.h"

#include <string.h>

#define MAX_NAME_LEN 100
#define MAX_ID_LEN 256 /* of gen_ai.journey.id and gen_ai.journey.step.id, which a design is compared with */
#define MAX_PATH_BYTES 2048

/* Says "steps.3.id" of one of several. */
static char *
dup_text_of (const char *list, guint index, const char *member, const char *text, glong max, GError **error)
{
  g_autofree char *field = g_strdup_printf ("%s.%u.%s", list, index, member);

  return pdg_commands_dup_text (text, field, 1, max, error);
}

static gboolean
refuse (const char *list, guint index, const char *member, GError **error, const char *message)
{
  g_autofree char *field = g_strdup_printf ("%s.%u.%s", list, index, member);

  pdg_service_error_set (error, PDG_SERVICE_ERROR_INVALID, field, "%s: %s", field, message);
  return FALSE;
}

/* Trims the texts and replaces the ids in the path. */
static gboolean
check_step (PdgJourneyStep *step, guint index, GError **error)
{
  char path[PDG_SCREEN_PATH_MAX_BYTES + 1];
  char *id = dup_text_of ("steps", index, "id", step->id, MAX_ID_LEN, error);
  char *name = id != NULL ? dup_text_of ("steps", index, "name", step->name, MAX_NAME_LEN, error) : NULL;

  if (name == NULL)
    {
      g_free (id);
      return FALSE;
    }
  g_free (step->id);
  g_free (step->name);
  step->id = id;
  step->name = name;
  if (step->screen_path == NULL)
    return TRUE;
  if (*step->screen_path == '\0' || strlen (step->screen_path) > MAX_PATH_BYTES)
    return refuse ("steps", index, "screenPath", error, "use the path of a page, such as /checkout, of at most 2048 bytes");
  pdg_screen_path_normalise (step->screen_path, strlen (step->screen_path), path);
  g_free (step->screen_path);
  step->screen_path = g_strdup (path);
  return TRUE;
}

static gboolean
check_steps (GPtrArray *steps, GError **error)
{
  g_autoptr (GHashTable) ids = g_hash_table_new (g_str_hash, g_str_equal);

  if (steps->len > PDG_JOURNEY_MAX_STEPS)
    {
      pdg_service_error_set (error, PDG_SERVICE_ERROR_INVALID, "steps", "steps: use at most %d", PDG_JOURNEY_MAX_STEPS);
      return FALSE;
    }
  for (guint i = 0; i < steps->len; i++)
    {
      PdgJourneyStep *step = steps->pdata[i];

      if (!check_step (step, i, error))
        return FALSE;
      if (!g_hash_table_add (ids, step->id))
        return refuse ("steps", i, "id", error, "there is a step with this id already; give each another one");
    }
  return TRUE;
}

static guint
link_hash (gconstpointer data)
{
  const PdgJourneyLink *link = data;

  return g_str_hash (link->from) * 31 + g_str_hash (link->to);
}

static gboolean
link_equal (gconstpointer a, gconstpointer b)
{
  const PdgJourneyLink *x = a, *y = b;

  return strcmp (x->from, y->from) == 0 && strcmp (x->to, y->to) == 0;
}

/* Every end is the id of a step, which was trimmed. */
static gboolean
check_links (GPtrArray *links, GPtrArray *steps, GError **error)
{
  g_autoptr (GHashTable) ids = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (GHashTable) seen = g_hash_table_new (link_hash, link_equal);

  if (links->len > PDG_JOURNEY_MAX_LINKS)
    {
      pdg_service_error_set (error, PDG_SERVICE_ERROR_INVALID, "transitions", "transitions: use at most %d", PDG_JOURNEY_MAX_LINKS);
      return FALSE;
    }
  for (guint i = 0; i < steps->len; i++)
    g_hash_table_add (ids, ((PdgJourneyStep *) steps->pdata[i])->id);
  for (guint i = 0; i < links->len; i++)
    {
      PdgJourneyLink *link = links->pdata[i];

      g_strstrip (link->from);
      g_strstrip (link->to);
      if (!g_hash_table_contains (ids, link->from))
        return refuse ("transitions", i, "from", error, "there is no step with this id");
      if (!g_hash_table_contains (ids, link->to))
        return refuse ("transitions", i, "to", error, "there is no step with this id");
      if (!g_hash_table_add (seen, link))
        return refuse ("transitions", i, "to", error, "there is a transition between these steps already");
    }
  return TRUE;
}

/* Numbers the screens of the steps, new ones too. */
static gboolean
number_screens (PdgDbTx *tx, gint32 project_no, GPtrArray *steps, GError **error)
{
  g_autofree PdgSlice *paths = g_new (PdgSlice, steps->len + 1);
  g_autofree gint32 *numbers = g_new0 (gint32, steps->len + 1);
  guint n = 0;

  for (guint i = 0; i < steps->len; i++)
    {
      const char *path = ((PdgJourneyStep *) steps->pdata[i])->screen_path;

      if (path != NULL)
        paths[n++] = (PdgSlice) { path, (guint32) strlen (path) };
    }
  if (n > 0 && !pdg_store_assign_screens (tx, project_no, paths, n, numbers, error))
    return FALSE;
  n = 0;
  for (guint i = 0; i < steps->len; i++)
    {
      PdgJourneyStep *step = steps->pdata[i];

      step->screen_no = step->screen_path != NULL ? numbers[n++] : 0;
    }
  return TRUE;
}

/* The steps and links that the journey is to have, as a whole, so that what is left of it still fits what is new. */
static gboolean
save_steps (PdgDbTx *tx, const PdgJourney *journey, const PdgJourneyDraft *draft, GError **error)
{
  g_autoptr (GPtrArray) old_steps = draft->steps == NULL ? pdg_store_list_journey_steps (tx, &journey->journey_no, 1, error) : NULL;
  g_autoptr (GPtrArray) old_links = draft->links == NULL ? pdg_store_list_journey_links (tx, &journey->journey_no, 1, error) : NULL;
  GPtrArray *steps, *links;

  if ((draft->steps == NULL && old_steps == NULL) || (draft->links == NULL && old_links == NULL))
    return FALSE;
  steps = old_steps != NULL ? old_steps->pdata[0] : draft->steps;
  links = old_links != NULL ? old_links->pdata[0] : draft->links;
  return check_steps (steps, error) && check_links (links, steps, error) && number_screens (tx, journey->project_no, steps, error)
         && pdg_store_replace_journey_steps (tx, journey->journey_no, steps, links, error);
}

PdgJourney *
pdg_commands_create_journey (PdgDbConn *conn, PdgPrincipal *principal, const char *project_id, const char *id, const PdgJourneyDraft *draft,
                             GError **error)
{
  g_autoptr (PdgDbTx) tx = pdg_commands_begin (conn, principal, PDG_ROLE_EDITOR, error);
  g_autoptr (PdgProject) project = tx != NULL ? pdg_commands_find_project (tx, principal, project_id, "projectId", error) : NULL;
  g_autofree char *name = project != NULL ? pdg_commands_dup_text (draft->name, "name", 1, MAX_NAME_LEN, error) : NULL;
  g_autofree char *made = NULL;
  g_autoptr (PdgJourney) journey = NULL;
  g_autoptr (GError) local = NULL;

  if (name == NULL)
    return NULL;
  made = id != NULL ? pdg_commands_dup_text (id, "id", 1, MAX_ID_LEN, error) : pdg_commands_make_id ("", name);
  if (made == NULL)
    return NULL;
  journey = pdg_store_create_journey (tx, project->project_no, made, name, &local);
  if (g_error_matches (local, PDG_DB_ERROR, PDG_DB_ERROR_UNIQUE_VIOLATION))
    {
      pdg_service_error_set (error, PDG_SERVICE_ERROR_CONFLICT, id != NULL ? "id" : "name",
                             "id: there is a designed journey \"%s\" already; change that one, or choose another id", made);
      return NULL;
    }
  if (journey == NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local));
      return NULL;
    }
  if (!save_steps (tx, journey, draft, error)
      || !pdg_commands_commit (tx, principal, error, "designed the journey %s of the project %s", made, project_id))
    return NULL;
  return g_steal_pointer (&journey);
}

/* A designed journey of the project, held. (transfer full) */
static PdgJourney *
lock_designed (PdgDbTx *tx, PdgPrincipal *principal, const char *project_id, const char *id, GError **error)
{
  g_autoptr (PdgProject) project = pdg_commands_find_project (tx, principal, project_id, "projectId", error);
  g_autoptr (PdgJourney) journey = NULL;
  g_autoptr (GError) local = NULL;

  if (project == NULL)
    return NULL;
  journey = pdg_store_lock_journey (tx, project->project_no, id, &local);
  if (local != NULL)
    g_propagate_error (error, g_steal_pointer (&local));
  else if (journey == NULL)
    pdg_service_error_set (error, PDG_SERVICE_ERROR_NOT_FOUND, "id", "project \"%s\" has no designed journey \"%s\"", project_id, id);
  else if (journey->kind == PDG_JOURNEY_OBSERVED)
    pdg_service_error_set (error, PDG_SERVICE_ERROR_CONFLICT, "id", "the journey \"%s\" is what events say, and cannot be changed; design one of your own", id);
  else
    return g_steal_pointer (&journey);
  return NULL;
}

PdgJourney *
pdg_commands_update_journey (PdgDbConn *conn, PdgPrincipal *principal, const char *project_id, const char *id, const PdgJourneyDraft *draft,
                             GError **error)
{
  g_autoptr (PdgDbTx) tx = pdg_commands_begin (conn, principal, PDG_ROLE_EDITOR, error);
  g_autoptr (PdgJourney) before = tx != NULL ? lock_designed (tx, principal, project_id, id, error) : NULL;
  g_autoptr (PdgJourney) after = NULL;
  g_autofree char *name = NULL;

  if (before == NULL)
    return NULL;
  if (draft->updated_usec != PDG_TIME_NONE && draft->updated_usec != before->updated_usec)
    {
      pdg_service_error_set (error, PDG_SERVICE_ERROR_CONFLICT, "updatedAt",
                             "updatedAt: somebody changed the journey since you read it; read it again, then make your change");
      return NULL;
    }
  if (draft->name != NULL && (name = pdg_commands_dup_text (draft->name, "name", 1, MAX_NAME_LEN, error)) == NULL)
    return NULL;
  if ((draft->steps != NULL || draft->links != NULL) && !save_steps (tx, before, draft, error))
    return NULL;
  after = pdg_store_update_journey (tx, before->journey_no, name, error);
  if (after == NULL || !pdg_commands_commit (tx, principal, error, "changed the journey %s of the project %s", id, project_id))
    return NULL;
  return g_steal_pointer (&after);
}

gboolean
pdg_commands_delete_journey (PdgDbConn *conn, PdgPrincipal *principal, const char *project_id, const char *id, GError **error)
{
  g_autoptr (PdgDbTx) tx = pdg_commands_begin (conn, principal, PDG_ROLE_EDITOR, error);
  g_autoptr (PdgJourney) journey = tx != NULL ? lock_designed (tx, principal, project_id, id, error) : NULL;

  return journey != NULL && pdg_store_delete_journey (tx, journey->journey_no, error)
         && pdg_commands_commit (tx, principal, error, "removed the journey %s of the project %s", id, project_id);
}
