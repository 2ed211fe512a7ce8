#include "config.h"
#include "model/pdg-records.h"

void
pdg_organisation_free (PdgOrganisation *organisation)
{
  if (organisation == NULL)
    return;
  g_free (organisation->uuid);
  g_free (organisation->name);
  g_free (organisation);
}

void
pdg_project_free (PdgProject *project)
{
  if (project == NULL)
    return;
  g_free (project->id);
  g_free (project->name);
  g_free (project->time_zone);
  g_free (project);
}

void
pdg_actor_free (PdgActor *actor)
{
  if (actor == NULL)
    return;
  g_free (actor->id);
  g_free (actor);
}

void
pdg_group_free (PdgGroup *group)
{
  if (group == NULL)
    return;
  g_free (group->type);
  g_free (group->id);
  g_free (group);
}

void
pdg_person_request_free (PdgPersonRequest *request)
{
  if (request == NULL)
    return;
  g_free (request->kind);
  g_free (request->requested_by);
  g_free (request->pseudonym);
  g_free (request);
}

void
pdg_merge_free (PdgMerge *merge)
{
  if (merge == NULL)
    return;
  g_free (merge->id);
  g_free (merge);
}

void
pdg_session_summary_free (PdgSessionSummary *session)
{
  if (session == NULL)
    return;
  g_free (session->id);
  g_free (session->actor.id);
  g_free (session->entry_path);
  g_free (session->exit_path);
  g_free (session->release);
  g_free (session);
}

void
pdg_live_free (PdgLive *live)
{
  if (live == NULL)
    return;
  g_free (live->session_nos);
  g_free (live);
}

void
pdg_release_free (PdgRelease *release)
{
  if (release == NULL)
    return;
  g_free (release->version);
  g_free (release);
}

void
pdg_screen_free (PdgScreen *screen)
{
  if (screen == NULL)
    return;
  g_free (screen->path);
  g_free (screen->title);
  g_free (screen);
}

void
pdg_snapshot_free (PdgSnapshot *snapshot)
{
  if (snapshot == NULL)
    return;
  g_free (snapshot->blob_id);
  g_free (snapshot->media_type);
  g_free (snapshot->journey);
  g_free (snapshot->step);
  g_free (snapshot);
}
