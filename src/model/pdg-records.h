#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* How an actor is known. A larger one says more. */
typedef enum
{
  PDG_ACTOR_SESSION,
  PDG_ACTOR_ANONYMOUS,
  PDG_ACTOR_USER,
} PdgActorKind;

/* Plain records of the directory and of lists, as the store reads them and the API shows them. Each owns its texts, where it does not
 * say otherwise; absent times are G_MININT64, absent texts NULL. */

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

/* Who uses a product: whom a session belongs to. */
typedef struct
{
  char *id; /* user.id, else anonymous.id, else session.id */
  gint32 project_no;
  gint32 actor_no;  /* 0 = the session stands for it */
  gint16 kind;      /* 0 known by its session only, 1 anonymous, 2 user */
  gboolean has_figures;
  gint64 first_seen_usec; /* the figures, once asked for */
  gint64 last_seen_usec;
  gint32 sessions;
  gint64 active_usec; /* of a list by activity: the end of its last session there */
} PdgActor;

/* People who belong together: a company, a team. */
typedef struct
{
  char *type;
  char *id;
  gint32 project_no;
  gint32 group_no;
} PdgGroup;

/* What was done for a person: deleted, made anonymous, or exported. */
typedef struct
{
  char *kind; /* "delete", "anonymise", "export" */
  char *requested_by;
  char *pseudonym; /* nullable: what an anonymised person is called now */
  gint64 requested_usec;
  gint64 done_usec; /* PDG_TIME_NONE = goes on */
  gint64 events;
  gint64 sessions;
  gint32 request_no;
} PdgPersonRequest;

/* An actor that was found to be another one. */
typedef struct
{
  char *id;          /* of the actor that was merged */
  gint16 kind;
  gboolean is_alias; /* because of an alias; else an event named both */
  gint64 merged_usec;
} PdgMerge;

typedef struct
{
  char *id;
  PdgActor actor;
  char *entry_path; /* nullable */
  char *exit_path;  /* nullable */
  char *release;    /* nullable */
  gint64 started_usec;
  gint64 ended_usec;
  gint32 project_no;
  gint32 session_no;
  gint32 events;
  gint32 page_views;
  gint32 errors;
} PdgSessionSummary;

/* An event as it is stored; texts are nullable, and absent when they were not asked for. It lies with its texts in an arena. */
typedef struct
{
  const char *id;
  const char *type;
  const char *name;
  const char *page_path;
  const char *page_title;
  const char *component;
  const char *component_path;
  const char *journey;
  const char *step;
  const char *release;
  const char *properties; /* JSON object of every other key */
  const char *metadata;   /* JSON */
  gint64 ts_usec;
  gint64 received_usec;
  gint32 project_no;
  gint32 session_no;
  gint32 screen_no; /* 0 = none */
  gint32 sequence;  /* G_MININT32 = none */
  guint flags;      /* PdgEventFlags, and the number of the redaction rules */
  guint8 key[16];
} PdgStoredEvent;

typedef struct
{
  char *version;
  gint64 first_seen_usec; /* of all time */
  gint64 last_seen_usec;
  gint64 sessions;        /* active in the half-open range that was asked for */
  gint64 from_usec;
  gint64 to_usec;
  gint32 project_no;
  gint32 release_no;
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
  gint32 viewport_width; /* logical pixels; 0 = not known, as the next */
  gint32 viewport_height;
  double device_scale;
  char *journey; /* (nullable), as the next */
  char *step;
} PdgSnapshot;

/* When the events of a project happened. */
typedef struct
{
  gint64 oldest_usec;
  gint64 newest_usec;
} PdgEventSpan;

/* Activity right now. */
typedef struct
{
  gint64 as_of_usec;
  gint64 events_per_minute;
  gint64 active_sessions;
  gint64 active_actors;
  gint64 *session_nos; /* of the active ones, when they were asked for */
  gsize n_session_nos;
  gint32 project_no;
} PdgLive;

void        pdg_organisation_free (PdgOrganisation *organisation);
void        pdg_project_free (PdgProject *project);
void        pdg_actor_free (PdgActor *actor);
void        pdg_group_free (PdgGroup *group);
void        pdg_merge_free (PdgMerge *merge);
void        pdg_person_request_free (PdgPersonRequest *request);
void        pdg_session_summary_free (PdgSessionSummary *session);
void        pdg_live_free (PdgLive *live);
void        pdg_release_free (PdgRelease *release);
void        pdg_screen_free (PdgScreen *screen);
void        pdg_snapshot_free (PdgSnapshot *snapshot);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PdgOrganisation, pdg_organisation_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PdgProject, pdg_project_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PdgActor, pdg_actor_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PdgGroup, pdg_group_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PdgMerge, pdg_merge_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PdgPersonRequest, pdg_person_request_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PdgSessionSummary, pdg_session_summary_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PdgLive, pdg_live_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PdgRelease, pdg_release_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PdgScreen, pdg_screen_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PdgSnapshot, pdg_snapshot_free)

G_END_DECLS
