#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Plain records of the directory and of lists, as the store reads them and the API shows them. Each owns its texts;
 * absent times are G_MININT64, absent texts NULL. */

#define PDG_TIME_NONE G_MININT64

typedef struct
{
  char *uuid;
  char *name;
  gint64 created_usec;
  gint32 org_no;
} PdgOrganisation;

typedef struct
{
  char *id; /* public, "proj_demo" */
  char *name;
  char *time_zone; /* a name of the IANA database */
  gint64 created_usec;
  gint32 project_no;
  gint32 week_start; /* 0 Sunday to 6 Saturday */
} PdgProject;

typedef struct
{
  char *id;
  char *actor;
  char *entry_path; /* nullable */
  char *exit_path;  /* nullable */
  char *release;    /* nullable */
  gint64 started_usec;
  gint64 ended_usec;
  gint32 session_no;
  gint32 events;
  gint32 page_views;
  gint32 errors;
} PdgSessionSummary;

typedef struct
{
  char *version;
  gint64 first_seen_usec;
  gint32 sessions;
} PdgRelease;

/* A screen of a project. */
typedef struct
{
  char *path;  /* ids replaced: "/product/:id" */
  char *title; /* nullable */
  gint32 project_no;
  gint32 screen_no;
} PdgScreen;

/* A picture of a screen; its bytes are the blob's. */
typedef struct
{
  char *blob_id; /* SHA-256 in hexadecimal */
  char *media_type;
  gint64 snapshot_no;
  gint64 taken_usec;
  gint32 project_no;
  gint32 screen_no;
  gint32 session_no; /* 0 = none */
  gint32 width;      /* pixels */
  gint32 height;
} PdgSnapshot;

/* Activity right now. */
typedef struct
{
  gint64 as_of_usec;
  gint32 events_per_minute;
  gint32 active_sessions;
} PdgLive;

void        pdg_organisation_free (PdgOrganisation *organisation);
void        pdg_project_free (PdgProject *project);
void        pdg_session_summary_free (PdgSessionSummary *session);
void        pdg_release_free (PdgRelease *release);
void        pdg_screen_free (PdgScreen *screen);
void        pdg_snapshot_free (PdgSnapshot *snapshot);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PdgOrganisation, pdg_organisation_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PdgProject, pdg_project_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PdgSessionSummary, pdg_session_summary_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PdgRelease, pdg_release_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PdgScreen, pdg_screen_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PdgSnapshot, pdg_snapshot_free)

G_END_DECLS
