#pragma once

#include "api/api-fixture.h"

G_BEGIN_DECLS

/* Subscriptions as the API of a whole server tells them, with a second collector of another process. Main thread only. */

extern ApiFixture *fixture;
extern PdgDbConn *owner;
extern PdgIngest *other_ingest;

/* Begins and ends all of it around the tests; returns the exit status. */
void subscription_fixture_init (void);
int  subscription_fixture_run (void);

/* Who listens. */
typedef struct
{
  guint id;
  GPtrArray *messages; /* JsonNode */
  GArray *times;       /* gint64, monotonic */
} Ear;

/* Listens to "subscription{FIELD}" and waits for the first message. (transfer full) */
Ear        *listen_to (const char *field_format, ...) G_GNUC_PRINTF (1, 2);
void        ear_free (Ear *ear);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Ear, ear_free)

/* (transfer none) */
JsonNode   *last_message (const Ear *ear);

/* A project of its own for a test. (transfer full) */
PdgProject *make_project (const char *id);

/* Stores a page view, and has it stored when it returns. */
void        store_view (PdgIngest *ingest, const char *project, const char *id, const char *session, const char *path, gint64 ts_usec);

G_END_DECLS
