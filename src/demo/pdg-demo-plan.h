#pragma once

#include "demo/pdg-demo-model.h"

G_BEGIN_DECLS

typedef enum
{
  RELEASE_2_2_0,
  RELEASE_2_3_0,
  RELEASE_2_4_0, /* the planted fault: card payments are answered with 502 */
  RELEASE_2_4_1,
  N_RELEASES,
} PdgDemoReleaseId;

typedef enum
{
  CHANNEL_DIRECT,
  CHANNEL_ORGANIC,
  CHANNEL_SOCIAL,
  CHANNEL_NEWSLETTER,
  CHANNEL_ADVERT,
  CHANNEL_ORDER_MAIL,
  N_CHANNELS,
} PdgDemoChannel;

/* Who visits, with what and why: everything about a session that does not change while it runs. */
typedef struct
{
  guint64 seed;        /* of the session's own random stream */
  guint64 number;      /* unique within the demo */
  gint64 start_usec;
  guint32 person;
  guint64 anonymous_id[2];
  guint64 session_id[2];
  guint32 user_number; /* of the person's account */
  guint8 device;       /* index into pdg_demo_devices */
  guint8 country;      /* index into pdg_demo_countries */
  guint8 variant;      /* 0 = A, 1 = B */
  guint8 release;
  guint8 intent;
  guint8 channel;
  gboolean has_account; /* knows a password: can sign in */
  gboolean signed_in;   /* still signed in from last time */
} PdgDemoVisitor;

typedef struct
{
  const char *name; /* desktop, tablet, phone */
  const char *viewport;
  const char *browser;
  double slowness;  /* of page loads */
  double weight;
} PdgDemoDevice;

#define N_DEVICES 8
#define N_COUNTRIES 9

extern const PdgDemoDevice pdg_demo_devices[N_DEVICES];
extern const char *const pdg_demo_countries[N_COUNTRIES];
extern const char *const pdg_demo_versions[N_RELEASES];

/* The sessions of a history, oldest first. */
typedef struct _PdgDemoPlan PdgDemoPlan;

PdgDemoPlan          *pdg_demo_plan_new (guint64 seed, gint64 end_usec, guint n_days, guint n_sessions);
void                  pdg_demo_plan_free (PdgDemoPlan *plan);
guint                 pdg_demo_plan_get_n_sessions (const PdgDemoPlan *plan);
gint64                pdg_demo_plan_get_start (const PdgDemoPlan *plan, guint session);
void                  pdg_demo_plan_get_visitor (const PdgDemoPlan *plan, guint session, PdgDemoVisitor *visitor);
const PdgDemoRelease *pdg_demo_plan_get_releases (const PdgDemoPlan *plan);

/* A version 7 UUID made of a time and 64 bits that the caller keeps unique. */
void                  pdg_demo_make_uuid (guint64 out[2], gint64 usec, guint64 unique);

/* A visitor who comes now, outside of any plan: the @number-th session of a live stream. */
void                  pdg_demo_visitor_init_live (PdgDemoVisitor *visitor, guint64 seed, guint64 number, gint64 epoch_usec, gint64 start_usec);

G_END_DECLS
